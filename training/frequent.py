"""Frequent words of a language, which its few texts here do not show: what they mean, and which become pieces of their own.

wordfreq counts words of encyclopedias, news, books, subtitles and the web. A dictionary has "hablar"; "hablaron" is one
of its forms and means the same. A word cut into pieces is read worse than one that is a piece itself.
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from os.path import commonprefix

import Stemmer

from training.pairs import Pair
from training.thai import PACKAGE, thai_counts
from training.unspaced import HAN, HIRAGANA, cut_into_words, is_word
from training.vocabulary import normalizer
from training.wordlists import LETTERS, package_folder

MOST_FREQUENT = 100_000
OF_WORDS = 10_000_000
MEANINGS = 4
"""Of a dictionary's for a word, the most frequent in English: a form is taught their mean."""
PLAIN_LENGTH = 7
"""Characters, with the space, of a word of several syllables that has lost all its marks: shorter ones are two words elsewhere, as Spanish "si la"."""
FEWEST_SEEN = 3
"""Times that parallel texts and what dictionaries explain must have a word that no dictionary has alone."""
WRITTEN = {language: f"[{letters}]+" for language, letters in LETTERS.items()} | {"ja": f"[{HAN}][{HAN}{HIRAGANA}]*|[{LETTERS['ja']}]+"}
"""What a word looks like. Of Japanese those that begin with a Chinese character, and those in katakana: hiragana alone is mostly endings and particles."""
STEMMERS = {
    "ar": "arabic", "de": "german", "es": "spanish", "fr": "french", "hi": "hindi", "id": "indonesian", "it": "italian", "nl": "dutch",
    "pt": "portuguese", "ru": "russian", "tr": "turkish",
}  # fmt: skip
_normalizer = normalizer()


def frequencies(language: str) -> dict[str, float]:
    """The MOST_FREQUENT words, most frequent first, with their share of all words; none where the packages that count them are not installed."""
    if language == "th":
        folder = package_folder(PACKAGE)
        counts = Counter(thai_counts(folder / "corpus") if folder else {})
        return {word: count / counts.total() for word, count in counts.most_common(MOST_FREQUENT)}
    if importlib.util.find_spec("wordfreq") is None:
        return {}
    from wordfreq import available_languages, get_frequency_dict

    if language not in available_languages("best"):
        return {}
    return dict(islice(get_frequency_dict(language, "best").items(), MOST_FREQUENT))


def expected(language: str) -> dict[str, float]:
    """How often OF_WORDS words of `language` have each of the frequent ones; nothing where nobody counted them."""
    return {word: OF_WORDS * share for word, share in frequencies(language).items()}


def frequent_words(language: str) -> list[str]:
    """Those of them that are written in the language's letters alone, most frequent first."""
    letters = re.compile(WRITTEN.get(language, r"[^\W\d_]+"))
    return [word for word in frequencies(language) if letters.fullmatch(word)]


def form_pairs(language: str, known: Sequence[Pair]) -> list[Pair]:
    """The frequent forms of `known` words that the tokenizer does not read as a dictionary word, with MEANINGS of the word's.

    A form and its word have one stem; of several such words those count that begin most like it.
    """
    if language not in STEMMERS:
        return []
    stem = Stemmer.Stemmer(STEMMERS[language]).stemWord
    by_word: dict[str, list[Pair]] = {}
    for pair in known:
        by_word.setdefault(pair.text.lower(), []).append(pair)
    by_stem: dict[str, list[str]] = {}
    for word in by_word:
        by_stem.setdefault(stem(word), []).append(word)
    words = {normal(word) for word in by_word}
    found: list[Pair] = []
    for form in frequent_words(language):
        alike = by_stem.get(stem(form), []) if normal(form) not in words else []
        likeness = [len(commonprefix((form, word))) for word in alike]
        meanings = {pair.target.lower(): pair for word, like in zip(alike, likeness, strict=True) if like == max(likeness) for pair in by_word[word]}
        best = sorted(meanings.values(), key=lambda pair: -_frequency(pair.target))[:MEANINGS]
        found += [Pair(form, pair.target, language, pair.source) for pair in best]
    return found


def whole_words(language: str, count: int, words: Sequence[Pair], texts: Sequence[Pair]) -> list[str]:
    """The `count` most frequent words, as a tokenizer reads them, that training can teach: those of `words`, and others that are seen FEWEST_SEEN times.

    Single characters are none of them: they are pieces without being asked for. Words of several syllables, which nobody counted, come
    behind the others, those that both have most often first.
    """
    several = words_of_syllables(language)
    frequent = dict.fromkeys(normal(word) for word in frequent_words(language))
    cut = cut_into_words([*frequent, *several])
    seen = Counter(word for pair in (*words, *texts) for word, _ in cut.pre_tokenize_str(normal(pair.text)))
    taught = {normal(pair.text) for pair in words} | {word for word, count in seen.items() if count >= FEWEST_SEEN}
    ranked = [*frequent, *sorted(several - frequent.keys(), key=lambda word: (-seen[word], word))]
    return [word for word in ranked if word in taught and len(word) > 1][:count]


def words_of_syllables(language: str) -> set[str]:
    """Vietnamese words of several syllables as a tokenizer reads them: those of underthesea's list; none where it is not installed."""
    folder = package_folder("underthesea") if language == "vi" else None
    lines = (folder / "corpus" / "data" / "Viet74K.txt").read_text(encoding="utf-8").splitlines() if folder else []
    words = {normal(line.strip()) for line in lines}
    return {word for word in words if " " in word and is_word(word) and (len(word) >= PLAIN_LENGTH or not word.isascii())}


def normal(text: str) -> str:
    return _normalizer.normalize_str(text)


def _frequency(english: str) -> float:
    """Of the rarest word of an expression, as wordfreq's Zipf scale tells it."""
    from wordfreq import zipf_frequency

    return zipf_frequency(english, "en")
