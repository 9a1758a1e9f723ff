"""Which passages may be among the best, and what each and any other can score at most: both sides name theirs.

In a large collection that certainty costs more than it finds: the lexical index is asked for less, in a fifth of the
time, and what it says is an estimate.
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
LITTLE = 0.06
"""In a large collection the most common words of a question, those that together give no more than this share of what
all its words give, name nobody: they stand in most passages, and reading their lists takes longest."""
ALL = 1.0
"""No side adds more, and no score is higher."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """`ids` int64 (n,) are distinct; `most` and `most_words`, float64 (n,), what each may score at most and what its
    words may give of it, the highest first.  `outside` and `outside_words` are the same for any other passage.
    `dense` are the cosines of the nearest passages, of all down to the last; None where all passages are candidates.
    Where certainty was not asked for, `most` and `outside` are estimates."""

    ids: np.ndarray
    most: np.ndarray
    most_words: np.ndarray
    outside: float
    outside_words: float
    dense: dict[int, float] | None


def name_candidates(
    question: Question, query: Sequence[QueryWord], vector: np.ndarray, view: View, k: int, state: State, selection: Selection | None, weights: Weights,
    *, certain: bool,
) -> Candidates:  # fmt: skip
    """About the `k` best of each side, and every passage that the lexical index does not hold yet."""
    if selection is not None and len(selection.passages) <= WEIGHED_WHOLE:
        whole = np.full(len(selection.passages), ALL)
        return Candidates(selection.passages, whole, whole, 0.0, 0.0, None)
    allowed = None if selection is None else selection.passages
    near, cosines = view.dense.search(vector, k, allowed)
    kept = cosines > TIE
    outside_dense = weights.dense * min(ALL, float(cosines[kept][-1])) if kept.sum() == k else 0.0
    words, given, outside_words = _by_words(question, query, view, k, state, selection, weights, certain=certain)
    ids = np.union1d(near[kept], words)
    lexical = np.full(len(ids), outside_words if certain else outside_words / 2)  # most of those not named hold few of the words
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
    question: Question, query: Sequence[QueryWord], view: View, k: int, state: State, selection: Selection | None, weights: Weights,
    *, certain: bool,
) -> tuple[np.ndarray, np.ndarray, float]:  # fmt: skip
    """(ids, what the words of each may give at most, the same for any other passage): the `k` best as the lexical index
    has it, and all that it does not hold yet.

    The index's score and the exact one differ by ENGINE_RATIO at most, and by the removed passages that the index
    still counts in its average length; it rounds lengths down, which only raises its own.
    """
    pending = np.array(view.pending if selection is None else selection.among(view.pending), np.int64)
    terms, groups, rest = (_bounding if certain else _estimating)(_asked(question, query, weights))
    if view.lexical is None or not terms:
        return pending, np.full(len(pending), ALL), 0.0
    ids, scores = view.lexical.search(terms, k, groups, None if selection is None else selection.passages)
    drift = max(1.0, ENGINE_AVERAGE * state.words / max(state.passages, 1) / view.lexical.average)
    most = ENGINE_RATIO * drift * scores.astype(np.float64)
    outside = rest + (float(most[-1]) if len(ids) == k else 0.0)
    most = np.minimum(most + rest, ALL)
    if not len(pending):
        return ids, most, outside
    new = pending[~np.isin(pending, ids)]
    return np.concatenate([ids, new]), np.concatenate([most, np.full(len(new), ALL)]), outside


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word of the question with its forms that stand in the collection, and what it may give: for its weight, and for
    being there at all."""

    exact: tuple[str, ...]
    stems: tuple[str, ...]
    share: float
    coverage: float


def _asked(question: Question, query: Sequence[QueryWord], weights: Weights) -> list[_Asked]:
    possible, all_asked = max(sum(word.weight * word.idf for word in query), 1e-9), max(sum(word.asks for word in query), 1e-9)
    return [
        _Asked(
            (word.exact,) * (weighed.exact is not None), word.stems if weighed.stems else (),
            weights.lexical * weighed.weight * weighed.idf / possible, weights.coverage * weighed.asks / all_asked,
        )
        for word, weighed in zip(question.words, query, strict=True)
    ]  # fmt: skip


Terms = tuple[dict[str, float], list[tuple[Sequence[str], float]], float]
"""Terms with their weights, groups with theirs, and what the words left out may give."""


def _bounding(words: Sequence[_Asked]) -> Terms:
    """Those by which a passage scores no less than it may."""
    terms: dict[str, float] = {}
    for word in words:
        terms |= dict.fromkeys(word.exact, word.share * EXACT_WEIGHT) | dict.fromkeys(word.stems, word.share * (1 - EXACT_WEIGHT))
    return terms, [((*word.exact, *word.stems), word.coverage) for word in words if word.exact or word.stems], 0.0


def _estimating(words: Sequence[_Asked]) -> Terms:
    """Those by which it scores about what it does: a passage that holds a word's exact form holds one of its stems as
    often, and what being there gives grows with them.  Words that say little are left out."""
    known = sorted((word for word in words if word.exact or word.stems), key=lambda word: word.share + word.coverage)
    gives = np.cumsum([0.0, *(word.share + word.coverage for word in known)])
    little = int(np.searchsorted(gives, LITTLE * gives[-1], side="right")) - 1
    terms: dict[str, float] = {}
    for word in known[little:]:
        terms |= dict.fromkeys(word.stems or word.exact, word.share + word.coverage)
    return terms, [], float(gives[little])
