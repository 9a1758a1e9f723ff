"""Is what was found close enough to be an answer?  Judged by absolute evidence, never by rank."""

from __future__ import annotations

import math

from rag.retrieval.search import Ranked
from rag.types import Strength

SAME_LANGUAGE = (5.6, 6.5, -4.9)
"""Factors of cosine and coverage, and what is added: within one language the words of a question should stand there.
A logistic regression on half of the validation questions, moved so that 5 to 6 % of those that the articles answer are
refused (benchmarks/choosing.py)."""
OTHER_LANGUAGE = (5.0, 7.0, -1.7)
"""The same across languages, for a model that knows no words: only names and numbers can stand there, and a cosine of 0.34
alone is enough.  docs/benchmarks.md has the curves."""
BY_MEANING = (11.6, 6.9, -6.1)
"""The same where coverage is what the passage's words mean (rag/retrieval/meaning.py): 8 % of the questions in
languages the model was trained on are refused though their passage is there, more of those in Greek and Romanian."""
BY_CHANCE = 0.14
FEW = 0.5
"""Across languages a name or a number that stands in a passage of a cosine below BY_CHANCE stands there by chance, a year
for example, where it is less than this share of what is asked.  For it 0.25 % of the validation questions in another
language whose passage is there are refused (benchmarks/choosing.py)."""

ANSWERS_FROM = 0.5
RELATED_FROM = ANSWERS_FROM
STRONG_FROM = 0.92


def confidence_of(passage: Ranked) -> float:
    return confidence(passage.dense, passage.coverage, same_language=passage.same_language, by_meaning=passage.by_meaning, told=passage.told)


def confidence(cosine: float, coverage: float, *, same_language: bool, by_meaning: bool = False, told: float = 1.0) -> float:
    """How likely a passage answers, in (0, 1): logistic in what counts of the cosine and in the share of the question's idf it covers."""
    if not same_language and not by_meaning and cosine < BY_CHANCE and coverage < FEW:
        coverage = 0.0
    cosine_factor, coverage_factor, offset = SAME_LANGUAGE if same_language else BY_MEANING if by_meaning else OTHER_LANGUAGE
    return 1 / (1 + math.exp(-(cosine_factor * told * cosine + coverage_factor * coverage + offset)))


def strength(value: float, *, phrase: bool) -> Strength:
    """A confidence in three words; a quoted phrase that stands there is always strong."""
    if phrase or value >= STRONG_FROM:
        return Strength.STRONG
    return Strength.RELATED if value >= RELATED_FROM else Strength.WEAK
