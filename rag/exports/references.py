"""BibTeX and RIS of the sources: each quoted article once, with what is known of it and nothing else.

The author stands as one name: how it divides into first and last is not known.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from urllib.parse import quote

from rag.exports.gathering import Exchange, one_line, sources
from rag.types import Article

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_KEY_LETTERS = 40
# A brace counts for BibTeX even behind a backslash, so that a brace alone would end the entry.
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
}  # fmt: skip


def as_bibtex(exchanges: Sequence[Exchange]) -> str:
    return "\n".join(_bibtex(article) for article, _ in sources(exchanges))


def as_ris(exchanges: Sequence[Exchange]) -> str:
    return "".join(_ris(article) for article, _ in sources(exchanges))


def key_of(article_id: str) -> str:
    """The key of an article, which depends on its id alone: a readable part and eight digits that tell it apart."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", article_id.rpartition("/")[2].rpartition(".")[0] or article_id).strip("-")[:_KEY_LETTERS]
    return f"{readable or 'article'}-{hashlib.sha256(article_id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _bibtex(article: Article) -> str:
    year, month, _ = _date(article)
    fields = {
        "title": _whole(article.heading),
        "author": _whole(article.author),
        "howpublished": _latex(article.source),
        "date": article.published if year else "",
        "year": year,
        "month": month and str(int(month)),
        "url": quote(one_line(article.url), safe="!#$%&'()*+,/:;=?@[]~-._"),
        "language": article.language,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key_of(article.id)},", *lines, "}", ""])


def _ris(article: Article) -> str:
    year, month, day = _date(article)
    fields = {
        "TY": "ELEC" if article.url else "GEN",
        "ID": key_of(article.id),
        "TI": article.heading,
        "AU": article.author,
        "PB": article.source,
        "PY": year,
        "DA": f"{year}/{month}/{day}/" if year else "",
        "UR": article.url,
        "LA": article.language,
    }
    lines = [f"{tag}  - {value}" for tag, text in fields.items() if (value := one_line(text))]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def _date(article: Article) -> tuple[str, str, str]:
    """Year, month and day, each '' if it is not known."""
    found = _DATE.fullmatch(article.published)
    return (found[1], found[2] or "", found[3] or "") if found else ("", "", "")


def _whole(text: str) -> str:
    """In braces of its own, so that BibTeX neither changes its capitals nor divides it into names."""
    escaped = _latex(text)
    return f"{{{escaped}}}" if escaped else ""


def _latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in one_line(text))
