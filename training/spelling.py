"""Names in the letters of Russian and Arabic, about as newspapers write them: Broncos, Бронкос, برونكوس.

Only for training: nothing is told from it. Where a sound is written in several ways chance chooses one, so that none is
learned as the only one.
"""

from __future__ import annotations

import random

SPELT: dict[str, dict[str, str]] = {
    "ru": {
        "tsch": "ч", "shch": "щ", "sch": "ш ск", "kh": "х", "zh": "ж", "ch": "ч", "sh": "ш", "ph": "ф", "th": "т", "gh": "г", "ck": "к", "qu": "кв", "oo": "у",
        "ou": "у", "ee": "и", "ea": "и ей", "ya": "я", "yu": "ю", "ja": "джа я", "ts": "ц", "ce": "се с", "ci": "си", "cy": "си", "a": "а", "b": "б", "c": "к",
        "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х г", "i": "и", "j": "дж", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к",
        "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в у", "x": "кс", "y": "и й", "z": "з",
    },
    "ar": {
        "sch": "ش سك", "kh": "خ", "gh": "غ", "sh": "ش", "ch": "تش ش", "ph": "ف", "th": "ث", "dh": "ذ", "ck": "ك", "qu": "كو", "oo": "و", "ou": "و", "ee": "ي",
        "ea": "ي", "ai": "اي ي", "ei": "اي ي", "ce": "س سي", "ci": "سي", "cy": "سي", "a": "ا ا -", "b": "ب", "c": "ك", "d": "د", "e": "ي - -",
        "f": "ف", "g": "غ ج", "h": "ه", "i": "ي ي -", "j": "ج", "k": "ك", "l": "ل", "m": "م", "n": "ن", "o": "و", "p": "ب", "q": "ق", "r": "ر", "s": "س",
        "t": "ت", "u": "و ا", "v": "ف", "w": "و", "x": "كس", "y": "ي", "z": "ز",
    },
}  # fmt: skip
"""Of each language: letters of a Latin name and what they may become, "-" for nothing; longer ones first."""
BEGINNING = {
    "ru": {"ea": "и", "ee": "и", "ei": "эй", "e": "э"},
    "ar": {"ai": "أي", "ea": "إي", "ee": "إي", "ei": "أي", "oo": "أو", "ou": "أو", "a": "ا", "e": "إ", "i": "إ", "o": "أو", "u": "أ"},
}  # fmt: skip
"""How vowels that begin a name are written; longer ones first."""


def spelt(name: str, language: str, chance: random.Random) -> str:
    """`name`, ASCII letters, in those of `language`, one of SPELT; Russian begins it with a capital."""
    letters, ways = name.lower(), SPELT[language]
    vowels = next((vowels for vowels in BEGINNING[language] if letters.startswith(vowels)), "")
    out, at = [BEGINNING[language].get(vowels, "")], len(vowels)
    while at < len(letters):
        latin = next((latin for latin in ways if letters.startswith(latin, at)), letters[at])
        doubled = latin == letters[at - 1 : at] and latin not in "aeiou"
        silent = latin == "e" and at == len(letters) - 1 and chance.random() < 0.5
        if latin == "a" and at == len(letters) - 1:
            out.append(ways["a"][0])
        elif not doubled and not silent:
            out.append(chance.choice(ways.get(latin, latin).split()))
        at += len(latin)
    text = "".join(out).replace("-", "")
    return text[:1].upper() + text[1:] if language == "ru" else text
