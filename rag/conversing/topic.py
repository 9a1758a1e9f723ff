"""What a follow-up carries over: words of the questions before it, which can be read and removed one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.conversing.followups import Link, Reading, Spoken
from rag.filters import Filters
from rag.reading.dates import month_number
from rag.settings import QUESTION_CHARACTERS_MAX
from rag.text.words import words

TOPIC_WORDS_MAX = 8
_MONTH_LETTERS = 4
"""Shorter names of months are words of other languages too, unless they have a capital: may, out, mart."""


def carried_over(reading: Reading, topic: Sequence[str]) -> tuple[str, ...]:
    """The words of `topic` that a question needs and does not hold itself; none for one that stands on its own.

    A year in the question takes the place of the topic's dates, a month that of its month and day.
    """
    if reading.link is Link.ALONE:
        return ()
    held = {word.exact for word in reading.words}
    return tuple(word for word in _without_dates(topic, reading.words) if exact(word) not in held)


def filters_carried(reading: Reading, filters: Filters) -> Filters:
    """The filters of the question before, for one that goes on from it; a year that it names takes the place of their dates."""
    if reading.link is Link.ALONE:
        return Filters()
    return replace(filters, since="", until="") if any(_is_year(word.written) for word in reading.words) else filters


def topic_after(reading: Reading, carried: Sequence[str]) -> tuple[str, ...]:
    """What the next follow-up may carry: of a question that carried nothing its own words, else also what it named."""
    if not carried:
        return _limited((), [word.written for word in reading.words if word.content or word.written.isdecimal()])
    connected = reading.link is Link.CONNECTED
    named = [word.written for word in reading.words if (word.content and (word.name or connected)) or _is_year(word.written)]
    return _limited(carried, named)


def retrieved_with(question: str, carried: Sequence[str]) -> str:
    """What is retrieved for a question: itself, and as many of the carried words as its length leaves room for."""
    text = question
    for word in carried:
        if len(text) + 1 + len(word) > QUESTION_CHARACTERS_MAX:
            break
        text += f" {word}"
    return text


def exact(word: str) -> str:
    """The form by which two spellings of a word are one."""
    return next((one.exact for one in words(word)), word.casefold())


def _limited(topic: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """The distinct words of both; what is new is kept first where they are too many."""
    distinct = list({exact(word): word for word in new}.values())[:TOPIC_WORDS_MAX]
    known = {exact(word) for word in distinct}
    older = [word for word in topic if exact(word) not in known]
    return (*older[: TOPIC_WORDS_MAX - len(distinct)], *distinct)


def _without_dates(topic: Sequence[str], question: Sequence[Spoken]) -> list[str]:
    year = any(_is_year(word.written) for word in question)
    if not year and not any(word.content and _is_month(word.written) for word in question):
        return list(topic)
    dated = [(year and _is_year(word)) or _is_month(word) for word in topic]
    beside = {word for pair in pairwise(zip(topic, dated, strict=True)) for word, _ in pair if any(is_date for _, is_date in pair) and _is_day(word)}
    return [word for word, is_date in zip(topic, dated, strict=True) if not is_date and word not in beside]


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isascii() and word.isdecimal() and "1500" <= word <= "2100"


def _is_day(word: str) -> bool:
    return len(word) <= 2 and word.isascii() and word.isdecimal()


def _is_month(word: str) -> bool:
    return (len(word) >= _MONTH_LETTERS or word[0].isupper()) and month_number(word) > 0
