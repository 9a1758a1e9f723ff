"""The same agency report in five outlets is one passage with five sources."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SAME_SHARE = 0.8


def first_of_its_kind(terms: Sequence[bytes]) -> list[int]:
    """For each passage the index of the first one with the same text, its own if there is none before it.

    Two texts are the same when they share four fifths of their distinct words, by the Jaccard index |A and B| / |A or B|
    of their term numbers.  `terms` are blobs of rag/storage/terms.py.
    """
    same = _jaccard(terms) >= SAME_SHARE
    firsts: list[int] = []
    kinds = []
    for i in range(len(terms)):
        twin = next((j for j in firsts if same[i, j]), i)
        kinds.append(twin)
        if twin == i:
            firsts.append(i)
    return kinds


def _jaccard(terms: Sequence[bytes]) -> np.ndarray:
    """float64 (n, n); 0 where neither has a word."""
    numbers = [np.frombuffer(blob[: len(blob) // 6 * 4], np.uint32) for blob in terms]
    sizes = np.array([len(one) for one in numbers], np.int64)
    known, column = np.unique(np.concatenate([*numbers, np.zeros(0, np.uint32)]), return_inverse=True)
    # Each passage's terms are distinct, so the products of these rows count what two passages share; exact in float32.
    holds = np.zeros((len(terms), len(known)), np.float32)
    holds[np.repeat(np.arange(len(terms)), sizes), column] = 1
    shared = (holds @ holds.T).astype(np.float64)
    either = sizes[:, None] + sizes[None, :] - shared
    return np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
