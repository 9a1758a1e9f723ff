"""What late interaction would add to the fused score: the vectors of a question's tokens against those of a passage's.

    python -m benchmarks.late --data DIR [--questions 150] [--rows facqa_id xquad.de-en ...]

The token vectors of each question and of its FIRST passages, as they are ranked now, are made anew by the bundled model, which was
never trained for it (Khattab and Zaharia 2020, arXiv 2004.12832).  Prints nDCG@10 x 100 of each row as it is and at several
weights of it, both halves of the questions apart, and the milliseconds that it takes a question.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.choosing import NOW, Candidates, collect
from benchmarks.sets import Row
from rag.embedding import BUNDLED, load_embedder

FIRST = 15
WEIGHTS = (0.1, 0.2, 0.4, 0.8)


class Tokens:
    """The bundled model's tokens of a text and their vectors in it."""

    def __init__(self) -> None:
        self._model = load_embedder(BUNDLED).model

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        return self._model.tokenizer(list(texts), truncation=True, max_length=self._model.max_seq_length)["input_ids"]

    def vectors(self, texts: Sequence[str]) -> list[np.ndarray]:
        """float32 (tokens, dimension) of each, rows of unit length."""
        found = [one.float().cpu().numpy() for one in self._model.encode(list(texts), output_value="token_embeddings")]
        return [one / np.linalg.norm(one, axis=1, keepdims=True) for one in found]


def share_alike(question: np.ndarray, passage: np.ndarray, asks: np.ndarray) -> float:
    """sum over the question's tokens of asks * max over the passage's of the cosine / sum of asks; 0 where nothing is asked for.

    `question` and `passage` float32 (tokens, dimension), `asks` float64 (tokens of the question,).
    """
    return float(asks @ (question @ passage.T).max(axis=1) / asks.sum()) if asks.any() else 0.0


def rarity(texts: Sequence[Sequence[int]]) -> dict[int, float]:
    """The idf of each token, ln(1 + (N - n + 1/2) / (n + 1/2)); 0 of what every text has, as the marks at its ends."""
    held = Counter(token for text in texts for token in set(text))
    return {token: math.log(1 + (len(texts) - count + 0.5) / (count + 0.5)) if count < len(texts) else 0.0 for token, count in held.items()}


def reordered(scores: np.ndarray, alike: np.ndarray, weight: float) -> np.ndarray:
    """The first passages' scores with `weight` of how alike they are; the others, whose scores are in [0, 1], come after them."""
    return np.concatenate([scores[: len(alike)] + weight * np.clip(alike, 0, None), scores[len(alike) :] - 1])


def gains(one: Row, asked: Mapping[str, Candidates], tokens: Tokens) -> tuple[np.ndarray, float]:
    """nDCG@10 in [0, 1], float64 (questions, 1 + WEIGHTS), the first as it is; and the mean seconds of late interaction."""
    asks = rarity(tokens.ids([*one.corpus.values()]))
    unseen = max(asks.values())
    rows, seconds = [], 0.0
    for number, found in asked.items():
        began = time.perf_counter()
        question = one.questions[number]
        (ids,) = tokens.ids([question])
        own, *passages = tokens.vectors([question, *found.texts[:FIRST]])
        wanted = np.array([asks.get(token, unseen) for token in ids])
        alike = np.array([share_alike(own, passage, wanted) for passage in passages])
        seconds += time.perf_counter() - began
        scores = found.scores(NOW[found.group])
        rows.append([found.ndcg_of(scores), *(found.ndcg_of(reordered(scores, alike, weight)) for weight in WEIGHTS)])
    return np.array(rows), seconds / max(len(rows), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=150, help="of each half of a row at most")
    parser.add_argument("--rows", nargs="*", help="names of rows; all without it")
    arguments = parser.parse_args()
    tokens = Tokens()
    print("row | half | questions | as it is | " + " | ".join(f"weight {weight}" for weight in WEIGHTS) + " | ms a question")
    for half in (0, 1):
        for one, asked in collect(arguments.data, arguments.questions, arguments.rows, half):
            values, seconds = gains(one, asked, tokens)
            figures = " | ".join(f"{100 * value:.1f}" for value in values.mean(axis=0)) if len(values) else "nothing found"
            print(f"{one.name} | {half} | {len(asked)} | {figures} | {1000 * seconds:.0f}", flush=True)


if __name__ == "__main__":
    main()
