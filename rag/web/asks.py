"""What the page needs of a collection: the seam where its tests put a small fake."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from rag.catalogue import Listing, Order, Overview, Removed
from rag.filters import Filters
from rag.types import Answer, Article, Hit, IngestReport, Resolution, Searched


class Asks(Protocol):
    """The asking half of `rag.collection.Collection`; safe to call from many threads."""

    @property
    def model_name(self) -> str: ...

    def ask(self, question: str, *, top_k: int = 5, filters: Filters | None = None) -> Answer: ...

    def search(self, query: str, *, top_k: int = 10, filters: Filters | None = None) -> list[Hit]: ...

    def article(self, article_id: str) -> Article:
        """The article; `ArticleNotFound` if there is none."""
        ...

    def resolve(self, article_id: str, article_hash: str, start: int, end: int) -> Resolution: ...

    def rare_words(self, question: str) -> dict[str, int]:
        """How many articles hold each rare word of a question, the rarest first."""
        ...

    def searched(self) -> Searched: ...

    def overview(self) -> Overview: ...

    def browse(
        self, words: str = "", *, filters: Filters | None = None, order: Order | str = Order.NEWEST, start: int = 0, limit: int = 25
    ) -> Listing: ...

    def close(self) -> None: ...


class Keeps(Asks, Protocol):
    """What the page needs besides, where it may change the collection."""

    def add(self, articles: Iterable[Article]) -> IngestReport: ...

    def remove(self, article_id: str) -> Removed | None: ...

    def restore(self, removed: Removed) -> bool: ...
