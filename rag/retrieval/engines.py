"""Which engine keeps the vectors and terms of a collection: the folder itself, or a server beside it."""

from __future__ import annotations

from pathlib import Path

from rag.retrieval.live import LiveIndexes
from rag.retrieval.milvus.address import parse_engine
from rag.storage.reader import Reader


def open_indexes(folder: Path, reader: Reader, engine: str | None, *, writable: bool) -> LiveIndexes:
    """The indexes of the collection in `folder`; `engine` None keeps them there.  Raises EngineError."""
    if engine is None:
        return LiveIndexes(folder, reader, writable=writable)
    from rag.retrieval.milvus.live import MilvusIndexes

    return MilvusIndexes(folder, reader, parse_engine(engine), writable=writable)
