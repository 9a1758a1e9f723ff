"""Chooses what depends on the embedding model: the weights of the fused score, and the factors of confidence.

    python -m benchmarks.choosing --data DIR [--questions 60] [--rows xquad.de-en idk_mrc_id ...]

Only on every other question of each validation set (half 0 of benchmarks/quality.py, which measures on the rest).
Weights: of all in steps of .05 those with the best mean nDCG@10 over the rows, for questions in English or Indonesian,
for the others, and for passages in another language than the question.  Confidence: a logistic regression of "answers" on the
cosine and the share of the question's idf that a passage covers, among the first passages of each question, moved until 5 % of
the questions whose passage is there are refused.
Prints what is chosen beside what rag/retrieval/fusion.py and rag/answering/evidence.py hold now, which nobody changes
but by hand.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.models import DEPTH, RememberingEmbedder
from benchmarks.sets import Row, rows
from rag import Article, Collection, Filters
from rag.answering.answer import LOOKED_AT
from rag.answering.evidence import BY_MEANING, SAME_LANGUAGE
from rag.embedding import BUNDLED, load_embedder
from rag.retrieval.fusion import ACROSS, LEARNED, USUAL, Weights, fuse, weights_of

REFUSED = 0.05
STEP = 0.05
RANKED = 10
NOW = {"USUAL": USUAL, "LEARNED": LEARNED, "ACROSS": ACROSS}


@dataclass(frozen=True, slots=True)
class Candidates:
    """The passages that were ranked for one question; arrays of one length.

    `group` names the weights of NOW that its language gets, ACROSS where all of them are in another one.
    `judged` names the factors that judge each passage: SAME_LANGUAGE, BY_MEANING or, where neither is told, OTHER_LANGUAGE.
    `documents` numbers their documents from 0, `relevant` says which passages are of a relevant one; `wanted` counts
    the relevant documents of the question, found or not. `texts` are the passages.
    """

    row: str
    group: str
    cosines: np.ndarray
    lexical: np.ndarray
    coverage: np.ndarray
    judged: np.ndarray
    documents: np.ndarray
    relevant: np.ndarray
    wanted: int
    texts: tuple[str, ...] = ()

    def scores(self, weights: Weights) -> np.ndarray:
        return fuse(self.cosines, self.lexical, self.coverage, weights)

    def ndcg(self, weights: Weights) -> float:
        return self.ndcg_of(self.scores(weights))

    def ndcg_of(self, scores: np.ndarray) -> float:
        """nDCG@10 in [0, 1] of the order by `scores`; a document counts by its best passage."""
        order = np.argsort(-scores, kind="stable")
        _, first = np.unique(self.documents[order], return_index=True)
        gains = self.relevant[order][np.sort(first)[:RANKED]]
        discounts = 1 / np.log2(np.arange(2, RANKED + 2))
        return float(gains @ discounts[: len(gains)] / discounts[: min(self.wanted, RANKED)].sum())


def candidates(one: Row, collection: Collection, number: str) -> Candidates | None:
    """What is ranked for a question of the row, DEPTH passages deep; None if nothing is."""
    with collection._asking(one.questions[number], Filters(), DEPTH) as found:
        if found is None or not found[1].passages:
            return None
        passages, spoken = found[1].passages, found[0].question.spoken
    names = {name: i for i, name in enumerate(dict.fromkeys(hit.article_id for hit in passages))}
    columns = ([hit.dense * hit.told for hit in passages], [hit.lexical for hit in passages], [hit.coverage for hit in passages])
    judged = np.array(["SAME_LANGUAGE" if hit.same_language else "BY_MEANING" if hit.by_meaning else "OTHER_LANGUAGE" for hit in passages])
    relevant = np.array([hit.article_id in one.relevant[number] for hit in passages])
    documents = np.array([names[hit.article_id] for hit in passages])
    group = "ACROSS" if all(hit.foreign for hit in passages) else next(name for name, weights in NOW.items() if weights is weights_of(spoken))
    texts = tuple(one.corpus[hit.article_id][hit.stored.start : hit.stored.end] for hit in passages)
    return Candidates(one.name, group, *map(np.array, columns), judged, documents, relevant, len(one.relevant[number]), texts)


def mean_ndcg(asked: Iterable[Candidates], weights: Weights) -> float:
    """x 100, the mean over rows of the mean over questions."""
    by_row: dict[str, list[float]] = {}
    for one in asked:
        by_row.setdefault(one.row, []).append(one.ndcg(weights))
    return 100 * float(np.mean([np.mean(values) for values in by_row.values()]))


def grid() -> list[Weights]:
    """All weights in steps of STEP with a coverage of up to .7."""
    steps = round(1 / STEP)
    return [
        Weights(dense=dense * STEP, lexical=(steps - dense - coverage) * STEP, coverage=coverage * STEP)
        for coverage in range(15)
        for dense in range(1, steps - coverage)
    ]


def best_weights(asked: Sequence[Candidates]) -> tuple[Weights, float]:
    found = [(mean_ndcg(asked, weights), weights) for weights in grid()]
    value, weights = max(found, key=lambda one: one[0])
    return weights, value


Factors = tuple[float, float, float]


def evidence(asked: Iterable[Candidates], chosen: Mapping[str, Weights], judged: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each question those of the first passages that the factors `judged` judge: (cosine, coverage) by row, float (n, 2), and whether they are relevant."""
    found = []
    for one in asked:
        order = np.argsort(-one.scores(chosen[one.group]), kind="stable")[: 2 * LOOKED_AT]
        order = order[one.judged[order] == judged]
        if len(order):
            found.append((np.stack([one.cosines[order], one.coverage[order]], 1), one.relevant[order]))
    return found


def fitted(first: Sequence[tuple[np.ndarray, np.ndarray]]) -> Factors:
    """The logistic regression, moved so that of the questions whose passage is there REFUSED stay below one half."""
    from sklearn.linear_model import LogisticRegression

    features, answers = np.concatenate([one for one, _ in first]), np.concatenate([one for _, one in first])
    factors = LogisticRegression(C=100.0).fit(features, answers).coef_[0]
    present = [float((one[:LOOKED_AT] @ factors).max()) for one, relevant in first if relevant[:LOOKED_AT].any()]
    return float(factors[0]), float(factors[1]), -float(np.quantile(present, REFUSED))


def rates(first: Sequence[tuple[np.ndarray, np.ndarray]], factors: Factors) -> tuple[float, float]:
    """Per cent refused though the passage is among the first, and answered with the relevant ones taken out."""
    values = [(one @ np.array(factors[:2]) + factors[2], relevant) for one, relevant in first]
    present = [float(value[:LOOKED_AT].max()) for value, relevant in values if relevant[:LOOKED_AT].any()]
    absent = [float(value[~relevant][:LOOKED_AT].max()) for value, relevant in values if not relevant.all()]
    return 100 * float(np.mean(np.array(present) < 0)), 100 * float(np.mean(np.array(absent) >= 0))


def collect(data: Path, questions: int, only: Sequence[str] | None, half: int = 0) -> Iterator[tuple[Row, dict[str, Candidates]]]:
    """Each row, and what is ranked for every other one of its questions, from the first or the second (`half`) on."""
    embedder = RememberingEmbedder(load_embedder(BUNDLED))
    collections: dict[tuple[str, str], Collection] = {}
    with tempfile.TemporaryDirectory() as folder:
        for one in rows(data):
            if only and one.name not in only:
                continue
            key = (one.name.split(".")[0], one.language)
            if key not in collections:
                collections[key] = Collection.open(Path(folder) / str(len(collections)), embedder=embedder)
                collections[key].add(Article(name, "", text, language=one.language) for name, text in one.corpus.items())
            asked = [(number, candidates(one, collections[key], number)) for number in [*one.questions][half::2][:questions]]
            yield one, {number: found for number, found in asked if found}
        for collection in collections.values():
            collection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=60, help="of each row at most")
    parser.add_argument("--rows", nargs="*", help="names of rows; all without it")
    arguments = parser.parse_args()
    found: list[Candidates] = []
    for one, asked in collect(arguments.data, arguments.questions, arguments.rows):
        found += asked.values()
        print(f"{one.name}: {len(asked)} questions", flush=True)
    chosen = dict(NOW)
    for name, now in NOW.items():
        asked = [one for one in found if one.group == name]
        if asked:
            chosen[name], value = best_weights(asked)
            print(f"{name}: nDCG@10 {value:.2f} with {chosen[name]}; now {mean_ndcg(asked, now):.2f} with {now}")
    for name, now in (("SAME_LANGUAGE", SAME_LANGUAGE), ("BY_MEANING", BY_MEANING)):
        first = evidence(found, chosen, name)
        if any(relevant.any() for _, relevant in first):
            for title, factors in (("fitted", fitted(first)), ("now", now)):
                refused, answered = rates(first, factors)
                print(f"{name} {title} {tuple(round(one, 2) for one in factors)}: refused {refused:.1f} %, answered without it {answered:.1f} %")


if __name__ == "__main__":
    main()
