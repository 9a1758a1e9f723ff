"""Which cache files are whole: a small file that is swapped by renaming, so that it is always one of two states."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

MANIFEST = "manifest.json"
MANIFEST_BYTES_MAX = 8 * 2**20
_NAME = re.compile(r"(dense|lexical)-[0-9-]+(\.faiss)?")
_FILE = re.compile(r"[^/\\:]+")


@dataclass(frozen=True, slots=True)
class CacheFile:
    """Size in bytes and SHA-256 of a file that never changes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CacheNote:
    """How far one cache is complete: it holds exactly what the collection held at `generation`.

    `name` is its file or folder in the cache folder; `passage` and `article` are the last passage id and article row
    of that generation.  `writing` is true while files may be newer than this note, which a crash can leave so.
    """

    name: str
    generation: int
    epoch: int
    passage: int
    article: int
    files: Mapping[str, CacheFile] = field(default_factory=dict)
    writing: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """The notes of both caches; None where there is none that can be used."""

    dense: CacheNote | None = None
    lexical: CacheNote | None = None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a cache folder; an absent or damaged one is the same as none, for caches can be made again."""
    try:
        with open(folder / MANIFEST, "rb") as file:
            data = json.loads(file.read(MANIFEST_BYTES_MAX))
        if data["sha256"] != _digest(data["notes"]):
            return Manifest()
        return Manifest(**{name: _note(data["notes"].get(name)) for name in Manifest.__slots__})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Manifest()


def notes(manifest: Manifest) -> dict[str, CacheNote | None]:
    """The note of each cache by its name, None where there is none."""
    return {name: getattr(manifest, name) for name in Manifest.__slots__}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Swap in a new manifest: written beside, synced, renamed, the folder synced."""
    content = {name: asdict(note) if note else None for name, note in notes(manifest).items()}
    new = folder / (MANIFEST + ".new")
    with open(new, "w", encoding="utf-8") as file:
        json.dump({"notes": content, "sha256": _digest(content)}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, folder / MANIFEST)
    sync_folder(folder)


def describe(path: Path) -> CacheFile:
    """Size and hash of a file as it is now."""
    with open(path, "rb") as file:
        return CacheFile(os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())


def sync_folder(folder: Path) -> None:
    """Make renames and new names in `folder` durable, where the system can sync a folder."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_file(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _note(data: Mapping[str, object] | None) -> CacheNote | None:
    """Raises ValueError for a note that would lead out of the cache folder, or whose values are of another kind."""
    if data is None:
        return None
    note = CacheNote(**{**data, "files": {name: CacheFile(**file) for name, file in data["files"].items()}})
    numbers = (note.generation, note.epoch, note.passage, note.article, *(file.size for file in note.files.values()))
    if not _NAME.fullmatch(note.name) or not all(_FILE.fullmatch(name) and name != ".." for name in note.files):
        raise ValueError(f"{note.name!r} is no name of a cache")
    if not all(type(number) is int for number in numbers) or type(note.writing) is not bool:
        raise ValueError(f"the note of {note.name} is damaged")
    return note
