"""HTML pages -> the article's text and what the page says about it, by trafilatura."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.reading.dates import parse_date
from rag.reading.decoding import decode
from rag.reading.markup import element_text
from rag.reading.metadata import VALUE_CHARACTERS_MAX, Metadata, web_address
from rag.reading.normalising import SURROGATES, one_line
from rag.reading.unreadable import Unreadable
from rag.reading.verbatim import as_on_page

if TYPE_CHECKING:
    from lxml.etree import _Element

PAGE_CHARACTERS_MAX = 10_000_000
"""A larger page is a data dump, and takes the parser minutes."""

ELEMENTS_MAX = 200_000
"""Finding the article among more elements takes trafilatura too long."""

_STATED_ENCODING = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.+-]{2,40})""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_FULL_PAGE = re.compile(r"\s*(?:<\?xml[^>]{0,300}\?>\s*)?(?:<!--.{0,1000}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """The article of a page, and the metadata that the page states; not its language, which templates state wrongly."""

    text: str
    metadata: Metadata


def decode_page(data: bytes) -> str:
    """The characters of an HTML file, by the encoding it names where it is not plainly UTF-8."""
    stated = _STATED_ENCODING.search(data[:4096])
    return decode(data, stated=stated[1].decode("ascii") if stated else "")


def is_page(text: str) -> bool:
    """Whether `text` begins as a whole HTML page does."""
    return bool(_FULL_PAGE.match(text))


def read_page(html: str) -> Page:
    """The article of a page; where trafilatura finds none, all that the page shows.

    Raises `Unreadable` for a page without words, or too large or too deep to be read whole.
    """
    tree = _parsed(html)
    if sum(1 for _ in tree.iter()) > ELEMENTS_MAX:
        raise Unreadable(f"has more than {ELEMENTS_MAX:,} HTML elements: save the article alone")
    article, metadata = _extracted(tree)
    text = article or element_text(tree)
    if not text.strip():
        raise Unreadable("has no words to show: is it a page that needs a browser to fill it?")
    return Page(text, metadata)


def fragment_text(html: str) -> str:
    """The words of a piece of HTML that is all article: nothing is left out as boilerplate."""
    return element_text(_parsed(f"<div>{html}</div>"))


def _parsed(html: str) -> _Element:
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    if len(html) > PAGE_CHARACTERS_MAX:
        raise Unreadable(f"is a page of more than {PAGE_CHARACTERS_MAX:,} characters: save the article alone")
    if SURROGATES.search(html):
        raise Unreadable("holds half a character (a lone surrogate): write it again as UTF-8")
    parser = HTMLParser(encoding="utf-8")
    html = _XML_DECLARATION.sub("", html.replace("\x00", ""), count=1)
    try:
        tree = document_fromstring(html.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise Unreadable("is empty or no HTML") from error
    # Below its limit of depth libxml2 drops all words without an error.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise Unreadable("its HTML is nested more than 256 levels deep: save it as plain text")
    return tree


def _extracted(tree: _Element) -> tuple[str, Metadata]:
    from copy import deepcopy

    import trafilatura

    for library in ("trafilatura", "htmldate", "courlan", "charset_normalizer"):
        # Their remarks go to whoever configured logging, not to the terminal of someone who did not.
        logging.getLogger(library).addHandler(_SILENT)
    try:
        found = trafilatura.bare_extraction(
            deepcopy(tree),
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            deduplicate=False,
            favor_recall=True,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except Exception:  # noqa: BLE001
        # Whatever it stumbles over in a hostile page, the words are still there to be shown.
        return "", Metadata()
    if found is None:
        return "", Metadata()
    text = as_on_page(element_text(found.body), element_text(tree)) if found.body is not None else ""
    published = _stated_date(tree, found.date or "")
    return text, Metadata(
        title=_value(found.title),
        source=_value(found.sitename),
        author=_value(found.author),
        published=published,
        published_from="page" if published else "",
        url=web_address(_value(found.url)),
    )


def _value(text: str | None) -> str:
    value = one_line(text or "")
    return value if len(value) <= VALUE_CHARACTERS_MAX else ""


def _stated_date(tree: _Element, found: str) -> str:
    """`found` to the precision that the page states: htmldate makes a day of this month out of `2022-09`."""
    stated = {parse_date(one_line(value)) for value in _date_values(tree)} - {""}
    return max((date for date in stated if found and found.startswith(date)), key=len, default="")


def _date_values(tree: _Element) -> Iterator[str]:
    """Every value in which a page can state a date to machines and readers, other than its running text."""
    for element in tree.iter("meta", "time", "abbr", "span", "p", "div"):
        for name in ("content", "datetime", "title", "data-date"):
            if value := element.get(name):
                yield value
        if element.text and len(element.text) <= 100:
            yield element.text
    for script in tree.iter("script"):
        if "json" in (script.get("type") or ""):
            yield from re.findall(r'"date\w*"\s*:\s*"([^"]{4,60})"', script.text or "")
    for link in tree.iter("link"):
        if link.get("rel") == "canonical":
            yield from (match.replace("/", "-") for match in re.findall(r"/(\d{4}/\d\d/\d\d)/", link.get("href") or ""))


_SILENT = logging.NullHandler()
