"""From a question to ranked passages: both sides name candidates, the truth gives their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.retrieval.bm25 import EXACT_WEIGHT, QueryWord, lexical_scores, query_word
from rag.retrieval.fusion import fuse
from rag.retrieval.live import View
from rag.retrieval.phrases import PhrasePlace, find_phrases
from rag.retrieval.question import Question
from rag.storage.reader import Snapshot
from rag.storage.records import StoredPassage

CANDIDATES = 64
"""How many passages each side names at least."""
CANDIDATES_MAX = 4096
TIE = 1e-6


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its evidence: the fields of `Hit`, how much of the question's idf it covers, and how many of
    the question's quoted phrases it holds."""

    stored: StoredPassage
    article_id: str
    score: float
    dense: float
    lexical: float
    coverage: float
    dense_rank: int | None
    lexical_rank: int | None
    matched: tuple[str, ...]
    phrases: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """The passages of a question, best first, and every place where a quoted phrase of it stands."""

    passages: tuple[Ranked, ...]
    places: tuple[PhrasePlace, ...]


def rank(question: Question, query: Sequence[QueryWord], vector: np.ndarray, snapshot: Snapshot, view: View, *, top_k: int) -> Ranking:
    """The best passages for a question, at least `top_k` where there are so many with any evidence.

    `query` are its words with their numbers in the snapshot, `vector` is float32 of unit length.  Phrases decide first, then the fused score; ties go by
    article id, then start, so that the order does not depend on how the collection came to be.
    """
    dense_ids = _dense_candidates(vector, view, top_k)
    lexical_ids = _lexical_candidates(question, query, view, top_k)
    places = find_phrases(question, snapshot, view)
    in_phrase: dict[int, set[str]] = {}
    for place in places:
        for number in place.passages:
            in_phrase.setdefault(number, set()).add(place.phrase)
    ids = list(dict.fromkeys([*dense_ids, *lexical_ids, *in_phrase]))
    found = snapshot.passages(ids)
    stored = [found[number] for number in ids if number in found]
    ranked = _scored(question, query, vector, stored, snapshot, set(dense_ids), set(lexical_ids), in_phrase)
    return Ranking(tuple(ranked), places)


def query_words(question: Question, snapshot: Snapshot) -> list[QueryWord]:
    """The question's words with their numbers and their idf at this generation."""
    known = snapshot.terms([term for word in question.words for term in word.terms])
    passages = snapshot.state.passages
    return [query_word(word.written, word.exact, word.stems, known, passages, weight) for word, weight in zip(question.words, question.weights, strict=True)]


def _dense_candidates(vector: np.ndarray, view: View, top_k: int) -> list[int]:
    """Ids by cosine; as many more as tie with the last one that counts."""
    k = max(CANDIDATES, 2 * top_k)
    while True:
        ids, cosines = view.dense.search(vector, k)
        if len(ids) < k or k >= CANDIDATES_MAX or cosines[-1] < cosines[min(top_k, len(ids)) - 1] - TIE:
            return ids[cosines > TIE].tolist()
        k *= 4


def _lexical_candidates(question: Question, query: Sequence[QueryWord], view: View, top_k: int) -> list[int]:
    """Ids by the lexical index's own score, as many more as tie, and every passage it does not hold yet."""
    if view.lexical is None:
        return list(view.pending)
    terms: dict[str, float] = {}
    for word, weighed in zip(question.words, query, strict=True):
        if weighed.exact is not None:
            terms[word.exact] = EXACT_WEIGHT * weighed.weight
        for stem in word.stems if weighed.stems else ():
            terms[stem] = (1 - EXACT_WEIGHT) * weighed.weight
    if not terms:
        return list(view.pending)
    k = max(CANDIDATES, 2 * top_k)
    while True:
        ids, scores = view.lexical.search(terms, k)
        if len(ids) < k or k >= CANDIDATES_MAX or scores[-1] < scores[min(top_k, len(ids)) - 1] - TIE:
            return list(dict.fromkeys([*ids.tolist(), *view.pending]))
        k *= 4


def _scored(
    question: Question,
    query: Sequence[QueryWord],
    vector: np.ndarray,
    stored: Sequence[StoredPassage],
    snapshot: Snapshot,
    by_dense: set[int],
    by_words: set[int],
    in_phrase: dict[int, set[str]],
) -> list[Ranked]:
    if not stored:
        return []
    state = snapshot.state
    # Row by row, not as one product: a passage's cosine must not depend on which others stand beside it.
    vectors = np.frombuffer(b"".join(one.vector for one in stored), np.float16).reshape(len(stored), -1).astype(np.float32)
    cosines = (vectors * vector).sum(axis=1, dtype=np.float64)
    words = lexical_scores(query, [one.terms for one in stored], [one.words for one in stored], state.words / max(state.passages, 1))
    scores = fuse(cosines, words.score, words.coverage)
    ids = snapshot.article_ids({one.article for one in stored})
    place = [(ids[one.article], one.start) for one in stored]
    dense_ranks = _ranks(cosines, place, [one.id in by_dense for one in stored])
    lexical_ranks = _ranks(words.score, place, [one.id in by_words and words.score[i] > 0 for i, one in enumerate(stored)])
    ranked = [
        Ranked(
            one, place[i][0], float(scores[i]), float(cosines[i]), float(words.score[i]), float(words.coverage[i]), dense_ranks[i],
            lexical_ranks[i], _matched(question, words.present[i]), len(in_phrase.get(one.id, ())),
        )
        for i, one in enumerate(stored)
        if scores[i] > TIE or one.id in in_phrase
    ]  # fmt: skip
    return sorted(ranked, key=lambda one: (-one.phrases, -round(one.score, 9), one.article_id, one.stored.start))


def _ranks(values: np.ndarray, place: Sequence[tuple[str, int]], counted: Sequence[bool]) -> list[int | None]:
    """Rank from 1, best first, of the values that are counted; None for the others."""
    ranks: list[int | None] = [None] * len(values)
    order = sorted((i for i in range(len(values)) if counted[i]), key=lambda i: (-round(float(values[i]), 9), place[i]))
    for rank_, i in enumerate(order, start=1):
        ranks[i] = rank_
    return ranks


def _matched(question: Question, present: np.ndarray) -> tuple[str, ...]:
    """The words of the question in a passage: those that say something, or all if the question has none of these."""
    content = [i for i, weight in enumerate(question.weights) if weight == 1.0] or range(len(question.words))
    return tuple(question.words[i].written for i in content if present[i])
