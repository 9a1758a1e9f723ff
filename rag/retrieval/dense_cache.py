"""The FAISS file of a folder: a snapshot of the vectors, rewritten only when enough has changed."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

from rag.retrieval.dense import FaissIndex
from rag.storage.manifest import CacheNote, describe, read_manifest, sync_file, sync_folder, write_manifest
from rag.storage.reader import Snapshot
from rag.storage.verify import fault, fits

REWRITE_SHARE = 0.05
"""The file is rewritten when this share of the passages has come or gone since; the rest is replayed from the truth."""


def load_dense(folder: Path, note: CacheNote | None, snapshot: Snapshot) -> tuple[FaissIndex, int, int]:
    """(index, its generation, its last passage id): from the file of `note` if that fits the snapshot, else empty."""
    state = snapshot.state
    if note is not None and note.epoch == state.epoch and fits(note, snapshot):
        try:
            return FaissIndex.load(folder / note.name, state.dimension), note.generation, note.passage
        except (ValueError, OSError):
            pass
    return FaissIndex(state.dimension), -1, 0


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
    index, generation, passage = load_dense(folder, old, snapshot)
    if generation == state.generation:
        return
    changed = catch_up(index, generation, passage, snapshot)
    if generation >= 0 and changed <= REWRITE_SHARE * max(len(index), 1):
        return
    if generation >= 0 and fault(folder, old):
        # Copied into a new file, damage would get a hash that says it is whole.
        index = FaissIndex(state.dimension)
        catch_up(index, -1, 0, snapshot)
    folder.mkdir(exist_ok=True)
    name = f"dense-{state.epoch:03d}-{state.generation:09d}.faiss"
    new = folder / (name + ".new")
    index.save(new)
    sync_file(new)
    if not _is_written(new, index):
        raise OSError(errno.ENOSPC, "the disk is full", str(new))
    os.replace(new, folder / name)
    sync_folder(folder)
    note = CacheNote(name, state.generation, state.epoch, snapshot.last_passage(), snapshot.last_article(), {name: describe(folder / name)})
    write_manifest(folder, replace(read_manifest(folder), dense=note))


def _is_written(path: Path, index: FaissIndex) -> bool:
    """FAISS says nothing when the last block of a file finds no space."""
    try:
        return len(FaissIndex.load(path, index.dimension)) == len(index)
    except (ValueError, OSError):
        return False
