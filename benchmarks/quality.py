"""How well passages are found: nDCG@10 of dense, lexical, fusion and whitespace BM25, side by side, on sets in BEIR form.

    python -m benchmarks.quality --data DIR [--half 1] [--questions 200] [--rows xquad.de-en idk_mrc_id ...] [--out docs/quality]

DIR holds folders with corpus[.lang].jsonl, queries[.lang|.valid].jsonl and qrels[.valid].jsonl.  `--half 0` takes every
other question (the weights and thresholds were chosen on half 0), `--half 1` the rest.  Everything goes through
`Collection`; a document counts by its best passage.  Also says how often the marked sentence of the first three
citations holds the answer, and what is refused: a false refusal is a question whose passage is there, a false answer
one whose passage was taken out.  `--out` writes NAME.md and NAME.json.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import nDCG

from rag import Article, Collection, Filters
from rag.answering.answer import best_confidence
from rag.answering.evidence import ANSWERS_FROM
from rag.embedding.embedder import BUNDLED, Embedder, load_embedder

DEPTH = 100
SIDES = ("BM25 whitespace", "lexical", "dense", "fusion")
RATES = ("refused %", "answered without it %", "answer in a marked sentence %")
CURVE = tuple(round(0.05 * i, 2) for i in range(1, 20))


class RememberingEmbedder:
    """The embedder of all collections; a question that is asked of several corpora is encoded once."""

    def __init__(self, inner: Embedder) -> None:
        self.name, self.dimension, self.encode_document = inner.name, inner.dimension, inner.encode_document
        self._inner, self._known = inner, {}

    def encode_query(self, question: str) -> np.ndarray:
        if question not in self._known:
            self._known[question] = self._inner.encode_query(question)
        return self._known[question]


@dataclass(frozen=True, slots=True)
class Row:
    """One set and language pair: documents by id, questions by id, the relevant document of each question."""

    name: str
    asked: str
    language: str
    corpus: dict[str, str]
    questions: dict[str, str]
    answers: dict[str, list[str]]
    relevant: dict[str, str]


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def rows(data: Path) -> Iterator[Row]:
    plain = {"idk_mrc_id": ("id", ".valid"), "facqa_id": ("id", ".valid"), "tydiqa_goldp/en": ("en", ""), "tydiqa_goldp/ru": ("ru", "")}
    for name, (language, split) in plain.items():
        folder = data / name
        yield row(name, language, language, folder / "corpus.jsonl", folder / f"queries{split}.jsonl", folder / f"qrels{split}.jsonl")
    folder = data / "xquad"
    languages = sorted(path.suffixes[0][1:] for path in folder.glob("corpus.*.jsonl"))
    for asked in languages:
        for written in languages:
            yield row(f"xquad.{asked}-{written}", asked, written, folder / f"corpus.{written}.jsonl", folder / f"queries.{asked}.jsonl", folder / "qrels.jsonl")


def row(name: str, spoken: str, language: str, corpus: Path, queries: Path, qrels: Path) -> Row:
    relevant = {one["query-id"]: one["corpus-id"] for one in lines(qrels) if one["score"] > 0}
    asked = [one for one in lines(queries) if one["_id"] in relevant]
    return Row(
        name, spoken, language, {one["_id"]: one["text"] for one in lines(corpus)}, {one["_id"]: one["text"] for one in asked},
        {one["_id"]: one.get("answers", []) for one in asked}, relevant,
    )  # fmt: skip


class WhitespaceBM25:
    """The baseline: BM25 (k1 1.2, b 0.75) over lower-cased words split at blanks."""

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


@dataclass(frozen=True, slots=True)
class Measured:
    """nDCG@10 x 100 of each side and shares in per cent; `present` and `absent` are the confidences of each question
    with its passage in the collection and with it taken out."""

    figures: dict[str, float]
    present: list[float]
    absent: list[float]


def measure(one: Row, collection: Collection, questions: list[str]) -> Measured:
    runs: dict[str, dict[str, dict[str, float]]] = {side: {} for side in SIDES}
    baseline = WhitespaceBM25(one.corpus)
    present, absent, marked = [], [], []
    for number in questions:
        with collection._asking(one.questions[number], Filters(), DEPTH) as (_, ranking, _, _):
            passages = ranking.passages
        for side, value in (("dense", "dense"), ("lexical", "lexical"), ("fusion", "score")):
            best: dict[str, float] = {}
            for hit in passages:
                best[hit.article_id] = max(best.get(hit.article_id, -1.0), getattr(hit, value))
            runs[side][number] = best
        runs["BM25 whitespace"][number] = baseline.scores(one.questions[number])
        present.append(best_confidence(passages))
        absent.append(best_confidence([hit for hit in passages if hit.article_id != one.relevant[number]]))
        if one.answers[number] and one.asked == one.language:
            answer = collection.ask(one.questions[number], top_k=3)
            shown = [citation.sentence.text for citation in answer.citations + answer.near_misses]
            marked.append(any(text in sentence for text in one.answers[number] for sentence in shown))
    qrels = {number: {one.relevant[number]: 1} for number in questions}
    figures = {side: 100 * ir_measures.calc_aggregate([nDCG @ 10], qrels, run)[nDCG @ 10] for side, run in runs.items()}
    figures[RATES[0]] = 100 * float(np.mean(np.array(present) < ANSWERS_FROM))
    figures[RATES[1]] = 100 * float(np.mean(np.array(absent) >= ANSWERS_FROM))
    if marked:
        figures[RATES[2]] = 100 * float(np.mean(marked))
    return Measured(figures, present, absent)


def report(measured: dict[str, Measured]) -> str:
    """The tables in Markdown: every row, the means, and the curve of refusals."""
    columns = (*SIDES, "fusion - best side", *RATES)
    written = ["| row | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    table = {name: one.figures | {"fusion - best side": gain(one.figures)} for name, one in measured.items()}
    mean = {column: float(np.mean([row[column] for row in table.values() if column in row] or [np.nan])) for column in columns}
    for name, row in {**table, f"mean of {len(table)}": mean}.items():
        written.append(f"| {name} | " + " | ".join(f"{row[column]:.1f}" if column in row else "" for column in columns) + " |")
    groups = {title: [one for name, one in measured.items() if is_same(name) is same] for title, same in (("same language", True), ("two languages", False))}
    written += ["", f"Refused although the passage is there / answered without it, per cent, by the confidence asked for (now {ANSWERS_FROM}):", ""]
    written += ["| confidence | " + " | ".join(groups) + " |", "|---|" + "--:|" * len(groups)]
    for threshold in CURVE:
        cells = []
        for rows_ in groups.values():
            present, absent = (np.array([value for one in rows_ for value in getattr(one, side)]) for side in ("present", "absent"))
            cells.append(f"{100 * np.mean(present < threshold):.1f} / {100 * np.mean(absent >= threshold):.1f}" if len(present) else "")
        written.append(f"| {threshold} | " + " | ".join(cells) + " |")
    return "\n".join(written) + "\n"


def gain(figures: dict[str, float]) -> float:
    return figures["fusion"] - max(figures["dense"], figures["lexical"])


def is_same(name: str) -> bool:
    """Are question and passage of this row in one language?"""
    pair = name.partition("xquad.")[2]
    return not pair or len(set(pair.split("-"))) == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--questions", type=int, default=10_000, help="at most so many a row")
    parser.add_argument("--rows", nargs="*", help="names of rows; all without it")
    parser.add_argument("--out", type=Path, help="write the report there, as .md and .json")
    arguments = parser.parse_args()
    embedder = RememberingEmbedder(load_embedder(BUNDLED))
    measured: dict[str, Measured] = {}
    collections: dict[tuple[str, str], Collection] = {}
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for one in rows(arguments.data):
            if arguments.rows and one.name not in arguments.rows:
                continue
            key = (one.name.split(".")[0], one.language)
            if key not in collections:
                collections[key] = Collection.open(Path(folder) / f"{len(collections)}", embedder=embedder)
                collections[key].add(Article(name, "", text, language=one.language) for name, text in one.corpus.items())
            asked = [number for i, number in enumerate(one.questions) if arguments.half is None or i % 2 == arguments.half]
            measured[one.name] = measure(one, collections[key], asked[: arguments.questions])
            figures = measured[one.name].figures
            print(f"{one.name}: " + ", ".join(f"{name} {value:.1f}" for name, value in figures.items()) + f" ({time.monotonic() - begin:.0f} s)", flush=True)
        for collection in collections.values():
            collection.close()
    print(report(measured))
    if arguments.out:
        arguments.out.with_suffix(".md").write_text(report(measured), encoding="utf-8")
        arguments.out.with_suffix(".json").write_text(json.dumps({name: one.figures for name, one in measured.items()}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
