"""txtai: `hybrid` and `content` turned on, everything else as it comes; a change is counted with saving the index.

Questions take turns: two at once share one cursor of SQLite, which ends in "Recursive use of cursors not allowed".
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from txtai import Embeddings

from benchmarks.peers.protocol import Question

KNOWN: dict[str, np.ndarray] = {}


def given(texts: Sequence[str]) -> np.ndarray:
    """Vectors by text: what txtai calls an external transform, named in its configuration so that it can be saved."""
    return np.stack([KNOWN[text] for text in texts])


class Adapter:
    def __init__(self, folder: Path, model: Path | None) -> None:
        self.folder, self.model = folder, model
        self.turn = threading.Lock()
        os.environ["ALLOW_RESOLVE_TRANSFORM"] = "True"

    def prepare(self) -> None:
        if self.model is None:
            self.embeddings = Embeddings(transform=f"{__name__}.given", hybrid=True, content=True)
        else:
            self.embeddings = Embeddings(path=str(self.model), hybrid=True, content=True)
            self.embeddings.transform("beras")

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        self._know(passages, vectors)
        self.embeddings.index(zip(ids, passages, strict=True))
        self.embeddings.save(str(self.folder))

    def open(self) -> None:
        self.embeddings = Embeddings()
        self.embeddings.load(str(self.folder))

    def ask(self, question: Question, k: int) -> list[str]:
        self._know([question.text], question.vector)
        with self.turn:
            return [found["id"] for found in self.embeddings.search(question.text, k)]

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        rows = [row for row, _ in self.embeddings.ann.search(vector[None], k)[0]]
        listed = dict(self.embeddings.database.cursor.execute(f"SELECT indexid, id FROM sections WHERE indexid IN ({','.join(map(str, rows))})"))
        return [listed[row] for row in rows]

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        self._know([passage], vector)
        self.embeddings.upsert([(name, passage)])
        self.embeddings.save(str(self.folder))

    def delete(self, name: str) -> None:
        self.embeddings.delete([name])
        self.embeddings.save(str(self.folder))

    def close(self) -> None:
        self.embeddings.close()

    def _know(self, texts: Sequence[str], vectors: np.ndarray | None) -> None:
        if vectors is not None:
            KNOWN.update(zip(texts, vectors if vectors.ndim == 2 else [vectors], strict=True))
