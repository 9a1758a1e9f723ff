"""What can be read below a path: files and members of archives, found in order and not yet parsed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import PurePath

from rag.reading.archives import Archive
from rag.reading.side_files import Values
from rag.reading.unreadable import Unreadable
from rag.settings import FILE_BYTES_MAX

TYPES = {
    ".txt": "text",
    ".md": "markdown",
    ".html": "page",
    ".htm": "page",
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
}
"""What is read of each suffix; zip archives hold files of these types."""

UNSUPPORTED = "is of a type that is not read: use .txt, .md, .html, .json, .jsonl, .csv or a .zip of these"

IGNORED_NAMES = frozenset(("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin", "system volume information"))
"""What systems leave in folders, besides names that begin with a dot."""

_UNPRINTABLE = re.compile("[\x00-\x1f\\\\\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that was added, or the folder of a single file: `whole` tells which, so that files gone from it can be told.

    `label` stands before the paths of its sources; `path` is absolute, without links.
    """

    label: str
    path: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file below a root, or a member of an archive: `id == f"{label}/{path}"`, with forward slashes everywhere.

    `described` is the row of the side file that describes it.
    """

    id: str
    label: str
    path: str
    kind: str
    location: str
    described: Values = ()
    member: str = ""
    archive: Archive | None = field(default=None, repr=False, compare=False)

    def load(self) -> bytes:
        """The original bytes, at most `FILE_BYTES_MAX` of them.  Raises `Unreadable`."""
        return self.archive.read(self.member) if self.archive else read_file(self.location)

    def fingerprint(self) -> str:
        """Changes when the bytes or the describing row change; '' when the file cannot be read now.

        The first 64 digits are the SHA-256 of the original bytes; a described file has 64 more, of its row.
        """
        try:
            of_bytes = hashlib.sha256(self.load()).hexdigest()
        except Unreadable:
            return ""
        if not self.described:
            return of_bytes
        row = json.dumps(self.described, ensure_ascii=True).encode("ascii")
        return of_bytes + hashlib.sha256(row).hexdigest()


def read_file(location: str) -> bytes:
    """The bytes of a regular file.  Raises `Unreadable` for anything else, and for more than `FILE_BYTES_MAX`."""
    try:
        if not stat.S_ISREG(os.stat(location).st_mode):
            # Opening a pipe would wait for ever.
            raise Unreadable("is no regular file")
        with open(location, "rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be read: {getattr(error, 'strerror', None) or 'no such file'}") from error
    if len(data) > FILE_BYTES_MAX:
        raise Unreadable(f"is larger than {FILE_BYTES_MAX // 2**20} MiB: split it into smaller files")
    return data


def printable(name: str) -> str:
    """`name` as it can be stored, printed and told apart: bytes that are no character, control characters, bidi
    overrides and backslashes are written as escapes."""
    return _UNPRINTABLE.sub(lambda found: f"\\x{_byte(found[0]):02x}" if _byte(found[0]) < 256 else f"\\u{ord(found[0]):04x}", name)


def kind_of(name: str) -> str:
    """The kind of file by its suffix, in any case; 'zip' for archives, '' for what is not read."""
    suffix = PurePath(name).suffix.lower()
    return "zip" if suffix == ".zip" else TYPES.get(suffix, "")


def is_ignored(path: str) -> bool:
    """Whether a part of the relative `path` is hidden or left by a system: those are passed over in silence."""
    return any((part.startswith((".", "~$")) and part not in (".", "..")) or part.casefold() in IGNORED_NAMES for part in path.split("/"))


def _byte(character: str) -> int:
    # `os.fsdecode` writes the byte 0xE9 that is no UTF-8 as U+DCE9.
    number = ord(character)
    return number - 0xDC00 if 0xDC80 <= number <= 0xDCFF else number
