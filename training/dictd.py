"""Dictionaries in the form of dictd: a text of entries, compressed, and an index of (headword, offset, length)."""

from __future__ import annotations

import gzip
import string
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path("/usr/share/dictd")
"""Where Debian's packages put them."""
BYTES_MAX = 2**28
"""Of one dictionary; the largest has 100 MB."""
_DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def dictd_entries(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """(headword, entry) of one dictionary, the entry with its headword's line; nothing where it is not there."""
    index, content = folder / f"{name}.index", folder / f"{name}.dict.dz"
    if not index.is_file() or not content.is_file():
        return
    with gzip.open(content) as file:
        text = file.read(BYTES_MAX)
    for line in index.read_text(encoding="utf-8", errors="replace").splitlines():
        headword, _, place = line.partition("\t")
        if not headword or headword.startswith("00database") or place.count("\t") != 1:
            continue
        start, length = map(_number, place.split("\t"))
        yield headword, text[start : start + length].decode("utf-8", "replace")


def _number(digits: str) -> int:
    """A number in dictd's base 64."""
    value = 0
    for digit in digits:
        value = value * 64 + _DIGITS.index(digit)
    return value
