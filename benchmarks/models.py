"""One embedding model on the sets, alone: brute force over whole documents, and sentences against their translations."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.sets import Bitext
from rag.embedding.embedder import Document, Embedder
from rag.embedding.weights import read_weights

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEPTH = 100


def in_float32() -> SentenceTransformer:
    """The bundled model with the values of its files: `load_bundled` gives them in bfloat16 where that is quicker."""
    import torch  # a benchmark tells whether torch is loaded

    from rag.embedding.bundled import load_bundled

    model = load_bundled().float()
    layers = {name: torch.from_numpy(value) for name, value in read_weights().layers.items()}
    model[0].auto_model.load_state_dict(layers, strict=False)  # the word table is none of them
    return model


class RememberingEmbedder:
    """The embedder of all collections; a question that is asked of several corpora is encoded once."""

    def __init__(self, inner: Embedder) -> None:
        self.name, self.dimension, self.encode_document = inner.name, inner.dimension, inner.encode_document
        self.encode_words = getattr(inner, "encode_words", None)
        self._inner, self._known = inner, {}

    def encode_query(self, question: str) -> np.ndarray:
        if question not in self._known:
            self._known[question] = self._inner.encode_query(question)
        return self._known[question]


@dataclass(frozen=True, slots=True)
class Speed:
    """Passages encoded, and seconds for it."""

    passages: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.passages / self.seconds if self.seconds else float("nan")


class Alone:
    """The vectors of one corpus under one model; a question's run is the exact cosine with every document."""

    def __init__(self, embedder: Embedder, corpus: dict[str, str]) -> None:
        self._embedder, self._names = embedder, list(corpus)
        begin = time.perf_counter()
        with ThreadPoolExecutor(1) as apart:  # FAISS may have told this thread to use one core
            encoded = apart.submit(embedder.encode_document, [Document(text) for text in corpus.values()]).result()
        self._vectors = np.stack([one.vector for one in encoded])
        self.speed = Speed(len(corpus), time.perf_counter() - begin)

    def scores(self, question: str) -> dict[str, float]:
        """The best DEPTH documents."""
        cosines = self._vectors @ self._embedder.encode_query(question)
        return {self._names[i]: float(cosines[i]) for i in np.argsort(-cosines, kind="stable")[:DEPTH]}


def matched(embedder: Embedder, bitext: Bitext) -> tuple[float, float]:
    """Per cent of the sentences whose translation is the closest of all, from left to right and from right to left."""
    left, right = (_vectors(embedder, side) for side in (bitext.left, bitext.right))
    cosines, places = left @ right.T, np.arange(len(left))
    return tuple(100 * float((cosines.argmax(axis) == places).mean()) for axis in (1, 0))


def _vectors(embedder: Embedder, texts: Sequence[str]) -> np.ndarray:
    return np.stack([one.vector for one in embedder.encode_document([Document(text) for text in texts])])
