"""No engine at all: the encoder alone, as sentence-transformers has it, so that what the others add is seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.peers.protocol import Question, Unsupported


class Adapter:
    def __init__(self, folder: Path, model: Path | None) -> None:
        self.folder, self._model = folder, model

    def prepare(self) -> None:
        self.model = SentenceTransformer(str(self._model), device="cpu")
        self.model.encode(["beras"])

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.model.encode(passages, show_progress_bar=False)

    def open(self) -> None:
        self.prepare()

    def ask(self, question: Question, k: int) -> list[str]:
        self.model.encode_query(question.text, show_progress_bar=False)
        return []

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        raise Unsupported("nothing is found")

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        raise Unsupported("nothing is kept")

    def delete(self, name: str) -> None:
        raise Unsupported("nothing is kept")

    def close(self) -> None:
        pass
