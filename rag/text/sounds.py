"""Names sound alike in every script: Путин, بوتين and Putin share the consonants p-t-n.

A question finds a name that the articles write in another script, or in another spelling, by that skeleton of
consonants; how alike the whole words are decides among those that share it.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

SKELETON_LEAST = 2

# Letters that languages write differently for one sound; longer ones first.
_SOUNDS = (
    ("tsch", "s"), ("sch", "s"), ("kh", "h"), ("gh", "g"), ("sh", "s"), ("ch", "h"), ("ph", "f"), ("th", "t"), ("dh", "d"), ("zh", "s"),
    ("ck", "k"), ("qu", "k"), ("ou", "u"), ("oy", "u"), ("x", "ks"), ("q", "k"), ("c", "k"), ("z", "s"), ("v", "f"), ("b", "p"), ("w", "u"),
    ("y", "i"), ("j", "i"),
)  # fmt: skip
_REPEATED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiou]|(?<!^)h")


@lru_cache(maxsize=32_000)
def sounds(word: str) -> str:
    """The word in Latin letters, one letter a sound; empty if it holds a digit."""
    from anyascii import anyascii

    if any(letter.isdigit() for letter in word):
        return ""
    letters = re.sub("[^a-z]", "", anyascii(word).casefold())
    for written, sound in _SOUNDS:
        letters = letters.replace(written, sound)
    return _REPEATED.sub(r"\1", letters)


def skeleton(word: str) -> str:
    """The consonants of a word, an h only where it begins; empty for words too short to tell a name."""
    letters = _REPEATED.sub(r"\1", _VOWELS.sub("", sounds(word)))
    return letters if len(letters) >= SKELETON_LEAST else ""


def alikeness(word: str, other: str) -> float:
    """The share of sounds that two words have in common, in order, in [0, 1] (Ratcliff and Obershelp 1988)."""
    return SequenceMatcher(None, sounds(word), sounds(other), autojunk=False).ratio()
