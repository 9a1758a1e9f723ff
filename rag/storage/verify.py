"""Does a cache on the disk still hold the bytes that were written, and does it belong to the truth beside it?"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rag.storage.manifest import CacheFile, CacheNote, Manifest, describe
from rag.storage.reader import Snapshot

REMEMBERED = 10_000
_sound: dict[tuple[int, ...], str] = {}
"""The hash of each file that was found whole in this process, by device, number, size and times of change."""


def damaged(folder: Path, manifest: Manifest, *, anew: bool = False, stop: Callable[[], bool] = lambda: False) -> dict[str, str]:
    """The caches of `folder`, by name, of which a file is missing, of another size or of another hash; and why.

    A file is read once in a process while the system says that it has not changed, and again if `anew`.
    """
    if anew:
        _sound.clear()
    bad = {}
    for name in Manifest.__slots__:
        note = getattr(manifest, name)
        if note is not None and (reason := fault(folder, note, stop=stop)):
            bad[name] = reason
    return bad


def step_back() -> None:
    """Let the others go before this thread, where a thread has a priority of its own: hashing large files takes seconds."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)


def fits(note: CacheNote, snapshot: Snapshot) -> bool:
    """Can a cache as of `note` be brought to the snapshot?

    Not if the removals in between are forgotten; not if it is ahead: then the truth lost commits, or an older copy of
    it was put back, and the ids of passages mean others.
    """
    state = snapshot.state
    if state is None or not state.forgotten <= note.generation <= state.generation:
        return False
    return note.generation < state.generation or (note.passage, note.article) == (snapshot.last_passage(), snapshot.last_article())


def fault(folder: Path, note: CacheNote, *, stop: Callable[[], bool] = lambda: False) -> str:
    """Why the files of one cache are not those that were noted; '' if they are."""
    base = folder / note.name if note.name not in note.files else folder
    for name, expected in note.files.items():
        if stop():
            break
        path = base / name
        try:
            key = _identity(path)
            if key[2] != expected.size:
                return f"{name} has another size"
            if _sound.get(key) != expected.sha256:
                if describe(path).sha256 != expected.sha256:
                    return f"{name} has another content"
                _remember(key, expected.sha256)
        except OSError:
            return f"{name} cannot be read"
    return ""


def noted(path: Path) -> CacheFile:
    """What is to be noted of a file that was just written here."""
    key, file = _identity(path), describe(path)
    _remember(key, file.sha256)
    return file


def _identity(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _remember(key: tuple[int, ...], sha256: str) -> None:
    if len(_sound) >= REMEMBERED:
        _sound.clear()
    _sound[key] = sha256
