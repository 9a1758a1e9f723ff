"""CSV, JSON and JSONL -> rows: one mapping of column names to values for each article."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rag.reading.metadata import FILE_NAMES, NAMES, body, folded
from rag.reading.unreadable import Unreadable
from rag.settings import ARTICLE_CHARACTERS_MAX

LISTS = ("articles", "items", "data", "results")
"""Where an object that is no article keeps its articles."""

DELIMITERS = ",;\t|"

KNOWN_COLUMNS = frozenset(FILE_NAMES) | {column for columns in NAMES.values() for column in columns}


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row by lower-case column name; `place` says where it stands, as in `row 3`."""

    place: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read, and why."""

    place: str
    reason: str


def csv_rows(text: str) -> Iterator[Row | BadRow]:
    """The rows of a table with a header, counted as a spreadsheet does: the header is row 1.

    The delimiter is the one by which the header has most known column names.  Raises `Unreadable` for a table without
    a header that names a text or a file, and where its quotation marks do not match.
    """
    header, records = _table(text)
    if not KNOWN_COLUMNS.intersection((*NAMES["text"], *FILE_NAMES)).intersection(header):
        raise Unreadable(f"its first row names no column `text` (it has {', '.join(header)[:200] or 'no names'}): add a header")
    number = 1
    try:
        for number, record in enumerate(records, start=2):
            if not any(value.strip() for value in record):
                continue
            if len(record) > len(header) and any(value.strip() for value in record[len(header) :]):
                reason = f"has {len(record)} values, the header {len(header)}: put quotation marks around values with commas"
                yield BadRow(f"row {number}", reason)
                continue
            yield Row(f"row {number}", folded(dict(zip(header, record, strict=False))))
    except csv.Error as error:
        raise Unreadable(f"row {number + 1} cannot be read ({error}); the rows after it are not read: {_QUOTES}") from error


def json_rows(text: str) -> Iterator[Row | BadRow]:
    """The articles of a JSON file: a list of objects, an object with such a list, or one object."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise Unreadable("its JSON is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"is no valid JSON: {error.msg} in line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        raise Unreadable("has a number with thousands of digits") from error
    if isinstance(value, dict):
        return _objects(_listed(value))
    if isinstance(value, list):
        return _objects(value)
    raise Unreadable("holds no object and no list of objects with a `text`")


def jsonl_rows(text: str) -> Iterator[Row | BadRow]:
    """The articles of a file with one JSON object a line; a bad line does not end it."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield BadRow(place, "is no valid JSON")
            continue
        yield _object(place, value)


def _table(text: str) -> tuple[list[str], Iterator[list[str]]]:
    first = text.lstrip("\ufeff\r\n \t")
    # The limit is one for the whole process: it is only ever raised, and a longer field is a csv.Error.
    csv.field_size_limit(max(csv.field_size_limit(), ARTICLE_CHARACTERS_MAX))
    best: list[str] = []
    delimiter = DELIMITERS[0]
    for candidate in DELIMITERS:
        names = _header(first[:20_000], candidate)
        if len(KNOWN_COLUMNS.intersection(names)) > len(KNOWN_COLUMNS.intersection(best)):
            best, delimiter = names, candidate
    records = csv.reader(io.StringIO(first, newline=""), delimiter=delimiter, strict=True)
    try:
        return [name.strip().casefold() for name in next(records, [])], records
    except csv.Error as error:
        raise Unreadable(f"its first row cannot be read ({error}): {_QUOTES}") from error


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return [name.strip().casefold() for name in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])]
    except csv.Error:
        return []


def _listed(value: dict[str, object]) -> list[object]:
    if body(folded(value)):
        return [value]
    names = {str(name).casefold(): name for name in value}
    for name in LISTS:
        inner = value.get(names.get(name, ""))
        if isinstance(inner, list) and (not inner or isinstance(inner[0], dict)):
            return inner
    return [value]


def _objects(values: Iterable[object]) -> Iterator[Row | BadRow]:
    return (_object(f"item {number}", value) for number, value in enumerate(values, start=1))


def _object(place: str, value: object) -> Row | BadRow:
    return Row(place, folded(value)) if isinstance(value, dict) else BadRow(place, "is no object with a `text`")


_QUOTES = "check its quotation marks"
