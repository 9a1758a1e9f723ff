"""Makes what all engines get: a validation set cut into Kutip's passages, and many made passages with their vectors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.peers.material import Material
from benchmarks.recombined import PASSAGES_IN_ARTICLE, Recombined
from benchmarks.sets import Row, rows
from benchmarks.speed import texts
from rag.embedding.embedder import Document
from rag.text.passages import passage_spans

MARK = "#"
"""Between the id of a document and the number of its passage."""
MOST_ARTICLES = 10**9
BATCH = 1_000
"""Passages whose vectors are made at a time."""


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
    """`count` passages of recombined articles and their questions, both with the vectors that benchmarks/recombined.py gives them."""
    source = Recombined.prepared(work / "base", data)
    documents = list(islice((one for article in source.articles(MOST_ARTICLES) for one in whole_passages(article.text)), count))
    vectors = [one.vector for start in range(0, count, BATCH) for one in source.encode_document(documents[start : start + BATCH])]
    asked = source.questions(questions, count // PASSAGES_IN_ARTICLE)
    ids = [f"p{i}" for i in range(count)]
    return Material(ids, [one.text for one in documents], asked, np.stack(vectors), np.stack([source.encode_query(one) for one in asked]))


def whole_passages(text: str) -> Iterator[Document]:
    """The passages of `text` that stay whole where each is an article of its own."""
    for one in passage_spans(text):
        alone = text[one.start : one.end]
        cut = passage_spans(alone)
        if [(span.start, span.end) for span in cut] == [(0, len(alone))]:
            yield Document(alone, "", cut[0].sentences)
