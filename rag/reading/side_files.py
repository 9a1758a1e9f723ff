"""`articles.csv`: what a person states about the files of a folder."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from rag.reading.decoding import decode
from rag.reading.metadata import FILE_NAMES
from rag.reading.normalising import one_line
from rag.reading.rows import BadRow, Row, csv_rows
from rag.reading.unreadable import Unreadable
from rag.types import Rejection

NAME = "articles.csv"

Values = tuple[tuple[str, str], ...]
"""The columns and values of one row, in the order of the columns' names."""


@dataclass(slots=True)
class Descriptions:
    """The side files met so far, and which of their rows have found their file.

    Paths are those of sources, from the root with forward slashes.  The row of the innermost folder counts.
    """

    _rows: dict[str, dict[str, tuple[str, Values]]] = field(default_factory=dict)
    _found: set[tuple[str, str]] = field(default_factory=set)

    def add(self, folder: str, data: bytes) -> list[str]:
        """Takes the side file of `folder` ('' is the root); the reasons why rows of it, or all of it, cannot be used.

        Raises `NotDescribing` for a table that has no column of file names.
        """
        reasons: list[str] = []
        rows: dict[str, tuple[str, Values]] = {}
        try:
            for row in csv_rows(decode(data)):
                if isinstance(row, BadRow):
                    reasons.append(f"{row.place} {row.reason}")
                    continue
                if not any(name in row.values for name in FILE_NAMES):
                    raise NotDescribing
                name = _file(row)
                if not name:
                    reasons.append(f"{row.place} names no file")
                elif name in rows:
                    reasons.append(f"{row.place} names {name} again: only the first row counts")
                else:
                    rows[name] = (row.place, tuple(sorted((key, str(value)) for key, value in row.values.items() if value)))
        except Unreadable as error:
            reasons.append(str(error))
        self._rows[folder] = rows
        return reasons

    def find(self, path: str) -> Values:
        """The row that describes the file at `path`, or ()."""
        found: Values = ()
        for folder in _ancestors(path):
            name = _comparable(path[len(folder) + 1 if folder else 0 :])
            if name in self._rows.get(folder, ()):
                self._found.add((folder, name))
                found = found or self._rows[folder][name][1]
        return found

    def unused(self, id_of: str) -> Iterator[Rejection]:
        """A rejection for each row whose file was not met; `id_of` is the root's label."""
        for folder, rows in sorted(self._rows.items()):
            for name, (place, _) in rows.items():
                if (folder, name) not in self._found:
                    where = "/".join(part for part in (id_of, folder, NAME) if part)
                    yield Rejection(where, f"{place} describes {name}, which is not there: correct the name or delete the row")


class NotDescribing(Exception):
    """The table has no column of file names: it is a table of articles, or nothing known."""


def _file(row: Row) -> str:
    value = next((row.values[name] for name in FILE_NAMES if row.values.get(name)), "")
    return _comparable(one_line(str(value)))


def _comparable(path: str) -> str:
    parts = unicodedata.normalize("NFC", path).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def _ancestors(path: str) -> Iterator[str]:
    """The folders that `path` is in, the innermost first; '' is the root."""
    while path:
        path = path.rpartition("/")[0]
        yield path
