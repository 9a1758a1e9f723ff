"""A question as retrieval reads it: its words, and the phrases it puts in quotation marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from rag.errors import QuestionError
from rag.retrieval.bm25 import STOP_WEIGHT
from rag.settings import QUESTION_CHARACTERS_MAX
from rag.text.stop_words import stop_words_of
from rag.text.words import NAME_MARK, Word, name_terms, words

WORDS_MAX = 64
QUOTED = re.compile(r"\"([^\"]+)\"|“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|»([^«»]+)«|「([^「」]+)」|『([^『』]+)』")
_INVISIBLE = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}--[\n\t\u200c\u200d]]", regex.V1)
# Where no blanks stand between words, a phrase may begin and end anywhere.
_LETTER = r"[[\p{L}\p{N}\p{M}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]"
_QUOTES = "[\"“”„«»]"
_APOSTROPHES = "['’‘]"
_DASHES = "[-–—‑]"


@dataclass(frozen=True, slots=True)
class Question:
    """`words` are distinct, with their stems in every language of the collection, `weights` what each counts;
    `spoken` are the languages it seems to be asked in, none if its words do not tell."""

    text: str
    words: tuple[Word, ...]
    weights: tuple[float, ...]
    phrases: tuple[str, ...]
    spoken: frozenset[str] = frozenset()


def parse_question(text: str, languages: Sequence[str]) -> Question:
    """Raises QuestionError for an empty, over-long or wordless question."""
    text = cleaned(text)
    distinct = list({word.exact: word for word in words(text, languages)}.values())[:WORDS_MAX]
    if not distinct:
        raise QuestionError("The question is empty. Type a question or some words, for example: Siapa yang mendampingi Haniyeh?")
    little = stop_words_of(distinct, languages, _names(text, distinct))
    weights = tuple(STOP_WEIGHT if word.exact in little.terms else 1.0 for word in distinct)
    phrases = [part.strip() for groups in QUOTED.findall(text) for part in groups if any(words(part))]
    return Question(text, tuple(distinct), weights, tuple(dict.fromkeys(phrases)), little.languages)


def _names(text: str, distinct: Sequence[Word]) -> frozenset[str]:
    """The exact terms of what is written like a name; none where every word has a capital, which then says nothing."""
    if not any(word.written[0].islower() for word in distinct):
        return frozenset()
    return frozenset(term.removeprefix(NAME_MARK) for term in name_terms(text))


def cleaned(text: str) -> str:
    """A question without invisible characters.  Raises QuestionError for an over-long one."""
    if len(text) > QUESTION_CHARACTERS_MAX:
        raise QuestionError(f"The question has {len(text):,} characters; at most {QUESTION_CHARACTERS_MAX:,} can be asked. Shorten it.")
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))).strip()


def phrase_pattern(phrase: str) -> regex.Pattern:
    """Finds `phrase` in an article: any case, any blanks between words, any style of quote and dash, whole words."""
    parts = r"\s+".join(_any_style(part) for part in phrase.split())
    return regex.compile(rf"(?<!{_LETTER}){parts}(?!{_LETTER})", regex.V1 | regex.IGNORECASE)


def _any_style(part: str) -> str:
    escaped = []
    for letter in part:
        for style in (_QUOTES, _APOSTROPHES, _DASHES):
            if letter in style[1:-1]:
                escaped.append(style)
                break
        else:
            escaped.append(regex.escape(letter))
    return "".join(escaped)
