"""Is what was found close enough to be an answer?  Judged by absolute evidence, never by rank."""

from __future__ import annotations

import math

from rag.types import Strength

COSINE_FACTOR = 10.0
COVERAGE_FACTOR = 4.0
OFFSET = -3.5
"""A cosine of 0.35 alone is enough, or one of 0.15 where half of what the question asks for stands there too.
`benchmarks/quality.py` prints the share of false refusals and false answers that follow."""

ANSWERS_FROM = 0.5
RELATED_FROM = ANSWERS_FROM
STRONG_FROM = 0.92


def confidence(cosine: float, coverage: float) -> float:
    """How likely a passage answers, in (0, 1): logistic in the cosine and in the share of the question's idf it covers."""
    return 1 / (1 + math.exp(-(COSINE_FACTOR * cosine + COVERAGE_FACTOR * coverage + OFFSET)))


def strength(cosine: float, coverage: float, *, phrase: bool) -> Strength:
    """The confidence in three words; a quoted phrase that stands there is always strong."""
    value = 1.0 if phrase else confidence(cosine, coverage)
    return Strength.STRONG if value >= STRONG_FROM else Strength.RELATED if value >= RELATED_FROM else Strength.WEAK
