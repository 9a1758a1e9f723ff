"""The date in the first lines of an article: `Sabtu (10/9/2022)`, `LONDON, Sept 10, 2022 —`."""

from __future__ import annotations

import re

from rag.reading.dates import DAY_MONTH, MONTH_DAY, NUMERIC, YEAR_FIRST, month_number, parse_date, weekday_names

DATELINE_CHARACTERS = 600
"""How far into the body a dateline is looked for."""

PLACE_CHARACTERS_MAX = 60
"""What stands before the date of a dateline: a place, an outlet."""

DAY_FIRST_WORDS = frozenset((
    "yang", "dan", "di", "dari", "dengan", "untuk", "pada", "tidak", "der", "die", "und", "das", "nicht", "mit", "von", "el", "los",
    "las", "del", "que", "por", "les", "des", "une", "dans", "est", "pour", "il", "che", "per", "con", "della", "não", "uma", "com",
    "het", "een", "van", "niet", "ve", "bir", "için"
))  # fmt: skip
"""Frequent words of languages that write the day before the month; none of them is an English word but `die` and `per`."""

ENGLISH_WORDS = frozenset(("the", "of", "and", "to", "in", "that", "is", "was", "for", "on", "with", "as", "by"))

_DATES = tuple(re.compile(pattern) for pattern in (NUMERIC, YEAR_FIRST, DAY_MONTH, MONTH_DAY))
_WEEKDAY_BEFORE = re.compile(r"(?P<weekday>[^\W\d_]+(?:['’][^\W\d_]+)?)\.?\s*,?\s*\(?\s*$")
_AFTER_DATELINE = re.compile(r"\s*(?:\([^()\n]{1,30}\)\s*)?(?:[-–—―|:)\]،]|\n|$)")


def dateline(text: str, *, language: str = "") -> str:
    """The ISO date of the first dateline in the beginning of `text`, or ''.

    A date counts only beside the name of its weekday, or alone or behind the name of a place at the beginning of a line
    and before a dash, a bracket or the end of the line: a date within a sentence is what the article is about.
    """
    head = text[:DATELINE_CHARACTERS]
    day_first = _writes_day_first(head)
    # A date that the cut would shorten is looked at whole.
    found = sorted((match for pattern in _DATES for match in pattern.finditer(text, 0, DATELINE_CHARACTERS + 30)), key=re.Match.start)
    for match in found:
        if match.start() >= DATELINE_CHARACTERS or not _names_a_month(match):
            continue
        weekday = _weekday_before(head[: match.start()])
        if not weekday and not _stands_as_dateline(text, match):
            continue
        if date := parse_date(f"{weekday} {match[0]}", language=language, day_first=day_first):
            return date
    return ""


def _names_a_month(match: re.Match[str]) -> bool:
    month = match.groupdict().get("month")
    return not month or month.isdecimal() or bool(month_number(month))


def _weekday_before(before: str) -> str:
    match = _WEEKDAY_BEFORE.search(before[-40:])
    return match["weekday"] if match and match["weekday"].casefold() in weekday_names() else ""


def _stands_as_dateline(text: str, match: re.Match[str]) -> bool:
    place = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    if not _AFTER_DATELINE.match(text, match.end()) or len(place) > PLACE_CHARACTERS_MAX:
        return False
    words = re.findall(r"\w+", place)
    return not words or (place.rstrip()[-1] in ",،(-–—|:" and all(not word[0].islower() for word in re.findall(r"[\w.]+", place)))


def _writes_day_first(text: str) -> bool:
    """Whether the words of `text` are those of a language that writes the day first; English is written in both orders."""
    words = re.findall(r"\w+", text.casefold())
    if any("\u0370" <= letter <= "\u06ff" for letter in text[:200]):
        return True
    foreign = sum(word in DAY_FIRST_WORDS for word in words)
    return foreign >= 3 and foreign > 2 * sum(word in ENGLISH_WORDS for word in words)
