"""Makes what all engines get: a validation set cut into Kutip's passages, and many made passages with their vectors."""

from __future__ import annotations

import hashlib
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.peers import grown
from benchmarks.peers.material import Material
from benchmarks.sets import Row, rows
from benchmarks.speed import texts
from rag.embedding.bundled import BundledEmbedder
from rag.embedding.embedder import Document
from rag.text.passages import passage_spans

MARK = "#"
"""Between the id of a document and the number of its passage."""
POOL = 8_000
OWN_WORDS, COMMON_WORDS, COMMON = 5, 3, 150
"""A question has so many words of one passage, and so many of the commonest ones."""
SEED = 7


@dataclass(frozen=True, slots=True)
class Validation:
    """`relevant` holds the documents of each question, in the order of the material's questions."""

    name: str
    material: Material
    relevant: list[dict[str, int]]

    def ndcg(self, run: Iterable[Iterable[str]]) -> float:
        """nDCG@10 x 100 of the passages found for each question: a document counts where its first passage stands."""
        return 100 * float(np.mean([ndcg(documents(names), relevant) for names, relevant in zip(run, self.relevant, strict=True)]))


def ndcg(found: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """sum of gain / log2(1 + rank) over the first `k`, ranks from 1, as a share of what the best order gives."""
    best = sorted(relevant.values(), reverse=True)[:k]
    gained = (relevant.get(name, 0) / math.log2(2 + i) for i, name in enumerate(found[:k]))
    return sum(gained) / sum(gain / math.log2(2 + i) for i, gain in enumerate(best))


def documents(passages: Iterable[str]) -> list[str]:
    """The documents of these passages, each once."""
    return list(dict.fromkeys(name.rpartition(MARK)[0] for name in passages))


def validation(data: Path | None, name: str, most: int) -> Validation:
    """The set called `name` under `data`; of a larger one `most` documents, the relevant ones first.  Without `data`
    texts of `seeds/`, of which no question is asked that could be judged."""
    if data is None:
        found = dict(zip(map(str, range(most)), texts(most, None), strict=True))
        return of_row(Row("seeds", "id", "id", found, {number: " ".join(text.split()[:8]) for number, text in list(found.items())[:100]}, {}, {}), most)
    return of_row(next(row for row in rows(data) if row.name == name), most)


def of_row(row: Row, most: int) -> Validation:
    wanted = dict.fromkeys(document for found in row.relevant.values() for document in found)
    kept = set(list(dict.fromkeys([*wanted, *row.corpus]))[:most])
    asked = [number for number in row.questions if set(row.relevant.get(number, ())) <= kept]
    cut = [(f"{name}{MARK}{i}", text[one.start : one.end]) for name, text in row.corpus.items() if name in kept for i, one in enumerate(passage_spans(text))]
    material = Material([name for name, _ in cut], [text for _, text in cut], [row.questions[number] for number in asked])
    return Validation(row.name, material, [row.relevant.get(number, {}) for number in asked])


def made(count: int, questions: int, data: Path | None, work: Path) -> Material:
    """`count` passages with vectors, and questions with those that the bundled model gives them."""
    embedder, pool = BundledEmbedder(), grown.sentences(data, POOL)
    passages = list(grown.passages(count, SEED, pool))
    chance = random.Random(SEED)
    common = [word for word, _ in Counter(word for text in pool for word in text.lower().split() if word.isalpha()).most_common(COMMON)]
    asked = []
    for passage in chance.choices(passages, k=questions):
        own = list(dict.fromkeys(word for word in grown.WORD.findall(passage)))
        asked.append(" ".join([*chance.sample(own, min(OWN_WORDS, len(own))), *chance.sample(common, min(COMMON_WORDS, len(common)))]))
    vectors = grown.vectors(count, SEED, _encoded(embedder, pool, work))
    ids = [f"p{i}" for i in range(count)]
    return Material(ids, passages, asked, vectors, np.stack([embedder.encode_query(one) for one in asked]).astype(np.float32))


def _encoded(embedder: BundledEmbedder, pool: list[str], work: Path) -> np.ndarray:
    """The sentences' vectors, kept in `work`."""
    kept = work / f"sentences-{hashlib.sha256(chr(10).join(pool).encode()).hexdigest()[:16]}.npy"
    if not kept.is_file():
        work.mkdir(parents=True, exist_ok=True)
        np.save(kept, np.stack([one.vector for one in embedder.encode_document([Document(text) for text in pool])]))
    return np.load(kept)
