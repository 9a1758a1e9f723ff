"""Vectors in inverted lists: of a million only those near the question are compared, some four in a hundred.

k-means centroids divide the space; a vector lies in the list of its nearest centroid as 8-bit numbers, and a search
looks through the `PROBES` nearest lists (Jégou et al. 2011, IEEE TPAMI 33:117).  So a search may miss a neighbour that
lies in a list farther off: docs/scale.md has the recall.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import faiss

LISTS_FROM = 200_000
"""From so many vectors on, comparing a question with all of them takes longer than all the rest of an answer."""
PROBES = 96
ERROR = 0.01
"""How far a cosine of 8-bit numbers lies from the true one; measured: some 0.003 at most."""
TRAINED_ON = 50
"""Vectors a list that the centroids are learned from."""
TRAINING_ROUNDS = 8


def lists_for(vectors: int) -> int:
    """A power of two near twice the square root, which makes finding the lists and looking through them cost alike."""
    return 2 ** round(math.log2(2 * math.sqrt(vectors)))


def is_lists(index: faiss.Index) -> bool:
    import faiss

    return isinstance(index, faiss.IndexIVF)


def learn(dimension: int, vectors: int, sample: Callable[[int], np.ndarray]) -> faiss.IndexIVF:
    """An empty index for so many vectors; `sample(n)` gives about n of them, float32 (n, dimension)."""
    import faiss

    count = lists_for(vectors)
    index = faiss.index_factory(dimension, f"IVF{count},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.cp.niter, index.cp.seed, index.cp.min_points_per_centroid = TRAINING_ROUNDS, 1, 1
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    index.train(np.ascontiguousarray(sample(TRAINED_ON * count), np.float32))
    return index


def emptied(index: faiss.IndexIVF) -> faiss.IndexIVF:
    """A new index with the centroids and the number ranges of `index`, and nothing in it."""
    import faiss

    fresh = faiss.index_factory(index.d, f"IVF{index.nlist},SQ8", faiss.METRIC_INNER_PRODUCT)
    fresh.quantizer.add(index.quantizer.reconstruct_n(0, index.nlist))
    fresh.sq.trained = faiss.downcast_index(index).sq.trained
    fresh.is_trained = True
    return fresh


def fill(index: faiss.IndexIVF, batches: Iterable[tuple[np.ndarray, np.ndarray]]) -> None:
    """Add (ids, vectors) batch by batch."""
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    for ids, vectors in batches:
        index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.ascontiguousarray(ids, np.int64))


def ids_of(index: faiss.IndexIVF) -> np.ndarray:
    """All ids in the lists, sorted, int64."""
    import faiss

    lists = index.invlists
    parts = [faiss.rev_swig_ptr(lists.get_ids(i), lists.list_size(i)) for i in range(index.nlist) if lists.list_size(i)]
    return np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)


def probing(index: faiss.IndexIVF, selector: faiss.IDSelector | None, share: float) -> faiss.SearchParametersIVF:
    """How `index` is searched if this `share` of its vectors may be found: the fewer, the more lists are looked through."""
    import faiss

    return faiss.SearchParametersIVF(sel=selector, nprobe=min(index.nlist, math.ceil(PROBES / max(share, 1e-6))))
