"""Kutip: answers from a collection of articles, word for word, each with the place it stands."""

from typing import TYPE_CHECKING

from rag.catalogue import Card, Count, Listing, Order, Overview, Removed
from rag.errors import (
    ArticleNotFound,
    CollectionBusy,
    CollectionClosed,
    CollectionNotFound,
    CollectionReadOnly,
    ConversationError,
    EngineError,
    IndexMismatch,
    LabelTaken,
    ModelError,
    QuestionError,
    RagError,
    SourceError,
    StorageError,
)
from rag.filters import Filters
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
    from rag.conversing.conversation import Conversation
    from rag.conversing.turns import Turn
    from rag.exports.export import export, export_file
else:  # hidden from type checkers, for whom every name would exist
    _LATER = {
        "Collection": "rag.collection",
        "Conversation": "rag.conversing.conversation",
        "Turn": "rag.conversing.turns",
        "export": "rag.exports.export",
        "export_file": "rag.exports.export",
    }

    def __getattr__(name: str) -> object:
        """`Collection` and what goes with it when it is first asked for: it brings numpy and the indexes, which `rag --help` does not need."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        globals()[name] = getattr(import_module(_LATER[name]), name)
        return globals()[name]


__all__ = [
    "Answer",
    "Article",
    "ArticleNotFound",
    "Card",
    "CheckReport",
    "Citation",
    "Collection",
    "CollectionBusy",
    "CollectionClosed",
    "CollectionNotFound",
    "CollectionReadOnly",
    "Conversation",
    "ConversationError",
    "Count",
    "EngineError",
    "Filters",
    "Hit",
    "IndexMismatch",
    "IngestReport",
    "LabelTaken",
    "Listing",
    "ModelError",
    "Order",
    "Overview",
    "Passage",
    "Progress",
    "QuestionError",
    "RagError",
    "Reason",
    "Rejection",
    "Removed",
    "Resolution",
    "Searched",
    "Sentence",
    "SourceError",
    "Standing",
    "StorageError",
    "Strength",
    "Turn",
    "Why",
    "export",
    "export_file",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
