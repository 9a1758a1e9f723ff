"""What is known about an article apart from its text, and the names it has in tables, JSON and front matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from urllib.parse import urlsplit

from rag.reading.dates import parse_date
from rag.reading.normalising import one_line
from rag.reading.unreadable import Unreadable

VALUE_CHARACTERS_MAX = 2000
"""A longer title, author, ... is a text in the wrong column."""

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "title": ("title", "judul", "headline"),
    "text": ("text", "body", "content", "isi", "article", "artikel"),
    "source": ("source", "sumber", "outlet", "publisher", "site"),
    "author": ("author", "authors", "penulis", "byline"),
    "published": ("published", "published_at", "date", "datetime", "tanggal"),
    "url": ("url", "link"),
    "language": ("language", "lang", "bahasa"),
}
"""The column names of each value, in any case, the best first."""

FILE_NAMES = ("file", "filename", "berkas")
"""The column of a side file that names the file a row describes."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The values of `Article` other than its text; unknown ones are ''.  `published_from` belongs to `published`."""

    id: str = ""
    title: str = ""
    source: str = ""
    author: str = ""
    published: str = ""
    published_from: str = ""
    url: str = ""
    language: str = ""

    def over(self, other: Metadata) -> Metadata:
        """These values, and those of `other` where these are unknown."""
        known = {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}
        merged = replace(other, **known)
        return replace(merged, published_from=self.published_from if self.published else other.published_from)


def given(values: Mapping[str, object]) -> Metadata:
    """The metadata that a person or a program wrote into columns or front matter.

    A date that cannot be understood, a language without a name known and a url that is no web address stay out.
    Raises `Unreadable` for a value longer than `VALUE_CHARACTERS_MAX`.
    """
    found = {name: _value(values, name) for name in NAMES if name != "text"}
    for name, value in found.items():
        if len(value) > VALUE_CHARACTERS_MAX:
            raise Unreadable(f"its {name} is longer than {VALUE_CHARACTERS_MAX:,} characters: is it the text?")
    language = language_code(found["language"])
    published = parse_date(found["published"], language=language)
    return Metadata(
        id=found["id"],
        title=found["title"],
        source=found["source"],
        author=found["author"],
        published=published,
        published_from="given" if published else "",
        url=web_address(found["url"]),
        language=language,
    )


def body(values: Mapping[str, object]) -> str:
    """The text among `values`; a list of paragraphs is joined by blank lines."""
    for column in NAMES["text"]:
        value = values.get(column)
        if isinstance(value, list):
            value = "\n\n".join(part for part in value if isinstance(part, str))
        if isinstance(value, str) and value.strip():
            return value
    return ""


def folded(values: Mapping[str, object]) -> dict[str, object]:
    """`values` by lower-case names without outer spaces; of names that fall together the first that says something counts."""
    result: dict[str, object] = {}
    for name, value in values.items():
        key = str(name).strip().strip("\ufeff").casefold()
        if not result.get(key):
            result[key] = value
    return result


def language_code(name: str) -> str:
    """The ISO 639-1 code of a language given by code (`id`, `ind`, `en-US`) or by its English or Indonesian name, or ''."""
    if not name or len(name) > 40:
        return ""
    return _languages().get(name.casefold(), _languages().get(name.casefold().replace("_", "-").split("-")[0], ""))


def web_address(url: str) -> str:
    """`url` if a browser can open it without harm, else ''."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def _value(values: Mapping[str, object], name: str) -> str:
    return next((text for text in (_as_text(values.get(column)) for column in NAMES[name]) if text), "")


def _as_text(value: object) -> str:
    """A value of JSON or front matter as one line: a list of names is joined, an object is known by its `name`."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, Mapping):
        value = value.get("name")
        return one_line(value) if isinstance(value, str) else ""
    if isinstance(value, list):
        return ", ".join(text for text in (_as_text(part) for part in value if not isinstance(part, list)) if text)
    return one_line(str(value))


@cache
def _languages() -> dict[str, str]:
    from babel import Locale
    from babel.core import get_global

    codes = {code: code for code in Locale("en").languages if len(code) == 2}
    names = {name.casefold(): code for locale in ("id", "en") for code, name in Locale(locale).languages.items() if code in codes}
    three = {alias: code for alias, code in get_global("language_aliases").items() if code in codes}
    return {**names, **{f"bahasa {name}": code for name, code in names.items()}, **three, **codes, "in": "id", "iw": "he"}
