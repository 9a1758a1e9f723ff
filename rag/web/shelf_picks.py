"""What is chosen in the card's charts: one year, source or language each, as the filter that the list is browsed with."""

from __future__ import annotations

from collections.abc import Mapping

from rag.errors import QuestionError
from rag.filters import EXACTLY, Filters

CHARTS = ("years", "sources", "languages")
VALUE_CHARACTERS_MAX = 300


def picked_filters(picks: Mapping[str, str]) -> Filters:
    """`{"years": "2023", "sources": "Kompas"}` as a filter: of that source alone, not of others whose names hold it.

    Raises QuestionError for values that no filter can have.
    """
    year, source, language = (picks.get(chart, "") for chart in CHARTS)
    return Filters(year, year, [EXACTLY + source] if source else [], [language] if language else [])


def can_be_picked(chart: str, value: str) -> bool:
    """Whether a bar can be a button: an unknown value, or one that came from a damaged article, can not.

    Neither can one with blanks around it, which a filter leaves out.
    """
    try:
        return 0 < len(value.strip()) == len(value) <= VALUE_CHARACTERS_MAX and bool(picked_filters({chart: value}))
    except QuestionError:
        return False


def read_picks(told: object) -> dict[str, str]:
    """What a browser says is chosen; ValueError for what it cannot have been."""
    if not isinstance(told, Mapping) or not told.keys() <= set(CHARTS):
        raise ValueError("no such chart")
    if not all(isinstance(value, str) and can_be_picked(chart, value) for chart, value in told.items()):
        raise ValueError("no such bar")
    return dict(told)
