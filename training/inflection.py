"""Forms of dictionary words as sentences have them: Russian endings, Arabic's article and prefixes.

A dictionary has "король"; a question says "короля" or "королём", which the tokenizer cuts into other pieces. Which form
a place wants nobody knows here, so chance chooses.

    Russian    pymorphy3 (OpenCorpora's dictionary), where it is installed
    Arabic     "the", "and", "in", "for" are written together with the word
"""

from __future__ import annotations

import importlib.util
import random
from functools import cache, lru_cache

INFLECTED = 0.6
"""Of the words of a language that has a rule here."""
PREFIXES = ("ال", "ال", "ال", "وال", "بال", "لل", "و", "ب", "ل")
"""The article most often."""
RARE = ("PRTF", "PRTS", "GRND")
"""Participles: a hundred of a verb's forms, and few of its places in a question."""
CACHED = 100_000


def inflected(word: str, language: str, chance: random.Random) -> str:
    """Some form of `word`; itself in other languages, for INFLECTED's rest, and where it is several words or an abbreviation."""
    if language not in ("ar", "ru") or " " in word or word[1:].isupper() or chance.random() >= INFLECTED:
        return word
    if language == "ar":
        return word if word.startswith("ال") else chance.choice(PREFIXES) + word
    forms = _forms(word.lower())
    form = chance.choice(forms) if forms else word
    return form[:1].upper() + form[1:] if word[:1].isupper() else form


@cache
def _analyzer():
    """pymorphy3's, which holds 15 MB; None where it is not installed."""
    if importlib.util.find_spec("pymorphy3") is None:
        return None
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=CACHED)
def _forms(word: str) -> tuple[str, ...]:
    """The forms of a Russian word in small letters, each once, by its likeliest reading; none without a dictionary."""
    analyzer = _analyzer()
    readings = analyzer.parse(word) if analyzer else []
    forms = readings[0].lexeme if readings else []
    return tuple(dict.fromkeys(form.word for form in forms if form.tag.POS not in RARE))
