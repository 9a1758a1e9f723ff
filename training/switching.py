"""Code-switching: words of a text replaced by those of another language, as far as dictionaries know them.

There is no parallel text about history, sports or law here. A question whose words are replaced one by one still tells
which passage answers it, and a retriever trained so finds passages across languages better (Litschko et al. 2023,
arXiv 2305.05295; Qin et al. 2020, arXiv 2006.06402).

    stem      an English or Indonesian word as Snowball cuts it, so that "kings" finds what is said of "king"
    name      a capitalised word that no dictionary has, or most of those within a sentence; Russian and Arabic spell it in their letters (training/spelling.py)
    LEFT_OUT  what dictionaries say of words such as "of" is seldom what a sentence needs
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import Stemmer

from training.inflection import inflected
from training.pairs import Pair
from training.spelling import SPELT, spelt
from training.wordlists import LETTERS

LONGEST = 3
"""Words of an English expression that is replaced as a whole."""
CHOICES = 3
"""Translations of one expression among which chance chooses: those that the parallel texts have most often."""
REPLACED = 0.85
"""Of the words that can be."""
NAMES = 0.7
"""Of capitalised words within a sentence that are kept or spelt although a dictionary knows a word like them."""
FEWEST = 5_000
"""Words of a language whose dictionary is worth the while."""
STEMMERS = {"en": "english", "id": "indonesian"}
LEFT_OUT = frozenset(
    "a an and are as at be been being but by can did do does for from had has have he her him his if in into is it its no not of on or she so such "
    "than that the their them then there these they this those to was were will with would".split()
)
"""Of English."""
_PIECES = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[\d]+|[^\w\s]|_", re.UNICODE)
_NEVER = re.compile(r"^(?:to|a|an|the) ", re.IGNORECASE)

Lexicon = Mapping[tuple[str, ...], Sequence[str]]
"""Translations by the stems of the words they translate."""


class Switching:
    """`words` are pairs (word, English) by language; texts come from English or Indonesian and go into any other of these."""

    def __init__(self, words: Mapping[str, Sequence[Pair]], texts: Mapping[str, Iterable[str]], weights: Mapping[str, float]) -> None:
        """`texts` of a language tell which of its words are common."""
        self._stemmers = {code: Stemmer.Stemmer(name) for code, name in STEMMERS.items()}
        known = {code: some for code, some in words.items() if len(some) >= FEWEST and code in texts}
        self._from_english = {
            code: self._lexicon([(pair.target, pair.text) for pair in some if _written(pair.text, code)], "en", _counts(texts[code]))
            for code, some in known.items()
        }
        self._to_english = self._lexicon([(pair.text, pair.target) for pair in words.get("id", ())], "id", Counter())
        self._weights = {code: weights[code] for code in self._from_english}

    def language(self, source: str, chance: random.Random) -> str | None:
        """Some language to go into from `source`, English or Indonesian, by the weights; None where there is no dictionary."""
        weights = {code: weight for code, weight in self._weights.items() if code != source}
        if source == "id":
            weights = weights | {"en": sum(weights.values()) or 1.0} if self._to_english else {}
        return chance.choices(list(weights), list(weights.values()))[0] if weights else None

    def switched(self, text: str, source: str, language: str, chance: random.Random) -> str:
        """`text` of `source` with the words of `language` that dictionaries give; the others stay."""
        if source == "id":
            text = self._replaced(text, "id", self._to_english, "en", chance)
        return text if language == "en" else self._replaced(text, "en", self._from_english[language], language, chance)

    def _replaced(self, text: str, source: str, lexicon: Lexicon, language: str, chance: random.Random) -> str:
        words = [word for word in _PIECES.findall(text) if source != "en" or word.lower() not in LEFT_OUT]
        stems = self._stemmers[source].stemWords([word.lower() for word in words])
        out: list[str] = []
        at = 0
        while at < len(words):
            length = next((n for n in range(LONGEST, 0, -1) if tuple(stems[at : at + n]) in lexicon), 0)
            capital = words[at][:1].isupper()
            within = at > 0 and words[at - 1] not in ".?!"
            translated = length > 1 or (length and not (capital and within and chance.random() < NAMES))
            if translated and chance.random() < REPLACED:
                out.append(inflected(chance.choice(lexicon[tuple(stems[at : at + length])]), language, chance))
            elif not translated and capital and words[at].isascii() and language in SPELT and chance.random() < REPLACED:
                out.append(spelt(words[at], language, chance))
                length = 1
            else:
                out += words[at : at + max(1, length)]
            at += max(1, length)
        return " ".join(out)

    def _lexicon(self, pairs: Iterable[tuple[str, str]], source: str, counts: Counter[str]) -> Lexicon:
        found: dict[tuple[str, ...], dict[str, int]] = {}
        stemmer = self._stemmers[source]
        for text, translation in pairs:
            stems = tuple(stemmer.stemWords(_PIECES.findall(_NEVER.sub("", text).lower())))
            translation = _NEVER.sub("", translation) if source == "id" else translation
            if 0 < len(stems) <= LONGEST and translation:
                found.setdefault(stems, {})[translation] = min(counts[word] for word in translation.lower().split())
        return {stems: sorted(choices, key=choices.__getitem__, reverse=True)[:CHOICES] for stems, choices in found.items()}


def _written(word: str, language: str) -> bool:
    """Is `word` in the letters of its language? Japanese has more of them than LETTERS tells."""
    return language == "ja" or language not in LETTERS or re.search(f"[{LETTERS[language]}]", word) is not None


def _counts(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in text.lower().split())
