"""A collection of any size out of real sentences: article i follows from i alone, so a million need no memory.

    article    a few passages, each a heading of new names and sentences drawn from one place of one real text
    names      word number i * u ** 3 with u uniform in [0, 1): the vocabulary grows with the collection (Heaps' law)
    vector     of a passage: the mean of its sentences' vectors, plus the difference of two real sentences' vectors as noise

Each sentence is encoded once.  Questions are words of a passage, and the vector of one of its sentences with noise.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag import Article
from rag.embedding.bundled import BundledEmbedder
from rag.embedding.embedder import Document, Encoded
from rag.text.sentences import sentence_spans

SEEDS = Path(__file__).parents[1] / "seeds"
PARAGRAPHS = 5
PASSAGES_IN_ARTICLE = 6
"""So many the paragraphs make: a long one is cut."""
SENTENCES_IN_PASSAGE = 6
NEIGHBOURHOOD = 12
"""Sentences of a passage come from so many neighbours in a real text."""
NOISE = 0.5
COMMON = ("yang", "di", "dan", "pada", "dengan", "untuk", "dari", "dalam", "adalah", "ini")
HOLDERS_MAX = 200
SYLLABLES = tuple(consonant + vowel for consonant in "b c d f g h j k l m n p r s t w y z".split() for vowel in "aeiou")


def real_sentences(data: Path | None, most: int) -> list[str]:
    """Up to `most` sentences in the order of their texts: of DATA's Indonesian corpora, else of `seeds/`."""
    paths = sorted((data / "eval").glob("*_id/corpus.jsonl")) if data else []
    texts = [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    texts = texts or [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    found = (text[one.start : one.end] for text in texts for one in sentence_spans(text))
    return list(dict.fromkeys(sentence for sentence in found if 4 <= len(sentence.split()) <= 40))[:most]


def name(number: int) -> str:
    """A made-up name, another for each number."""
    made = ""
    while number or not made:
        number, digit = divmod(number, len(SYLLABLES))
        made += SYLLABLES[digit]
    return made.capitalize() + "ra"


class Recombined:
    """Articles of real sentences, with an Embedder's `encode_document` and `encode_query` that look vectors up."""

    name = "recombined"

    def __init__(self, sentences: Sequence[str], vectors: np.ndarray) -> None:
        self.sentences, self.vectors = sentences, vectors
        self.dimension = vectors.shape[1]
        self._known = {sentence: i for i, sentence in enumerate(sentences)}
        self._holders: dict[str, list[int]] = {}
        for i, sentence in enumerate(sentences):
            for word in {word.strip('.,()"') for word in sentence.split()}:
                if len(self._holders.setdefault(word, [])) < HOLDERS_MAX:
                    self._holders[word].append(i)

    @classmethod
    def prepared(cls, work: Path, data: Path | None = None, most: int = 20_000) -> Recombined:
        """Sentences and their vectors, encoded on the first call and kept in `work`."""
        work.mkdir(parents=True, exist_ok=True)
        listed, kept = work / "sentences.json.gz", work / "sentences.npy"
        if not kept.is_file():
            sentences = real_sentences(data, most)
            encoded = BundledEmbedder().encode_document([Document(sentence) for sentence in sentences])
            with gzip.open(listed, "wt", encoding="utf-8") as file:
                json.dump(sentences, file)
            np.save(kept, np.stack([one.vector for one in encoded]).astype(np.float32))
        with gzip.open(listed, "rt", encoding="utf-8") as file:
            return cls(json.load(file), np.load(kept))

    def article(self, number: int, chance: np.random.Generator | None = None) -> Article:
        chance = chance or np.random.default_rng([1, number])
        paragraphs = []
        for passage in range(PARAGRAPHS):
            drawn = number * PARAGRAPHS + passage
            names = " ".join(name(int(drawn * part**3)) for part in chance.random(3))
            start = int(chance.integers(len(self.sentences)))
            places = (start + chance.integers(NEIGHBOURHOOD, size=SENTENCES_IN_PASSAGE)) % len(self.sentences)
            paragraphs.append(" ".join([f"Kata {names}.", *(self.sentences[place] for place in places)]))
        year, month = int(chance.integers(2010, 2026)), int(chance.integers(1, 13))
        text, published = "\n\n".join(paragraphs), f"{year}-{month:02}-01"
        return Article(f"a{number}", f"Artikel {name(number)}", text, source=f"sumber{number % 40}", published=published, language="id")

    def articles(self, passages: int, start: int = 0) -> Iterator[Article]:
        """Articles of about `passages` passages, the first of them number `start`."""
        return (self.article(start + i) for i in range(-(-passages // PASSAGES_IN_ARTICLE)))

    def encode_document(self, documents: Sequence[Document]) -> list[Encoded]:
        return [self._encoded(document) for document in documents]

    def questions(self, count: int, articles: int, seed: int = 5) -> list[str]:
        """Of eight words each: five content words of a sentence of one of the first `articles` articles, and three common ones."""
        chance = np.random.default_rng(seed)
        made: list[str] = []
        while len(made) < count:
            paragraphs = self.article(int(chance.integers(articles))).text.split("\n\n")
            words = [word.strip('.,()"') for word in paragraphs[int(chance.integers(len(paragraphs)))].split()[4:]]
            long = list(dict.fromkeys(word for word in words if len(word) > 4 and word.isalpha()))
            if len(long) >= 5:
                made.append(" ".join([*chance.permutation(long)[:5], *chance.permutation(COMMON)[:3]]))
        return made

    def encode_query(self, question: str) -> np.ndarray:
        """The vector of the sentence that holds most of the question's rarer words, with noise: near, but not the same."""
        votes: dict[int, int] = {}
        for word in question.split()[:5]:
            for place in self._holders.get(word, ()):
                votes[place] = votes.get(place, 0) + 1
        best = max(votes, key=lambda place: (votes[place], -place), default=zlib.crc32(question.encode()) % len(self.sentences))
        return self.noisy(self.vectors[best], question, NOISE)

    def noisy(self, vector: np.ndarray, text: str, share: float) -> np.ndarray:
        """`vector` plus `share` of the difference of two sentences' vectors, chosen by the text; of unit length."""
        mixed = zlib.crc32(text.encode()) * 2_654_435_761 % 2**32
        first, second = mixed % len(self.vectors), mixed // 65_536 % len(self.vectors)
        sum_ = vector + share * (self.vectors[first] - self.vectors[second])
        return (sum_ / np.linalg.norm(sum_)).astype(np.float32)

    def mixed(self, first: int, count: int) -> np.ndarray:
        """Vectors number `first` on as passages have them, float32 (count, dimension), without their texts."""
        chance = np.random.default_rng([2, first])
        starts = chance.integers(len(self.sentences), size=count)
        places = (starts[:, None] + chance.integers(NEIGHBOURHOOD, size=(count, SENTENCES_IN_PASSAGE))) % len(self.sentences)
        mean = sum(self.vectors[column] for column in places.T) / SENTENCES_IN_PASSAGE
        noise = self.vectors[chance.integers(len(self.vectors), size=count)] - self.vectors[chance.integers(len(self.vectors), size=count)]
        vectors = mean + NOISE * noise
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def _encoded(self, document: Document) -> Encoded:
        places = [self._known.get(document.text[one.start : one.end], -1) for one in document.sentences]
        rows = self.vectors[[place for place in places if place >= 0]]
        mean = rows.mean(axis=0) if len(rows) else self.vectors[zlib.crc32(document.text.encode()) % len(self.vectors)]
        return Encoded(self.noisy(mean, document.text, NOISE), self.vectors[places])
