"""Both indexes by definition, in NumPy and Python: slow, obvious, and the oracle of the tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from rag.retrieval.index import K1, TITLE_WEIGHT, B, LexicalDocument
from rag.text.words import STEM_MARK


class BruteForceVectors:
    """A VectorIndex that multiplies the query with every vector."""

    def __init__(self, dimension: int) -> None:
        self._vectors: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self._vectors)

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        self._vectors.update(zip((int(i) for i in ids), np.asarray(vectors, np.float32), strict=True))

    def remove(self, ids: Sequence[int]) -> None:
        for number in ids:
            self._vectors.pop(int(number), None)

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        wanted = set(self._vectors) if allowed is None else set(self._vectors) & {int(i) for i in allowed}
        ranked = sorted((-float(self._vectors[i] @ query), i) for i in wanted)[:k]
        return np.array([i for _, i in ranked], np.int64), np.array([-score for score, _ in ranked], np.float32)

    def cosines(self, query: np.ndarray, ids: np.ndarray) -> np.ndarray:
        return np.array([float(self._vectors[int(i)] @ query) if int(i) in self._vectors else -1.0 for i in ids], np.float32)


class BruteForceWords:
    """A LexicalIndex that scores every passage by the formula of the protocol."""

    def __init__(self) -> None:
        self._passages: dict[int, LexicalDocument] = {}
        self._articles: dict[int, tuple[list[str], int]] = {}
        self._changes: list[tuple[int, LexicalDocument | tuple[list[str], int] | None]] = []

    def __len__(self) -> int:
        return len(self._passages) + len(self._articles)

    def add(self, ids: Sequence[int], documents: Sequence[LexicalDocument]) -> None:
        self._changes += zip((int(i) for i in ids), documents, strict=True)

    def add_articles(self, rows: Sequence[int], words: Sequence[Sequence[str]], lengths: Sequence[int]) -> None:
        self._changes += [(-int(row), (list(terms), length)) for row, terms, length in zip(rows, words, lengths, strict=True)]

    def remove(self, numbers: Sequence[int]) -> None:
        self._changes += [(int(number), None) for number in numbers]

    def commit(self) -> None:
        for number, value in self._changes:
            if value is None:
                self._passages.pop(number, None)
                self._articles.pop(-number, None)
            elif isinstance(value, LexicalDocument):
                self._passages[number] = value
            else:
                self._articles[-number] = value
        self._changes = []

    def search(
        self, terms: Mapping[str, float], k: int, groups: Sequence[tuple[Sequence[str], float]] = (), allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        scores: Counter[int] = Counter()
        for term, weight in terms.items():
            for number, document in self._passages.items():
                field = document.stems if term.startswith(STEM_MARK) else document.exact
                tf = list(field).count(term)
                sat = tf / (tf + K1 * (1 - B + B * len(field) / self.average))
                if tf or term in document.title:
                    scores[number] += weight * (sat + TITLE_WEIGHT * (term in document.title))
        for group, weight in groups:
            for number, document in self._passages.items():
                if not set(group).isdisjoint([*document.exact, *document.stems, *document.title]):
                    scores[number] += weight
        among = set(scores) if allowed is None else {int(i) for i in allowed}
        ranked = sorted((-score, number) for number, score in scores.items() if number in among)[:k]
        return np.array([number for _, number in ranked], np.int64), np.array([-score for score, _ in ranked], np.float32)

    def phrase(self, words: Sequence[str], k: int) -> list[int]:
        n, wanted = len(words), list(words)
        return [row for row, (terms, _) in self._articles.items() if any(terms[i : i + n] == wanted for i in range(len(terms) - n + 1))][:k]

    @property
    def average(self) -> float:
        lengths = [len(one.exact) for one in self._passages.values()] + [length for _, length in self._articles.values()]
        return max(1.0, sum(lengths) / max(1, len(lengths)))
