"""The sentence of a quote that answers best, chosen without running the model again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rag.retrieval.bm25 import QueryWord
from rag.retrieval.meaning import EncodeWords, alikeness_of, share_meant
from rag.retrieval.question import Question
from rag.storage.records import StoredSentences
from rag.text.words import piece_terms, pieces, words
from rag.types import Span

COSINE_WEIGHT = 0.5


def best_sentence(text: str, passages: Sequence[StoredSentences], coverage: Coverage | CoverageByMeaning, vector: np.ndarray) -> Span | None:
    """The sentence of `passages`, all of them of the article `text`, with the best mix of meaning and words.

    score = COSINE_WEIGHT * cosine of question and sentence (the mean of its token vectors in its passage)
            + (1 - COSINE_WEIGHT) * its `coverage` of the question; the first one wins a tie.
    """
    best, best_score = None, -np.inf
    for stored in passages:
        cosines = _cosines(stored.vectors, vector, len(stored.spans))
        for span, cosine in zip(stored.spans, cosines, strict=True):
            score = COSINE_WEIGHT * cosine + (1 - COSINE_WEIGHT) * coverage.of(text[span.start : span.end])
            if score > best_score + 1e-9:
                best, best_score = span, score
    return best


class Coverage:
    """The share of a question's weighted idf whose words, in any form, stand in a text; each word is looked at once."""

    def __init__(self, question: Question, query: Sequence[QueryWord], languages: Sequence[str]) -> None:
        self._languages = tuple(languages)
        self._asks = [weighed.weight * weighed.idf for weighed in query]
        self._possible = sum(self._asks)
        self._holds: dict[str, set[int]] = {}
        for i, word in enumerate(question.words):
            for term in word.terms:
                self._holds.setdefault(term, set()).add(i)
        self._held: dict[str, frozenset[int]] = {}

    def of(self, text: str) -> float:
        return sum(self._asks[i] for i in sorted(self.held(text))) / self._possible if self._possible else 0.0

    def held(self, text: str) -> set[int]:
        """The places of the question's words that stand there."""
        held: set[int] = set()
        for piece in pieces(text):
            if piece not in self._held:
                self._held[piece] = frozenset(i for term in piece_terms(piece, self._languages) for i in self._holds.get(term, ()))
            held |= self._held[piece]
        return held


class CoverageByMeaning:
    """The same for a text in another language, as rag/retrieval/meaning.py has it; `held` tells which words stand there."""

    def __init__(self, question: Question, query: Sequence[QueryWord], encode_words: EncodeWords, held: Callable[[str], set[int]]) -> None:
        self._question, self._query, self._encode_words, self._held = question, query, encode_words, held

    def of(self, text: str) -> float:
        there = list(dict.fromkeys(word.exact for word in words(text)))
        return share_meant(self._query, alikeness_of(there, self._question, self._encode_words), self._held(text))


def _cosines(vectors: np.ndarray, vector: np.ndarray, count: int) -> np.ndarray:
    """float32 (count,); zeros where the model gave no sentence vectors."""
    if len(vectors) != count:
        return np.zeros(count, np.float32)
    wide = vectors.astype(np.float32)
    return (wide @ vector) / np.maximum(np.linalg.norm(wide, axis=1), 1e-9)
