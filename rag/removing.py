"""An article out of the collection, and back into it as it was."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from rag.catalogue import Removed
from rag.embedding import Embedder
from rag.errors import ArticleNotFound
from rag.ingest import Ingest
from rag.retrieval.live import LiveIndexes
from rag.storage import schema
from rag.storage.reader import Reader
from rag.storage.writer import Writer


def remove(folder: Path, reader: Reader, indexes: LiveIndexes, article_id: str) -> Removed | None:
    """Remove an article and everything made of it; None if its text was damaged.  Its user holds the write lock."""
    with closing(Writer(folder / schema.DATABASE)) as writer:
        with reader.snapshot() as snapshot:
            if article_id not in snapshot.article_rows([article_id]):
                raise ArticleNotFound(article_id)
            epoch, removed = snapshot.state.epoch, snapshot.removable(article_id)
        caches = indexes.writer()
        writer.remove([article_id], epoch)
        caches.follow()
        caches.finish()
        writer.forget_removed(caches.needed_generation())
    return removed


def restore(folder: Path, reader: Reader, indexes: LiveIndexes, embedder: Embedder, removed: Removed) -> bool:
    """Put an article back under its id and with its file; False if the id is taken.  Its user holds the write lock."""
    with closing(Writer(folder / schema.DATABASE)) as writer:
        with reader.snapshot() as snapshot:
            if removed.article.id in snapshot.article_rows([removed.article.id]):
                return False
            epoch = snapshot.state.epoch
        caches = indexes.writer()
        try:
            Ingest(reader, writer, caches, embedder, epoch).put_back(removed)
        finally:
            caches.finish()
            writer.forget_removed(caches.needed_generation())
    return True
