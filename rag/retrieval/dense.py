"""The dense side: cosine search over vectors in FAISS, in pieces that never change.

Adding to a FAISS index that is being searched crashes the process.  So an addition makes a new piece, small pieces are
merged into new ones, and a search works on the pieces and the removals it found when it began.  In a large piece only
the vectors that the signs point to are compared (dense_signs.py).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rag.retrieval.dense_files import load_piece, save_vectors
from rag.retrieval.dense_piece import Piece, make_piece, merged
from rag.retrieval.index import contained

MERGE_RATIO = 4
"""A piece is merged with the one before it while that one is less than this many times larger."""


@dataclass(frozen=True, slots=True)
class _Pieces:
    """One state of the index: its pieces, and the ids among them that are removed, sorted."""

    all: tuple[Piece, ...] = ()
    dead: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return sum(len(piece.ids) for piece in self.all) - len(self.dead)


class FaissIndex:
    """A VectorIndex; searching, adding and removing may go on in different threads.

    Time is bound by memory bandwidth: 2 * dimension bytes a vector of a small piece, dimension / 12 of a large one.
    """

    def __init__(self, dimension: int, pieces: _Pieces | None = None) -> None:
        self.dimension = dimension
        self._pieces = pieces or _Pieces()
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return len(self._pieces)

    def frozen(self) -> FaissIndex:
        """This index as it is now; later changes to either do not show in the other."""
        return FaissIndex(self.dimension, self._pieces)

    @property
    def ids(self) -> np.ndarray:
        """The ids that are in the index, sorted."""
        pieces = self._pieces
        known = np.sort(np.concatenate([np.zeros(0, np.int64), *(piece.ids for piece in pieces.all)]))
        return known[~contained(known, pieces.dead)]

    @property
    def has_signs(self) -> bool:
        return any(piece.signs is not None for piece in self._pieces.all)

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        if not len(ids):
            return
        with self._writing:
            pieces, last, dead = list(self._pieces.all), make_piece(np.asarray(ids), vectors), self._pieces.dead
            smaller = [last]
            while pieces and len(pieces[-1].ids) < MERGE_RATIO * sum(len(piece.ids) for piece in smaller):
                smaller.insert(0, pieces.pop())
            if len(smaller) > 1:
                last, dead = merged(smaller, dead)
            self._pieces = _Pieces((*pieces, last), dead)

    def remove(self, ids: Sequence[int]) -> None:
        with self._writing:
            pieces = self._pieces
            wanted = np.unique(np.asarray(ids, np.int64))
            present = [wanted[contained(wanted, piece.ids)] for piece in pieces.all]
            self._pieces = _Pieces(pieces.all, np.union1d(pieces.dead, np.concatenate(present)) if present else pieces.dead)

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        import faiss

        pieces = self._pieces
        faiss.omp_set_num_threads(1)  # one query is one thread's work; the others would only be waited for
        found = [piece.search(query, k, pieces.dead, allowed) for piece in pieces.all]
        ids = np.concatenate([np.zeros(0, np.int64), *(part for part, _ in found)])
        cosines = np.concatenate([np.zeros(0, np.float32), *(part for _, part in found)])
        order = np.lexsort((ids, -cosines))
        order = order[ids[order] >= 0][:k]
        return ids[order], cosines[order]

    def cosines(self, query: np.ndarray, ids: np.ndarray) -> np.ndarray:
        found = np.full(len(ids), -1.0, np.float32)
        for piece in self._pieces.all:
            here, cosines = piece.cosines(ids, query)
            found[here] = cosines
        return found

    def save(self, path: Path) -> None:
        """Write all live vectors; see `save_vectors`."""
        pieces = self._pieces
        whole = merged(pieces.all, pieces.dead)[0] if pieces.all else None
        save_vectors(path, self.dimension, len(whole.ids) if whole else 0, [(whole.ids, whole.vectors)] if whole else [])

    @classmethod
    def load(cls, path: Path, dimension: int) -> FaissIndex:
        """The index of a file written by `save`, mapped, not read.  Raises ValueError if it is not one."""
        piece = load_piece(path, dimension)
        return cls(dimension, _Pieces((piece,)) if len(piece.ids) else None)
