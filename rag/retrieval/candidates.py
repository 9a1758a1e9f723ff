"""Which passages may be among the best, and what each and any other can score at most: both sides name theirs.

Words that so many passages hold that naming them would mean reading most of the index say little; they name nobody and
are counted as what they may add at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.retrieval.bm25 import ENGINE_AVERAGE, ENGINE_RATIO, EXACT_WEIGHT, QueryWord
from rag.retrieval.fusion import Weights
from rag.retrieval.live import View
from rag.retrieval.question import Question
from rag.retrieval.selection import Selection
from rag.storage.records import State

TIE = 1e-6
WEIGHED_WHOLE = 250
"""Of a selection of no more passages than this every one is a candidate."""
HOLDERS_MAX = 20_000
HOLDERS_SHARE = 0.05
"""The words of a question name passages, the rarest first, while all of them together have no more holders than this
number and this share of the collection."""
ALL = 1.0
"""No side adds more, and no score is higher."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """`ids` int64 (n,) are distinct; `most` and `most_words`, float64 (n,), what each may score at most and what its
    words may give of it, the highest first.  `outside` and `outside_words` are the same for any other passage.
    `dense` are the cosines of the nearest passages, of all down to the last; None where all passages are candidates."""

    ids: np.ndarray
    most: np.ndarray
    most_words: np.ndarray
    outside: float
    outside_words: float
    dense: dict[int, float] | None


def name_candidates(
    question: Question, query: Sequence[QueryWord], vector: np.ndarray, view: View, k: int, state: State, selection: Selection | None, weights: Weights
) -> Candidates:
    """About the `k` best of each side, and every passage that the lexical index does not hold yet."""
    if selection is not None and len(selection.passages) <= WEIGHED_WHOLE:
        whole = np.full(len(selection.passages), ALL)
        return Candidates(selection.passages, whole, whole, 0.0, 0.0, None)
    allowed = None if selection is None else selection.passages
    near, cosines = view.dense.search(vector, k, allowed)
    kept = cosines > TIE
    outside_dense = weights.dense * min(ALL, float(cosines[kept][-1])) if kept.sum() == k else 0.0
    words, given, outside_words = _by_words(question, query, view, k, state, selection, weights)
    ids = np.union1d(near[kept], words)
    lexical = np.full(len(ids), outside_words)
    lexical[np.searchsorted(ids, words)] = given
    dense = np.full(len(ids), -1.0)
    dense[np.searchsorted(ids, near[kept])] = cosines[kept]
    other = dense < 0
    dense[other] = view.dense.cosines(vector, ids[other])
    most = np.where(dense < -0.99, outside_dense, weights.dense * np.clip(dense, 0, 1)) + lexical
    order = np.lexsort((ids, -most))
    nearest = dict(zip(near[kept].tolist(), cosines[kept].tolist(), strict=True))
    return Candidates(ids[order], most[order], lexical[order], outside_dense + outside_words, outside_words, nearest)


def _by_words(
    question: Question, query: Sequence[QueryWord], view: View, k: int, state: State, selection: Selection | None, weights: Weights
) -> tuple[np.ndarray, np.ndarray, float]:
    """(ids, what the words of each may give at most, the same for any other passage): the `k` best as the lexical index
    has it, and all that it does not hold yet.

    The index's score and the exact one differ by ENGINE_RATIO at most, and by the removed passages that the index
    still counts in its average length; it rounds lengths down, which only raises its own.
    """
    pending = np.array(view.pending if selection is None else selection.among(view.pending), np.int64)
    naming, rest = _naming(question, query, weights, state.passages)
    if view.lexical is None or not naming:
        return pending, np.full(len(pending), ALL), rest if view.lexical is not None else 0.0
    terms: dict[str, float] = {}
    groups = []
    for asked in naming:
        terms |= {term: asked.share * (EXACT_WEIGHT if term == asked.exact else 1 - EXACT_WEIGHT) for term in asked.terms}
        groups.append((asked.terms, asked.coverage))
    ids, scores = view.lexical.search(terms, k, groups, None if selection is None else selection.passages)
    drift = max(1.0, ENGINE_AVERAGE * state.words / max(state.passages, 1) / view.lexical.average)
    most = ENGINE_RATIO * drift * scores.astype(np.float64)
    outside = rest + (float(most[-1]) if len(ids) == k else 0.0)
    new = ~np.isin(pending, ids)
    return np.concatenate([ids, pending[new]]), np.concatenate([np.minimum(most + rest, ALL), np.full(int(new.sum()), ALL)]), outside


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word of the question with the terms that stand for it in the index, and what it may give: for its weight, and
    for being there at all."""

    terms: tuple[str, ...]
    exact: str
    holders: int
    share: float
    coverage: float


def _naming(question: Question, query: Sequence[QueryWord], weights: Weights, passages: int) -> tuple[list[_Asked], float]:
    """The words that name passages, the rarest of them first, and what the others may add at most."""
    possible, all_asked = max(sum(word.weight * word.idf for word in query), 1e-9), max(sum(word.asks for word in query), 1e-9)
    known = []
    for word, weighed in zip(question.words, query, strict=True):
        terms = (word.exact,) * (weighed.exact is not None) + tuple(word.stems if weighed.stems else ())
        if terms:
            share, coverage = weights.lexical * weighed.weight * weighed.idf / possible, weights.coverage * weighed.asks / all_asked
            known.append(_Asked(terms, word.exact, weighed.holders, share, coverage))
    known.sort(key=lambda asked: asked.holders)
    room, taken = max(HOLDERS_MAX, HOLDERS_SHARE * passages), 0
    for i, asked in enumerate(known):
        taken += asked.holders
        if i and taken > room:
            return known[:i], sum(one.share + one.coverage for one in known[i:])
    return known, 0.0
