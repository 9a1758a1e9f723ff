"""Does a question stand on its own, or does it go on from the one before?  Decided by rule, so that it can be read why.

In doubt a question stands on its own: then nothing is added to it, and it is answered as it always was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.conversing import markers
from rag.retrieval.question import parse_question
from rag.text.stop_words import list_language
from rag.text.words import words

SAYS_ENOUGH = 6
"""A question with so many content words stands on its own, whatever else is in it."""
JOINED_SAYS_ENOUGH = 3
"""So does one with so many after an `and`: `Dan berapa harga beras di Surabaya?`"""
SAYS_LITTLE = 2
"""One with fewer does not, unless it names or defines something."""
NAMED_BY = 2
"""So many content words before a pronoun may be what it stands for."""


class Link(StrEnum):
    """How a question hangs on the one before it."""

    ALONE = "alone"
    CONNECTED = "connected"
    POINTS_BACK = "points back"
    SAYS_LITTLE = "says little"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word of a question in its place: `folded` for comparing, `content` if it says something (years do not count)."""

    written: str
    exact: str
    folded: str
    content: bool
    name: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as conversation reads it; `languages` are those of rag/conversing/markers.py it may be asked in."""

    words: tuple[Spoken, ...]
    languages: tuple[str, ...]
    link: Link


def read(text: str, languages: Sequence[str]) -> Reading:
    """Raises QuestionError like a question that is asked.  `languages` are the collection's."""
    parsed = parse_question(text, languages)
    heavy = {word.exact for word, weight in zip(parsed.words, parsed.weights, strict=True) if weight == 1.0}
    known = tuple(sorted({list_language(one) for one in parsed.spoken} & markers.CONNECTIVES.keys()))
    joining = {word for language in known for phrase in markers.CONNECTIVES[language] for word in phrase}
    spoken = []
    for word in words(parsed.text):
        folded, heavy_here = word.written.casefold(), word.exact in heavy and not word.written.isdecimal()
        spoken.append(Spoken(word.written, word.exact, folded, heavy_here and folded not in joining, bool(spoken) and _capital(word.written)))
    return Reading(tuple(spoken), known, Link.ALONE if parsed.phrases else _link(spoken, known))


def _link(spoken: Sequence[Spoken], languages: Sequence[str]) -> Link:
    content = [word for word in spoken if word.content]
    if len(content) >= SAYS_ENOUGH or any(_defines(spoken, language) for language in languages):
        return Link.ALONE
    joined = any(_begins(spoken, markers.CONNECTIVES[one]) and not _begins(spoken, markers.NO_CONNECTIVES.get(one, ())) for one in languages)
    if joined and len(content) < JOINED_SAYS_ENOUGH:
        return Link.CONNECTED
    if any(_points_back(spoken, i, language) for language in languages for i in range(len(spoken))):
        return Link.POINTS_BACK
    named = any(word.name for word in content) or (len(spoken) == 1 == len(content) and _capital(spoken[0].written))
    return Link.ALONE if len(content) >= SAYS_LITTLE or named else Link.SAYS_LITTLE


def _capital(written: str) -> bool:
    return written[0].isupper() or written[0].istitle()


def _begins(spoken: Sequence[Spoken], phrases: Sequence[tuple[str, ...]]) -> bool:
    """With one of `phrases`?"""
    return any(tuple(word.folded for word in spoken[: len(phrase)]) == phrase for phrase in phrases)


def _defines(spoken: Sequence[Spoken], language: str) -> bool:
    found = re.fullmatch(markers.DEFINING[language], " ".join(word.folded for word in spoken))
    asked = found and next(word for word in spoken if word.folded == found["what"])
    return bool(asked and asked.content and not (language == "id" and markers.POSSESSED.fullmatch(asked.folded)))


def _points_back(spoken: Sequence[Spoken], i: int, language: str) -> bool:
    """Is word `i` a pronoun for something that is not named before it in the question?"""
    word, before = spoken[i].folded, spoken[:i]
    place = word in markers.PLACES_BY_LANGUAGE[language]
    person = word in markers.PERSONS_BY_LANGUAGE[language] or (language == "id" and _possessed(spoken, i))
    if not (person or place or word in markers.THINGS_BY_LANGUAGE[language]) or (language == "en" and _empty(spoken, i)):
        return False
    if word in markers.AFTER_ITS_NOUN.get(language, ()):
        before = _without_noun(before)
    if any(one.name and one.content for one in spoken[:i]) or _opens_with_a_name(spoken[:i]):
        return False
    # Whoever writes capitals would have written a person's name with one.
    common = not place and not (person and any(_capital(one.written) for one in spoken))
    return not common or sum(one.content for one in before) < NAMED_BY


def _without_noun(before: Sequence[Spoken]) -> Sequence[Spoken]:
    """What stands before the noun that a demonstrative belongs to: in `tujuan kunjungan itu`, nothing."""
    end = len(before)
    while end and before[end - 1].content:
        end -= 1
    return before[:end]


def _opens_with_a_name(before: Sequence[Spoken]) -> bool:
    """`Ismail Haniyeh`: the first word of a question always has a capital, so that the second decides."""
    return len(before) > 1 and before[0].content and before[1].name


def _possessed(spoken: Sequence[Spoken], i: int) -> bool:
    """Indonesian -nya that means somebody's; before another noun, as in `penyebabnya banjir`, it does not."""
    word = spoken[i]
    followed = i + 1 < len(spoken) and spoken[i + 1].content
    return word.content and not word.name and not followed and bool(markers.POSSESSED.fullmatch(word.folded))


def _empty(spoken: Sequence[Spoken], i: int) -> bool:
    """English words that look like pronouns and stand for nothing."""
    word, last = spoken[i].folded, i == len(spoken) - 1
    if word == "there":
        return not last and (spoken[i + 1].folded in markers.EXISTS or (i > 0 and spoken[i - 1].folded in markers.EXISTS))
    if word == "then":
        return not last
    rest = " ".join(one.folded for one in spoken[i:])
    return word == "it" and bool(markers.EMPTY_IT.match(rest))
