"""From a question to ranked passages: both sides name candidates, the truth gives their scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.retrieval.bm25 import ENGINE_AVERAGE, ENGINE_RATIO, EXACT_WEIGHT, LexicalScores, QueryWord, lexical_scores, query_word
from rag.retrieval.fusion import Weights, fuse, weights_of
from rag.retrieval.live import View
from rag.retrieval.phrases import PhrasePlace, find_phrases
from rag.retrieval.question import Question
from rag.retrieval.selection import Selection
from rag.storage.reader import Snapshot
from rag.storage.records import State, StoredPassage, proof_of
from rag.text.stop_words import list_language
from rag.text.words import STEMMERS
from rag.types import Hit, Passage

CANDIDATES = 32
"""How many passages each side names at least."""
CANDIDATES_MAX = 1024
WEIGHED_WHOLE = 250
"""Of a selection of no more passages than this every one is a candidate."""
RANKED_AT_LEAST = 32
"""So many passages are ranked however few are asked for: an answer looks that far."""
TIE = 1e-6


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its evidence: the fields of `Hit`, how much of the question's idf it covers, how many of the
    question's quoted phrases it holds, and whether it is written in the language that is asked in, one of those whose
    words are stemmed: only there a word that is missing says something."""

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
    same_language: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """The passages of a question, best first, and every place where a quoted phrase of it stands."""

    passages: tuple[Ranked, ...]
    places: tuple[PhrasePlace, ...]


def rank(
    question: Question, query: Sequence[QueryWord], vector: np.ndarray, snapshot: Snapshot, view: View, selection: Selection | None = None, *, top_k: int
) -> Ranking:
    """The best passages for a question, at least `top_k` where there are so many with any evidence.

    `query` are its words with their numbers in the snapshot, `vector` is float32 of unit length.  Phrases decide first, then the fused score; ties go by
    article id, then start.  The sides name more candidates until no other passage can reach the best `top_k` (Fagin's
    threshold), so that the order depends on the articles alone and not on how the collection came to be.  With a
    `selection` only its passages are ranked, by the scores they have in the whole collection.
    """
    weights = weights_of(question.spoken)
    places = find_phrases(question, snapshot, view, selection)
    in_phrase: dict[int, set[str]] = {}
    for place in places:
        for number in place.passages:
            in_phrase.setdefault(number, set()).add(place.phrase)
    k = max(CANDIDATES, 2 * top_k)
    while True:
        if selection is not None and len(selection.passages) <= WEIGHED_WHOLE:
            by_vector, next_cosine, by_words, next_words = selection.passages.tolist(), 0.0, [], 0.0
        else:
            by_vector, next_cosine = _dense_candidates(vector, view, k, selection)
            by_words, next_words = _lexical_candidates(question, query, view, k, snapshot.state, selection)
        found = snapshot.passages(list(dict.fromkeys([*by_vector, *by_words, *in_phrase])))
        evidence = _weigh(query, vector, list(found.values()), snapshot, in_phrase, weights)
        others = weights.dense * max(next_cosine, 0.0) + next_words
        if others <= 0 or k >= CANDIDATES_MAX or evidence.reached(top_k) > others + TIE:
            break
        k *= 4
    return Ranking(tuple(_ranked(question, evidence, next_cosine, next_words / weights.lexical, max(RANKED_AT_LEAST, 2 * top_k))), places)


def hits(ranking: Ranking, snapshot: Snapshot, most: int) -> list[Hit]:
    """The first `most` passages of a ranking, with their articles; one whose text is damaged is left out."""
    ranked = ranking.passages[:most]
    articles = snapshot.articles(list({one.stored.article for one in ranked}))
    found = []
    for one in ranked:
        article, start, end = articles.get(one.stored.article), one.stored.start, one.stored.end
        if article is not None and proof_of(article.text[start:end]) == one.stored.proof:
            passage = Passage(article.id, start, end, article.text[start:end], article.language)
            found.append(Hit(passage, article, one.score, one.dense, one.lexical, one.dense_rank, one.lexical_rank, one.matched))
    return found


def query_words(question: Question, known: Mapping[str, tuple[int, int]], passages: int) -> list[QueryWord]:
    """The question's words with their numbers and their idf in a collection of so many passages; `known` gives
    (number, passages that hold it) of its terms."""
    return [query_word(word.written, word.exact, word.stems, known, passages, weight) for word, weight in zip(question.words, question.weights, strict=True)]


def _dense_candidates(vector: np.ndarray, view: View, k: int, selection: Selection | None) -> tuple[list[int], float]:
    """The ids of the `k` best by cosine, and what no other passage exceeds."""
    ids, cosines = view.dense.search(vector, k, None if selection is None else selection.passages)
    return ids[cosines > TIE].tolist(), float(cosines[-1]) if len(ids) == k else 0.0


def _lexical_candidates(
    question: Question, query: Sequence[QueryWord], view: View, k: int, state: State, selection: Selection | None
) -> tuple[list[int], float]:
    """The ids of the `k` best by what their words add to the fused score, as the lexical index has it, and of every
    passage it does not hold yet; and what the words of no other passage add more than.

    The index's score and the exact one differ by ENGINE_RATIO at most, and by the removed passages that the index
    still counts in its average length; it rounds lengths down, which only raises its own.
    """
    weights = weights_of(question.spoken)
    possible, asked = max(sum(word.weight * word.idf for word in query), 1e-9), max(sum(word.asks for word in query), 1e-9)
    terms: dict[str, float] = {}
    groups = []
    for word, weighed in zip(question.words, query, strict=True):
        held = [word.exact] * (weighed.exact is not None) + list(word.stems if weighed.stems else ())
        share = weights.lexical * weighed.weight * weighed.idf / possible
        terms |= {term: share * (EXACT_WEIGHT if term == word.exact else 1 - EXACT_WEIGHT) for term in held}
        if held:
            groups.append((held, weights.coverage * weighed.asks / asked))
    pending = list(view.pending) if selection is None else selection.among(view.pending)
    if view.lexical is None or not terms:
        return pending, 0.0
    ids, scores = view.lexical.search(terms, k, groups, None if selection is None else selection.passages)
    named = list(dict.fromkeys([*pending, *ids.tolist()]))
    drift = max(1.0, ENGINE_AVERAGE * state.words / max(state.passages, 1) / view.lexical.average)
    return named, ENGINE_RATIO * drift * float(scores[-1]) if len(ids) == k else 0.0


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Candidates and what speaks for each: every array is (n,), `order` sorts them, the best first."""

    stored: Sequence[StoredPassage]
    place: Sequence[tuple[str, int]]
    languages: Sequence[str]
    phrases: np.ndarray
    cosines: np.ndarray
    words: LexicalScores
    scores: np.ndarray
    order: Sequence[int]

    def reached(self, top_k: int) -> float:
        """The score of the last of the best `top_k`; below 0 if there are fewer."""
        return float(np.sort(self.scores)[-top_k]) if len(self.scores) >= top_k else -1.0


def _weigh(
    query: Sequence[QueryWord], vector: np.ndarray, stored: Sequence[StoredPassage], snapshot: Snapshot, in_phrase: dict[int, set[str]], weights: Weights
) -> _Evidence:
    state = snapshot.state
    # Row by row, not as one product: a passage's cosine must not depend on which others stand beside it.
    vectors = np.frombuffer(b"".join(one.vector for one in stored), np.float16).reshape(len(stored), state.dimension).astype(np.float32)
    cosines = (vectors * vector).sum(axis=1, dtype=np.float64)
    words = lexical_scores(query, [one.terms for one in stored], [one.words for one in stored], state.words / max(state.passages, 1))
    scores = np.round(fuse(cosines, words.score, words.coverage, weights), 9)
    articles = snapshot.ids_and_languages({one.article for one in stored})
    place = [(articles[one.article][0], one.start) for one in stored]
    phrases = np.array([len(in_phrase.get(one.id, ())) for one in stored], np.int64)
    order = sorted((i for i in range(len(stored)) if scores[i] > TIE or phrases[i]), key=lambda i: (-phrases[i], -scores[i], place[i]))
    return _Evidence(stored, place, [articles[one.article][1] for one in stored], phrases, cosines, words, scores, order)


def _ranked(question: Question, evidence: _Evidence, next_cosine: float, next_lexical: float, most: int) -> list[Ranked]:
    stored, words = evidence.stored, evidence.words
    dense_ranks = _ranks(evidence.cosines, evidence.place, next_cosine)
    lexical_ranks = _ranks(words.score, evidence.place, next_lexical)
    return [
        Ranked(
            stored[i], evidence.place[i][0], float(evidence.scores[i]), float(evidence.cosines[i]), float(words.score[i]), float(words.coverage[i]),
            dense_ranks[i], lexical_ranks[i], _matched(question, words.present[i]), int(evidence.phrases[i]),
            _same_language(evidence.languages[i], question),
        )
        for i in evidence.order[:most]
    ]  # fmt: skip


def _same_language(language: str, question: Question) -> bool:
    return language in STEMMERS and list_language(language) in question.spoken


def _ranks(values: np.ndarray, place: Sequence[tuple[str, int]], others: float) -> list[int | None]:
    """Rank from 1, best first, among all passages: only for values above `others`, which bounds those that are no
    candidates, and above 0; None for the rest."""
    ranks: list[int | None] = [None] * len(values)
    rounded = np.round(values, 9).tolist()
    order = sorted((i for i in range(len(values)) if values[i] > max(others, 0.0) + TIE), key=lambda i: (-rounded[i], place[i]))
    for rank_, i in enumerate(order, start=1):
        ranks[i] = rank_
    return ranks


def _matched(question: Question, present: np.ndarray) -> tuple[str, ...]:
    """The words of the question in a passage: those that say something, or all if the question has none of these."""
    content = [i for i, weight in enumerate(question.weights) if weight == 1.0] or range(len(question.words))
    return tuple(question.words[i].written for i in content if present[i])
