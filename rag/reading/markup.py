"""HTML elements -> text as a browser lays it out: the one renderer for pages, rows and trafilatura's trees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

PARAGRAPHS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "main", "nav", "ol", "p", "pre",
    "section", "summary", "table", "ul", "head", "list", "quote"
))  # fmt: skip
"""Tags that a blank line parts from what is before and after; `head` (a heading), `list` and `quote` are trafilatura's."""

LINES = frozenset(("br", "lb", "li", "item", "option", "row", "tr", "caption", "thead", "tbody", "tfoot"))
"""Tags that begin a line of their own."""

CELLS = frozenset(("cell", "td", "th"))

HIDDEN = frozenset((
    "audio", "canvas", "datalist", "embed", "iframe", "map", "math", "noscript", "object", "script", "select", "style", "svg",
    "template", "textarea", "title", "video"
))  # fmt: skip
"""Tags without words of the article."""

INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "input", "ins", "kbd", "label", "mark", "meta", "link", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "col", "colgroup", "html"
))  # fmt: skip

KNOWN = PARAGRAPHS - {"list", "quote"} | LINES - {"lb", "item", "row"} | CELLS - {"cell"} | HIDDEN | INLINE
"""The names of HTML tags; `<anything else>` in a text is text."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})(?:\s[^<>]{0,2000})?/?>")
_SPACES = re.compile("[ \t\r\n\f]+")


def looks_like_html(text: str) -> bool:
    """Whether `text` clearly is a piece of HTML: several known tags, one of them a closing tag or a line break."""
    names = [(slash, name.lower()) for slash, name in _TAG.findall(text[:20_000]) if name.lower() in KNOWN]
    return len(names) >= 2 and any(slash or name == "br" for slash, name in names)


def element_text(root: _Element) -> str:
    """The visible words of `root` in document order: blocks parted by a blank line, cells by a tab, runs of spaces collapsed.

    Adds and drops no word; without recursion, so that no depth of nesting ends it.
    """
    parts: list[str] = []
    for event, element in _walk(root):
        if event == "start":
            parts.append(_break(element, before=True))
            parts.append(_words(element.text, element))
        else:
            parts.append(_break(element, before=False))
            if element is not root:
                parts.append(_words(element.tail, element.getparent()))  # type: ignore[arg-type]
    return _joined(parts)


def _walk(root: _Element) -> Iterator[tuple[str, _Element]]:
    """Start and end of each visible element; a hidden one or a comment has only an end, which carries its tail."""
    from lxml.etree import iterwalk

    walk = iterwalk(root, events=("start", "end", "comment", "pi"))
    hidden: _Element | None = None
    for event, element in walk:
        if event in ("comment", "pi"):
            if hidden is None and element is not root:
                yield "end", element
        elif hidden is not None:
            if event == "end" and element is hidden:
                hidden = None
                yield "end", element
        elif event == "start" and element.tag in HIDDEN:
            hidden = element
        else:
            yield event, element


_PARAGRAPH, _LINE, _BREAK, _CELL = "\x00p", "\x00l", "\x00b", "\x00c"
"""What stands between words until all is joined; no text that lxml holds has a NUL."""


def _break(element: _Element, *, before: bool) -> str:
    tag = element.tag
    if tag in PARAGRAPHS:
        return _PARAGRAPH
    if tag in ("br", "lb"):
        return _BREAK if before else ""
    if tag in LINES:
        return _LINE
    if tag in CELLS and not before:
        return _CELL
    return ""


def _words(text: str | None, element: _Element) -> str:
    if not text:
        return ""
    if element.tag == "pre" or next(element.iterancestors("pre"), None) is not None:
        return text.replace("\r\n", "\n").replace("\n", "\x00n").replace(" ", "\x00s")
    return _SPACES.sub(" ", text)


def _joined(parts: list[str]) -> str:
    text = "".join(parts)
    text = re.sub(r" *\x00c *(?=\x00[lp]|$)", "", text)
    text = re.sub(r" *\x00c *", "\t", text)
    text = re.sub(r" *(?:\x00[lpb] *)+", _gap, text)
    text = re.sub(" {2,}", " ", text).strip(" \n")
    return text.replace("\x00n", "\n").replace("\x00s", " ")


def _gap(run: re.Match[str]) -> str:
    # Two line breaks in a row are how many pages part their paragraphs.
    return "\n\n" if "p" in run[0] or run[0].count("b") > 1 else "\n"
