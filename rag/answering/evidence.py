"""Is what was found close enough to be an answer?  Judged by absolute evidence, never by rank."""

from __future__ import annotations

import math

from rag.types import Strength

SAME_LANGUAGE = (5.6, 6.5, -4.9)
"""Factors of cosine and coverage, and what is added: within one language the words of a question should stand there.
A logistic regression on half of the validation questions, moved so that 5 to 6 % of those that the articles answer are
refused (benchmarks/choosing.py)."""
OTHER_LANGUAGE = (5.0, 7.0, -1.7)
"""The same across languages, where only names and numbers can stand there: a cosine of 0.34 alone is enough.  Of the languages that
the model was trained on alone, where they refuse 14 % of the other half; Greek and Romanian are refused more often.
docs/benchmarks.md has the curve for both."""
BY_CHANCE = 0.14
FEW = 0.5
"""Across languages a name or a number that stands in a passage of a cosine below BY_CHANCE stands there by chance, a year
for example, where it is less than this share of what is asked.  For it 0.25 % of the validation questions in another
language whose passage is there are refused (benchmarks/choosing.py)."""

ANSWERS_FROM = 0.5
RELATED_FROM = ANSWERS_FROM
STRONG_FROM = 0.92


def confidence(cosine: float, coverage: float, *, same_language: bool) -> float:
    """How likely a passage answers, in (0, 1): logistic in the cosine and in the share of the question's idf it covers."""
    coverage = counted(cosine, coverage, same_language=same_language)
    cosine_factor, coverage_factor, offset = SAME_LANGUAGE if same_language else OTHER_LANGUAGE
    return 1 / (1 + math.exp(-(cosine_factor * cosine + coverage_factor * coverage + offset)))


def counted(cosine, coverage, *, same_language: bool):
    """The coverage that counts: none of what stands there by chance.  Takes floats, or arrays of one length."""
    return coverage * (same_language | (cosine >= BY_CHANCE) | (coverage >= FEW))


def strength(value: float, *, phrase: bool) -> Strength:
    """A confidence in three words; a quoted phrase that stands there is always strong."""
    if phrase or value >= STRONG_FROM:
        return Strength.STRONG
    return Strength.RELATED if value >= RELATED_FROM else Strength.WEAK
