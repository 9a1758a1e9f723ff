"""The two seams of retrieval; every implementation passes the same contract test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np


class VectorIndex(Protocol):
    """Unit vectors by id, searched by cosine.  Ids are int64, vectors float32 (n, dimension)."""

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None: ...

    def remove(self, ids: Sequence[int]) -> None:
        """Forget these ids; unknown ones are ignored."""
        ...

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(ids, cosines) of the `k` nearest, best first, ties by id; only among the ids `allowed`, if given."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class LexicalDocument:
    """The terms of one passage: exact forms in order, stems in order, and both of its article's title."""

    exact: Sequence[str]
    stems: Sequence[str]
    title: Sequence[str] = ()


class LexicalIndex(Protocol):
    """Terms of passages by id, and whole articles by row for phrases.  Changes are visible after `commit`, and durable
    where the index has a folder.

    A term's score in a field is tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / average length)) with k1 = 1.2 and
    b = 0.75: the saturation of BM25 (Robertson and Zaragoza 2009; Lucene's constants).  A passage scores the sum over
    terms and fields, each times the weight asked for, the title's times TITLE_WEIGHT.  The idf is in the weights that
    the caller gives, for only the truth counts without those that were removed.
    """

    def add(self, ids: Sequence[int], documents: Sequence[LexicalDocument]) -> None: ...

    def add_articles(self, rows: Sequence[int], words: Sequence[Sequence[str]]) -> None:
        """The exact terms of whole articles, in order, so that a phrase is found wherever it stands."""
        ...

    def remove(self, numbers: Sequence[int]) -> None:
        """Forget passages by id, and articles by minus their row."""
        ...

    def commit(self) -> None: ...

    def search(self, terms: Mapping[str, float], k: int) -> tuple[np.ndarray, np.ndarray]:
        """(ids, scores) of the `k` best passages that hold one of `terms`, each counted with its weight, best first."""
        ...

    def phrase(self, words: Sequence[str], k: int) -> list[int]:
        """Rows of up to `k` articles in which the exact terms `words` stand one after the other."""
        ...

    def __len__(self) -> int:
        """Passages and articles together."""
        ...


TITLE_WEIGHT = 0.3
"""How much a word of the title counts against a word of the passage."""
