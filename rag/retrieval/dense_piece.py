"""A piece of the dense side that never changes: unit vectors in float16, by rising id, as FAISS keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.retrieval import dense_signs
from rag.retrieval.dense_signs import Signs
from rag.retrieval.index import contained

if TYPE_CHECKING:
    import faiss

WIDE_SHARE = 0.1
"""A filter that lets at least this share through is applied to what the signs find, a narrower one to all vectors."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`index` numbers the rows of `vectors`, a view of its own memory, float16 (n, dimension), by `ids`, which rise."""

    index: faiss.IndexIDMap
    ids: np.ndarray
    vectors: np.ndarray
    signs: Signs | None

    def search(self, query: np.ndarray, k: int, dead: np.ndarray, allowed: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """(ids, cosines) of the `k` nearest that are not `dead` and are among `allowed`, if given, and of those that tie."""
        share = 1.0 if allowed is None else len(allowed) / len(self.ids)
        if self.signs is None or share < WIDE_SHARE:
            return _with_ties(self.index, query, min(k, len(self.ids)), len(self.ids), _selector(dead, allowed))
        places = self.signs.nearest(query, round((max(dense_signs.LOOKED_AT, 4 * k) + min(len(dead), k)) / share))
        ids = self.ids[places]
        live = ~contained(ids, dead) if allowed is None else ~contained(ids, dead) & contained(ids, allowed)
        places, cosines = self._nearest(places[live], query, k)
        return self.ids[places], cosines

    def cosines(self, ids: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(which of `ids` are here, bool, and the cosines of these)."""
        if not len(self.ids):
            return np.zeros(len(ids), bool), np.zeros(0, np.float32)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        here = self.ids[places] == ids
        return here, self.vectors[places[here]].astype(np.float32) @ query

    def _nearest(self, places: np.ndarray, query: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` best of the rows `places`, best first, and their cosines, by the same arithmetic as a search of the whole."""
        if not len(places):
            return places, np.zeros(0, np.float32)
        few = quantizer(self.vectors.shape[1])
        few.add_sa_codes(self.vectors[places].view(np.uint8))
        cosines, order = few.search(np.ascontiguousarray(query, np.float32)[None], min(k, len(places)))
        return places[order[0]], cosines[0]


def make_piece(ids: np.ndarray, vectors: np.ndarray) -> Piece:
    """A piece of unit vectors, (n, dimension), in memory; float16 are kept bit by bit."""
    import faiss

    ids, inner = np.asarray(ids, np.int64), quantizer(vectors.shape[1])
    if (np.diff(ids) < 0).any():
        order = np.argsort(ids, kind="stable")
        ids, vectors = ids[order], vectors[order]
    index = faiss.IndexIDMap(inner)
    inner.add_sa_codes(np.ascontiguousarray(vectors, np.float16).view(np.uint8))
    index.ntotal = len(ids)
    faiss.copy_array_to_vector(ids, index.id_map)
    rows = rows_of(index)
    return Piece(index, ids, rows, Signs(rows) if dense_signs.worth_it(rows) else None)


def merged(pieces: Sequence[Piece], dead: np.ndarray) -> tuple[Piece, np.ndarray]:
    """Pieces as one without their removed vectors, and the removals that were in none of them."""
    ids, rows = np.concatenate([piece.ids for piece in pieces]), np.concatenate([piece.vectors for piece in pieces])
    gone = contained(ids, dead)
    if not gone.any():
        return make_piece(ids, rows), dead
    return make_piece(ids[~gone], rows[~gone]), dead[~contained(dead, np.sort(ids[gone]))]


def rows_of(index: faiss.IndexIDMap) -> np.ndarray:
    """The vectors of an index as they lie in its memory or in its mapped file, float16 (n, dimension)."""
    import faiss

    inner = faiss.downcast_index(index.index)
    if not inner.ntotal:
        return np.zeros((0, index.d), np.float16)
    flat = faiss.rev_swig_ptr(inner.codes.data(), inner.ntotal * inner.code_size)
    return flat.view(np.float16).reshape(inner.ntotal, index.d)


def quantizer(dimension: int) -> faiss.IndexScalarQuantizer:
    """An empty index of such vectors."""
    import faiss

    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _with_ties(index: faiss.Index, query: np.ndarray, k: int, most: int, selector: faiss.IDSelector | None) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest and all that tie with the last of them: FAISS keeps any of those, the contract asks for the first by id."""
    import faiss

    parameters = faiss.SearchParameters(sel=selector) if selector is not None else None
    row, wanted = np.ascontiguousarray(query, np.float32)[None], min(k + 1, most)
    while True:
        cosines, ids = index.search(row, wanted, params=parameters)
        if wanted == most or cosines[0, -1] < cosines[0, k - 1] or ids[0, k - 1] < 0:  # -1: no more are allowed
            return ids[0], cosines[0]
        wanted = min(4 * wanted, most)


def _selector(dead: np.ndarray, allowed: np.ndarray | None) -> faiss.IDSelector | None:
    import faiss

    if allowed is not None:
        # A bit for each id: a set of half a million takes longer to make than to search with.
        chosen = np.zeros(1 + max(np.max(allowed, initial=0), np.max(dead, initial=0)), bool)
        chosen[allowed] = True
        chosen[dead] = False
        return faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))
    return faiss.IDSelectorNot(faiss.IDSelectorBatch(dead)) if len(dead) else None
