"""How well passages are found: nDCG@10 of dense, lexical, fusion and whitespace BM25, side by side, on sets in BEIR form.

    python benchmarks/quality.py --data DIR [--half 1] [--questions 200] [--rows xquad.de-en idk_mrc_id ...]

DIR holds folders with corpus[.lang].jsonl, queries[.lang|.valid].jsonl and qrels[.valid].jsonl.  `--half 0` takes every
other question (the weights were chosen on half 0), `--half 1` the rest.  Also prints how often the marked sentence
holds the answer, and the shares of false refusals and false answers (the same questions with their passage taken out).
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import nDCG

from rag import Article, Collection
from rag.answering.evidence import ANSWERS_FROM, confidence
from rag.text.words import passage_terms

DEPTH = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One set and language pair: documents by id, questions by id, the relevant document of each question."""

    name: str
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
        yield row(name, language, folder / "corpus.jsonl", folder / f"queries{split}.jsonl", folder / f"qrels{split}.jsonl")
    folder = data / "xquad"
    languages = sorted(path.suffixes[0][1:] for path in folder.glob("corpus.*.jsonl"))
    for asked in languages:
        for written in languages:
            yield row(f"xquad.{asked}-{written}", written, folder / f"corpus.{written}.jsonl", folder / f"queries.{asked}.jsonl", folder / "qrels.jsonl")


def row(name: str, language: str, corpus: Path, queries: Path, qrels: Path) -> Row:
    relevant = {one["query-id"]: one["corpus-id"] for one in lines(qrels) if one["score"] > 0}
    asked = [one for one in lines(queries) if one["_id"] in relevant]
    return Row(
        name, language, {one["_id"]: one["text"] for one in lines(corpus)}, {one["_id"]: one["text"] for one in asked},
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


def measure(one: Row, collection: Collection, questions: list[str]) -> dict[str, float]:
    """nDCG@10 x 100 of each side, and the rates of sentences and refusals, over `questions`."""
    runs: dict[str, dict[str, dict[str, float]]] = {side: {} for side in ("BM25 whitespace", "lexical", "dense", "fusion")}
    baseline = WhitespaceBM25(one.corpus)
    marked = refused = wrong = with_answer = 0
    for number in questions:
        hits = collection.search(one.questions[number], top_k=DEPTH)
        for side, value in (("dense", "dense"), ("lexical", "lexical"), ("fusion", "score")):
            best: dict[str, float] = {}
            for hit in hits:
                best[hit.article.id] = max(best.get(hit.article.id, -1.0), getattr(hit, value))
            runs[side][number] = best
        runs["BM25 whitespace"][number] = baseline.scores(one.questions[number])
        answer = collection.ask(one.questions[number], top_k=3)
        refused += not answer
        if one.answers[number] and one.language == one.name[-2:]:
            with_answer += 1
            shown = [citation.sentence.text for citation in answer.citations + answer.near_misses]
            marked += any(text in sentence for text in one.answers[number] for sentence in shown)
        # What would be answered without the passage: the best evidence among the other articles.
        others = [hit for hit in hits if hit.article.id != one.relevant[number]][:5]
        wrong += any(confidence(hit.dense, _coverage(one.questions[number], hit.passage.text, one.language)) >= ANSWERS_FROM for hit in others)
    qrels = {number: {one.relevant[number]: 1} for number in questions}
    result = {side: 100 * ir_measures.calc_aggregate([nDCG @ 10], qrels, run)[nDCG @ 10] for side, run in runs.items()}
    rates = {"false refusals %": 100 * refused / len(questions), "false answers %": 100 * wrong / len(questions)}
    return result | rates | ({"answer in a marked sentence %": 100 * marked / with_answer} if with_answer else {})


def _coverage(question: str, passage: str, language: str) -> float:
    """Share of the question's distinct stems that stand in the passage: a stand-in for the idf-weighted coverage."""
    asked = set(passage_terms(question, language)[1])
    return len(asked & set(passage_terms(passage, language)[1])) / len(asked) if asked else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--questions", type=int, default=10_000, help="at most so many a row")
    parser.add_argument("--rows", nargs="*", help="names of rows; all without it")
    parser.add_argument("--out", type=Path, help="write the figures there as JSON")
    arguments = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    header = None
    collections: dict[tuple[str, str], Collection] = {}
    with tempfile.TemporaryDirectory() as folder:
        for one in rows(arguments.data):
            if arguments.rows and one.name not in arguments.rows:
                continue
            key = (one.name.split(".")[0], one.language)
            if key not in collections:
                collections[key] = Collection.open(Path(folder) / f"{len(collections)}")
                collections[key].add(Article(name, "", text, language=one.language) for name, text in one.corpus.items())
            asked = [number for i, number in enumerate(one.questions) if arguments.half is None or i % 2 == arguments.half]
            figures[one.name] = measure(one, collections[key], asked[: arguments.questions])
            if header is None:
                header = ["BM25 whitespace", "lexical", "dense", "fusion", "false refusals %", "false answers %", "answer in a marked sentence %"]
                print("| row | " + " | ".join(header) + " |\n|" + "---|" * (len(header) + 1))
            print(f"| {one.name} | " + " | ".join(f"{figures[one.name].get(name, float('nan')):.1f}" for name in header) + " |", flush=True)
        for collection in collections.values():
            collection.close()
    if arguments.out:
        arguments.out.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
