"""A tiny embedding model that needs no file: a dimension for each word it knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

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
