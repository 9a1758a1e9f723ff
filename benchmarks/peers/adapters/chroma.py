"""ChromaDB in a process of its own kind, `PersistentClient`: HNSW by cosine with its defaults.

Its hybrid search (`Collection.search`) answers "not implemented for Local Chroma", so that only vectors are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from benchmarks.peers.protocol import Question

NAME = "passages"


class Adapter:
    def __init__(self, folder: Path, model: Path | None) -> None:
        self.folder, self._model = folder, model
        self.encode = None

    def prepare(self) -> None:
        if self._model is not None:
            self.encode = SentenceTransformerEmbeddingFunction(str(self._model))
            self.encode(["beras"])

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        client = chromadb.PersistentClient(str(self.folder), Settings(anonymized_telemetry=False))
        configuration = {"hnsw": {"space": "cosine"}, "embedding_function": self.encode}
        self.collection = client.create_collection(NAME, configuration=configuration)
        most = client.get_max_batch_size()
        for start in range(0, len(ids), most):
            part = slice(start, start + most)
            self.collection.add(ids[part], documents=passages[part], embeddings=None if vectors is None else vectors[part])

    def open(self) -> None:
        self.prepare()
        client = chromadb.PersistentClient(str(self.folder), Settings(anonymized_telemetry=False))
        self.collection = client.get_collection(NAME, embedding_function=self.encode)

    def ask(self, question: Question, k: int) -> list[str]:
        if question.vector is None:
            return self.collection.query(query_texts=[question.text], n_results=k)["ids"][0]
        return self.collection.query(query_embeddings=[question.vector], n_results=k)["ids"][0]

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        return self.collection.query(query_embeddings=[vector], n_results=k, include=[])["ids"][0]

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        self.collection.add([name], documents=[passage], embeddings=None if vector is None else [vector])

    def delete(self, name: str) -> None:
        self.collection.delete([name])

    def close(self) -> None:
        pass
