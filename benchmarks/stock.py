"""A collection of many passages in a minute: sentences of `seeds/` recombined, each encoded once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.speed import texts
from rag import Article, Collection
from rag.embedding.bundled import BundledEmbedder
from rag.embedding.embedder import Document, Embedder, Encoded

SOURCES = ("antara", "kompas", "tempo", "tribun")
LANGUAGES = ("id", "en")


class RecombiningEmbedder:
    """The bundled model, whose passages get the mean of their sentences' vectors; a sentence is encoded when it is first met.

    Questions go through the model as ever.
    """

    def __init__(self, inner: Embedder) -> None:
        self.name, self.dimension, self.encode_query = inner.name, inner.dimension, inner.encode_query
        self._inner, self._known = inner, {}

    def encode_document(self, documents: Sequence[Document]) -> list[Encoded]:
        cut = [[one.text[span.start : span.end] for span in one.sentences] or [one.text] for one in documents]
        new = [text for text in dict.fromkeys(text for sentences in cut for text in sentences) if text not in self._known]
        for text, encoded in zip(new, self._inner.encode_document([Document(text) for text in new]), strict=True) if new else ():
            self._known[text] = encoded.vector
        return [self._mean(one, np.stack([self._known[text] for text in sentences])) for one, sentences in zip(documents, cut, strict=True)]

    def _mean(self, document: Document, vectors: np.ndarray) -> Encoded:
        mean = vectors.mean(axis=0)
        return Encoded(mean / np.linalg.norm(mean), vectors if document.sentences else np.zeros((0, self.dimension), np.float32))


def articles(passages: int) -> list[Article]:
    """About so many passages, one an article, with sources, dates and languages to filter by."""
    chance = random.Random(2)
    return [
        Article(
            f"a{i}", f"Artikel {i}", text, source=chance.choice(SOURCES), published=f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-01",
            language=chance.choices(LANGUAGES, (9, 1))[0],
        )
        for i, text in enumerate(texts(passages, None))
    ]  # fmt: skip


def fill(folder: Path, passages: int) -> int:
    """Makes the collection in `folder`; how many passages it has."""
    with Collection.open(folder, embedder=RecombiningEmbedder(BundledEmbedder())) as collection:
        collection.add(articles(passages))
        return collection.searched().passages


def questions(count: int, seed: int = 1) -> list[str]:
    """Varied questions: words of an article's sentence in their order, every third one with a typed filter."""
    chance = random.Random(seed)
    made = []
    for i, text in enumerate(chance.choices(texts(2000, None), k=count)):
        words = text.split()
        start = chance.randrange(max(1, len(words) - 8))
        question = " ".join(words[start : start + chance.randint(4, 8)]).replace('"', "").replace("“", "").replace("”", "")
        filters = (f"since:20{chance.randint(10, 25)}", f"source:{chance.choice(SOURCES)}", f"lang:{chance.choice(LANGUAGES)}")
        made.append(f"{question} {chance.choice(filters)}" if i % 3 == 2 else question)
    return made
