"""What is asked of every engine, one adapter file each.  Needs nothing but NumPy, for it runs in every peer's environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np


class Unsupported(Exception):
    """The peer has no such thing; the message is what the cell of the table says."""


@dataclass(frozen=True, slots=True)
class Question:
    """`vector` is float32 (dimension,), of unit length, where vectors are given; None where the engine has a model."""

    text: str
    vector: np.ndarray | None = None


class Adapter(Protocol):
    """One engine on one folder; every module in `adapters` has a class `Adapter` like this.

    With a `model`, the folder of a sentence-transformers model, the engine encodes by itself and gets no vectors; without
    one every call gets vectors.  Either `prepare` and `build` are called, or `open`, and what follows after that.
    """

    def __init__(self, folder: Path, model: Path | None) -> None: ...

    def prepare(self) -> None:
        """Whatever comes before the first passage and does not depend on their number: imports, loading the model."""
        ...

    def build(self, ids: Sequence[str], passages: Sequence[str], vectors: np.ndarray | None) -> None:
        """Take in all passages; at the end they lie in the folder.  `vectors` is float32 (n, dimension), rows of unit length."""
        ...

    def open(self) -> None:
        """Get ready for questions from what lies in the folder."""
        ...

    def ask(self, question: Question, k: int) -> list[str]:
        """The ids of the `k` best passages, best first: hybrid where the engine has it."""
        ...

    def nearest(self, vector: np.ndarray, k: int) -> list[str]:
        """The ids of the `k` nearest by the vectors alone.  May raise Unsupported, like what follows."""
        ...

    def add(self, name: str, passage: str, vector: np.ndarray | None) -> None:
        """One passage more: at the end questions find it, and it lies in the folder."""
        ...

    def delete(self, name: str) -> None:
        """One passage less: at the end no question finds it, and it is gone from the folder too."""
        ...

    def close(self) -> None: ...
