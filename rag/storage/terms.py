"""The words of a passage as numbers: what BM25 needs of a candidate, without reading and analysing its text again.

A blob holds n records: n term ids (uint32), then n counts (uint16).  A count is the number of times the term stands
in the passage; its top bit says that it also stands in the title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

TERM_BYTES = 6
TITLE_BIT = 0x8000
COUNT_MAX = 0x7FFF


def pack_terms(counts: Mapping[int, int], title: frozenset[int]) -> bytes:
    """The blob of a passage with `counts` by term id, whose article has the terms `title` in its title."""
    ids = sorted(set(counts) | title)
    values = [min(counts.get(i, 0), COUNT_MAX) | (TITLE_BIT if i in title else 0) for i in ids]
    return np.array(ids, np.uint32).tobytes() + np.array(values, np.uint16).tobytes()


def unpack_terms(blobs: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(row, term id, count in the passage, 1 if in the title) of every record of every blob, as flat arrays."""
    sizes = np.array([len(blob) // TERM_BYTES for blob in blobs], np.int64)
    ids = np.frombuffer(b"".join(blob[: 4 * n] for blob, n in zip(blobs, sizes, strict=True)), np.uint32)
    values = np.frombuffer(b"".join(blob[4 * n :] for blob, n in zip(blobs, sizes, strict=True)), np.uint16)
    return np.repeat(np.arange(len(blobs)), sizes), ids, values & COUNT_MAX, (values >= TITLE_BIT).astype(np.uint16)


def count_terms(*terms: Sequence[str]) -> Counter[str]:
    """How often each term, exact, stem or name, stands in a passage."""
    return Counter(chain(*terms))
