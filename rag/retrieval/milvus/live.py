"""A collection's indexes with vectors and terms in Milvus; phrases stay beside the truth, for Milvus has no positions."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.errors import EngineError
from rag.retrieval.cache_writer import CACHE, CacheWriter
from rag.retrieval.lexical import TantivyIndex
from rag.retrieval.live import PENDING_MAX, LiveIndexes, View
from rag.retrieval.milvus.address import MilvusAddress
from rag.retrieval.milvus.link import MilvusLink
from rag.retrieval.milvus.store import MilvusStore, RemoteNote
from rag.retrieval.milvus.words import MilvusWords
from rag.retrieval.watched import WatchedLexical
from rag.storage.reader import Reader, Snapshot
from rag.storage.records import NewArticle

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often it is asked whether somebody else has written to Milvus; it matters to copies of the folder alone."""
FOLLOWED_AT_ONCE = 20_000
"""A question waits until Milvus has taken in so many passages; with more to come it is refused."""


@dataclass(frozen=True, slots=True)
class TermsAndPhrases:
    """The lexical side of a View: terms in Milvus, phrases in the folder's own index, None while that holds none."""

    terms: MilvusWords
    phrases: WatchedLexical | TantivyIndex | None

    def search(
        self, terms: Mapping[str, float], k: int, groups: Sequence[tuple[Sequence[str], float]] = (), allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        return self.terms.search(terms, k, groups, allowed)

    def phrase(self, words: Sequence[str], k: int) -> list[int]:
        return self.phrases.phrase(words, k) if self.phrases is not None else []

    @property
    def average(self) -> float:
        return self.terms.average


class MilvusIndexes(LiveIndexes):
    """The indexes of one folder in Milvus, for many threads.

    Milvus has no snapshots.  A passage it holds too many is unknown to the snapshot and dropped there; those it does
    not hold yet are pending, so every question looks at them; and when it has lost some since the snapshot, a newer
    snapshot is taken.  Raises EngineError when no server answers, and where it holds something else.
    """

    kept = ("lexical",)
    names = LiveIndexes.names | {"milvus"}

    def __init__(self, folder: Path, reader: Reader, address: MilvusAddress, *, writable: bool) -> None:
        super().__init__(folder, reader, writable=writable)
        self._store = MilvusStore(MilvusLink(address), folder / CACHE)
        self._note: RemoteNote | None = None
        self._failures, self._looked = 0, time.monotonic()

    def at(self, snapshot: Snapshot) -> View | None:
        with self._lock:
            if self._view is not None and (self._store.link.failures != self._failures or time.monotonic() - self._looked > LOOK_SECONDS):
                self._view = replace(self._view, generation=-1)
        return super().at(snapshot)

    def overtaken(self, snapshot: Snapshot) -> bool:
        state = snapshot.state
        with self._reader.snapshot() as now:
            if now.state.generation == state.generation:
                return False
            return now.state.epoch != state.epoch or now.state.forgotten > state.generation or bool(now.removed_since(state.generation))

    def writer(self) -> CacheWriter:
        return MilvusWriter(self._folder, self._reader, self._store)

    def faults(self, snapshot: Snapshot) -> dict[str, str]:
        reason = self._store.fault(snapshot)
        return {"milvus": f"What {self._store.link.address} holds is not what this folder does: {reason}."} if reason else {}

    def reset(self, names: set[str]) -> None:
        with self._reader.snapshot() as snapshot:
            if "milvus" in names and snapshot.state is not None:
                self._cache.mkdir(exist_ok=True)
                self._store.start(snapshot)
        super().reset(names - {"milvus"})
        with self._reader.snapshot() as snapshot:
            if snapshot.state is not None:
                self._store.follow(snapshot)  # the writer of caches only warns of what it cannot do

    def close(self) -> None:
        super().close()
        self._store.link.close()

    def _made(self, snapshot: Snapshot) -> View | None:
        state = snapshot.state
        local = self._lexical_part(View(state.generation, state.epoch, snapshot.last_passage(), None, None), snapshot)
        note = self._noted(snapshot)
        if note is None:
            return None
        vectors, words = self._store.indexes(note)
        pending = tuple(snapshot.passages_after(note.passage, PENDING_MAX))
        return replace(local, dense=vectors, lexical=TermsAndPhrases(words, local.lexical), pending=pending)

    def _noted(self, snapshot: Snapshot) -> RemoteNote | None:
        """What Milvus holds, if that is enough for the snapshot; None if a newer one is needed.  Raises EngineError."""
        store = self._store
        note = self._look()
        store.refuse_foreign(note)
        missing = self._missing(note, snapshot)
        if self._writable and not self._is_of(note, snapshot, missing) and missing <= FOLLOWED_AT_ONCE:
            self.refresh_caches(wait=0.0)
            note = self._look()
            missing = self._missing(note, snapshot)
        if not self._is_of(note, snapshot, missing - PENDING_MAX):
            raise EngineError(
                f"{store.link.address} holds {'none' if note is None else 'not all'} of this folder's passages yet. "
                "Send them: rag check --engine; or open the folder without an engine meanwhile."
            )
        if snapshot.state.generation >= note.removed:
            return note
        with self._reader.snapshot() as newest:
            if newest.state.generation < note.removed:
                raise EngineError(f"This folder is older than what {store.link.address} holds: passages were removed since it was copied. Copy it again.")
        return None

    def _look(self) -> RemoteNote | None:
        note = self._store.note()
        self._failures, self._looked = self._store.link.failures, time.monotonic()
        if note != self._note:
            self._store.link.changed()
        self._note = note
        return note

    @staticmethod
    def _missing(note: RemoteNote | None, snapshot: Snapshot) -> int:
        """How many passages Milvus lacks, FOLLOWED_AT_ONCE + 1 if more."""
        held = note.passage if note is not None and note.epoch == snapshot.state.epoch else 0
        return len(snapshot.passages_after(held, FOLLOWED_AT_ONCE + 1))

    @staticmethod
    def _is_of(note: RemoteNote | None, snapshot: Snapshot, too_few: int) -> bool:
        return note is not None and note.epoch == snapshot.state.epoch and too_few <= 0


class MilvusWriter(CacheWriter):
    """Brings the folder's caches and Milvus to the truth.  Raises EngineError at its start where it must not write."""

    kept = ("lexical",)

    def __init__(self, folder: Path, reader: Reader, store: MilvusStore) -> None:
        super().__init__(folder, reader)
        self._store: MilvusStore | None = store
        self._generation = -1
        note = store.note()
        store.refuse_foreign(note)
        with reader.snapshot() as snapshot:
            store.refuse_older(note, snapshot)

    def follow(self, fresh: Sequence[NewArticle] = ()) -> None:
        super().follow(fresh)
        if self._store is None:
            return
        try:
            with self._reader.snapshot() as snapshot:
                if snapshot.state is not None:
                    self._store.follow(snapshot)
                    self._generation = snapshot.state.generation
        except EngineError as error:
            log.warning("%s It follows later.", error)
            self._store = None

    def needed_generation(self) -> int:
        return min(super().needed_generation(), self._generation)
