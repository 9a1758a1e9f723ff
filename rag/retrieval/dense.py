"""The dense side: exact cosine search over float16 vectors in FAISS, in pieces that never change.

Adding to a FAISS index that is being searched crashes the process.  So an addition makes a new piece, small pieces
are merged into new ones, and a search works on the pieces and the removals it found when it began.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import faiss

MERGE_RATIO = 4
"""A piece is merged with the one before it while that one is less than this many times larger."""
ROWS_AT_A_TIME = 65_536


@dataclass(frozen=True, slots=True)
class _Pieces:
    """One state of the index: the FAISS pieces, their ids, and the ids among them that are removed, sorted."""

    indexes: tuple[faiss.Index, ...] = ()
    ids: tuple[np.ndarray, ...] = ()
    dead: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return sum(len(ids) for ids in self.ids) - len(self.dead)


class FaissIndex:
    """A VectorIndex of flat float16 pieces; searching, adding and removing may go on in different threads.

    Time is bound by memory bandwidth: 2 * dimension bytes a vector.
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
        return np.setdiff1d(known, pieces.dead, assume_unique=True)

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        if not len(ids):
            return
        with self._writing:
            pieces = self._pieces
            piece, piece_ids = _new_piece(self.dimension), np.array(ids, np.int64)
            piece.add_with_ids(np.ascontiguousarray(vectors, np.float32), piece_ids)
            indexes, known, dead = list(pieces.indexes), list(pieces.ids), pieces.dead
            while indexes and len(known[-1]) < MERGE_RATIO * len(piece_ids):
                piece, piece_ids, dead = _merge(self.dimension, indexes.pop(), known.pop(), piece, piece_ids, dead)
            self._pieces = _Pieces((*indexes, piece), (*known, piece_ids), dead)

    def remove(self, ids: Sequence[int]) -> None:
        with self._writing:
            pieces = self._pieces
            wanted = np.unique(np.asarray(ids, np.int64))
            present = [np.intersect1d(wanted, known) for known in pieces.ids]
            dead = np.union1d(pieces.dead, np.concatenate(present)) if present else pieces.dead
            self._pieces = _Pieces(pieces.indexes, pieces.ids, dead)

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        import faiss

        pieces = self._pieces
        selector = _selector(pieces.dead, allowed)
        parameters = faiss.SearchParameters(sel=selector) if selector is not None else None
        row = np.ascontiguousarray(query, np.float32)[None]
        ids, cosines = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        faiss.omp_set_num_threads(1)  # one query is one thread's work; the others would only be waited for
        for index, known in zip(pieces.indexes, pieces.ids, strict=True):
            found_cosines, found = _with_ties(index, row, min(k, len(known)), len(known), parameters)
            ids.append(found)
            cosines.append(found_cosines)
        all_ids, all_cosines = np.concatenate(ids), np.concatenate(cosines)
        order = np.lexsort((all_ids, -all_cosines))
        order = order[all_ids[order] >= 0][:k]
        return all_ids[order], all_cosines[order]

    def save(self, path: Path) -> None:
        """Write all live vectors as one FAISS file, `IDMap2,SQfp16`, which any FAISS can read."""
        import faiss

        pieces = self._pieces
        whole = _new_piece(self.dimension)
        for index, known in zip(pieces.indexes, pieces.ids, strict=True):
            _copy(whole, index, known, pieces.dead)
        faiss.write_index(whole, str(path))

    @classmethod
    def load(cls, path: Path, dimension: int) -> FaissIndex:
        """The index of a file written by `save`, mapped, not read.  Raises ValueError if it is not one."""
        import faiss

        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise ValueError(f"{path.name} is not a FAISS index: {error}") from error
        if not isinstance(index, faiss.IndexIDMap2) or index.d != dimension:
            raise ValueError(f"{path.name} holds another kind of index.")
        ids = faiss.vector_to_array(index.id_map).copy()
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


def _merge(
    dimension: int, first: faiss.Index, first_ids: np.ndarray, second: faiss.Index, second_ids: np.ndarray, dead: np.ndarray
) -> tuple[faiss.Index, np.ndarray, np.ndarray]:
    """Two pieces as one without their removed vectors, its ids, and the removals that are still needed."""
    import faiss

    merged = _new_piece(dimension)
    _copy(merged, first, first_ids, dead)
    _copy(merged, second, second_ids, dead)
    gone = np.intersect1d(dead, np.concatenate([first_ids, second_ids]))
    return merged, faiss.vector_to_array(merged.id_map).copy(), np.setdiff1d(dead, gone)


def _copy(target: faiss.Index, source: faiss.Index, ids: np.ndarray, dead: np.ndarray) -> None:
    """Append the live vectors of `source`; float16 to float32 and back loses nothing."""
    import faiss

    inner = faiss.downcast_index(source.index)
    for start in range(0, len(ids), ROWS_AT_A_TIME):
        part = ids[start : start + ROWS_AT_A_TIME]
        live = ~np.isin(part, dead)
        if live.any():
            target.add_with_ids(np.ascontiguousarray(inner.reconstruct_n(start, len(part))[live]), np.ascontiguousarray(part[live]))


def _selector(dead: np.ndarray, allowed: np.ndarray | None) -> faiss.IDSelector | None:
    import faiss

    if allowed is not None:
        # A bit for each id: a set of half a million takes longer to make than to search with.
        chosen = np.zeros(1 + max(np.max(allowed, initial=0), np.max(dead, initial=0)), bool)
        chosen[allowed] = True
        chosen[dead] = False
        return faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))
    return faiss.IDSelectorNot(faiss.IDSelectorBatch(dead)) if len(dead) else None
