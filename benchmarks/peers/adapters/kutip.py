"""Kutip: every passage an article of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.peers.protocol import Question
from rag import Article, Collection
from rag.embedding.bundled import BundledEmbedder
from rag.embedding.embedder import Document, Embedder, Encoded


class Given:
    """An Embedder of vectors by their text; what it does not know, like the probe of a collection, is the first unit vector."""

    name = "given"

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.known: dict[str, np.ndarray] = {}

    def encode_query(self, question: str) -> np.ndarray:
        return self.known.get(question, np.eye(1, self.dimension, dtype=np.float32)[0])

    def encode_document(self, documents: Sequence[Document]) -> list[Encoded]:
        return [Encoded(self.known[one.text], np.repeat(self.known[one.text][None], len(one.sentences), axis=0)) for one in documents]


def plain(folder: Path) -> Embedder:
    """The model as the other engines load it: float32, by sentence-transformers."""
    from sentence_transformers import SentenceTransformer

    from rag.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(SentenceTransformer(str(folder), device="cpu", local_files_only=True), "plain")


class Adapter:
    def __init__(self, folder: Path, model: Path | None, bundled: bool = False, dimension: int = 384) -> None:
        """With `bundled` the model in the package takes the place of the folder `model`, which was made of it;
        `dimension` is that of the vectors that are given where there is no model."""
        self.folder = folder
        self._load = (lambda: Given(dimension)) if model is None else BundledEmbedder if bundled else lambda: plain(model)

    def prepare(self) -> None:
        self.embedder: Embedder = self._load()
        if not isinstance(self.embedder, Given):
            self.embedder.encode_document([Document("beras")])

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        self._know(passages, vectors)
        self.collection = Collection.open(self.folder, embedder=self.embedder)
        self.collection.add(Article(name, "", text) for name, text in zip(ids, passages, strict=True))

    def open(self) -> None:
        self.embedder = self._load()
        self.collection = Collection.open(self.folder, embedder=self.embedder)

    def ask(self, question: Question, k: int) -> list[str]:
        self._know([question.text], question.vector)
        return [hit.article.id for hit in self.collection.search(question.text, top_k=k)]

    def cite(self, question: Question) -> None:
        """The whole answer: quotes, the marked sentence, the verdict whether it is one."""
        self._know([question.text], question.vector)
        self.collection.ask(question.text)

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        with self.collection._snapshot() as snapshot:
            numbers, _ = self.collection._indexes.at(snapshot).dense.search(vector, k)
            stored = snapshot.passages(numbers.tolist())
            names = snapshot.article_ids({one.article for one in stored.values()})
            return [names[stored[number].article] for number in numbers.tolist()]

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        self._know([passage], vector)
        self.collection.add([Article(name, "", passage)])

    def delete(self, name: str) -> None:
        self.collection.remove(name)

    def close(self) -> None:
        self.collection.close()

    def _know(self, texts: Sequence[str], vectors: np.ndarray | None) -> None:
        if vectors is not None:
            self.embedder.known.update(zip(texts, vectors if vectors.ndim == 2 else [vectors], strict=True))
