"""Parallel text: sentence pairs as they are on disk, and the texts to train on that are joined from them.

    file       id-en.tsv.gz: text, English, source, tier; the lines of one source follow its document
    pair       one line that can be used
    sample     a pair, or 2-5 neighbouring pairs of one source joined into a passage
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from training.languages import Language

PASSAGES = 30
"""Out of a hundred places where a passage may begin, so many begin one."""
LONGEST_PASSAGE = 5
WESNOTH = "wesnoth"
"""The source whose texts come in alphabetical order (training/catalogues.py): its neighbours belong to no one passage."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`text` in `language` says what `target` says; `target` is English, or Indonesian for a local language."""

    text: str
    target: str
    language: str
    source: str


def read_pairs(folder: Path, language: Language, limit: int | None = None) -> list[Pair]:
    """The usable pairs of one language, in the order of their documents; none where the folder has no file of it.

    Traditional Chinese is read as Chinese. `limit` takes the first of each file, for a smoke test.
    """
    pairs: list[Pair] = []
    names = [language.code, "zht"] if language.code == "zh" else [language.code]
    for name in names:
        path = folder / (f"{name}-en.tsv.gz" if language.through == "en" else f"{language.through}-{name}.tsv.gz")
        if not path.is_file():
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found = (pair for line in lines if (pair := _pair(line, language)) is not None)
            pairs += [pair for pair, _ in zip(found, range(limit or 1 << 60), strict=False)]
    return pairs


def _pair(line: str, language: Language) -> Pair | None:
    fields = line.rstrip("\n").split("\t")
    if len(fields) < 3:
        return None
    text, target = fields[:2] if language.through == "en" else (fields[1], fields[0])
    return Pair(text, target, language.code, fields[2]) if usable(text, target) else None


def usable(text: str, target: str) -> bool:
    """Two different texts of sensible length, mostly letters: no code, no tables, nothing left untranslated."""
    if text == target or not (2 <= len(text) <= 900 and 2 <= len(target) <= 900):
        return False
    letters = sum(character.isalpha() or character.isspace() or "\u0300" <= character <= "\u0e7f" for character in text)
    return letters > 0.7 * len(text)


def samples(pairs: Iterable[Pair], passages: int = PASSAGES) -> Iterator[Pair]:
    """The pairs, and passages of 2-5 neighbours of one source beside the sentences they are made of.

    Where a passage begins and how long it is follows from a hash of its first English sentence, so that the same
    passage is cut in every language and the teacher encodes it once.
    """
    for run in neighbours(pairs, passages):
        if len(run) > 1:
            yield joined(run)
        yield from run


def neighbours(pairs: Iterable[Pair], passages: int) -> Iterator[list[Pair]]:
    """All pairs in order: runs of 2-5 of one source at `passages` of a hundred places, one alone at the others and of WESNOTH."""
    for source, group in groupby(pairs, key=lambda pair: pair.source):
        rest, at = list(group), 0
        while at < len(rest):
            chance = zlib.crc32(rest[at].target.encode())
            length = 2 + (chance >> 8) % (LONGEST_PASSAGE - 1) if chance % 100 < passages and source != WESNOTH else 1
            yield rest[at : at + length]
            at += length


def joined(pairs: list[Pair]) -> Pair:
    space = "" if pairs[0].language in ("zh", "ja") else " "
    return Pair(space.join(pair.text for pair in pairs), " ".join(pair.target for pair in pairs), pairs[0].language, pairs[0].source)
