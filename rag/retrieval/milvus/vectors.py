"""The dense side in Milvus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.retrieval.milvus.link import MilvusLink
from rag.retrieval.milvus.table import FOUND_MAX, MilvusTable

FLAT, HNSW = "FLAT", "HNSW"
FLAT_MAX = 200_000
"""Up to so many vectors an exact scan is fast enough; a graph finds nearly all of the nearest among any number."""
_BUILD = {FLAT: {}, HNSW: {"M": 32, "efConstruction": 200}}
HNSW_EFFORT = 256


class MilvusVectors:
    """A VectorIndex over one Milvus collection; exact if its `kind` is FLAT.  Raises EngineError."""

    def __init__(self, link: MilvusLink, name: str, kind: str) -> None:
        self.table = MilvusTable(link, name, effort=HNSW_EFFORT if kind == HNSW else 0)

    @classmethod
    def create(cls, link: MilvusLink, name: str, dimension: int, kind: str) -> MilvusVectors:
        MilvusTable.create(link, name, dimension=dimension, index=kind, build=_BUILD[kind])
        return cls(link, name, kind)

    def __len__(self) -> int:
        return len(self.table)

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        self.table.insert(zip(np.asarray(ids, np.int64).tolist(), np.asarray(vectors, np.float32), strict=True))

    def remove(self, ids: Sequence[int]) -> None:
        self.table.delete([int(number) for number in ids])

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        query, allowed = np.asarray(query, np.float32), None if allowed is None else np.sort(allowed)
        wanted = min(k + 1, FOUND_MAX)
        while True:
            found = self.table.nearest(query, wanted, allowed)
            # Milvus keeps any of those that tie at the end, the contract asks for the first by id.
            if len(found) < wanted or wanted == FOUND_MAX or found[-1].product < found[k - 1].product:
                break
            wanted = min(4 * wanted, FOUND_MAX)
        best = sorted(found, key=lambda one: (-one.product, one.id))[:k]
        return np.array([one.id for one in best], np.int64), np.array([one.product for one in best], np.float32)

    def cosines(self, query: np.ndarray, ids: np.ndarray) -> np.ndarray:
        found = np.full(len(ids), -1.0, np.float32)
        for start in range(0, len(ids), FOUND_MAX):
            part = ids[start : start + FOUND_MAX]
            for one in self.table.nearest(np.asarray(query, np.float32), len(part), part):
                found[np.searchsorted(ids, one.id)] = one.product
        return found
