"""Which articles a filter lets through: dates and languages by SQL, sources by comparing text as people write it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from rag.filters import EXACTLY, Filters

_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#]*@)?(\[[^\]/?#]*\]|[^:/?#]*)", re.IGNORECASE)


def condition(filters: Filters) -> tuple[str, list[str]]:
    """The SQL over articles that dates and languages come to, and its parameters.

    ISO dates cut to the same precision compare like text, so an article's date is compared with as much of a bound as
    it has itself; the first comparison of each pair is the one that the index answers.
    """
    parts, values = ["1"], []
    if filters.since or filters.until:
        parts.append("published <> ''")
    if filters.since:
        parts.append("published >= ? AND published >= substr(?, 1, length(published))")
        values += [filters.first_day[:4], filters.first_day]
    if filters.until:
        parts.append("published <= ? AND published <= substr(?, 1, length(published))")
        values += [filters.last_day, filters.last_day]
    if filters.languages:
        parts.append(f"language IN ({', '.join('?' * len(filters.languages))})")
        values += filters.languages
    return " AND ".join(parts), values


def from_sources(filters: Filters) -> Callable[[str, str], bool]:
    """Whether an article's (source, url) is one of those asked for."""
    whole = {source.removeprefix(EXACTLY) for source in filters.sources if source.startswith(EXACTLY)}
    parts = [source.casefold() for source in filters.sources if not source.startswith(EXACTLY)]

    @lru_cache(maxsize=10_000)
    def among(name: str) -> bool:
        folded = name.casefold()
        return any(part in folded for part in parts)

    return lambda source, url: not filters.sources or source in whole or among(source) or among(host(url))


def host(url: str) -> str:
    """`www.example.org` of `https://www.example.org:443/page`; '' of what is no address."""
    match = _HOST.match(url)
    return match[1] if match else ""
