"""Both indexes as one process holds them, brought to the generation that a question reads."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rag.errors import CollectionBusy, CollectionReadOnly
from rag.retrieval.cache_writer import CACHE, CacheWriter
from rag.retrieval.dense import FaissIndex
from rag.retrieval.dense_cache import DenseFile, catch_up, load_dense
from rag.retrieval.heap import give_back
from rag.retrieval.index import LexicalSearch, VectorIndex
from rag.retrieval.lexical import LexicalDamage, TantivyIndex
from rag.retrieval.lexical_cache import in_memory, open_read_only, torn
from rag.retrieval.watched import WatchedLexical
from rag.retrieval.worker import Worker
from rag.storage.lock import write_lock
from rag.storage.manifest import CacheNote, Manifest, notes, read_manifest, write_manifest
from rag.storage.reader import Reader, Snapshot
from rag.storage.records import State
from rag.storage.schema import can_write
from rag.storage.verify import damaged, step_back

log = logging.getLogger(__name__)

VERIFY_FIRST_BYTES = 64 * 2**20
"""Caches up to this size are hashed before they are used, in some 50 ms; larger ones are hashed while they are."""
PENDING_MAX = 2000
"""So many passages may wait for the lexical index and be compared one by one."""
PENDING_ARTICLES_MAX = 64
"""With no lexical index at all, a phrase is looked for in so many articles without one."""
RETRY_SECONDS = 30.0
"""How long questions leave caches alone that could not be written, on a full disk for example."""
GIVE_BACK_SECONDS = 10.0
"""While the collection changes, freed memory goes back to the system about so often: that takes 1 to 15 ms."""


@dataclass(frozen=True, slots=True)
class View:
    """The indexes at one generation.  `pending` are passages, `pending_articles` rows of articles, that the lexical
    index does not hold yet."""

    generation: int
    epoch: int
    last_passage: int
    dense: VectorIndex
    lexical: LexicalSearch | None
    pending: tuple[int, ...] = ()
    pending_articles: tuple[int, ...] = ()


class LiveIndexes:
    """Opens, follows, repairs and verifies the caches of one collection.  Safe for many threads."""

    kept = Manifest.__slots__
    """The caches of the folder that must be there and whole."""
    names = frozenset(kept)
    """All that is made from the truth, in the folder and outside."""

    def __init__(self, folder: Path, reader: Reader, *, writable: bool) -> None:
        self._folder, self._reader = folder, reader
        self._cache = folder / CACHE
        self._writable = writable
        self._lock = threading.RLock()
        self._view: View | None = None
        self._lexical: TantivyIndex | None = None
        self._lexical_from: CacheNote | None = None
        self._links: tempfile.TemporaryDirectory | None = None
        self._dense: FaissIndex | None = None
        self._dense_file = DenseFile(self._cache, reader)
        self._verifying: threading.Thread | None = None
        self._closed = threading.Event()
        self._following = Worker("kutip-follow")
        self._ignored: list[CacheNote] = []
        self._leave_until = 0.0
        self._given_back = time.monotonic()

    def at(self, snapshot: Snapshot) -> View | None:
        """The indexes at the snapshot's generation; None if they are already past it, so that it is to be taken anew."""
        with self._lock:
            if self._is_past(snapshot.state):
                return None
            if self._is_at(snapshot.state):
                return self._view
        return self._following.do(self._follow, snapshot)

    def overtaken(self, snapshot: Snapshot) -> bool:
        """Did the indexes lose passages of the snapshot while they were searched?  These hold still."""
        return False

    def writer(self) -> CacheWriter:
        """What brings the indexes to the truth after commits.  Its user holds the write lock."""
        return CacheWriter(self._folder, self._reader)

    def faults(self, snapshot: Snapshot) -> dict[str, str]:
        """What is wrong, by name, with what is kept outside the folder."""
        return {}

    def reset(self, names: set[str]) -> None:
        """Make these of `names` again from the truth.  Its user holds the write lock."""
        self._cache.mkdir(exist_ok=True)
        write_manifest(self._cache, replace(read_manifest(self._cache), **dict.fromkeys(names)))
        writer = self.writer()
        writer.follow()
        writer.finish()

    def _is_past(self, state: State) -> bool:
        view = self._view
        return view is not None and view.epoch == state.epoch and view.generation > state.generation

    def _is_at(self, state: State) -> bool:
        """Is there nothing to do for a question at `state`?"""
        view = self._view
        if view is None or (view.epoch, view.generation) != (state.epoch, state.generation):
            return False
        return not view.pending and not self._dense_file.is_ready

    def _follow(self, snapshot: Snapshot) -> View | None:
        """As `at`, after bringing the indexes to the snapshot, if nobody did so meanwhile."""
        with self._lock:
            if self._is_past(snapshot.state):
                return None
            if not self._is_at(snapshot.state):
                if self._view is None:
                    self._verify_first()
                before, made = self._dense, self._made(snapshot)
                self._view = made or self._view
                if before is not self._dense or time.monotonic() > self._given_back + GIVE_BACK_SECONDS:
                    give_back()
                    self._given_back = time.monotonic()
                return made
            return self._view

    def _made(self, snapshot: Snapshot) -> View | None:
        return self._lexical_part(self._dense_part(snapshot), snapshot)

    def _dense_part(self, snapshot: Snapshot) -> View:
        view, state = self._view, snapshot.state
        if view is None or self._dense is None or view.epoch != state.epoch or view.generation < state.forgotten:
            note = self._manifest().dense
            self._dense, generation, passage = load_dense(self._cache, note, snapshot)
            self._dense_file.loaded(note)
        elif (newer := self._dense_file.take(state)) is not None:
            self._dense, generation, passage = newer
        else:
            generation, passage = view.generation, view.last_passage
        if generation != state.generation:
            catch_up(self._dense, generation, passage, snapshot)
        return View(state.generation, state.epoch, snapshot.last_passage(), self._dense.frozen(), None)

    def _lexical_part(self, view: View, snapshot: Snapshot) -> View:
        note = self._opened(snapshot)
        passage, article = (note.passage, note.article) if note is not None else (0, 0)
        pending = snapshot.passages_after(passage, PENDING_MAX + 1)
        articles = snapshot.articles_after(article, PENDING_MAX + 1)
        if max(len(pending), len(articles)) > PENDING_MAX or (note is None and len(articles) > PENDING_ARTICLES_MAX):
            return replace(view, lexical=in_memory(snapshot))
        lexical = WatchedLexical(self._lexical.frozen(), partial(self._another, note)) if note is not None else None
        return replace(view, lexical=lexical, pending=tuple(pending), pending_articles=tuple(articles))

    def _opened(self, snapshot: Snapshot) -> CacheNote | None:
        """The note of the lexical index that is open now; a damaged one is made again, where that can be done."""
        for _ in range(2):
            note = self._refreshed(snapshot)
            if note is None or note.generation < snapshot.state.forgotten:
                return None
            try:
                self._open_lexical(note)
                return note
            except (LexicalDamage, OSError) as error:
                log.warning("The lexical index of %s is damaged (%s) and is made again.", self._folder, error)
                self._drop("lexical", note)
        return None

    def _refreshed(self, snapshot: Snapshot) -> CacheNote | None:
        """The note of the lexical index, which is brought to the truth before where that can be done."""
        note = self._manifest().lexical
        if self._writable and _is_behind(note, snapshot) and time.monotonic() >= self._leave_until:
            if self.refresh_caches(wait=0.0) and _is_behind(self._manifest().lexical, snapshot):
                self._leave_until = time.monotonic() + RETRY_SECONDS
            note = self._manifest().lexical
        return note

    def _another(self, note: CacheNote, error: Exception) -> TantivyIndex:
        """An index in the place of the one of `note`, in which a search met damage."""
        with self._lock:
            if self._lexical_from is not None and self._lexical_from.name == note.name:
                log.warning("The lexical index of %s is damaged (%s) and is made again.", self._folder, error)
                self._drop("lexical", note)
        with self._reader.snapshot() as snapshot:
            return in_memory(snapshot)

    def _open_lexical(self, note: CacheNote) -> None:
        if self._lexical is not None and self._lexical_from == note:
            return
        folder = self._cache / note.name
        if not (folder / "meta.json").is_file():
            raise LexicalDamage("meta.json is missing")  # tantivy would make an empty index
        if not can_write(folder):
            self._lexical, self._links = open_read_only(folder)
        elif self._lexical is not None and self._lexical_from is not None and self._lexical_from.name == note.name:
            self._lexical.reload()
        else:
            self._lexical = TantivyIndex(folder)
        self._lexical_from = note

    def refresh_caches(self, *, wait: float) -> bool:
        """Bring the cache files to the truth as far as they can be written; False if another process is writing."""
        try:
            with write_lock(self._folder, wait):
                writer = self.writer()
                writer.follow()
                writer.finish()
        except (CollectionBusy, CollectionReadOnly):
            return False
        return True

    def forget(self) -> None:
        """Drop what is in memory: the caches on the disk were made again."""
        with self._lock:
            self._view = self._lexical = self._lexical_from = self._dense = None

    def close(self) -> None:
        self._closed.set()
        self._following.close()
        self._dense_file.close()
        if self._verifying is not None:
            self._verifying.join()
        with self._lock:
            self.forget()
            if self._links is not None:
                self._links.cleanup()

    def _manifest(self) -> Manifest:
        """The manifest, without the caches that were found damaged."""
        manifest = read_manifest(self._cache)
        return Manifest(**{name: None if note in self._ignored else note for name, note in notes(manifest).items()})

    def _verify_first(self) -> None:
        """Hash small caches now, large ones in a thread; drop what is damaged."""
        manifest = self._manifest()
        if sum(file.size for note in notes(manifest).values() if note for file in note.files.values()) <= VERIFY_FIRST_BYTES:
            self._verify()
        elif self._verifying is None:
            self._verifying = threading.Thread(target=self._verify_behind, name="kutip-verify", daemon=True)
            self._verifying.start()

    def _verify_behind(self) -> None:
        step_back()
        self._verify()

    def _verify(self) -> None:
        manifest = self._manifest()
        bad = damaged(self._cache, manifest, stop=self._closed.is_set)
        left = manifest.lexical
        if not self._writable and left is not None and left.writing and (reason := torn(self._cache / left.name)):
            bad["lexical"] = reason
        if bad and self._manifest() == manifest:
            for name, reason in bad.items():
                log.warning("The %s index of %s is damaged (%s) and is made again from the articles.", name, self._folder, reason)
                self._drop(name, getattr(manifest, name))

    def _drop(self, name: str, note: CacheNote) -> None:
        """Never use this cache again: take it out of the manifest, or remember it where that cannot be written."""
        with self._lock:
            self.forget()
            self._ignored.append(note)
        if self._writable:
            with suppress(CollectionBusy, CollectionReadOnly, OSError), write_lock(self._folder, 1.0):
                if getattr(read_manifest(self._cache), name) == note:
                    write_manifest(self._cache, replace(read_manifest(self._cache), **{name: None}))
                # A whole one made in its place can have the same note.
                self._ignored.remove(note)


def _is_behind(note: CacheNote | None, snapshot: Snapshot) -> bool:
    return note is None or note.writing or note.generation != snapshot.state.generation
