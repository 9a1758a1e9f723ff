"""Does a cache on the disk still hold the bytes that were written?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rag.storage.manifest import CacheNote, Manifest, describe


def damaged(folder: Path, manifest: Manifest, *, stop: Callable[[], bool] = lambda: False) -> dict[str, str]:
    """The caches of `folder`, by name, of which a file is missing, of another size or of another hash; and why."""
    bad = {}
    for name in Manifest.__slots__:
        note = getattr(manifest, name)
        if note is not None and (reason := _fault(folder, note, stop)):
            bad[name] = reason
    return bad


def _fault(folder: Path, note: CacheNote, stop: Callable[[], bool]) -> str:
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
