"""Is what was found close enough to be an answer?  Judged by absolute evidence, never by rank."""

from __future__ import annotations

import math

from rag.types import Strength

COSINE_FACTOR = 9.0
COVERAGE_FACTOR = 3.0
OFFSET = -4.6
"""Fitted on half of the validation questions, with and without their passage: see `benchmarks/abstention.py`."""

ANSWERS_FROM = 0.5
STRONG_FROM = 0.75
RELATED_FROM = 0.35


def confidence(cosine: float, coverage: float) -> float:
    """How likely a passage answers, in (0, 1): logistic in the cosine and in the share of the question's idf it covers."""
    return 1 / (1 + math.exp(-(COSINE_FACTOR * cosine + COVERAGE_FACTOR * coverage + OFFSET)))


def strength(cosine: float, coverage: float, *, phrase: bool) -> Strength:
    """The confidence in three words; a quoted phrase that stands there is always strong."""
    value = 1.0 if phrase else confidence(cosine, coverage)
    return Strength.STRONG if value >= STRONG_FROM else Strength.RELATED if value >= RELATED_FROM else Strength.WEAK
