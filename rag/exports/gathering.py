"""What is exported: each question with its quotes, checked by hash at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.conversing.conversation import Askable, Conversation, Resolved, resolve
from rag.conversing.turns import references_of
from rag.filters import Filters
from rag.types import Answer, Article, Reason


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what was carried over to it, why it has no quotes if it has none, and its quotes as they stand now."""

    question: str
    carried: tuple[str, ...]
    filters: Filters
    reason: Reason
    quotes: tuple[Resolved, ...]


def gather(collection: Askable, what: Conversation | Answer) -> list[Exchange]:
    """The exchanges of a conversation, or the one of an answer; quotes whose article has changed or gone have no text."""
    if isinstance(what, Answer):
        quotes = tuple(resolve(collection, reference) for reference in references_of(what, ()))
        return [Exchange(what.question, (), what.filters, what.reason, quotes)]
    return [Exchange(turn.question, turn.carried, turn.filters, turn.reason, tuple(resolve(collection, one) for one in turn.references)) for turn in what.turns]


def sources(exchanges: Sequence[Exchange]) -> list[tuple[Article, tuple[int, ...]]]:
    """Each article that is quoted, once, in the order of its first quote, with the numbers of its quotes."""
    found: dict[str, tuple[Article, list[int]]] = {}
    for exchange in exchanges:
        for quote in exchange.quotes:
            if quote.article is not None:
                found.setdefault(quote.article.id, (quote.article, []))[1].append(quote.reference.label)
    return [(article, tuple(sorted(set(labels)))) for article, labels in found.values()]


def one_line(text: str) -> str:
    """`text` with its blanks and control characters as single blanks: no line of it can pass for one of the file's own."""
    return " ".join("".join(" " if ord(letter) < 32 or 127 <= ord(letter) < 160 else letter for letter in text).split())
