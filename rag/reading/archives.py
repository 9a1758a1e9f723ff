"""Zip archives: their members' names, and the bytes of one, in bounded time and memory."""

from __future__ import annotations

import lzma
import os
import re
import stat
import struct
import weakref
import zipfile
import zlib
from dataclasses import dataclass
from threading import Lock

from rag.reading.unreadable import Unreadable
from rag.settings import ARCHIVE_BYTES_MAX, ARCHIVE_MEMBERS_MAX, FILE_BYTES_MAX

DIRECTORY_BYTES_MAX = ARCHIVE_MEMBERS_MAX * 1024
"""`zipfile` reads the list of members into memory at once."""

_DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error, KeyError,
)  # fmt: skip
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: `name` as stored, `path` with forward slashes, `problem` why it cannot be read ('': it can)."""

    name: str
    path: str
    problem: str = ""


class Archive:
    """A zip file, opened when it is first read.

    At most one archive is open at a time, so that a folder of many does not use up the process's files; it closes when
    the last source that refers to it is gone.
    """

    _lock = Lock()
    _opened: weakref.ReferenceType[Archive] | None = None

    def __init__(self, location: str) -> None:
        self._location = location
        self._zip: zipfile.ZipFile | None = None
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._sizes: dict[str, int] = {}
        self._total = 0

    def members(self) -> list[Member]:
        """The files in it, in the order of their paths; folders are left out.

        Raises `Unreadable` for an archive that is broken, or has too many members.
        """
        with Archive._lock:
            infos = [info for info in self._open().infolist() if not info.is_dir()]
        members: list[Member] = []
        paths: set[str] = set()
        for info in infos:
            path = _portable(info.filename)
            problem = _problem(info, path)
            if not problem and path in paths:
                problem = "is in the archive twice: only the first is read"
            paths.add(path)
            members.append(Member(info.filename, path, problem))
        return sorted(members, key=lambda member: member.path.split("/"))

    def read(self, name: str) -> bytes:
        """The bytes of the first member called `name`; never more than `FILE_BYTES_MAX`, whatever its header claims.

        Raises `Unreadable`, also when the members read so far come to more than `ARCHIVE_BYTES_MAX`.
        """
        with Archive._lock:
            data = self._read(name)
            self._total += len(data) - self._sizes.get(name, 0)
            self._sizes[name] = len(data)
        if len(data) > FILE_BYTES_MAX:
            raise Unreadable(f"is larger than {FILE_BYTES_MAX // 2**20} MiB")
        if self._total > ARCHIVE_BYTES_MAX:
            raise Unreadable(f"its archive unpacks to more than {ARCHIVE_BYTES_MAX // 2**30} GiB: unpack it and add the folder")
        return data

    def _read(self, name: str) -> bytes:
        archive = self._open()
        try:
            with archive.open(self._infos[name]) as file:
                return file.read(FILE_BYTES_MAX + 1)
        except NotImplementedError as error:
            raise Unreadable("is packed in a way that cannot be unpacked here: make the zip again with plain settings") from error
        except RuntimeError as error:
            raise Unreadable("is encrypted: unpack it with its password and add the folder") from error
        except _DAMAGED as error:
            raise Unreadable("is damaged in its archive: make the zip again") from error

    def _open(self) -> zipfile.ZipFile:
        if self._zip is not None:
            return self._zip
        opened = Archive._opened() if Archive._opened else None
        if opened is not None and opened._zip is not None:
            opened._zip.close()
            opened._zip = None
        try:
            _check_directory(self._location)
            archive = zipfile.ZipFile(self._location)
        except (*_DAMAGED, NotImplementedError, UnicodeDecodeError) as error:
            raise Unreadable("is a broken zip archive: make it again") from error
        if len(archive.infolist()) > ARCHIVE_MEMBERS_MAX:
            archive.close()
            raise Unreadable(f"has more than {ARCHIVE_MEMBERS_MAX:,} members: unpack it and add the folder")
        # A name that is there twice stands for its first member.
        self._infos = {info.filename: info for info in reversed(archive.infolist())}
        self._zip, Archive._opened = archive, weakref.ref(self)
        return archive


def _portable(name: str) -> str:
    """The path of a member; some systems write backslashes, some begin with `./`."""
    path = name.replace("\\", "/")
    return path if path.startswith("/") else "/".join(part for part in path.split("/") if part not in ("", "."))


def _problem(info: zipfile.ZipInfo, path: str) -> str:
    if path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/"):
        return "its name leads out of the archive: it is not read"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link: it is not followed"
    if info.flag_bits & 0x1:
        return "is encrypted: unpack it with its password and add the folder"
    return ""


def _check_directory(location: str) -> None:
    """Raises `Unreadable` when the list of members is too large to load, `BadZipFile` when the file has none."""
    with open(location, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2**16 - 200))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(tail):
        raise zipfile.BadZipFile
    members, length = struct.unpack_from("<HL", tail, end + 10)
    locator, record = end - 20, end - 20 - 56
    if record >= 0 and tail.startswith(b"PK\x06\x07", locator) and tail.startswith(b"PK\x06\x06", record):
        members, length = struct.unpack_from("<QQ", tail, record + 32)
    if members > ARCHIVE_MEMBERS_MAX or length > DIRECTORY_BYTES_MAX:
        raise Unreadable(f"has more than {ARCHIVE_MEMBERS_MAX:,} members: unpack it and add the folder")
