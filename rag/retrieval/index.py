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

    def cosines(self, query: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """The cosine of each of the sorted `ids`, float32; -1 for one that is not there."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class LexicalDocument:
    """The terms of one passage: exact forms in order, stems in order, and both of its article's title."""

    exact: Sequence[str]
    stems: Sequence[str]
    title: Sequence[str] = ()


class LexicalSearch(Protocol):
    """What a question asks of the lexical side."""

    def search(
        self, terms: Mapping[str, float], k: int, groups: Sequence[tuple[Sequence[str], float]] = (), allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(ids, scores) of the `k` best passages that hold one of `terms`, each counted with its weight, best first.

        A passage gains the weight of each of `groups` once if it, or its title, holds any term of the group.  Only
        passages with ids `allowed`, which are sorted, are found, if given.
        """
        ...

    def phrase(self, words: Sequence[str], k: int) -> list[int]:
        """Rows of up to `k` articles in which the exact terms `words` stand one after the other."""
        ...

    @property
    def average(self) -> float:
        """The average length that scores are computed with; it may lag behind what was removed.  At least 1."""
        ...


class LexicalIndex(LexicalSearch, Protocol):
    """Terms of passages by id, and whole articles by row for phrases.  Changes are visible after `commit`, and durable
    where the index has a folder.

    A term scores tf / (tf + K1 * (1 - B + B * length / average)) among a passage's exact forms or stems: the saturation
    of BM25 (Robertson and Zaragoza 2009).  A passage scores the sum over terms, and TITLE_WEIGHT more for each that
    stands in the title, each times the weight asked for.  The idf is in the weights that the caller gives, for only
    the truth counts without those that were removed.
    """

    def add(self, ids: Sequence[int], documents: Sequence[LexicalDocument]) -> None: ...

    def add_articles(self, rows: Sequence[int], words: Sequence[Sequence[str]], lengths: Sequence[int]) -> None:
        """The exact terms of whole articles, in order, so that a phrase is found wherever it stands.

        An article counts in the average length like one more passage, of the length given.
        """
        ...

    def remove(self, numbers: Sequence[int]) -> None:
        """Forget passages by id, and articles by minus their row."""
        ...

    def commit(self) -> None: ...

    def __len__(self) -> int:
        """Passages and articles together."""
        ...


def contained(ids: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Which of `ids` are among the sorted ids `allowed`: bool, of the shape of `ids`."""
    places = np.minimum(np.searchsorted(allowed, ids), max(len(allowed) - 1, 0))
    return allowed[places] == ids if len(allowed) else np.zeros(len(ids), bool)


K1 = 1.2
B = 0.75
"""The constants of Lucene, which no engine built on its formula lets one change."""


TITLE_WEIGHT = 0.2
"""What a word gains where it stands in the title, against 1 for a word that the passage repeats without end."""
