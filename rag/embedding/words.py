"""What single words mean to the bundled model: rows of its word table, in which a word and its translation lie together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding.weights import Weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

KEPT = 16_384
"""Words whose vectors are kept, 25 MB of them: the passages of a collection share most of theirs."""
SAMPLED = 4_096
"""Rows whose mean is taken away from every row: what all words have in common tells none from another."""


class WordVectors:
    """Words to unit vectors. Safe for many threads: what two of them find at once is found twice."""

    def __init__(self, tokenizer: Tokenizer, table: Weights) -> None:
        self._tokenizer, self._table = tokenizer, table
        self._common: np.ndarray | None = None
        self._known: dict[str, np.ndarray] = {}

    def encode(self, words: Sequence[str]) -> np.ndarray:
        """float32 (words, dimension): the mean of the rows of a word's pieces, of unit length; zeros for a word without pieces."""
        known = self._known
        new = [word for word in dict.fromkeys(words) if word not in known]
        if new:
            found = dict(zip(new, self._encoded(new), strict=True))
            self._known = (known | found) if len(known) + len(new) <= KEPT else {}
            known = known | found
        vectors = np.zeros((len(words), self._table.dimension), np.float32)
        for row, word in enumerate(words):
            vectors[row] = known[word]
        return vectors

    def _encoded(self, words: Sequence[str]) -> np.ndarray:
        if self._common is None:
            count = len(self._table.packed)
            self._common = self._table.rows(np.arange(0, count, max(1, count // SAMPLED))).mean(axis=0)
        pieces = [one.ids for one in self._tokenizer.encode_batch(list(words), add_special_tokens=False)]
        vectors = np.zeros((len(words), self._table.dimension), np.float32)
        owners = np.repeat(np.arange(len(words)), [len(ids) for ids in pieces])
        np.add.at(vectors, owners, self._table.rows(np.array([number for ids in pieces for number in ids], np.int64)) - self._common)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
