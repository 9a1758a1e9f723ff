"""What a collection holds, as values: counts, a page of its list of articles, an article that was taken out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rag.types import Article


@dataclass(frozen=True, slots=True)
class Count:
    """How many articles have `value`; '' counts those of which it is not known."""

    value: str
    articles: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What the collection holds as of `generation`, the number of its last change; 0 before the first article.

    Each of `years`, `sources` and `languages` adds up to `articles`.  Years are in order, sources and languages the
    most frequent first; the unknown, '', comes last.
    """

    generation: int = 0
    articles: int = 0
    passages: int = 0
    years: tuple[Count, ...] = ()
    sources: tuple[Count, ...] = ()
    languages: tuple[Count, ...] = ()


class Order(StrEnum):
    """How a list of articles is sorted; what is equal is sorted by id, what is unknown comes last."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Card:
    """An article in a list: without its text, but with its heading and the number of its passages."""

    article: Article
    heading: str
    passages: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The articles from number `start` (counted from 0) on, of `total` that were found."""

    cards: tuple[Card, ...] = ()
    total: int = 0
    start: int = 0


@dataclass(frozen=True, slots=True)
class Removed:
    """An article that was removed, and the file it came from ('' if from none): what `Collection.restore` needs."""

    article: Article
    label: str = ""
    path: str = ""
    fingerprint: str = ""
