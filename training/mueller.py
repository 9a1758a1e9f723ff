"""Mueller's English-Russian dictionary, 7th edition, as Debian's package mueller7-dict puts it into /usr/share/dictd (GPL 2 or later).

An entry is its headword, the pronunciation in brackets, and the senses: "1)" of a part of speech "1.", marked by words
such as _v. or _юр., with remarks in parentheses and examples in both languages behind the translations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from training.dictd import FOLDER, dictd_entries

NAME = "mueller7"
SENSES = 4
"""Of one headword; later ones are rare."""
TRANSLATIONS = 2
"""Of one sense."""
WORDS_MAX = 3
"""Of a translation; more are an explanation."""
_SENSE = re.compile(r"\s\d+[).]")
_REMARK = re.compile(r"\[[^\]]*\]|\([^)]*\)|_\w[\w-]*\.?")
_LATIN = re.compile("[A-Za-z]")
_RUSSIAN = re.compile(r"[А-Яа-яЁё]+(?:[ -][А-Яа-яЁё]+)*")


def mueller_pairs(language: str, folder: Path = FOLDER) -> Iterator[tuple[str, str]]:
    """(Russian word, English headword); nothing for other languages, or where `folder` does not have it."""
    if language != "ru":
        return
    for headword, entry in dictd_entries(folder, NAME):
        if headword[:1].isalpha():
            yield from ((word, headword) for word in translations(entry))


def translations(entry: str) -> list[str]:
    """Of an entry's first senses, each once: what is Russian alone between two commas, up to the first example."""
    _, _, body = entry.partition("\n")
    senses = [sense for sense in _SENSE.split(" " + _REMARK.sub(" ", " ".join(body.split()))) if sense.strip()]
    found: dict[str, None] = {}
    for sense in senses[:SENSES]:
        parts = [" ".join(part.split()) for part in re.split("[,;]", sense)]
        before = takewhile(lambda part: not _LATIN.search(part), parts)
        fitting = [part for part in before if _RUSSIAN.fullmatch(part) and len(part.split()) <= WORDS_MAX]
        found |= dict.fromkeys(fitting[:TRANSLATIONS])
    return list(found)
