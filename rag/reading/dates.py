"""Dates as people write them -> ISO dates of the precision that is certain."""

from __future__ import annotations

import datetime
import re
from functools import cache

LANGUAGES = ("id", "ms", "en", "de", "es", "fr", "pt", "it", "nl", "ru", "ar", "tr", "pl", "sv", "uk")
"""Languages whose names of months and days are known, from the CLDR."""

OTHER_NAMES = {
    "sept": 9, "agust": 8, "agt": 8, "ags": 8, "ogos": 8, "nop": 11, "nopember": 11, "pebruari": 2, "jänner": 1, "setiembre": 9, "marz": 3,
}  # fmt: skip
"""Spellings of months that newspapers use and the CLDR leaves out."""

OTHER_DAYS = {"jum'at": 4, "jum’at": 4, "jumaat": 4, "senen": 0, "ahad": 6, "kemis": 3}

CHARACTERS_MAX = 100
"""A longer value is no date."""

_YEAR = r"(?P<year>\d{4})"
_MONTH = r"(?P<month>[^\W\d_]{3,20})"
_DAY = r"(?P<day>\d{1,2})"
# No digit goes on before or after: 10/9/2022 is not read out of 110/9/20221.
NUMERIC = r"(?<![\d/.-])(?P<one>\d{1,2})(?P<mark>[/.-])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})(?![\d/-]|\.\d)"
YEAR_FIRST = rf"(?<![\d/.-]){_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?:(?P=mark)(?P<day>\d{{1,2}}))?(?![\d/-]|\.\d)"
DAY_MONTH = rf"(?<!\d){_DAY}(?:st|nd|rd|th|er|[ºª.])?(?:\s+(?:of|de)|\s*-)?\s*{_MONTH}\.?,?(?:\s+del?|\s*-)?\s*{_YEAR}(?!\d)"
MONTH_DAY = rf"\b{_MONTH}\.?\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)"
MONTH_YEAR = rf"^\s*{_MONTH}\.?,?(?:\s+del?)?\s+{_YEAR}\s*$"
EAST_ASIAN = rf"{_YEAR}\s*[年년]\s*(?:(?P<month>\d{{1,2}})\s*[月월]\s*(?:(?P<day>\d{{1,2}})\s*[日일])?)?"

COMPACT = r"^\s*(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)\s*$"

PATTERNS = tuple(map(re.compile, (YEAR_FIRST, NUMERIC, DAY_MONTH, MONTH_DAY, EAST_ASIAN, MONTH_YEAR, COMPACT)))
_ONLY_YEAR = re.compile(r"\s*(\d{4})\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def parse_date(text: str, *, language: str = "", day_first: bool = False) -> str:
    """The ISO date that `text` says, cut to the day, or '' when it says none or several.

    10/9/2022 is two days: the year alone is certain, unless a name of a weekday, the language or `day_first` decides.
    `2022`, `2022-09`, `2022-09-10T08:00:00+07:00`, `10 September 2022`, `Sabtu, 10/9/2022 12:30 WIB` are dates.
    """
    if not text or len(text) > CHARACTERS_MAX:
        return ""
    if year := _ONLY_YEAR.fullmatch(text):
        return _iso(int(year[1]))
    weekday, foreign = _weekday(text)
    day_first = day_first or foreign or language not in ("", "en")
    for pattern in PATTERNS:
        found = {_date(match, weekday, day_first=day_first) for match in pattern.finditer(text)} - {""}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def month_number(name: str) -> int:
    """1 to 12 for the name of a month, or 0."""
    return month_names().get(name.casefold(), 0)


@cache
def month_names() -> dict[str, int]:
    """The months by name, case-folded; a name that is another month in another language (Polish and Croatian) is left out."""
    return {**_cldr_names("months"), **OTHER_NAMES}


@cache
def weekday_names() -> dict[str, int]:
    """The days by name, case-folded, from Monday 0 to Sunday 6."""
    return {**_cldr_names("days"), **OTHER_DAYS}


def _cldr_names(kind: str) -> dict[str, int]:
    from babel import Locale

    numbers: dict[str, set[int]] = {}
    for language in LANGUAGES:
        names = getattr(Locale(language), kind)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated") if kind == "months" else ("wide",):
                for number, name in names[context][width].items():
                    numbers.setdefault(name.casefold().rstrip("."), set()).add(number)
    return {name: found.pop() for name, found in numbers.items() if len(found) == 1 and len(name) > 2}


@cache
def _english_days() -> frozenset[str]:
    from babel import Locale

    return frozenset(name.casefold() for name in Locale("en").days["format"]["wide"].values())


def _weekday(text: str) -> tuple[int | None, bool]:
    """The weekday that `text` names (None: none), and whether its name is that of a language other than English."""
    for word in _WORD.findall(text):
        name = word.casefold()
        if name in weekday_names():
            return weekday_names()[name], name not in _english_days()
    return None, False


def _date(match: re.Match[str], weekday: int | None, *, day_first: bool) -> str:
    parts = match.groupdict()
    year = int(parts["year"])
    if "one" in parts:
        return _numeric(year, int(parts["one"]), int(parts["two"]), weekday, day_first=day_first or parts["mark"] == ".")
    if parts["month"] is None:
        return _iso(year)
    month = int(parts["month"]) if parts["month"].isdecimal() else month_number(parts["month"])
    if not month:
        return ""
    return _iso(year, month, int(parts["day"])) if parts.get("day") else _iso(year, month)


def _numeric(year: int, one: int, two: int, weekday: int | None, *, day_first: bool) -> str:
    as_day_month, as_month_day = _iso(year, two, one), _iso(year, one, two)
    if day_first or not as_month_day or as_day_month == as_month_day:
        # A language that writes the day first never means the other order; 31/13 is no date at all.
        return as_day_month
    if not as_day_month:
        return as_month_day
    fitting = [date for date in (as_day_month, as_month_day) if datetime.date.fromisoformat(date).weekday() == weekday]
    return fitting[0] if len(fitting) == 1 else _iso(year)


def _iso(year: int, month: int | None = None, day: int | None = None) -> str:
    """The ISO date of the precision given, or '' if the calendar has no such day or the year is no year of an article."""
    try:
        datetime.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return ""
    if not 1500 <= year <= 2100:
        return ""
    return f"{year:04}" + ("" if month is None else f"-{month:02}") + ("" if day is None else f"-{day:02}")
