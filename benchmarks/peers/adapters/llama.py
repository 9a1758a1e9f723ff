"""LlamaIndex: FaissMapVectorStore, the one of its FAISS stores that can delete, and BM25Retriever in a QueryFusionRetriever.

The retriever of words cannot be changed: it is made again after a change, and everything persisted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
import Stemmer
from llama_index.core import MockEmbedding, QueryBundle, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores import VectorStoreQuery
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissMapVectorStore

from benchmarks.peers.protocol import Question

BATCH = 32


class Adapter:
    def __init__(self, folder: Path, model: Path | None, dimension: int = 384) -> None:
        self.folder, self._model, self.dimension = folder, model, dimension
        self.stemmer = Stemmer.Stemmer("indonesian")

    def prepare(self) -> None:
        if self._model is None:
            self.model = MockEmbedding(embed_dim=self.dimension)
        else:
            from llama_index.embeddings.huggingface import HuggingFaceEmbedding

            self.model = HuggingFaceEmbedding(str(self._model), embed_batch_size=BATCH)
            self.model.get_query_embedding("beras")

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        nodes = [TextNode(id_=name, text=text) for name, text in zip(ids, passages, strict=True)]
        for node, vector in zip(nodes, () if vectors is None else vectors, strict=False):
            node.embedding = vector.tolist()
        store = FaissMapVectorStore(faiss.IndexIDMap2(faiss.IndexFlatIP(self.dimension)))
        self.index = VectorStoreIndex(nodes, embed_model=self.model, storage_context=StorageContext.from_defaults(vector_store=store))
        self._save()

    def open(self) -> None:
        self.prepare()
        storage = StorageContext.from_defaults(vector_store=FaissMapVectorStore.from_persist_dir(str(self.folder)), persist_dir=str(self.folder))
        self.index = load_index_from_storage(storage, embed_model=self.model)
        self.bm25 = BM25Retriever.from_persist_dir(str(self.folder / "bm25"))
        self.bm25.stemmer = self.stemmer

    def ask(self, question: Question, k: int) -> list[str]:
        self.bm25.similarity_top_k = min(k, self.index.vector_store.client.ntotal)
        both = [self.index.as_retriever(similarity_top_k=k), self.bm25]
        fusion = QueryFusionRetriever(both, MockLLM(), similarity_top_k=k, num_queries=1, mode="reciprocal_rerank", use_async=False)
        embedding = None if question.vector is None else question.vector.tolist()
        return [found.node.node_id for found in fusion.retrieve(QueryBundle(question.text, embedding=embedding))]

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        return self.index.vector_store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k)).ids

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        self.index.insert_nodes([TextNode(id_=name, text=passage, embedding=None if vector is None else vector.tolist())])
        self._save()

    def delete(self, name: str) -> None:
        self.index.delete_nodes([name], delete_from_docstore=True)
        self._save()

    def close(self) -> None:
        pass

    def _save(self) -> None:
        self.bm25 = BM25Retriever.from_defaults(docstore=self.index.docstore, stemmer=self.stemmer, language=[])
        self.index.storage_context.persist(str(self.folder))
        self.bm25.persist(str(self.folder / "bm25"))
