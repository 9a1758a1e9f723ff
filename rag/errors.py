"""Every error Kutip raises on purpose; each message names the thing and the cure.

    RagError
    +-- QuestionError        the question is empty or too long, or a filter cannot be read
    +-- SourceError          a path to add does not exist or cannot be read
    +-- LabelTaken           two folders would share one label
    +-- ArticleNotFound      no article has this id
    +-- CollectionNotFound   the folder holds no collection
    +-- CollectionBusy       another process is writing
    +-- CollectionReadOnly   the folder cannot be written, or was opened read-only
    +-- CollectionClosed     the collection was closed before
    +-- IndexMismatch        built with another model, analysis or format
    +-- ConversationError    a conversation cannot be saved, loaded or taken back
    +-- ModelError           the embedding model cannot be loaded
    +-- EngineError          the engine beside the folder cannot be reached, or holds something else
    +-- StorageError         the disk is full, or the articles' database is damaged
"""

from __future__ import annotations


class RagError(Exception):
    """The root: catch this to catch everything Kutip raises on purpose."""


class QuestionError(RagError):
    """The question is empty or too long, or a filter cannot be read."""


class SourceError(RagError):
    """A path to add does not exist or cannot be read."""


class LabelTaken(RagError):
    """Another folder was already added under this label."""

    def __init__(self, label: str, *, known: str, new: str) -> None:
        super().__init__(
            f"The label {label!r} already belongs to {known}; {new} holds other articles. "
            f"Add it under a name of its own: rag add {new} --as NAME."
        )


class ArticleNotFound(RagError):
    """No article has this id."""

    def __init__(self, article_id: str) -> None:
        super().__init__(f"No article has the id {article_id!r}. `rag list` shows the ids.")


class CollectionNotFound(RagError):
    """The folder holds no collection."""

    def __init__(self, path: object) -> None:
        super().__init__(f"There is no collection in {path}. Create one by adding articles: rag add PATH --index {path}.")


class CollectionBusy(RagError):
    """Another process is writing to the collection."""

    def __init__(self, path: object, seconds: float) -> None:
        super().__init__(
            f"Another process has been writing to {path} for {seconds:g} s. Try again when it has finished; questions go on meanwhile."
        )


class CollectionReadOnly(RagError):
    """The folder cannot be written, or the collection was opened read-only."""


class CollectionClosed(RagError):
    """The collection was closed before."""


class IndexMismatch(RagError):
    """The index was built with another model or other settings."""

    def __init__(self, setting: str, *, built_with: object, asked_for: object, cure: str) -> None:
        super().__init__(f"The index was built with {setting} {built_with!s}, but {asked_for!s} was asked for. {cure}")


class ConversationError(RagError):
    """A conversation's file cannot be written or holds none, or there is no such turn or word in it."""


class ModelError(RagError):
    """The embedding model cannot be loaded."""


class EngineError(RagError):
    """The engine beside the folder, a Milvus server, cannot be reached, or does not hold what the folder holds."""


class StorageError(RagError):
    """The disk is full, or the articles' database is damaged."""
