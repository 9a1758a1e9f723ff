"""Haystack: InMemoryDocumentStore with its BM25 and embedding retrievers joined by reciprocal ranks, as its tutorial has it.

The store is saved as JSON and read back whole; a change is counted with saving it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from benchmarks.peers.protocol import Question

FILE = "store.json"


class Adapter:
    def __init__(self, folder: Path, model: Path | None) -> None:
        self.folder, self.model = folder, model

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.model is not None:
            from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

            self.embedder = SentenceTransformersDocumentEmbedder(model=str(self.model), progress_bar=False)
            self.embedder.warm_up()
            self.embedder.run([Document(content="beras")])

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        if vectors is None:
            documents = [Document(id=name, content=text) for name, text in zip(ids, passages, strict=True)]
            documents = self.embedder.run(documents)["documents"]
        else:
            documents = [Document(id=n, content=t, embedding=v.tolist()) for n, t, v in zip(ids, passages, vectors, strict=True)]
        self.store = InMemoryDocumentStore(embedding_similarity_function="cosine", return_embedding=False)
        self.store.write_documents(documents)
        self.store.save_to_disk(str(self.folder / FILE))

    def open(self) -> None:
        self.store = InMemoryDocumentStore.load_from_disk(str(self.folder / FILE))
        self.pipeline = Pipeline()
        self.pipeline.add_component("words", InMemoryBM25Retriever(self.store))
        self.pipeline.add_component("vectors", InMemoryEmbeddingRetriever(self.store))
        self.pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        self.pipeline.connect("words", "joiner")
        self.pipeline.connect("vectors", "joiner")
        if self.model is not None:
            from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

            self.pipeline.add_component("model", SentenceTransformersTextEmbedder(model=str(self.model), progress_bar=False))
            self.pipeline.connect("model.embedding", "vectors.query_embedding")
        self.pipeline.warm_up()

    def ask(self, question: Question, k: int) -> list[str]:
        data = {"words": {"query": question.text, "top_k": k}, "vectors": {"top_k": k}, "joiner": {"top_k": k}}
        if question.vector is None:
            data["model"] = {"text": question.text}
        else:
            data["vectors"]["query_embedding"] = question.vector.tolist()
        return [document.id for document in self.pipeline.run(data)["joiner"]["documents"]]

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        return [document.id for document in self.store.embedding_retrieval(vector.tolist(), top_k=k)]

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        if vector is None:
            self.prepare()
            documents = self.embedder.run([Document(id=name, content=passage)])["documents"]
        else:
            documents = [Document(id=name, content=passage, embedding=vector.tolist())]
        self.store.write_documents(documents)
        self.store.save_to_disk(str(self.folder / FILE))

    def delete(self, name: str) -> None:
        self.store.delete_documents([name])
        self.store.save_to_disk(str(self.folder / FILE))

    def close(self) -> None:
        pass
