"""The rows that go into a collection and come out of it, as values."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.types import Article, Span


@dataclass(frozen=True, slots=True)
class State:
    """What a collection was built with, and its counters as of one committed generation.

    `forgotten` is the last generation whose removals are no longer listed in the table `removed`.
    """

    format: int
    analysis: int
    chunking: str
    model: str
    dimension: int
    probe: bytes
    epoch: int
    generation: int
    articles: int
    passages: int
    words: int
    forgotten: int


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage about to be stored.  `exact` and `stems` are its words in order, `terms` counts them, `vector` is float32 (dimension,), `sentence_vectors`
    float32 (len(sentences), dimension) or (0, dimension)."""

    start: int
    end: int
    proof: bytes
    exact: Sequence[str]
    stems: Sequence[str]
    terms: Counter[str]
    vector: np.ndarray
    sentences: tuple[Span, ...]
    sentence_vectors: np.ndarray

    @property
    def words(self) -> int:
        return len(self.exact)


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article about to be stored with all its passages; `label`, `path` and `fingerprint` say which file it is from."""

    article: Article
    label: str
    path: str
    fingerprint: str
    title_terms: frozenset[str]
    passages: tuple[NewPassage, ...]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as retrieval needs it; `article` is the article's row number, `vector` its float16 bytes."""

    id: int
    article: int
    start: int
    end: int
    words: int
    proof: bytes
    terms: bytes
    vector: bytes


@dataclass(frozen=True, slots=True)
class StoredSentences:
    """The sentences of a passage: offsets into the article, and int8 (n, dimension) directions, n = 0 if unknown."""

    spans: tuple[Span, ...]
    vectors: np.ndarray


def proof_of(text: str) -> bytes:
    """Eight bytes that a passage's text must hash to before it is shown."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def content_of(article: Article) -> str:
    """Hash of everything an article holds, its id apart: equal exactly when nothing has changed."""
    values = (article.title, article.text, article.source, article.author, article.published, article.published_from, article.url, article.language)
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def pack_sentences(sentences: tuple[Span, ...], vectors: np.ndarray) -> tuple[bytes, bytes]:
    """Offsets as int32 pairs; vectors as int8 rows, whose length is dropped because only their direction is asked."""
    spans = np.array([(span.start, span.end) for span in sentences], np.int32).tobytes()
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True, initial=0.0), 1e-12)
    return spans, np.rint(vectors / largest * 127).astype(np.int8).tobytes()


def unpack_sentences(spans: bytes, vectors: bytes, dimension: int, start: int, end: int) -> StoredSentences:
    """The sentences of the passage [start, end); none where these bytes cannot have come from `pack_sentences`."""
    sound = type(spans) is bytes and type(vectors) is bytes and len(spans) % 8 == 0 and len(vectors) in (0, len(spans) // 8 * dimension)
    pairs = np.frombuffer(spans, np.int32).reshape(-1, 2).tolist() if sound else []
    borders = [start, *(border for pair in pairs for border in pair), end]
    if not sound or borders != sorted(borders):
        return StoredSentences((), np.zeros((0, dimension), np.int8))
    return StoredSentences(tuple(Span(*pair) for pair in pairs), np.frombuffer(vectors, np.int8).reshape(-1, dimension))
