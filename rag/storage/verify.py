"""Does a cache on the disk still hold the bytes that were written, and does it belong to the truth beside it?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rag.storage.manifest import CacheNote, Manifest, describe
from rag.storage.reader import Snapshot


def damaged(folder: Path, manifest: Manifest, *, stop: Callable[[], bool] = lambda: False) -> dict[str, str]:
    """The caches of `folder`, by name, of which a file is missing, of another size or of another hash; and why."""
    bad = {}
    for name in Manifest.__slots__:
        note = getattr(manifest, name)
        if note is not None and (reason := fault(folder, note, stop=stop)):
            bad[name] = reason
    return bad


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
            if path.stat().st_size != expected.size:
                return f"{name} has another size"
            if describe(path).sha256 != expected.sha256:
                return f"{name} has another content"
        except OSError:
            return f"{name} cannot be read"
    return ""
