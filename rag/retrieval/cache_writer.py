"""What brings the caches of a folder to the truth after commits."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rag.retrieval.dense_cache import save_dense
from rag.retrieval.lexical import LexicalDamage
from rag.retrieval.lexical_cache import LexicalCacheWriter, remove_old
from rag.storage.manifest import Manifest, notes, read_manifest, write_manifest
from rag.storage.reader import Reader
from rag.storage.records import NewArticle
from rag.storage.verify import fits

log = logging.getLogger(__name__)

CACHE = "cache"


class CacheWriter:
    """Writes the caches after commits to the truth.  Its user holds the write lock.

    A cache that cannot be written is left behind the truth, never the other way round; the next writer follows up.
    """

    kept = Manifest.__slots__
    """The caches that are kept in step."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self._cache, self._reader = folder / CACHE, reader
        self._lexical: LexicalCacheWriter | None = LexicalCacheWriter(self._cache)
        self._forget_unfit()

    def follow(self, fresh: Sequence[NewArticle] = ()) -> None:
        """Bring the lexical index to the last commit; the words of the articles `fresh` are known."""
        if self._lexical is None:
            return
        try:
            self._cache.mkdir(exist_ok=True)
            with self._reader.snapshot() as snapshot:
                self._lexical.follow(snapshot, fresh)
        except LexicalDamage:
            # Its files are unreadable or the disk is full: start from nothing once, then leave it behind.
            self._lexical = None
            self._restart()
        except OSError as error:
            log.warning("The lexical index in %s could not be written (%s); it follows later.", self._cache, error)
            self._lexical = None

    def _forget_unfit(self) -> None:
        """Take caches out of the manifest that cannot follow the truth, before its next commit makes them look as if."""
        manifest = read_manifest(self._cache)
        with self._reader.snapshot() as snapshot:
            unfit = [name for name, note in notes(manifest).items() if note is not None and not fits(note, snapshot)]
            generation = snapshot.state.generation if snapshot.state else 0
        if any(getattr(manifest, name).generation > generation for name in unfit):
            log.warning("The database beside %s has lost its last changes, or is an older copy: add the articles again to be sure.", self._cache)
        if unfit:
            with _logged(self._cache):
                write_manifest(self._cache, replace(manifest, **dict.fromkeys(unfit)))

    def _restart(self) -> None:
        try:
            write_manifest(self._cache, replace(read_manifest(self._cache), lexical=None))
            fresh = LexicalCacheWriter(self._cache)
            with self._reader.snapshot() as snapshot:
                fresh.follow(snapshot)
            self._lexical = fresh
        except (LexicalDamage, OSError) as error:
            log.warning("The lexical index in %s could not be written (%s); it follows later.", self._cache, error)

    def finish(self) -> None:
        """Complete the lexical index, rewrite the FAISS file if it is far behind, delete what is replaced."""
        with _logged(self._cache):
            if self._lexical is not None:
                self._lexical.finish()
        with _logged(self._cache), self._reader.snapshot() as snapshot:
            if snapshot.state is not None and "dense" in self.kept:
                save_dense(self._cache, snapshot)
        with _logged(self._cache):
            remove_old(self._cache, _names(read_manifest(self._cache)))

    def needed_generation(self) -> int:
        """The oldest generation that an index still starts from: removals up to it can be forgotten."""
        manifest = read_manifest(self._cache)
        return min(note.generation if (note := getattr(manifest, name)) is not None else -1 for name in self.kept)


@contextmanager
def _logged(cache: Path) -> Iterator[None]:
    """What fails inside leaves a cache behind the truth; the next writer follows up."""
    try:
        yield
    except (LexicalDamage, OSError, RuntimeError, ValueError) as error:
        log.warning("The index files in %s could not be completed (%s); they follow later.", cache, error)


def _names(manifest: Manifest) -> set[str]:
    return {note.name for note in notes(manifest).values() if note is not None}
