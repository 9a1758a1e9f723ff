"""Markdown (CommonMark) for people: questions, quotes as block quotes, a list of sources.

What comes from an article is escaped, so that it reads word for word and is neither mark-up nor HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.conversing.conversation import Resolved
from rag.exports.gathering import Exchange, one_line, sources
from rag.types import Article, Reason, Standing

_SPECIAL = re.compile(r"[\\`*_\[\]<>&~|#]")
_LINE_START = re.compile(r"^(?:(\d{1,9})(?=[.)])|(?=[-+=:]))")
_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANKS = {" ": "&#32;", "\t": "&#9;"}
_ADDRESS = re.compile(r"https?://[^\s<>\\\x00-\x20\x7f]+")
_REASONS = {
    Reason.EMPTY_COLLECTION: "Not answered: there were no articles.",
    Reason.NOTHING_CLOSE: "Not answered: nothing in the articles came close enough to this question.",
    Reason.PHRASE_NOT_FOUND: "Not answered: the quoted phrase stood in none of the articles.",
    Reason.NO_ARTICLE_MATCHES: "Not answered: no article matched the filter.",
}
_STANDINGS = {
    Standing.CHANGED: "The article was changed since; the quote is not shown.",
    Standing.REMOVED: "The article was removed since; the quote is not shown.",
}


def as_markdown(exchanges: Sequence[Exchange]) -> str:
    blocks = [block for exchange in exchanges for block in _exchange(exchange)]
    listed = [_source(article, labels) for article, labels in sources(exchanges)]
    return "\n\n".join([*blocks, *(["## Sources", "\n".join(listed)] if listed else [])]) + "\n"


def _exchange(exchange: Exchange) -> Iterator[str]:
    yield f"## {_escaped(one_line(exchange.question))}"
    if exchange.carried:
        yield f"About: {_escaped(one_line(', '.join(exchange.carried)))}"
    if exchange.filters:
        yield f"Filter: {_escaped(one_line(str(exchange.filters)))}"
    if not exchange.quotes:
        yield _REASONS.get(exchange.reason, _REASONS[Reason.NOTHING_CLOSE])
    for quote in exchange.quotes:
        yield from _quote(quote)


def _quote(quote: Resolved) -> Iterator[str]:
    number, reference = f"\\[{quote.reference.label}\\]", quote.reference
    if quote.article is None:
        yield f"{number} {_STANDINGS[quote.standing]} `{_code(reference.article_id)}`"
        return
    yield _block_quote(quote.quote)
    about = _joined(quote.article.heading, quote.article.source, quote.article.published)
    yield f"{number} {about}. Characters {reference.start} to {reference.end}, {reference.strength}."


def _block_quote(text: str) -> str:
    """Line ends stay line ends, by a backslash, except around empty lines, which make paragraphs."""
    lines = [_line(line) for line in _LINE_END.split(text)]
    return "\n".join(f"> {line}" + ("\\" if line and following else "") for line, following in zip(lines, [*lines[1:], ""], strict=True)).replace("> \n", ">\n")


def _line(text: str) -> str:
    """One line of a quote; blanks around it would make it code, or be lost."""
    bare = text.strip(" \t")
    before, after = text[: len(text) - len(text.lstrip(" \t"))], text[len(text.rstrip(" \t")) :]
    if not bare:
        return ""
    return "".join(_BLANKS[one] for one in before) + _escaped(bare) + "".join(_BLANKS[one] for one in after)


def _source(article: Article, labels: tuple[int, ...]) -> str:
    numbers = " ".join(f"\\[{label}\\]" for label in labels)
    address = f" <{article.url}>" if _ADDRESS.fullmatch(article.url) else f" {_escaped(one_line(article.url))}" if article.url else ""
    about = _joined(article.heading, article.author, article.source, article.published)
    return f"- {numbers} {about}.{address} `{_code(article.id)}`, SHA-256 `{article.hash}`"


def _joined(*parts: str) -> str:
    return ", ".join(_escaped(one_line(part)) for part in parts if part)


def _escaped(text: str) -> str:
    return _LINE_START.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", text))


def _code(text: str) -> str:
    return one_line(text).replace("`", "'")
