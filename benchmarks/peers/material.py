"""The passages and questions that all engines get, in files that every environment can read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.peers.protocol import Question


@dataclass(frozen=True, slots=True)
class Material:
    """`vectors` (n, dimension) and `asked` (questions, dimension) are float32 unit rows, or None where engines encode by themselves."""

    ids: list[str]
    passages: list[str]
    questions: list[str]
    vectors: np.ndarray | None = None
    asked: np.ndarray | None = None

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in (("ids", self.ids), ("passages", self.passages), ("questions", self.questions)):
            (folder / f"{name}.json").write_text(json.dumps(lines), encoding="utf-8")
        for name, rows in (("vectors", self.vectors), ("asked", self.asked)):
            if rows is not None:
                np.save(folder / f"{name}.npy", rows)


def load_passages(folder: Path) -> tuple[list[str], list[str], np.ndarray | None]:
    """(ids, passages, vectors)."""
    ids, passages = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("ids", "passages"))
    return ids, passages, _rows(folder / "vectors.npy")


def load_questions(folder: Path) -> list[Question]:
    texts, vectors = json.loads((folder / "questions.json").read_text(encoding="utf-8")), _rows(folder / "asked.npy")
    return [Question(text, None if vectors is None else vectors[i]) for i, text in enumerate(texts)]


def _rows(path: Path) -> np.ndarray | None:
    return np.load(path) if path.is_file() else None
