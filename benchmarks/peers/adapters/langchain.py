"""LangChain: FAISS and BM25Retriever in an EnsembleRetriever of equal weights.

BM25Retriever splits at blanks and keeps capitals unless it is told otherwise, and can neither be saved nor changed: it is
given the usual words in small letters, pickled, and made again after every change.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from benchmarks.peers.protocol import Question


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class Given(Embeddings):
    """Vectors of questions by their text."""

    def __init__(self) -> None:
        self.known: dict[str, list[float]] = {}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.known[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.known[text]


class Adapter:
    def __init__(self, folder: Path, model: Path | None) -> None:
        self.folder, self._model = folder, model
        self.embeddings: Embeddings = Given()

    def prepare(self) -> None:
        if self._model is not None:
            from langchain_huggingface import HuggingFaceEmbeddings

            self.embeddings = HuggingFaceEmbeddings(model_name=str(self._model))
            self.embeddings.embed_query("beras")

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        if vectors is None:
            self.store = FAISS.from_texts(passages, self.embeddings, ids=ids)
        else:
            self.store = FAISS.from_embeddings(zip(passages, vectors, strict=True), self.embeddings, ids=ids)
        self.bm25 = BM25Retriever.from_texts(passages, ids=ids, preprocess_func=words)
        self._save()

    def open(self) -> None:
        self.prepare()
        self.store = FAISS.load_local(str(self.folder), self.embeddings, allow_dangerous_deserialization=True)
        self.bm25 = pickle.loads((self.folder / "bm25.pickle").read_bytes())

    def ask(self, question: Question, k: int) -> list[str]:
        if question.vector is not None:
            self.embeddings.known[question.text] = question.vector
        self.bm25.k = k
        both = EnsembleRetriever(retrievers=[self.bm25, self.store.as_retriever(search_kwargs={"k": k})], weights=[0.5, 0.5])
        return [document.id for document in both.invoke(question.text)][:k]

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        return [document.id for document in self.store.similarity_search_by_vector(vector, k=k)]

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        if vector is None:
            self.store.add_texts([passage], ids=[name])
        else:
            self.store.add_embeddings([(passage, vector)], ids=[name])
        self._again([*self.bm25.docs, Document(id=name, page_content=passage)])

    def delete(self, name: str) -> None:
        self.store.delete([name])
        self._again([document for document in self.bm25.docs if document.id != name])

    def close(self) -> None:
        pass

    def _again(self, documents: list[Document]) -> None:
        self.bm25 = BM25Retriever.from_documents(documents, preprocess_func=words)
        self._save()

    def _save(self) -> None:
        self.store.save_local(str(self.folder))
        (self.folder / "bm25.pickle").write_bytes(pickle.dumps(self.bm25))
