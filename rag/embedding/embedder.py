"""What the rest of Kutip asks of an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.types import Span

BUNDLED = "kutip-multilingual-v1"
"""Name of the model inside the package."""


@dataclass(frozen=True, slots=True)
class Document:
    """A passage as the model reads it.  `sentences` are offsets into `text`; `title` helps, but is not of the text."""

    text: str
    title: str = ""
    sentences: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoded:
    """`vector`: float32 (dimension,), of unit length.  `sentences`: float32 (n, dimension), unit rows, one for each
    sentence of the document (zeros for one beyond the model's window), or (0, dimension) if the model gives none."""

    vector: np.ndarray
    sentences: np.ndarray


class Embedder(Protocol):
    """A model that puts questions and passages into one space, where the cosine says how well they belong together."""

    @property
    def name(self) -> str:
        """What the collection remembers; opening with another name is refused."""
        ...

    @property
    def dimension(self) -> int: ...

    def encode_query(self, question: str) -> np.ndarray:
        """float32 (dimension,), of unit length."""
        ...

    def encode_document(self, documents: Sequence[Document]) -> list[Encoded]:
        """One `Encoded` for each document, in order."""
        ...
