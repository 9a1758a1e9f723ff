"""LanceDB: a table with a full-text index, hybrid search with its RRF reranker.

Its guide advises no vector index up to some 100,000 rows; `index` names one for those who want it all the same.
No stemming and no stop words, for it has none for Indonesian, and the English ones would do harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import lancedb
import numpy as np
from lancedb.embeddings import get_registry
from lancedb.index import FTS, HnswSq
from lancedb.pydantic import LanceModel, Vector
from lancedb.rerankers import RRFReranker

from benchmarks.peers.protocol import Question

TABLE = "passages"


class Adapter:
    def __init__(self, folder: Path, model: Path | None, index: bool = False) -> None:
        self.folder, self._model, self._index = folder, model, index
        self.reranker = RRFReranker()

    def prepare(self) -> None:
        if self._model is not None:
            self.model = get_registry().get("sentence-transformers").create(name=str(self._model), trust_remote_code=False)
            self.model.generate_embeddings(["beras"])

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        database = lancedb.connect(self.folder)
        if vectors is None:
            model = self.model

            class Passage(LanceModel):
                id: str
                text: str = model.SourceField()
                vector: Vector(model.ndims()) = model.VectorField()

            self.table = database.create_table(TABLE, schema=Passage)
            self.table.add([{"id": name, "text": text} for name, text in zip(ids, passages, strict=True)])
        else:
            self.table = database.create_table(TABLE, [{"id": n, "text": t, "vector": v} for n, t, v in zip(ids, passages, vectors, strict=True)])
        self.table.create_index("text", config=FTS(stem=False, remove_stop_words=False))
        if self._index:
            self.table.create_index("vector", config=HnswSq(distance_type="cosine"))

    def open(self) -> None:
        self.prepare()
        self.table = lancedb.connect(self.folder).open_table(TABLE)

    def ask(self, question: Question, k: int) -> list[str]:
        if question.vector is None:
            query = self.table.search(question.text, query_type="hybrid")
        else:
            query = self.table.search(query_type="hybrid").vector(question.vector).text(question.text)
        found = query.distance_type("cosine").rerank(self.reranker).select(["id"]).limit(k).to_arrow()
        return found["id"].to_pylist()

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        return self.table.search(vector).distance_type("cosine").select(["id"]).limit(k).to_arrow()["id"].to_pylist()

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        row = {"id": name, "text": passage}
        self.table.add([row if vector is None else row | {"vector": vector}])

    def delete(self, name: str) -> None:
        self.table.delete(f"id = '{name}'")

    def close(self) -> None:
        pass
