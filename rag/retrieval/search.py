"""From a question to ranked passages: both sides name candidates, the truth gives their scores."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.retrieval.bm25 import QueryWord, lexical_scores, query_word
from rag.retrieval.candidates import TIE, Candidates, name_candidates
from rag.retrieval.fusion import ACROSS, Weights, fuse, weights_of
from rag.retrieval.live import View
from rag.retrieval.meaning import EncodeWords, is_foreign, meant
from rag.retrieval.phrases import PhrasePlace, find_phrases
from rag.retrieval.question import Question
from rag.retrieval.selection import Selection
from rag.storage.reader import Snapshot
from rag.storage.records import StoredPassage, proof_of
from rag.text.stop_words import list_language
from rag.text.words import STEMMERS
from rag.types import Hit, Passage

CANDIDATES = 128
"""How many passages each side names at least."""
CANDIDATES_MAX = 1024
WEIGHED_AT_ONCE = 32
CERTAIN_TO = 20_000
"""In a collection of up to so many passages the best are certain; in a larger one each side names CANDIDATES once,
and at most WEIGHED_MAX are weighed, or four times as many as are asked for: there certainty costs more than it finds
(docs/growth.md has what it misses)."""
WEIGHED_MAX = 48
RANKED_AT_LEAST = 32
"""So many passages are ranked however few are asked for: an answer looks that far."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A passage with its scores, which words of the question it holds, bool (words,), and how many of its phrases."""

    stored: StoredPassage
    score: float
    cosine: float
    lexical: float
    coverage: float
    present: np.ndarray
    phrases: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its evidence: the fields of `Hit`, how much of the question's idf it covers, how many of the
    question's quoted phrases it holds, whether it is written in the language that is asked in, one of those whose
    words are stemmed: only there a word that is missing says something; and whether it `is_foreign`.  `by_meaning` says
    that `coverage` is that of meaning.py; of the cosine `told` counts."""

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
    foreign: bool
    by_meaning: bool = False
    told: float = 1.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """The passages of a question, best first, and every place where a quoted phrase of it stands."""

    passages: tuple[Ranked, ...]
    places: tuple[PhrasePlace, ...]


def rank(
    question: Question, query: Sequence[QueryWord], vector: np.ndarray, snapshot: Snapshot, view: View, selection: Selection | None = None,
    encode_words: EncodeWords | None = None, told: float = 1.0, *, top_k: int,
) -> Ranking:  # fmt: skip
    """The best passages for a question, at least `top_k` where there are so many with any evidence.

    `query` are its words with their numbers in the snapshot, `vector` is float32 of unit length.  Phrases decide first, then the fused score; ties go by
    article id, then start.  Of the passages that the sides name those that may score most are weighed first, and more
    while one that is not weighed, or not even named, could still reach the best `top_k` (Fagin's threshold), as far as
    CERTAIN_TO: so the order depends on the articles alone and not on how the collection came to be.  With a `selection` only its passages are
    ranked, by the scores they have in the whole collection.  With `encode_words` the best are ranked again where some are in another language
    than the question, by what their words mean.  Of a cosine `told` counts, as meaning.py has it.
    """
    most = max(RANKED_AT_LEAST, 2 * top_k)
    sure = top_k if encode_words is None else max(top_k, RANKED_AT_LEAST)  # all that are ranked again decide which are the best
    weights = weights_of(question.spoken)
    weights = replace(weights, dense=weights.dense * told)
    places = find_phrases(question, snapshot, view, selection)
    in_phrase: dict[int, set[str]] = {}
    for place in places:
        for number in place.passages:
            in_phrase.setdefault(number, set()).add(place.phrase)
    evidence = Evidence(query, vector, snapshot, in_phrase, weights)
    evidence.weigh(in_phrase)
    certain = snapshot.state.passages <= CERTAIN_TO
    k = max(CANDIDATES, 2 * sure)
    limit = math.inf if certain else max(WEIGHED_MAX, 4 * top_k)
    while True:
        named = name_candidates(question, query, vector, view, k, snapshot.state, selection, weights, certain=certain)
        left = _weigh_named(evidence, named, most, limit, sure)
        if not certain or named.outside <= TIE or k >= CANDIDATES_MAX or evidence.reached(sure) > named.outside + TIE:
            break
        k *= 4
    bound = max([named.outside_words, *named.most_words[left].tolist()]) / weights.lexical
    ranked = _ranked(question, query, evidence, named.dense, bound, most, told)
    if encode_words is not None:
        ranked = _by_meaning(ranked, question, query, snapshot, encode_words)
    return Ranking(tuple(ranked), places)


def _weigh_named(evidence: Evidence, named: Candidates, least: int, limit: float, top_k: int) -> np.ndarray:
    """Weigh the candidates that may be among the best `top_k`, at least `least` and about `limit` at most; returns the
    places of those left out."""
    known = evidence.numbers
    waiting = np.array([place for place, number in enumerate(named.ids.tolist()) if number not in known], np.int64)
    while len(waiting) and len(known) < limit and (len(evidence.weighed) < least or evidence.reached(top_k) <= named.most[waiting[0]] + TIE):
        evidence.weigh(named.ids[waiting[:WEIGHED_AT_ONCE]].tolist())
        waiting = waiting[WEIGHED_AT_ONCE:]
    return waiting


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


class Evidence:
    """What speaks for each passage that was weighed: its exact scores, from the truth."""

    def __init__(self, query: Sequence[QueryWord], vector: np.ndarray, snapshot: Snapshot, in_phrase: Mapping[int, set[str]], weights: Weights) -> None:
        self._query, self._vector, self._snapshot, self._in_phrase, self._weights = query, vector, snapshot, in_phrase, weights
        self.numbers: set[int] = set()
        self.weighed: list[Weighed] = []
        self._scores = np.zeros(0)

    def weigh(self, numbers: Iterable[int]) -> None:
        """Those of the passages `numbers` that were not weighed before."""
        new = [number for number in numbers if number not in self.numbers]
        self.numbers.update(new)
        stored = list(self._snapshot.passages(new).values()) if new else []
        if not stored:
            return
        state, query = self._snapshot.state, self._query
        # Row by row, not as one product: a passage's cosine must not depend on which others stand beside it.
        vectors = np.frombuffer(b"".join(one.vector for one in stored), np.float16).reshape(len(stored), state.dimension).astype(np.float32)
        cosines = (vectors * self._vector).sum(axis=1, dtype=np.float64)
        words = lexical_scores(query, [one.terms for one in stored], [one.words for one in stored], state.words / max(state.passages, 1))
        scores = np.round(fuse(cosines, words.score, words.coverage, self._weights), 9)
        self._scores = np.concatenate([self._scores, scores])
        columns = zip(stored, scores.tolist(), cosines.tolist(), words.score.tolist(), words.coverage.tolist(), words.present, strict=True)
        self.weighed += [Weighed(*values, len(self._in_phrase.get(values[0].id, ()))) for values in columns]

    def articles(self) -> dict[int, tuple[str, str]]:
        """(id, language) of the articles that were weighed, by row."""
        return self._snapshot.ids_and_languages({one.stored.article for one in self.weighed})

    def existing(self, numbers: Iterable[int]) -> Iterable[int]:
        """Those of the passages `numbers` that the snapshot has."""
        return self._snapshot.spans(list(numbers))

    def reached(self, top_k: int) -> float:
        """The score of the last of the best `top_k`; below 0 if there are fewer."""
        return float(np.partition(self._scores, -top_k)[-top_k]) if len(self._scores) >= top_k else -1.0


def _ranked(
    question: Question, query: Sequence[QueryWord], evidence: Evidence, dense: Mapping[int, float] | None, next_lexical: float, most: int, told: float
) -> list[Ranked]:
    found = [one for one in evidence.weighed if one.score > TIE or one.phrases]
    known = {one.stored.id for one in evidence.weighed}
    articles = evidence.articles()
    foreign = {language: is_foreign(language, question, query) for language in {language for _, language in articles.values()}}
    lexical_ranks = _ranks({one.stored.id: one.lexical for one in evidence.weighed}, next_lexical)
    if dense is not None and len(known) < len(evidence.numbers):  # an index may hold passages that this snapshot does not: they have no rank
        dense = {number: dense[number] for number in evidence.existing(dense)}
    dense_ranks = _ranks({one.stored.id: one.cosine for one in evidence.weighed} if dense is None else dense, 0.0)
    best = sorted(found, key=lambda one: (-one.phrases, -one.score, articles[one.stored.article][0], one.stored.start))[:most]
    return [
        Ranked(
            one.stored, articles[one.stored.article][0], one.score, one.cosine, one.lexical, one.coverage,
            dense_ranks.get(one.stored.id), lexical_ranks.get(one.stored.id), _matched(question, one.present), one.phrases,
            _same_language(articles[one.stored.article][1], question), foreign[articles[one.stored.article][1]], told=told,
        )
        for one in best
    ]  # fmt: skip


def _by_meaning(ranked: Sequence[Ranked], question: Question, query: Sequence[QueryWord], snapshot: Snapshot, encode_words: EncodeWords) -> list[Ranked]:
    """`ranked` with the first RANKED_AT_LEAST in the order that those in another language have by what their words mean;
    what comes after them scores no more than the last of them, so that their order is the same however many are asked for."""
    first, others = list(ranked[:RANKED_AT_LEAST]), ranked[RANKED_AT_LEAST:]
    places = [i for i, one in enumerate(first) if one.foreign]
    if not places:
        return list(ranked)
    for i, share in zip(places, meant(question, query, [first[i].stored.terms for i in places], snapshot, encode_words), strict=True):
        one = first[i]
        score = round(float(fuse(np.float64(one.dense), np.float64(one.lexical), share, ACROSS)), 9)
        first[i] = replace(one, score=score, coverage=float(share), by_meaning=True)
    first.sort(key=lambda one: (-one.phrases, -one.score, one.article_id, one.stored.start))
    return first + [replace(one, score=min(one.score, first[-1].score)) for one in others]


def _same_language(language: str, question: Question) -> bool:
    return language in STEMMERS and list_language(language) in question.spoken


def _ranks(values: Mapping[int, float], others: float) -> dict[int, int]:
    """Rank from 1 among all passages, by id: only where the value is above `others`, which bounds those that were not
    weighed, and above 0.  Equal values share a rank."""
    ids, found = np.array(list(values), np.int64), np.array(list(values.values()), np.float64)
    above = found > max(others, 0.0) + TIE
    ids, falling = ids[above], -np.round(found[above], 6)
    return dict(zip(ids.tolist(), (1 + np.searchsorted(np.sort(falling), falling)).tolist(), strict=True))


def _matched(question: Question, present: np.ndarray) -> tuple[str, ...]:
    """The words of the question in a passage: those that say something, or all if the question has none of these."""
    content = [i for i, weight in enumerate(question.weights) if weight == 1.0] or range(len(question.words))
    return tuple(question.words[i].written for i in content if present[i])
