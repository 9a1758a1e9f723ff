"""Words in two languages out of FreeDict's dictionaries, as Debian's packages dict-freedict-* put them into /usr/share/dictd.

Each is a text file of entries, compressed, and an index of (headword, offset, length).  An entry is its headword with
pronunciation and kind, then a line of translations for each sense, numbered where there are several, with definitions
in between.  Licences: GPL 2 or later, or CC BY-SA 3.0 (those made from Wiktionary).

Russian has no large dictionary of its own with English: what a German, French, Italian or Dutch word means in both is taken together.
"""

from __future__ import annotations

import gzip
import re
import string
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path("/usr/share/dictd")
CODES = {"ar": "ara", "ru": "rus", "de": "deu", "es": "spa", "fr": "fra", "pt": "por", "it": "ita", "nl": "nld", "tr": "tur", "hi": "hin", "id": "ind"}
PIVOTS = {"ru": ("deu", "fra", "ita", "nld")}
SENSES = 3
"""Senses of one headword that are taken, and translations of one sense; later ones are rare."""
WORDS_MAX = 5
"""A translation of more words is an explanation."""
BYTES_MAX = 2**28
"""Of one dictionary; the largest has a tenth of that."""
_NUMBERED = re.compile(r"\d+\. ")
_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|//?[^/]*//?|\s\d+\.$")
_MARKS = {0x301: None, ord("~"): " "}
"""Where Russian is stressed, and what Hindi has between words."""
_DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def freedict_pairs(language: str, folder: Path = FOLDER) -> Iterator[tuple[str, str]]:
    """(word, English) out of what `folder` has for `language`; nothing where it has nothing."""
    code = CODES.get(language)
    if code is None:
        return
    for english, words in entries(folder, f"eng-{code}"):
        yield from ((word, english) for word in words)
    for word, glosses in entries(folder, f"{code}-eng"):
        yield from ((word, english) for english in glosses)
    for pivot in PIVOTS.get(language, ()):
        english_of = dict(entries(folder, f"{pivot}-eng"))
        for middle, words in entries(folder, f"{pivot}-{code}"):
            yield from ((word, english) for word in words[:1] for english in english_of.get(middle, [])[:1])


def entries(folder: Path, name: str) -> Iterator[tuple[str, list[str]]]:
    """(headword, translations) of one dictionary; nothing where it is not there."""
    index, content = folder / f"freedict-{name}.index", folder / f"freedict-{name}.dict.dz"
    if not index.is_file() or not content.is_file():
        return
    with gzip.open(content) as file:
        text = file.read(BYTES_MAX)
    for line in index.read_text(encoding="utf-8", errors="replace").splitlines():
        headword, _, place = line.partition("\t")
        if not headword or headword.startswith("00database") or place.count("\t") != 1:
            continue
        start, length = map(_number, place.split("\t"))
        if words := _translations(text[start : start + length].decode("utf-8", "replace")):
            yield headword, words


def _translations(entry: str) -> list[str]:
    """Of an entry's first senses, each once."""
    lines = [line.strip() for line in entry.splitlines()[1:] if line.strip()]
    senses = [line for line in lines if _NUMBERED.match(line)] or lines[:1]
    found: dict[str, None] = {}
    for sense in senses[:SENSES]:
        parts = re.split(r"[,;،]", _REMARK.sub(" ", _NUMBERED.sub("", sense, count=1)))
        for part in [" ".join(part.translate(_MARKS).split()).rstrip(".") for part in parts][:SENSES]:
            if part and len(part.split()) <= WORDS_MAX:
                found[part] = None
    return list(found)


def _number(digits: str) -> int:
    """A number in dictd's base 64."""
    value = 0
    for digit in digits:
        value = value * 64 + _DIGITS.index(digit)
    return value
