"""The lexical side in Milvus: the terms of a passage as a sparse vector, so that an inner product is our score.

Milvus' own BM25 would weigh the same terms by its own idf and know no groups.  Instead two dimensions stand for each
term, numbered by a hash of it:

    2h      saturation of the term in the passage, and TITLE_WEIGHT if the title has it     times the term's weight
    2h + 1  1 if the passage or its title has the term at all                               times the weight of its group

The sum is the score of `LexicalIndex`, save that a passage gains a group's weight again for each further term of the
group that it holds, and what two terms with one hash add.  So it is never below the score; what is found is scored
again from its own vector, and more is looked for while that could change the best.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from rag.retrieval.index import K1, TITLE_WEIGHT, B, LexicalDocument
from rag.retrieval.milvus.link import MilvusLink
from rag.retrieval.milvus.table import MilvusTable
from rag.text.words import STEM_MARK

FOUND_WHOLE_MAX = 4096
"""No more rows than this are fetched with their vectors, some 2 kB each."""
ROUNDING = 1e-5
"""Milvus adds up in float32."""


class MilvusWords:
    """The terms of passages in one Milvus collection: a LexicalIndex without phrases, for Milvus has no positions.

    `average` is the one average length that all scores are computed with.  Raises EngineError.
    """

    def __init__(self, link: MilvusLink, name: str, average: float) -> None:
        self.table = MilvusTable(link, name)
        self.average = max(1.0, average)
        self._added: dict[int, dict[int, float]] = {}
        self._removed: list[int] = []

    @classmethod
    def create(cls, link: MilvusLink, name: str, average: float) -> MilvusWords:
        MilvusTable.create(link, name, dimension=None, index="SPARSE_INVERTED_INDEX", build={})
        return cls(link, name, average)

    def __len__(self) -> int:
        return len(self.table)

    def add(self, ids: Sequence[int], documents: Sequence[LexicalDocument]) -> None:
        self._added.update((int(number), passage_vector(document, self.average)) for number, document in zip(ids, documents, strict=True))

    def remove(self, numbers: Sequence[int]) -> None:
        for number in map(int, numbers):
            self._added.pop(number, None)
            self._removed.append(number)

    def commit(self) -> None:
        self.table.delete(self._removed)
        self.table.insert(self._added.items())
        self._added, self._removed = {}, []

    def search(
        self, terms: Mapping[str, float], k: int, groups: Sequence[tuple[Sequence[str], float]] = (), allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        question, wanted = _question_vector(terms, groups), min(2 * k, FOUND_WHOLE_MAX)
        while True:
            found = [one for one in self.table.nearest(question, wanted, allowed, whole=True) if one.product > 0]
            scored = sorted((-_score(one.vector, terms, groups), one.id) for one in found)[:k]
            enough = len(scored) == k and -scored[-1][0] * (1 + ROUNDING) >= found[-1].product
            if enough or len(found) < wanted or wanted == FOUND_WHOLE_MAX:
                return np.array([number for _, number in scored], np.int64), np.array([-score for score, _ in scored], np.float32)
            wanted = min(4 * wanted, FOUND_WHOLE_MAX)


def passage_vector(document: LexicalDocument, average: float) -> dict[int, float]:
    """The sparse vector of a passage, by dimension."""
    vector: Counter[int] = Counter()
    present = set(document.title)
    for field in (document.exact, document.stems):
        slope = K1 * (1 - B + B * len(field) / average)
        for term, count in Counter(field).items():
            vector[_value_of(term)] += count / (count + slope)
        present.update(field)
    for term in set(document.title):
        vector[_value_of(term)] += TITLE_WEIGHT
    vector.update({_value_of(term) + 1: 1.0 for term in present})
    return dict(vector) or {_value_of(""): 1.0}  # Milvus wants something in every vector, and no question asks for this


def _question_vector(terms: Mapping[str, float], groups: Sequence[tuple[Sequence[str], float]]) -> dict[int, float]:
    vector: Counter[int] = Counter()
    for term, weight in terms.items():
        vector[_value_of(term)] += weight
    for group, weight in groups:
        held = set(group)
        for term in held:
            if STEM_MARK + term not in held:  # a term whose stems are there is found by them
                vector[_value_of(term) + 1] += weight
    return dict(vector)


def _score(vector: Mapping[int, float], terms: Mapping[str, float], groups: Sequence[tuple[Sequence[str], float]]) -> float:
    """The score of `LexicalIndex`."""
    score = sum(weight * vector.get(_value_of(term), 0.0) for term, weight in terms.items())
    return score + sum(weight for group, weight in groups if any(_value_of(term) + 1 in vector for term in group))


def _value_of(term: str) -> int:
    """The dimension of a term's saturation: even, below 2**32 - 2, which is as far as Milvus counts."""
    return 2 * (zlib.crc32(term.encode("utf-8", "surrogatepass")) % (2**31 - 1))
