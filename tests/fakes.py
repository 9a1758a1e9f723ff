"""A tiny embedding model that needs no file: a dimension for each word it knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rag import Answer, Article, ArticleNotFound, Citation, Filters, Reason, Resolution, Searched, Sentence, Standing, Strength, Why
from rag.embedding import Document, Encoded

WORDS = ("beras", "harga", "hujan", "banjir", "rice", "price", "rain", "flood")
CONSTANT = 0.1
"""What every text has in its last dimension, so that no vector is zero."""


class WordCountEmbedder:
    """An Embedder whose vectors count `words`; `documents` counts the passages it was given."""

    def __init__(self, words: Sequence[str] = WORDS, name: str = "word-count") -> None:
        self.words, self.name, self.dimension = tuple(words), name, len(words) + 1
        self.documents: list[Document] = []

    def encode_query(self, question: str) -> np.ndarray:
        return self._vector(question)

    def encode_document(self, documents: Sequence[Document]) -> list[Encoded]:
        self.documents += documents
        return [Encoded(self._vector(f"{one.title} {one.text}"), self._sentences(one)) for one in documents]

    def _sentences(self, document: Document) -> np.ndarray:
        rows = [self._vector(document.text[span.start : span.end]) for span in document.sentences]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def _vector(self, text: str) -> np.ndarray:
        found = re.findall(r"\w+", text.casefold())
        vector = np.array([*(found.count(word) for word in self.words), CONSTANT], np.float32)
        return vector / np.linalg.norm(vector)


class TranslatingEmbedder(WordCountEmbedder):
    """One that also knows single words: of WORDS each Indonesian one means the English one half a list later."""

    def encode_words(self, words: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(words), len(self.words) // 2), np.float32)
        for row, word in enumerate(words):
            if word in self.words:
                vectors[row, self.words.index(word) % vectors.shape[1]] = 1
        return vectors


class ScriptedCollection:
    """What a conversation asks: it answers each question with the next of `spans`, (article id, start, end) each.

    `asked` holds what it was asked, with the filters.  Its citations match every word of the question.
    """

    def __init__(self, articles: Sequence[Article], *spans: Sequence[tuple[str, int, int]], languages: tuple[str, ...] = ("id",)) -> None:
        self.articles = {article.id: article for article in articles}
        self.spans, self.languages = list(spans), languages
        self.asked: list[tuple[str, Filters]] = []

    def ask(self, question: str, *, top_k: int, filters: Filters | None = None) -> Answer:
        self.asked.append((question, filters or Filters()))
        spans = self.spans.pop(0)[:top_k] if self.spans else ()
        citations = tuple(self._citation(number, question, *span) for number, span in enumerate(spans, 1))
        return Answer(question, Reason.ANSWERED if citations else Reason.NOTHING_CLOSE, citations, (), self.searched(), filters or Filters())

    def _citation(self, number: int, question: str, article_id: str, start: int, end: int) -> Citation:
        article = self.articles[article_id]
        text = article.text[start:end]
        why = Why(0.5, 0.5, 1, 1, tuple(re.findall(r"\w+", question)))
        return Citation(number, text, Sentence(text, start, end), article, start, end, 0.5, Strength.STRONG, why)

    def article(self, article_id: str) -> Article:
        if article_id not in self.articles:
            raise ArticleNotFound(article_id)
        return self.articles[article_id]

    def searched(self) -> Searched:
        return Searched(len(self.articles), len(self.articles), self.languages)

    def resolve(self, article_id: str, article_hash: str, start: int, end: int) -> Resolution:
        article = self.articles.get(article_id)
        if article is None:
            return Resolution(Standing.REMOVED)
        return Resolution(Standing.FOUND, article.text[start:end]) if article.hash == article_hash else Resolution(Standing.CHANGED)
