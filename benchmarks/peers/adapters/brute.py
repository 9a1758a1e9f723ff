"""The barest engine: a matrix product in NumPy, BM25 by bm25s, fused by reciprocal ranks; SentenceTransformer alone encodes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import Stemmer

from benchmarks.peers.protocol import Question, Unsupported

SIDE = 50
"""So many passages of each side are fused."""
RANK = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""


class Adapter:
    def __init__(self, folder: Path, model: Path | None) -> None:
        self.folder, self._model = folder, model
        self.stemmer = Stemmer.Stemmer("indonesian")

    def prepare(self) -> None:
        if self._model is not None:
            from sentence_transformers import SentenceTransformer

            self.model = SentenceTransformer(str(self._model), device="cpu")
            self.model.encode(["beras"])

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        vectors = self.model.encode(passages, show_progress_bar=False) if vectors is None else vectors
        words = bm25s.BM25()
        words.index(bm25s.tokenize(passages, stopwords=None, stemmer=self.stemmer, show_progress=False), show_progress=False)
        words.save(self.folder / "words")
        np.save(self.folder / "vectors.npy", vectors)
        (self.folder / "passages.json").write_text(json.dumps([ids, passages]), encoding="utf-8")

    def open(self) -> None:
        self.prepare()
        self.ids, self.passages = json.loads((self.folder / "passages.json").read_text(encoding="utf-8"))
        self.vectors = np.load(self.folder / "vectors.npy")
        self.words = bm25s.BM25.load(self.folder / "words")

    def ask(self, question: Question, k: int) -> list[str]:
        vector = self.model.encode_query(question.text, show_progress_bar=False) if question.vector is None else question.vector
        most = min(max(SIDE, k), len(self.ids))
        tokens = bm25s.tokenize(question.text, stopwords=None, stemmer=self.stemmer, show_progress=False)
        by_words = self.words.retrieve(tokens, k=most, show_progress=False).documents[0]
        scores: dict[int, float] = {}
        for side in (self._nearest(vector, most), by_words):
            for rank, row in enumerate(side.tolist(), 1):
                scores[row] = scores.get(row, 0.0) + 1 / (RANK + rank)
        return [self.ids[row] for row in sorted(scores, key=lambda row: -scores[row])[:k]]

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        return [self.ids[row] for row in self._nearest(vector, k)]

    def _nearest(self, vector: np.ndarray, k: int) -> np.ndarray:
        cosines = self.vectors @ vector
        best = np.argpartition(-cosines, k - 1)[:k]
        return best[np.argsort(-cosines[best])]

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        raise Unsupported("no: made again")

    def delete(self, name: str) -> None:
        raise Unsupported("no: made again")

    def close(self) -> None:
        pass
