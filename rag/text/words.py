"""Words as the lexical side sees them: one analysis in Python, so that every engine indexes the same terms.

A word becomes its exact form and, behind a `~`, its stem.  Both are indexed, because stemmers over-cut and split
families (Indonesian: kunjungan -> kunjung, mengunjungi -> unjung).  Scripts written without spaces become
overlapping pairs of characters.  `ANALYSIS_VERSION` is stored with a collection and must grow with every change here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import regex

ANALYSIS_VERSION = 2
TERM_CHARACTERS_MAX = 64
STEM_MARK = "~"
NAME_MARK = "^"
"""Before the exact term of a word that is written like a name; such terms only tell which names there are."""

# Malay has no stemmer of its own and shares Indonesian's affixes.
STEMMERS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch",
    "en": "english", "eo": "esperanto", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german",
    "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ms": "indonesian", "ga": "irish",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian", "nb": "norwegian", "fa": "persian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Hangul}"
_WORD = regex.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]+", regex.V1)
_ANY_UNSPACED = regex.compile(rf"[{_UNSPACED}]", regex.V1)
_SPACED_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+", regex.V1)
_BARE_SCRIPTS = regex.compile(r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}]")
_MARKS = regex.compile(r"\p{Mn}")
# A capital that no sentence begins with: a letter or a comma stands before the blank before it.
_NAME = regex.compile(r"(?<=[\p{L}\p{N},]\s)\p{Lu}[\p{L}\p{M}]{2,}", regex.V1)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: as it is written, its exact term, and its stems in the languages asked for."""

    written: str
    exact: str
    stems: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        return (self.exact, *self.stems)


def words(text: str, languages: Iterable[str] = ()) -> Iterator[Word]:
    """The words of `text` in order, each stemmed in every one of `languages` (ISO 639-1; unknown ones stem to themselves)."""
    stemmers = _stemmers_of(tuple(languages))
    for piece in pieces(text):
        yield _word(piece, stemmers)


def pieces(text: str) -> list[str]:
    """The words of `text` in order, as they are written."""
    return _pieces(unicodedata.normalize("NFKC", text))


def piece_terms(piece: str, languages: Iterable[str] = ()) -> tuple[str, ...]:
    """The terms of one word, as `words` gives them."""
    return _word(piece, _stemmers_of(tuple(languages))).terms


def passage_terms(text: str, language: str) -> tuple[list[str], list[str]]:
    """The exact terms of a passage in order, and for each of them its stem in `language`."""
    stemmer = STEMMERS.get(language, "")
    both = [_terms(piece, stemmer) for piece in pieces(text)]
    return [exact for exact, _ in both], [stem for _, stem in both]


def name_terms(text: str) -> list[str]:
    """The exact terms of the words that are written with a capital inside a sentence, each marked as a name."""
    return [NAME_MARK + _terms(name[:TERM_CHARACTERS_MAX], "")[0] for name in _NAME.findall(unicodedata.normalize("NFKC", text))]


def _pieces(text: str) -> list[str]:
    """The words of a text; where no blanks stand between words, every two neighbouring letters."""
    if text.isascii() or not _ANY_UNSPACED.search(text):
        return [piece if len(piece) <= TERM_CHARACTERS_MAX else piece[:TERM_CHARACTERS_MAX] for piece in _SPACED_WORD.findall(text)]
    pieces: list[str] = []
    for match in _WORD.finditer(text):
        piece = match.group()
        if match.lastgroup == "unspaced" and len(piece) > 2:
            pieces += [piece[i : i + 2] for i in range(len(piece) - 1)]
        else:
            pieces.append(piece[:TERM_CHARACTERS_MAX])
    return pieces


@lru_cache(maxsize=1_000)
def _stemmers_of(languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({STEMMERS.get(language, "") for language in languages} | {""}))


@lru_cache(maxsize=16_000)
def _word(piece: str, stemmers: tuple[str, ...]) -> Word:
    exact = _terms(piece, "")[0]
    return Word(piece, exact, tuple(dict.fromkeys(_terms(piece, stemmer)[1] for stemmer in stemmers)))


@lru_cache(maxsize=48_000)
def _terms(piece: str, stemmer: str) -> tuple[str, str]:
    """(exact term, stem).  Marks go after stemming, which needs them, and only where they are not letters."""
    folded = piece.casefold()
    stem = _stemmer(stemmer).stemWord(folded) if stemmer else folded
    return without_marks(folded), STEM_MARK + (without_marks(stem) or without_marks(folded))


@cache
def _stemmer(name: str):
    import Stemmer

    return _PerCall(Stemmer.Stemmer(name, 0))


class _PerCall:
    """A Snowball stemmer keeps a buffer, so two threads must not be inside one at a time."""

    def __init__(self, stemmer) -> None:
        import threading

        self._stemmer, self._lock = stemmer, threading.Lock()

    def stemWord(self, word: str) -> str:
        with self._lock:
            return self._stemmer.stemWord(word)


def without_marks(term: str) -> str:
    """Without accents, vowel marks and the like, in the scripts where they are no letters."""
    if term.isascii() or not _BARE_SCRIPTS.search(term):
        return term
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", term))) or term
