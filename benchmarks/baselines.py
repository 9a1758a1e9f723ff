"""What every figure stands beside: BM25 over blank-separated words, and what is published of other models."""

from __future__ import annotations

import math
from collections import Counter


class WhitespaceBM25:
    """BM25 (k1 1.2, b 0.75) over lower-cased words split at blanks."""

    def __init__(self, corpus: dict[str, str]) -> None:
        self.counts = {name: Counter(text.lower().split()) for name, text in corpus.items()}
        self.lengths = {name: sum(count.values()) for name, count in self.counts.items()}
        self.average = sum(self.lengths.values()) / len(corpus)
        self.holders: dict[str, list[str]] = {}
        for name, count in self.counts.items():
            for word in count:
                self.holders.setdefault(word, []).append(name)

    def scores(self, question: str) -> dict[str, float]:
        found: Counter[str] = Counter()
        for word in set(question.lower().split()):
            held = self.holders.get(word, [])
            idf = math.log(1 + (len(self.counts) - len(held) + 0.5) / (len(held) + 0.5))
            for name in held:
                tf = self.counts[name][word]
                found[name] += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * self.lengths[name] / self.average))
        return dict(found)


PUBLISHED = (
    ("xquad, question and passage in one language", "mean of all 12 languages of XQuAD", {
        "BM25": 83.3, "all-MiniLM-L6-v2 (English)": 38.1, "LaBSE": 82.5, "paraphrase-multilingual-MiniLM-L12-v2": 82.8,
        "granite-embedding-107m-multilingual": 87.9, "multilingual-e5-base": 95.8, "multilingual-e5-large": 97.1,
    }),
)  # fmt: skip
"""nDCG@10 x 100 of other models, by the result files of MTEB (repository embeddings-benchmark/results, commit f4cc6c8b,
XQuADRetrieval, validation): what is measured on, over how many languages, figure by model."""
