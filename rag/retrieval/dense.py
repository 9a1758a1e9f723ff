"""The dense side: cosine search over vectors in FAISS, in pieces that never change.

Up to LISTS_FROM vectors a piece is flat, float16, and the search exact.  A larger file is in inverted lists
(dense_lists.py), and what came after it in flat pieces.  Adding to a FAISS index that is being searched crashes the
process.  So an addition makes a new piece, small pieces are merged into new ones, and a search works on the pieces and
the removals it found when it began.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.retrieval import dense_lists
from rag.retrieval.index import contained

if TYPE_CHECKING:
    import faiss

MERGE_RATIO = 4
"""A piece is merged with the one before it while that one is less than this many times larger."""
ROWS_AT_A_TIME = 65_536


@dataclass(frozen=True, slots=True)
class _Pieces:
    """One state of the index: the FAISS pieces, the sorted ids of each, and the ids among them that are removed, sorted."""

    indexes: tuple[faiss.Index, ...] = ()
    ids: tuple[np.ndarray, ...] = ()
    dead: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return sum(len(ids) for ids in self.ids) - len(self.dead)


class FaissIndex:
    """A VectorIndex; searching, adding and removing may go on in different threads.

    Time is bound by memory bandwidth: 2 * dimension bytes a vector of a flat piece.
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
        known = np.sort(np.concatenate(pieces.ids)) if pieces.ids else np.zeros(0, np.int64)
        return known[~contained(known, pieces.dead)]

    @property
    def lists(self) -> faiss.IndexIVF | None:
        """The inverted lists that it begins with, if it does."""
        indexes = self._pieces.indexes
        return indexes[0] if indexes and dense_lists.is_lists(indexes[0]) else None

    @property
    def error(self) -> float:
        """How far a cosine of `search` may lie from that of the vectors in float16."""
        return 1e-6 if self.lists is None else dense_lists.ERROR

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        if not len(ids):
            return
        with self._writing:
            pieces = self._pieces
            piece, piece_ids = _new_piece(self.dimension), np.array(ids, np.int64)
            piece.add_with_ids(np.ascontiguousarray(vectors, np.float32), piece_ids)
            piece_ids.sort()
            indexes, known, dead = list(pieces.indexes), list(pieces.ids), pieces.dead
            while indexes and len(known[-1]) < MERGE_RATIO * len(piece_ids) and not dense_lists.is_lists(indexes[-1]):
                piece, dead, gone = _merge(self.dimension, indexes.pop(), piece, dead)
                piece_ids = np.sort(np.concatenate([known.pop(), piece_ids]))
                piece_ids = piece_ids[~contained(piece_ids, gone)]
            self._pieces = _Pieces((*indexes, piece), (*known, piece_ids), dead)

    def remove(self, ids: Sequence[int]) -> None:
        with self._writing:
            pieces = self._pieces
            wanted = np.unique(np.asarray(ids, np.int64))
            present = [wanted[contained(wanted, known)] for known in pieces.ids]
            dead = np.union1d(pieces.dead, np.concatenate(present)) if present else pieces.dead
            self._pieces = _Pieces(pieces.indexes, pieces.ids, dead)

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        import faiss

        pieces = self._pieces
        selector = _selector(pieces.dead, allowed)
        row = np.ascontiguousarray(query, np.float32)[None]
        ids, cosines = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        faiss.omp_set_num_threads(1)  # one query is one thread's work; the others would only be waited for
        for index, known in zip(pieces.indexes, pieces.ids, strict=True):
            if dense_lists.is_lists(index):
                share = 1.0 if allowed is None else len(allowed) / max(len(known), 1)
                found_cosines, found = (part[0] for part in index.search(row, min(k, len(known)), params=dense_lists.probing(index, selector, share)))
            else:
                parameters = faiss.SearchParameters(sel=selector) if selector is not None else None
                found_cosines, found = _with_ties(index, row, min(k, len(known)), len(known), parameters)
            ids.append(found)
            cosines.append(found_cosines)
        all_ids, all_cosines = np.concatenate(ids), np.concatenate(cosines)
        order = np.lexsort((all_ids, -all_cosines))
        order = order[all_ids[order] >= 0][:k]
        return all_ids[order], all_cosines[order]

    def save(self, path: Path) -> None:
        """Write all live vectors as one flat FAISS file, `IDMap2,SQfp16`, which any FAISS can read."""
        import faiss

        pieces = self._pieces
        whole = _new_piece(self.dimension)
        for index in pieces.indexes:
            _copy(whole, index, pieces.dead)
        faiss.write_index(whole, str(path))

    @classmethod
    def load(cls, path: Path, dimension: int) -> FaissIndex:
        """The index of a file of either kind, mapped, not read.  Raises ValueError if it is none."""
        import faiss

        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise ValueError(f"{path.name} is not a FAISS index: {error}") from error
        if not isinstance(index, faiss.IndexIDMap2 | faiss.IndexIVFScalarQuantizer) or index.d != dimension:
            raise ValueError(f"{path.name} holds another kind of index.")
        ids = dense_lists.ids_of(index) if dense_lists.is_lists(index) else np.sort(faiss.vector_to_array(index.id_map))
        return cls(dimension, _Pieces((index,), (ids,)) if len(ids) else _Pieces())


def _with_ties(index: faiss.Index, row: np.ndarray, k: int, most: int, parameters: faiss.SearchParameters | None) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest and all that tie with the last of them: FAISS keeps any of those, the contract asks for the first by id."""
    wanted = min(k + 1, most)
    while True:
        cosines, ids = index.search(row, wanted, params=parameters)
        if wanted == most or cosines[0, -1] < cosines[0, k - 1] or ids[0, k - 1] < 0:  # -1: no more are allowed
            return cosines[0], ids[0]
        wanted = min(4 * wanted, most)


def _new_piece(dimension: int) -> faiss.IndexIDMap2:
    import faiss

    return faiss.IndexIDMap2(faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT))


def _merge(dimension: int, first: faiss.Index, second: faiss.Index, dead: np.ndarray) -> tuple[faiss.Index, np.ndarray, np.ndarray]:
    """Two flat pieces as one without their removed vectors, the removals that are still needed, and those that are done."""
    merged = _new_piece(dimension)
    gone = np.concatenate([_copy(merged, first, dead), _copy(merged, second, dead)])
    return merged, dead[~contained(dead, np.sort(gone))], np.sort(gone)


def _copy(target: faiss.Index, source: faiss.Index, dead: np.ndarray) -> np.ndarray:
    """Append the live vectors of the flat `source`; float16 to float32 and back loses nothing.  Returns the removed ids in it."""
    import faiss

    inner, ids = faiss.downcast_index(source.index), faiss.vector_to_array(source.id_map)
    live = ~contained(ids, dead)
    for start in range(0, len(ids), ROWS_AT_A_TIME):
        part = slice(start, start + ROWS_AT_A_TIME)
        if live[part].any():
            target.add_with_ids(np.ascontiguousarray(inner.reconstruct_n(start, len(ids[part]))[live[part]]), np.ascontiguousarray(ids[part][live[part]]))
    return ids[~live]


def _selector(dead: np.ndarray, allowed: np.ndarray | None) -> faiss.IDSelector | None:
    import faiss

    if allowed is not None:
        # A bit for each id: a set of half a million takes longer to make than to search with.
        chosen = np.zeros(1 + max(np.max(allowed, initial=0), np.max(dead, initial=0)), bool)
        chosen[allowed] = True
        chosen[dead] = False
        return faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))
    return faiss.IDSelectorNot(faiss.IDSelectorBatch(dead)) if len(dead) else None
