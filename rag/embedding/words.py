"""What single words mean to the bundled model: rows of its word table, in which a word and its translation lie together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import regex

from rag.embedding.weights import Weights
from rag.text.words import without_marks

if TYPE_CHECKING:
    from tokenizers import Tokenizer

KEPT = 16_384
"""Words whose vectors are kept, 25 MB of them: the passages of a collection share most of theirs."""
SAMPLED = 4_096
"""Rows whose mean is taken away from every row: what all words have in common tells none from another."""
FEW_PIECES, LETTERS_A_PIECE = 2, 1.5
"""A word of more pieces, with less letters for each, is spelled and not known."""
_ARABIC = regex.compile(r"\p{Arabic}")
_HAMZA = regex.compile("[\u0622-\u0626]")


class WordVectors:
    """Words, as the lexical side has them, to unit vectors. Safe for many threads: what two of them find at once is found twice."""

    def __init__(self, tokenizer: Tokenizer, table: Weights) -> None:
        self._tokenizer, self._table = tokenizer, table
        self._unknown = tokenizer.token_to_id("[UNK]")
        self._known: dict[str, np.ndarray] = {}

    def encode(self, words: Sequence[str]) -> np.ndarray:
        """float32 (words, dimension): the mean of the rows of a word's pieces, of unit length; zeros for a word that it does not
        know: one without pieces, or cut into letters, as those of a language that was not trained are."""
        known = self._known
        new = [word for word in dict.fromkeys(words) if word not in known]
        if new:
            found = dict(zip(new, self._encoded(new), strict=True))
            self._known = next((kept for kept in (known | found, found) if len(kept) <= KEPT), {})
            known = known | found
        vectors = np.zeros((len(words), self._table.dimension), np.float32)
        for row, word in enumerate(words):
            vectors[row] = known[word]
        return vectors

    def _encoded(self, words: Sequence[str]) -> np.ndarray:
        pieces = [self._pieces(word) for word in words]
        vectors = np.zeros((len(words), self._table.dimension), np.float32)
        owners = np.repeat(np.arange(len(words)), [len(ids) for ids in pieces])
        np.add.at(vectors, owners, self._table.rows(np.array([number for ids in pieces for number in ids], np.int64)) - self._common)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def _pieces(self, word: str) -> list[int]:
        if _ARABIC.search(word):
            whole = self._with_hamza.get(self._tokenizer.normalizer.normalize_str(word))
            if whole is not None:
                return [whole]
        ids = [number for number in self._tokenizer.encode(word, add_special_tokens=False).ids if number != self._unknown]
        return ids if len(ids) <= FEW_PIECES or len(word) >= LETTERS_A_PIECE * len(ids) else []

    @cached_property
    def _common(self) -> np.ndarray:
        count = len(self._table.packed)
        return self._table.rows(np.arange(0, count, max(1, count // SAMPLED))).mean(axis=0)

    @cached_property
    def _with_hamza(self) -> dict[str, int]:
        """Rows of the Arabic pieces with hamza or madda by how the lexical side writes them, without; none where that is a piece, too."""
        pieces = self._tokenizer.get_vocab()
        bare = {without_marks(piece): row for piece, row in pieces.items() if _HAMZA.search(piece)}
        return {piece: row for piece, row in bare.items() if piece not in pieces}
