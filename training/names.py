"""Names in Cyrillic letters, told by their sounds: "Янукович" is "Yanukovych".

The texts here have little news and no dictionary has the people in it, but wordfreq counts them in both languages. A frequent
word that is none of a dictionary's, nor a form of one, and sounds as an English word does that is none either, is taken for the
same name. Scripts that leave vowels out, or have one letter for many sounds, tell too little for that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import Stemmer
from anyascii import anyascii

from rag.text.sounds import sounds
from training.frequent import STEMMERS, frequencies, frequent_words, normal
from training.pairs import Pair

CYRILLIC = ("ru",)
SHORTEST = 4
"""Sounds of a name: shorter words sound alike by chance."""
ALIKE, MUCH_ALIKE = 0.8, 1.0
LIKELY, POSSIBLE = 30.0, 1_000.0
"""So many times as frequent a name may be in its own language as in English, if both are ALIKE or MUCH_ALIKE; in English at most LIKELY times."""
_LETTERS = (("kh", "h"), ("ph", "f"), ("ck", "k"), ("ks", "x"), ("c", "k"), ("q", "k"), ("w", "v"), ("y", "i"), ("j", "i"))
OFTEN = 0.3
_WORD = re.compile(r"\w+")
_REPEATED = re.compile(r"(.)\1+")
SOURCE = "names"


def name_pairs(language: str, known: Sequence[Pair], texts: Sequence[Pair]) -> list[Pair]:
    """Names of `language` with the most frequent English spelling; `known` is what the dictionaries have.

    Where `texts` have the word, OFTEN of the translations must have the name.
    """
    if language not in CYRILLIC:
        return []
    shares, english = frequencies(language), frequencies("en")
    ordinary = {pair.target for pair in known if pair.target.islower()} - {pair.target.lower() for pair in known if pair.target.istitle()}
    by_sound: dict[str, list[str]] = {}
    for word in english:
        if word.isascii() and word.isalpha() and word not in ordinary and len(sounds(word)) >= SHORTEST:
            by_sound.setdefault(sounds(word), []).append(word)
    found = []
    for word in _unknown(language, known):
        same = [name for name in by_sound.get(sounds(word), []) if _same(_alikeness(word, name), english[name], shares[word])]
        found += [Pair(word, name, language, SOURCE) for name in same[:1]]
    seen, together = _seen({pair.text: pair.target for pair in found}, texts)
    return [pair for pair in found if together[pair.text] >= OFTEN * seen[pair.text]]


def _seen(names: Mapping[str, str], texts: Sequence[Pair]) -> tuple[Counter[str], Counter[str]]:
    """In how many texts each of the words `names` is, and in how many of these the translation has the name."""
    seen, together = Counter(), Counter()
    for pair in texts:
        words, english = (set(_WORD.findall(side.lower())) for side in (pair.text, pair.target))
        here = names.keys() & words
        seen.update(here)
        together.update(word for word in here if names[word] in english)
    return seen, together


def _same(alikeness: float, english: float, share: float) -> bool:
    """`english` and `share` are shares of all words of the two languages."""
    most = POSSIBLE if alikeness >= MUCH_ALIKE else LIKELY
    return alikeness >= ALIKE and english / LIKELY <= share <= english * most


def _unknown(language: str, known: Sequence[Pair]) -> Iterator[str]:
    """Frequent words of which neither the beginning nor what the tokenizer leaves of it is a dictionary word's."""
    stem = Stemmer.Stemmer(STEMMERS[language]).stemWord
    words = {pair.text.lower() for pair in known}
    stems, left = {stem(word) for word in words}, {normal(word) for word in words}
    return (word for word in frequent_words(language) if word not in words and stem(word) not in stems and normal(word) not in left)


def _alikeness(word: str, name: str) -> float:
    """The share of letters that both have in common, in order, in [0, 1], in one spelling of either (Ratcliff and Obershelp 1988)."""
    return SequenceMatcher(None, _spelled(word), _spelled(name), autojunk=False).ratio()


def _spelled(word: str) -> str:
    letters = re.sub("[^a-z]", "", anyascii(word).casefold())
    for written, plain in _LETTERS:
        letters = letters.replace(written, plain)
    return _REPEATED.sub(r"\1", letters)
