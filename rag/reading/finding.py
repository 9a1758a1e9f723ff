"""Walks a folder or archive in a fixed order, giving sources and the reasons why other files give none."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from rag.errors import SourceError
from rag.reading.archives import Archive
from rag.reading.side_files import NAME, Descriptions, NotDescribing
from rag.reading.sources import UNSUPPORTED, Root, Source, is_ignored, kind_of, printable, read_file
from rag.reading.unreadable import Unreadable
from rag.types import Rejection


def find_sources(path: str | os.PathLike[str], *, label: str | None = None) -> tuple[Root, Iterator[Source | Rejection]]:
    """The root that `path` names, and what is below it, sorted by path.

    Hidden files, what systems leave behind and side files are passed over; files of other types, pipes and links that
    lead out of the folder are rejections.  A link to a file inside the folder is read under its own name; one to a folder
    inside is not followed, since that is read where it is.  Raises `SourceError` when `path` itself cannot be read.
    """
    given = os.fspath(path)
    shown = printable(given)
    try:
        absolute = os.path.abspath(given)
        resolved = os.path.realpath(given)
        mode = os.stat(resolved).st_mode
        if stat.S_ISDIR(mode):
            os.scandir(resolved).close()
        elif stat.S_ISREG(mode):
            open(resolved, "rb").close()
    except FileNotFoundError as error:
        raise SourceError(f"There is no file or folder {shown}. Check the path.") from error
    except PermissionError as error:
        raise SourceError(f"{shown} cannot be read: permission denied. Change its permissions, or ask its owner.") from error
    except (OSError, ValueError) as error:
        raise SourceError(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}. Check the path.") from error
    if stat.S_ISDIR(mode):
        root = Root(_label(label, absolute), resolved, whole=True)
        return root, _Walk(root).folder()
    if not stat.S_ISREG(mode):
        raise SourceError(f"{shown} is neither a file nor a folder. Add a folder, or a file of articles.")
    # The name is that of the path as given: the file that a link leads to can be called anything.
    folder = os.path.realpath(os.path.dirname(absolute))
    root = Root(_label(label, os.path.dirname(absolute)), folder, whole=False)
    return root, _Walk(root).single(os.path.basename(absolute), resolved)


def _label(label: str | None, folder: str) -> str:
    if label is None:
        return printable(os.path.basename(folder)) or "root"
    if not label.strip() or label != printable(label) or "/" in label or label in (".", ".."):
        raise SourceError(f"{printable(label)!r} cannot be a name for articles. Use letters and digits, without slashes: --as NAME.")
    return label


class _Walk:
    """One pass over a root; ids are made of `label` and the printable form of relative paths."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._descriptions = Descriptions()

    def folder(self) -> Iterator[Source | Rejection]:
        """All below the root; last the rows of side files that describe no file."""
        # A stack instead of recursion: folders can be deeper than Python's.
        stack = [self._entries("")]
        while stack:
            entry = next(stack[-1], None)
            if entry is None:
                stack.pop()
            elif isinstance(entry, str):
                stack.append(self._entries(entry))
            else:
                yield entry
        yield from self._descriptions.unused(self._root.label)

    def single(self, name: str, location: str) -> Iterator[Source | Rejection]:
        """One file; the side file beside it describes it too."""
        if name != NAME:
            beside = os.path.join(self._root.path, NAME)
            if os.path.isfile(beside):
                yield from self._side_file("", beside)[0]
            yield from self._file(printable(name), location)
        else:
            rejections, is_table = self._side_file("", location)
            yield from rejections
            if is_table:
                yield from self._file(NAME, location)
            else:
                yield Rejection(self._id(NAME), "describes the files beside it: add the folder instead")

    def _entries(self, folder: str) -> Iterator[Source | Rejection | str]:
        """The sources and rejections of one folder, and as strings the folders in it, each in its place."""
        where = os.path.join(self._root.path, *(part for part in folder.split("/") if part))
        try:
            with os.scandir(where) as entries:
                # Bytes sort alike on every system, whatever its locale.
                found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield Rejection(self._id(printable(folder)), f"cannot be read: {error.strerror}")
            return
        side_file = next((entry for entry in found if entry.name == NAME and self._is_regular(entry)), None)
        if side_file is not None:
            rejections, is_table = self._side_file(folder, side_file.path)
            yield from rejections
            side_file = None if is_table else side_file
        for entry in found:
            if entry is side_file or is_ignored(entry.name):
                continue
            yield from self._entry(entry, f"{folder}/{entry.name}" if folder else entry.name)

    def _entry(self, entry: os.DirEntry[str], path: str) -> Iterator[Source | Rejection | str]:
        name = printable(path)
        try:
            if entry.is_symlink():
                yield from self._link(entry, name)
            elif entry.is_dir(follow_symlinks=False):
                yield path
            elif entry.is_file(follow_symlinks=False):
                yield from self._file(name, entry.path)
            else:
                yield self._rejected(name, "is no regular file but a pipe, a device or a socket")
        except OSError as error:
            yield self._rejected(name, f"cannot be read: {error.strerror}")

    def _link(self, entry: os.DirEntry[str], name: str) -> Iterator[Source | Rejection]:
        target = os.path.realpath(entry.path)
        if not os.path.exists(target):
            yield self._rejected(name, "is a link that leads nowhere")
        elif not _is_below(target, self._root.path):
            yield self._rejected(name, "is a link that leads out of the folder: add what it leads to by its own path")
        elif os.path.isfile(target):
            yield from self._file(name, target)

    def _file(self, name: str, location: str) -> Iterator[Source | Rejection]:
        kind = kind_of(name)
        if kind == "zip":
            yield from self._archive(name, location)
            return
        described = self._descriptions.find(name)
        if kind:
            yield Source(self._id(name), self._root.label, name, kind, location, described)
        else:
            yield self._rejected(name, UNSUPPORTED)

    def _archive(self, name: str, location: str) -> Iterator[Source | Rejection]:
        archive = Archive(location)
        try:
            members = [member for member in archive.members() if not is_ignored(member.path)]
        except Unreadable as error:
            yield self._rejected(name, str(error))
            return
        # The row that a side file outside has for the archive itself describes nothing in it, but it is not amiss.
        self._descriptions.find(name)
        tables: set[str] = set()
        for member in members:
            folder, _, last = f"{name}/{member.path}".rpartition("/")
            if last != NAME or member.problem:
                continue
            try:
                for reason in self._descriptions.add(folder, archive.read(member.name)):
                    yield Rejection(self._id(f"{folder}/{NAME}"), reason)
            except NotDescribing:
                tables.add(member.path)
            except Unreadable as error:
                yield Rejection(self._id(f"{folder}/{NAME}"), str(error))
        for member in members:
            path = f"{name}/{printable(member.path)}"
            kind = kind_of(path)
            described = self._descriptions.find(path)
            if member.problem:
                yield self._rejected(path, member.problem)
            elif path.endswith(f"/{NAME}") and member.path not in tables:
                continue
            elif kind == "zip":
                yield self._rejected(path, "is a zip in a zip: unpack the outer one and add the folder")
            elif not kind:
                yield self._rejected(path, UNSUPPORTED)
            else:
                yield Source(self._id(path), self._root.label, path, kind, location, described, member.name, archive)

    def _side_file(self, folder: str, location: str) -> tuple[list[Rejection], bool]:
        """Takes the side file at `location`; why parts of it cannot be used, and whether it is a table of articles instead."""
        name = self._id(printable(f"{folder}/{NAME}" if folder else NAME))
        try:
            return [Rejection(name, reason) for reason in self._descriptions.add(printable(folder), read_file(location))], False
        except NotDescribing:
            return [], True
        except Unreadable as error:
            return [Rejection(name, str(error))], False

    def _is_regular(self, entry: os.DirEntry[str]) -> bool:
        try:
            return entry.is_file(follow_symlinks=False)
        except OSError:
            return False

    def _rejected(self, name: str, reason: str) -> Rejection:
        self._descriptions.find(name)
        return Rejection(self._id(name), reason)

    def _id(self, name: str) -> str:
        return f"{self._root.label}/{name}"


def _is_below(target: str, folder: str) -> bool:
    try:
        return os.path.commonpath([os.path.normcase(target), os.path.normcase(folder)]) == os.path.normcase(folder)
    except ValueError:
        # Two drives of Windows have no common path.
        return False
