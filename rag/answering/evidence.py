"""Is what was found close enough to be an answer?  Judged by absolute evidence, never by rank."""

from __future__ import annotations

import math

from rag.types import Strength

SAME_LANGUAGE = (4.0, 6.0, -3.8)
"""Factors of cosine and coverage, and what is added: within one language the words of a question should stand there.
Chosen on half of the validation questions so that 5 % of those that the articles answer are refused."""
OTHER_LANGUAGE = (10.0, 4.0, -3.5)
"""Across languages only names and numbers can stand there: a cosine of 0.35 alone is enough, or one of 0.15 where
half of what the question asks for stands there too.  docs/benchmarks.md has the curve for both."""

ANSWERS_FROM = 0.5
RELATED_FROM = ANSWERS_FROM
STRONG_FROM = 0.92


def confidence(cosine: float, coverage: float, *, same_language: bool) -> float:
    """How likely a passage answers, in (0, 1): logistic in the cosine and in the share of the question's idf it covers."""
    cosine_factor, coverage_factor, offset = SAME_LANGUAGE if same_language else OTHER_LANGUAGE
    return 1 / (1 + math.exp(-(cosine_factor * cosine + coverage_factor * coverage + offset)))


def strength(value: float, *, phrase: bool) -> Strength:
    """A confidence in three words; a quoted phrase that stands there is always strong."""
    if phrase or value >= STRONG_FROM:
        return Strength.STRONG
    return Strength.RELATED if value >= RELATED_FROM else Strength.WEAK
