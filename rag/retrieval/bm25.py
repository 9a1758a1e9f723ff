"""BM25 of a question against chosen passages, from exact counts: the same however the collection came to be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.retrieval import index
from rag.retrieval.index import TITLE_WEIGHT
from rag.storage.terms import unpack_terms

K1 = 1.0
B = 0.75
ENGINE_AVERAGE = index.K1 / K1
"""A lexical index has another k1 than the exact score.  With its average length raised by this factor, the part of the
length is the same in both, and only K1 * (1 - B) differs."""
ENGINE_RATIO = (1 + index.K1 * (1 - B)) / (1 + K1 * (1 - B))
"""So much larger than the index's score an exact one can be: the ratio of both saturations of a term that stands once
in a passage of no length."""
EXACT_WEIGHT = 0.3
"""Share of a word's score that needs the exact form; its stem gives the rest."""
STOP_WEIGHT = 0.5
"""What a word that says little in the question's language counts, against 1, when passages are ranked."""
STOP_COVERAGE = 0.05
"""The same when it is judged whether they answer at all."""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a question: its term numbers in the collection (None: nowhere), and what it can contribute at most."""

    written: str
    exact: int | None
    stems: tuple[int, ...]
    idf: float
    weight: float

    @property
    def asks(self) -> float:
        """What the word counts for coverage: its idf, and next to nothing if it says little."""
        return self.idf if self.weight == 1.0 else STOP_COVERAGE * self.idf


def query_word(written: str, exact: str, stems: Sequence[str], known: Mapping[str, tuple[int, int]], passages: int, weight: float) -> QueryWord:
    """`known` gives (number, passages that hold it) of the terms in the collection of `passages` passages.

    idf = ln(1 + (N - n + 0.5) / (n + 0.5)), with the n of the word's most common form.
    """
    holders = max((known[term][1] for term in (exact, *stems) if term in known), default=0)
    idf = math.log(1 + (passages - holders + 0.5) / (holders + 0.5))
    return QueryWord(written, known[exact][0] if exact in known else None, tuple(known[stem][0] for stem in stems if stem in known), idf, weight)


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """For n passages and m words: `score` and `coverage` float64 (n,), in [0, 1]; `present` bool (n, m)."""

    score: np.ndarray
    coverage: np.ndarray
    present: np.ndarray


def lexical_scores(words: Sequence[QueryWord], terms: Sequence[bytes], lengths: Sequence[int], average: float) -> LexicalScores:
    """How well passages match a question's words, as a share of the most that the question can reach.

        score = sum over words of weight * idf * (EXACT_WEIGHT * sat(exact) + (1 - EXACT_WEIGHT) * sat(best stem))
                / sum over words of weight * idf,     sat(tf) = tf / (tf + K1 * (1 - B + B * length / average))

    BM25 (Robertson and Zaragoza 2009) over its supremum; sat gains TITLE_WEIGHT, up to 1, for a term of the title.
    `coverage` is the share of what the question asks for (its idf, stop words next to nothing) that is present.  `terms` are blobs of terms.py.
    """
    n, m = len(terms), len(words)
    possible = sum(word.weight * word.idf for word in words)
    asked = sum(word.asks for word in words)
    if not n or not possible:
        return LexicalScores(np.zeros(n), np.zeros(n), np.zeros((n, m), bool))
    numbers = sorted({number for word in words for number in (word.exact, *word.stems) if number is not None})
    saturation = _saturation(numbers, terms, np.asarray(lengths, np.float64) / max(average, 1e-9))
    column = {number: i for i, number in enumerate(numbers)}
    nothing = np.zeros(n)
    score, coverage, present = np.zeros(n), np.zeros(n), np.zeros((n, m), bool)
    for i, word in enumerate(words):
        exact = saturation[:, column[word.exact]] if word.exact is not None else nothing
        stem = saturation[:, [column[number] for number in word.stems]].max(axis=1) if word.stems else nothing
        present[:, i] = (exact > 0) | (stem > 0)
        share = word.weight * word.idf / possible
        score += share * (EXACT_WEIGHT * exact + (1 - EXACT_WEIGHT) * stem)
        coverage += word.asks / asked * present[:, i]
    return LexicalScores(score, coverage, present)


def _saturation(numbers: Sequence[int], terms: Sequence[bytes], relative: np.ndarray) -> np.ndarray:
    """sat of each passage (row) and term (column), float64; `relative` is length over average length."""
    rows, ids, counts, titles = unpack_terms(terms)
    wanted = np.array(numbers, np.uint32)
    frequency, titled = np.zeros((len(terms), len(numbers))), np.zeros((len(terms), len(numbers)))
    if len(numbers) and len(ids):
        place = np.minimum(np.searchsorted(wanted, ids), len(wanted) - 1)
        hit = wanted[place] == ids
        frequency[rows[hit], place[hit]], titled[rows[hit], place[hit]] = counts[hit], titles[hit]
    return np.minimum(1.0, frequency / (frequency + K1 * (1 - B + B * relative[:, None])) + TITLE_WEIGHT * titled)
