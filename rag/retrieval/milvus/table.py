"""One Milvus collection of ids and vectors, dense or sparse, searched by inner product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.errors import EngineError
from rag.retrieval.index import contained
from rag.retrieval.milvus.link import MilvusLink

ROWS_AT_A_TIME = 1000
FOUND_MAX = 16_384
"""Milvus gives no more than so many rows to one search."""
FILTER_IDS = 10_000
"""So many ids are named in one filter, some 100 kB of text."""
FIELDS = ("id", "vector")


@dataclass(frozen=True, slots=True)
class Found:
    """A row that a search found: its id, the inner product, and its own sparse vector where that was asked for."""

    id: int
    product: float
    vector: Mapping[int, float]


class MilvusTable:
    """The rows of one collection; changes are seen by whatever is asked after them.  Raises EngineError."""

    def __init__(self, link: MilvusLink, name: str, *, effort: int = 0) -> None:
        """`effort`: how many neighbours an approximate search keeps in view at least; 0 for an exact index."""
        self._link, self.name, self._effort = link, name, effort

    @classmethod
    def create(cls, link: MilvusLink, name: str, *, dimension: int | None, index: str, build: Mapping[str, int]) -> None:
        """A new and empty collection; `dimension` None for sparse vectors."""
        from pymilvus import DataType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field(FIELDS[0], DataType.INT64, is_primary=True)
        if dimension is None:
            schema.add_field(FIELDS[1], DataType.SPARSE_FLOAT_VECTOR)
        else:
            schema.add_field(FIELDS[1], DataType.FLOAT_VECTOR, dim=dimension)
        indexes = MilvusClient.prepare_index_params()
        indexes.add_index(FIELDS[1], index_type=index, metric_type="IP", params=dict(build))
        link.call("create_collection", name, schema=schema, index_params=indexes, consistency_level="Strong")

    def __len__(self) -> int:
        return self._link.call("query", self.name, filter="", output_fields=["count(*)"], consistency_level="Strong")[0]["count(*)"]

    @property
    def dimension(self) -> int:
        """Of dense vectors, as the server has it; 0 of sparse ones."""
        fields = self._link.call("describe_collection", self.name)["fields"]
        return next((int(field["params"].get("dim", 0)) for field in fields if field["name"] == FIELDS[1]), 0)

    def insert(self, rows: Iterable[tuple[int, Sequence[float] | Mapping[int, float]]]) -> None:
        """Add rows whose ids are not there yet."""
        data = [{FIELDS[0]: number, FIELDS[1]: vector} for number, vector in rows]
        for start in range(0, len(data), ROWS_AT_A_TIME):
            self._link.call("insert", self.name, data[start : start + ROWS_AT_A_TIME])
        self._link.changed()

    def delete(self, ids: Sequence[int]) -> None:
        """Unknown ids are ignored."""
        for start in range(0, len(ids), FILTER_IDS):
            self._link.call("delete", self.name, ids=list(ids[start : start + FILTER_IDS]))
        self._link.changed()

    def delete_after(self, number: int) -> None:
        """Delete every row with a larger id: what an interrupted writer left."""
        self._link.call("delete", self.name, filter=f"id > {number}")
        self._link.changed()

    def nearest(self, vector: np.ndarray | Mapping[int, float], k: int, allowed: np.ndarray | None = None, *, whole: bool = False) -> list[Found]:
        """The `k` rows of the largest inner product, best first, or FOUND_MAX; only ids `allowed`, if given, which are sorted.

        `whole` gives each row its sparse vector.
        """
        k = min(k, FOUND_MAX)
        if allowed is None:
            return self._search(vector, k, "", whole)
        if len(allowed) > FILTER_IDS:
            # Most of what is nearest is likely allowed; naming all the ids would take longer than finding more rows.
            wanted = 4 * k
            while wanted <= FOUND_MAX:
                found = self._search(vector, wanted, "", whole)
                inside = [found[i] for i in np.flatnonzero(contained(np.array([one.id for one in found], np.int64), allowed))]
                if len(inside) >= k or len(found) < wanted:
                    return inside[:k]
                wanted *= 4
        parts = [allowed[start : start + FILTER_IDS].tolist() for start in range(0, len(allowed), FILTER_IDS)]
        found = [one for part in parts for one in self._search(vector, k, f"id in {part}", whole)]
        return sorted(found, key=lambda one: (-one.product, one.id))[:k]

    def _search(self, vector: np.ndarray | Mapping[int, float], k: int, filter: str, whole: bool) -> list[Found]:
        options = {"params": {"ef": max(2 * k, self._effort)}} if self._effort else {}
        fields = [FIELDS[1]] if whole else [FIELDS[0]]
        rows = self._link.call(
            "search", self.name, [vector], limit=k, anns_field=FIELDS[1], filter=filter, output_fields=fields,
            search_params={"metric_type": "IP", **options}, consistency_level=self._link.consistency,
        )[0]  # fmt: skip
        return [Found(row["id"], row["distance"], row["entity"].get(FIELDS[1], {}) if whole else {}) for row in rows]


def drop_table(link: MilvusLink, name: str) -> None:
    """Delete a collection of ids and vectors.  Raises EngineError for one of another shape, which is somebody else's."""
    fields = {field["name"] for field in link.call("describe_collection", name)["fields"]}
    if fields != set(FIELDS):
        raise EngineError(f"Milvus on {link.address.server} has a collection {name!r} that Kutip did not make. Choose another name for this one.")
    link.call("drop_collection", name)
