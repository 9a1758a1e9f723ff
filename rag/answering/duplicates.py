"""The same agency report in five outlets is one passage with five sources."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SAME_SHARE = 0.8


def same_text(terms: bytes, other: bytes) -> bool:
    """Do two passages share four fifths of their distinct words?  `terms` are blobs of rag/storage/terms.py.

    Jaccard index |A and B| / |A or B| of their term numbers.
    """
    first, second = _numbers(terms), _numbers(other)
    if min(len(first), len(second)) < SAME_SHARE * max(len(first), len(second)):
        return False
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared >= SAME_SHARE * (len(first) + len(second) - shared)


def first_of_its_kind(terms: Sequence[bytes]) -> list[int]:
    """For each passage the index of the first one with the same text, its own if there is none before it."""
    kinds: list[int] = []
    firsts: list[int] = []
    for i, blob in enumerate(terms):
        twin = next((j for j in firsts if same_text(blob, terms[j])), i)
        kinds.append(twin)
        if twin == i:
            firsts.append(i)
    return kinds


def _numbers(terms: bytes) -> np.ndarray:
    return np.frombuffer(terms[: len(terms) // 6 * 4], np.uint32)
