"""Words in two languages out of FreeDict's dictionaries, as Debian's packages dict-freedict-* put them into /usr/share/dictd.

An entry (training/dictd.py) is its headword with pronunciation and kind, then a line of translations for each sense,
numbered where there are several, with definitions in between.  Licences: GPL 2 or later, or CC BY-SA 3.0 (those made from Wiktionary).

Its Russian dictionary with English is small: what a word of seven other languages means in both is taken together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from training.dictd import FOLDER, dictd_entries

CODES = {"ar": "ara", "ru": "rus", "de": "deu", "es": "spa", "fr": "fra", "pt": "por", "it": "ita", "nl": "nld", "tr": "tur", "hi": "hin", "id": "ind"}
PIVOTS = {"ru": ("deu", "fra", "ita", "nld", "pol", "swe", "ell")}
SENSES = 3
"""Senses of one headword that are taken, and translations of one sense; later ones are rare."""
WORDS_MAX = 5
"""A translation of more words is an explanation."""
_NUMBERED = re.compile(r"\d+\. ")
_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|//?[^/]*//?|\s\d+\.$")
_MARKS = {0x301: None, ord("~"): " "}
"""Where Russian is stressed, and what Hindi has between words."""


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
    for headword, entry in dictd_entries(folder, f"freedict-{name}"):
        if words := _translations(entry):
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
