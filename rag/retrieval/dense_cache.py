"""The FAISS file of a folder: a snapshot of the vectors, rewritten only when enough has changed."""

from __future__ import annotations

import logging
import os
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from rag.retrieval.dense import FaissIndex
from rag.retrieval.dense_files import save_vectors
from rag.retrieval.worker import Worker
from rag.storage.manifest import MANIFEST, CacheNote, read_manifest, sync_file, sync_folder, write_manifest
from rag.storage.reader import Reader, Snapshot
from rag.storage.records import State
from rag.storage.verify import fits, noted

log = logging.getLogger(__name__)

REWRITE_SHARE = 0.05
"""The file is rewritten when this share of the passages has come or gone since; the rest is replayed from the truth."""

NEW = "dense-new-"
"""What the name of a file begins with that is not complete yet."""


def load_dense(folder: Path, note: CacheNote | None, snapshot: Snapshot) -> tuple[FaissIndex, int, int]:
    """(index, its generation, its last passage id): from the file of `note` if that fits the snapshot, else empty."""
    state = snapshot.state
    if note is not None and note.epoch == state.epoch and fits(note, snapshot):
        try:
            return FaissIndex.load(folder / note.name, state.dimension), note.generation, note.passage
        except (ValueError, OSError):
            pass
    return FaissIndex(state.dimension), -1, 0


class DenseFile:
    """Follows the FAISS file of a folder while its user answers: a newer one is loaded in a thread of its own and then
    taken in the place of the old one and of the pieces that came since."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self._folder, self._reader = folder, reader
        self._name = ""
        self._seen = 0
        self._loader = Worker("kutip-dense")
        self._loading: Future[None] | None = None
        self._newer: tuple[FaissIndex, int, int, int] | None = None

    def loaded(self, note: CacheNote | None) -> None:
        """The user has the file of `note` now, or none."""
        self._name, self._newer = note.name if note is not None else "", None

    @property
    def is_ready(self) -> bool:
        """Is a newer file loaded?  Where there is one that is not, this begins to load it."""
        if self._is_loading():
            return False
        changed = _changed_at(self._folder)
        if self._newer is None and changed != self._seen:
            self._seen = changed
            note = read_manifest(self._folder).dense
            if note is not None and note.name != self._name:
                self._name = note.name
                self._loading = self._loader.submit(self._load, note)
                return False
        return self._newer is not None

    def take(self, state: State) -> tuple[FaissIndex, int, int] | None:
        """(index, its generation, its last passage) of the newer file, if it can be brought to `state` from there."""
        if self._is_loading():
            return None
        newer = self._newer
        if newer is None or (newer[3] == state.epoch and newer[1] > state.generation):  # for a later question
            return None
        self._newer = None
        return newer[:3] if newer[3] == state.epoch and newer[1] >= state.forgotten else None

    def close(self) -> None:
        self._loader.close()

    def _is_loading(self) -> bool:
        return self._loading is not None and not self._loading.done()

    def _load(self, note: CacheNote) -> None:
        try:
            with self._reader.snapshot() as snapshot:
                index, generation, passage = load_dense(self._folder, note, snapshot)
                if generation >= 0:
                    catch_up(index, generation, passage, snapshot)
                    self._newer = index, snapshot.state.generation, snapshot.last_passage(), snapshot.state.epoch
        except Exception as error:  # whatever it is, questions go on
            log.warning("The newer dense index of %s could not be read (%s); the old one serves on.", self._folder, error)


def _changed_at(folder: Path) -> int:
    try:
        return os.stat(folder / MANIFEST).st_mtime_ns
    except OSError:
        return 0


def catch_up(index: FaissIndex, generation: int, passage: int, snapshot: Snapshot) -> int:
    """Bring `index`, complete up to (`generation`, `passage`), to the snapshot; returns how many vectors came or went."""
    changed = 0
    if generation >= 0:
        gone = [number for number in snapshot.removed_since(generation) if number > 0]
        index.remove(gone)
        changed += len(gone)
    for ids, vectors in snapshot.vectors_after(passage):
        index.add(ids, vectors)
        changed += len(ids)
    return changed


def save_dense(folder: Path, snapshot: Snapshot) -> None:
    """Write a new file when the old one is missing or too far behind.  Its user holds the write lock."""
    state = snapshot.state
    old = read_manifest(folder).dense
    usable = old is not None and old.epoch == state.epoch and fits(old, snapshot) and (folder / old.name).is_file()
    if usable and (old.generation == state.generation or _changed_since(old, snapshot) <= REWRITE_SHARE * max(state.passages, 1)):
        return
    folder.mkdir(exist_ok=True)
    name = f"dense-{state.epoch:03d}-{state.generation:09d}.faiss"
    # From the truth: copied from the old file, damage would get a hash that says it is whole.
    written = save_vectors(folder / f"{NEW}{name}", state.dimension, state.passages, snapshot.vectors_after(0))
    for file in written:
        sync_file(file)
    files = [file.replace(folder / file.name.removeprefix(NEW)).name for file in written]
    sync_folder(folder)
    note = CacheNote(name, state.generation, state.epoch, snapshot.last_passage(), snapshot.last_article(), {file: noted(folder / file) for file in files})
    write_manifest(folder, replace(read_manifest(folder), dense=note))


def _changed_since(note: CacheNote, snapshot: Snapshot) -> int:
    """How many passages came or went after `note`."""
    return snapshot.count_after(note.passage) + sum(number > 0 for number in snapshot.removed_since(note.generation))
