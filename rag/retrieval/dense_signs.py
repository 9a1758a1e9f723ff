"""The signs of vectors: one bit a number tells which of a million are worth comparing with a question in full.

A bit says whether a number lies above its mean over the collection.  Of neighbours more bits agree than of strangers
(Charikar 2002, STOC, doi 10.1145/509907.509965), so the true neighbours are among the few hundred vectors of the fewest
differing bits, nearly always: docs/growth.md has the recall.  Scanning them takes a twentieth of the memory's time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import faiss

SIGNS_FROM = 50_000
"""Up to so many vectors comparing all of them in full takes no longer."""
LOOKED_AT = 1024
"""So many vectors, those with the fewest differing bits, are compared in full."""
BITS_MIN = 32
"""Fewer signs tell too little."""
WIDE_TO = 400_000
"""Up to so many vectors every number has its bit; of more vectors only BITS_OF_MANY, for which FAISS is twice as fast."""
BITS_OF_MANY = 256
MEAN_OF = 20_000
ROWS_AT_A_TIME = 65_536


def worth_it(vectors: np.ndarray) -> bool:
    """Are there so many vectors, of so many numbers, that signs save time and tell enough?"""
    return len(vectors) >= SIGNS_FROM and vectors.shape[1] >= BITS_MIN


class Signs:
    """The signs of `vectors`, float16 (n, dimension), in their order."""

    def __init__(self, vectors: np.ndarray, index: faiss.IndexBinaryFlat | None = None) -> None:
        import faiss

        self._bits = index.d if index is not None else _bits_for(*vectors.shape)
        self._mean = vectors[:: max(1, len(vectors) // MEAN_OF), : self._bits].mean(axis=0, dtype=np.float32)
        if index is None:
            index = faiss.IndexBinaryFlat(self._bits)
            for start in range(0, len(vectors), ROWS_AT_A_TIME):
                index.add(self._signs(vectors[start : start + ROWS_AT_A_TIME]))
        index.use_heap = False  # counting vectors by their distance takes half the time of a heap of a thousand
        self._index = index

    def nearest(self, query: np.ndarray, count: int) -> np.ndarray:
        """The places of the `count` vectors whose signs differ least from those of `query`, in rising order."""
        places = self._index.search(self._signs(query[None]), min(count, self._index.ntotal))[1][0]
        return np.sort(places)

    def save(self, path: Path) -> None:
        import faiss

        faiss.write_index_binary(self._index, str(path))

    @classmethod
    def load(cls, path: Path, vectors: np.ndarray) -> Signs | None:
        """The signs that were saved of these `vectors`; None if the file is not there or is of others."""
        import faiss

        try:
            index = faiss.read_index_binary(str(path))
        except RuntimeError:
            return None
        fits = isinstance(index, faiss.IndexBinaryFlat) and index.ntotal == len(vectors) and index.d <= vectors.shape[1]
        return cls(vectors, index) if fits else None

    def _signs(self, vectors: np.ndarray) -> np.ndarray:
        return np.packbits(vectors[:, : self._bits].astype(np.float32) > self._mean, axis=1)


def _bits_for(vectors: int, dimension: int) -> int:
    """Whole bytes of bits."""
    return (dimension if vectors <= WIDE_TO else min(dimension, BITS_OF_MANY)) // 8 * 8
