"""Kutip: answers from a collection of articles, word for word, each with the place it stands."""

from typing import TYPE_CHECKING

from rag.errors import (
    ArticleNotFound,
    CollectionBusy,
    CollectionClosed,
    CollectionNotFound,
    CollectionReadOnly,
    IndexMismatch,
    LabelTaken,
    ModelError,
    QuestionError,
    RagError,
    SourceError,
    StorageError,
)
from rag.types import (
    Answer,
    Article,
    CheckReport,
    Citation,
    Hit,
    IngestReport,
    Passage,
    Progress,
    Reason,
    Rejection,
    Resolution,
    Searched,
    Sentence,
    Standing,
    Strength,
    Why,
)

if TYPE_CHECKING:
    from rag.collection import Collection
else:  # hidden from type checkers, for whom every name would exist

    def __getattr__(name: str) -> object:
        """`Collection` when it is first asked for: it brings numpy and the indexes, which `rag --help` does not need."""
        if name != "Collection":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from rag.collection import Collection

        globals()[name] = Collection
        return Collection


__all__ = [
    "Answer",
    "Article",
    "ArticleNotFound",
    "CheckReport",
    "Citation",
    "Collection",
    "CollectionBusy",
    "CollectionClosed",
    "CollectionNotFound",
    "CollectionReadOnly",
    "Hit",
    "IndexMismatch",
    "IngestReport",
    "LabelTaken",
    "ModelError",
    "Passage",
    "Progress",
    "QuestionError",
    "RagError",
    "Reason",
    "Rejection",
    "Resolution",
    "Searched",
    "Sentence",
    "SourceError",
    "Standing",
    "StorageError",
    "Strength",
    "Why",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
