"""Code-switching: words of a text replaced by those of another language, as far as dictionaries know them.

There is no parallel text about history, sports or law here. A question whose words are replaced one by one still tells
which passage answers it, and a retriever trained so finds passages across languages better (Litschko et al. 2023,
arXiv 2305.05295; Qin et al. 2020, arXiv 2006.06402).

    stem      an English or Indonesian word as Snowball cuts it, so that "kings" finds what is said of "king"
    name      a capitalised word that no dictionary has, or most of those within a sentence; Russian and Arabic spell it in their letters (training/spelling.py)
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import Stemmer

from training.inflection import inflected
from training.pairs import Pair
from training.spelling import SPELT, spelt

EXPRESSION = 3
"""Words at most that are replaced as a whole."""
CHOICES = 3
"""Translations of one expression among which chance chooses: those that the parallel texts have most often."""
REPLACED = 0.85
"""Of the words that can be."""
NAMES = 0.7
"""Of capitalised words within a sentence that are kept or spelt although a dictionary knows a word like them."""
FEWEST = 5_000
"""Words of a language whose dictionary is worth the while."""
STEMMERS = {"en": "english", "id": "indonesian"}
UNSPACED = ("ja", "th", "zh")
LONGEST_RUN = 6
FUNCTION_WORDS = frozenset(
    "a an and are as at be been being but by can could did do does for from had has have he her him his if in into is it its no not of on or she so such "
    "than that the their them then there these they this those to was were will with would".split()
)
"""Of English: what dictionaries say of them is seldom what a sentence needs."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[^\w\s]|_")

Stems = tuple[str, ...]
Lexicon = Mapping[Stems, Sequence[str]]
"""Translations by the stems of the words they translate."""


class Switching:
    """`words` are pairs (word, English) by language; texts come from English or Indonesian and go into any other of these.

    `texts` of a language tell which of its words are common; `weights` how often it is chosen.
    """

    def __init__(self, words: Mapping[str, Sequence[Pair]], texts: Mapping[str, Sequence[str]], weights: Mapping[str, float]) -> None:
        self._stemmers = {code: Stemmer.Stemmer(name) for code, name in STEMMERS.items()}
        known = {code: some for code, some in words.items() if len(some) >= FEWEST and code in texts}
        self._weights = {code: weights[code] for code in known}
        self._from_english = {
            code: self._lexicon([(pair.target, pair.text) for pair in some], "en", texts[code], code)
            for code, some in known.items()
        }
        indonesian = [(pair.text, pair.target) for pair in known.get("id", ())]
        self._from_indonesian = self._lexicon(indonesian, "id", [english for _, english in indonesian], "en")
        met = {one for choices in self._from_indonesian.values() for one in choices}
        self._met = {one: tuple(self._stems(self._words(one, "en"), "en")) for one in met}

    def language(self, source: str, chance: random.Random) -> str | None:
        """A language to go into from `source`, by the weights, and from Indonesian into English half the time; None without a dictionary."""
        weights = {code: weight for code, weight in self._weights.items() if code != source}
        if source == "id":
            weights = {**weights, "en": sum(weights.values()) or 1.0} if self._from_indonesian else {}
        return chance.choices(list(weights), list(weights.values()))[0] if weights else None

    def switched(self, text: str, source: str, language: str, chance: random.Random) -> str:
        """`text` of `source` with the words of `language`, one that `language()` gave, that dictionaries have for it.

        English function words are left out; what no dictionary has stays, a name of Latin letters in those of `language`.
        """
        words = self._words(text, source)
        stems = self._stems(words, source)
        out: list[str] = []
        at = 0
        while at < len(words):
            length, choices = next(
                ((n, found) for n in range(EXPRESSION, 0, -1) if (found := self._translations(tuple(stems[at : at + n]), source, language))), (0, ())
            )
            capital = words[at][:1].isupper()
            within = at > 0 and words[at - 1] not in ".?!"
            name = capital and (not length or (length == 1 and within and chance.random() < NAMES))
            if not name and choices and chance.random() < REPLACED:
                out.append(inflected(chance.choice(choices), language, chance))
            elif name and words[at].isascii() and language in SPELT and chance.random() < REPLACED:
                out.append(spelt(words[at], language, chance))
            else:
                out += words[at : at + max(1, length)]
            at += max(1, length)
        return " ".join(out)

    def _translations(self, stems: Stems, source: str, language: str) -> Sequence[str]:
        """Indonesian meets the other languages in English."""
        if source == "en":
            return self._from_english[language].get(stems, ())
        english = self._from_indonesian.get(stems, ())
        if language == "en":
            return english
        lexicon = self._from_english[language]
        return [word for one in english for word in lexicon.get(self._met[one], ())]

    def _words(self, text: str, source: str) -> list[str]:
        return [word for word in _WORD.findall(text) if source != "en" or word.lower() not in FUNCTION_WORDS]

    def _stems(self, words: Iterable[str], source: str) -> list[str]:
        return self._stemmers[source].stemWords([word.lower() for word in words])

    def _lexicon(self, pairs: Iterable[tuple[str, str]], source: str, texts: Iterable[str], language: str) -> Lexicon:
        """Of (text of `source`, its translation), with the CHOICES whose words `texts` have most often."""
        found: dict[Stems, dict[str, None]] = {}
        for text, translation in pairs:
            stems = tuple(self._stems(self._words(text, source), source))
            translation = " ".join(self._words(translation, "en")) if language == "en" else translation
            if len(stems) <= EXPRESSION and any(map(str.isalnum, stems)) and translation:
                found.setdefault(stems, {})[translation] = None
        counts = _counts(texts, {part for choices in found.values() for choice in choices for part in _parts(choice)}, language)
        return {
            stems: sorted(choices, key=lambda choice: min(counts[part] for part in _parts(choice)), reverse=True)[:CHOICES] for stems, choices in found.items()
        }


def _parts(expression: str) -> list[str]:
    return expression.lower().split() or [expression]


def _counts(texts: Iterable[str], wanted: Collection[str], language: str) -> Counter[str]:
    """How often each of `wanted` occurs in `texts`: as a word or, where there are no spaces, as a run of characters.

    Single characters are not counted there: most of them stand within longer words.
    """
    if language not in UNSPACED:
        return Counter(word for text in texts for word in re.findall(r"\w+", text.lower()) if word in wanted)
    runs = (text[at : at + length] for text in texts for length in range(2, LONGEST_RUN + 1) for at in range(len(text) - length + 1))
    return Counter(run for run in runs if run in wanted)
