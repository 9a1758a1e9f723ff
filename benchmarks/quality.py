"""How well passages are found: dense, lexical and fusion beside whitespace BM25 and other models, on sets in BEIR form.

    python -m benchmarks.quality --data DIR [--half 1] [--questions 200] [--rows xquad.de-en idk_mrc_id ...]
                                 [--models FOLDER_OR_NAME ...] [--out docs/quality]

DIR holds sets as benchmarks/sets.py says. `--half 0` takes every other question (the weights and thresholds were chosen
on half 0), `--half 1` the rest. `dense` is the model alone, exactly and on whole documents; lexical and fusion go through
`Collection`, where a document counts by its best passage. With `--models` each sentence-transformers model is measured in
place of the bundled one, and beside it. Also says how often the marked sentence of the first three citations holds the
answer, and what is refused: a false refusal is a question whose passage is there, a false answer one whose passage was
taken out. `--out` writes NAME.md, NAME.json and NAME.png.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from benchmarks.baselines import PUBLISHED, WhitespaceBM25
from benchmarks.models import DEPTH, Alone, RememberingEmbedder, Speed, matched
from benchmarks.reporting import bars, mean, save, table
from benchmarks.sets import Row, bitexts, rows
from rag import Article, Collection, Filters
from rag.answering.answer import best_confidence
from rag.answering.evidence import ANSWERS_FROM
from rag.embedding import BUNDLED, load_embedder

SIDES = ("BM25 whitespace", "lexical", "dense", "fusion")
METRICS = {"nDCG@10": nDCG @ 10, "recall@1": R @ 1, "recall@10": R @ 10, "recall@100": R @ 100, "MRR@10": RR @ 10}
RATES = ("refused %", "answered without it %", "answer in a marked sentence %")
CURVE = tuple(round(0.05 * i, 2) for i in range(1, 20))


@dataclass(frozen=True, slots=True)
class Measured:
    """x 100: `figures[side][metric]`, and `rates`. `present` and `absent` are the confidences of each question with its
    passages in the collection and with them taken out."""

    figures: dict[str, dict[str, float]]
    rates: dict[str, float]
    present: list[float]
    absent: list[float]

    def ndcg(self) -> dict[str, float]:
        return {side: metrics["nDCG@10"] for side, metrics in self.figures.items()}


def measure(one: Row, collection: Collection, alone: Alone, questions: list[str]) -> Measured:
    runs: dict[str, dict[str, dict[str, float]]] = {side: {} for side in SIDES}
    baseline = WhitespaceBM25(one.corpus)
    present, absent, marked = [], [], []
    for number in questions:
        with collection._asking(one.questions[number], Filters(), DEPTH) as (_, ranking, _, _):
            passages = ranking.passages
        for side, value in (("lexical", "lexical"), ("fusion", "score")):
            best: dict[str, float] = {}
            for hit in passages:
                best[hit.article_id] = max(best.get(hit.article_id, -1.0), getattr(hit, value))
            runs[side][number] = best
        runs["BM25 whitespace"][number] = baseline.scores(one.questions[number])
        runs["dense"][number] = alone.scores(one.questions[number])
        present.append(best_confidence(passages))
        absent.append(best_confidence([hit for hit in passages if hit.article_id not in one.relevant[number]]))
        if one.answers[number] and one.asked == one.language:
            answer = collection.ask(one.questions[number], top_k=3)
            shown = [citation.sentence.text for citation in answer.citations + answer.near_misses]
            marked.append(any(text in sentence for text in one.answers[number] for sentence in shown))
    qrels = {number: one.relevant[number] for number in questions}
    figures = {}
    for side, run in runs.items():
        found = ir_measures.calc_aggregate(list(METRICS.values()), qrels, run)
        figures[side] = {name: 100 * found[metric] for name, metric in METRICS.items()}
    rates = {RATES[0]: 100 * float(np.mean(np.array(present) < ANSWERS_FROM)), RATES[1]: 100 * float(np.mean(np.array(absent) >= ANSWERS_FROM))}
    if marked:
        rates[RATES[2]] = 100 * float(np.mean(marked))
    return Measured(figures, rates, present, absent)


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one model: rows by name, sentence matching by name (both ways), speed by corpus."""

    model: str
    measured: dict[str, Measured]
    bitext: dict[str, tuple[float, float]]
    speed: dict[str, Speed]

    def per_second(self) -> float:
        return sum(one.passages for one in self.speed.values()) / max(sum(one.seconds for one in self.speed.values()), 1e-9)


def report_on(model: str, arguments: argparse.Namespace, folder: Path) -> Report:
    embedder = RememberingEmbedder(load_embedder(model))
    measured: dict[str, Measured] = {}
    collections: dict[tuple[str, str], tuple[Collection, Alone]] = {}
    begin = time.monotonic()
    for one in rows(arguments.data):
        if arguments.rows and one.name not in arguments.rows:
            continue
        key = (one.name.split(".")[0], one.language)
        if key not in collections:
            collection = Collection.open(folder / f"{len(collections)}", embedder=embedder)
            collection.add(Article(name, "", text, language=one.language) for name, text in one.corpus.items())
            collections[key] = (collection, Alone(embedder, one.corpus))
        asked = [number for i, number in enumerate(one.questions) if arguments.half is None or i % 2 == arguments.half]
        measured[one.name] = measure(one, *collections[key], asked[: arguments.questions])
        figures = measured[one.name].ndcg() | measured[one.name].rates
        print(f"{one.name}: " + ", ".join(f"{name} {value:.1f}" for name, value in figures.items()) + f" ({time.monotonic() - begin:.0f} s)", flush=True)
    speed = {".".join(key): alone.speed for key, (_, alone) in collections.items()}
    for collection, _ in collections.values():
        collection.close()
    bitext = {} if arguments.rows else {one.name: matched(embedder, one) for one in bitexts(arguments.data)}
    return Report(model, measured, bitext, speed)


def markdown(reports: list[Report]) -> str:
    """The tables: means by kind of row with what is published, every row, the curve of refusals, sentence matching."""
    written = ["nDCG@10 x 100 unless a column says otherwise.", ""]
    for report in reports:
        written += [f"## {report.model}", "", f"{report.per_second():.0f} passages a second on this machine.", "", *_means(report), ""]
        ndcg = {name: one.ndcg() | {"fusion - best side": gain(one)} | one.rates for name, one in report.measured.items()}
        written += [*table(ndcg, (*SIDES, "fusion - best side", *RATES), "row"), "", *_curve(report.measured), ""]
        if report.bitext:
            sentences = {name: {"to the right %": there, "back %": back} for name, (there, back) in report.bitext.items()}
            written += ["Closest sentence is the translation:", "", *table(sentences, ("to the right %", "back %"), "sentences"), ""]
    written += ["## Published of other models", ""]
    for title, over, figures in PUBLISHED:
        written += [f"{title} ({over}): " + ", ".join(f"{name} {value}" for name, value in figures.items()) + ".", ""]
    return "\n".join(written)


def _means(report: Report) -> list[str]:
    """All metrics of every side, over the rows of each kind."""
    written: list[str] = []
    for title, same in (("one language", True), ("two languages", False)):
        group = [one for name, one in report.measured.items() if is_same(name) is same]
        if group:
            figures = {f"{side}, {title}": mean(one.figures[side] for one in group) for side in SIDES}
            written += [*table(figures, tuple(METRICS), f"mean of {len(group)} rows"), ""]
    return written


def _curve(measured: dict[str, Measured]) -> list[str]:
    groups = {title: [one for name, one in measured.items() if is_same(name) is same] for title, same in (("same language", True), ("two languages", False))}
    written = [f"Refused although the passage is there / answered without it, per cent, by the confidence asked for (now {ANSWERS_FROM}):", ""]
    written += ["| confidence | " + " | ".join(groups) + " |", "|---|" + "--:|" * len(groups)]
    for threshold in CURVE:
        cells = []
        for group in groups.values():
            present, absent = (np.array([value for one in group for value in getattr(one, side)]) for side in ("present", "absent"))
            cells.append(f"{100 * np.mean(present < threshold):.1f} / {100 * np.mean(absent >= threshold):.1f}" if len(present) else "")
        written.append(f"| {threshold} | " + " | ".join(cells) + " |")
    return written


def gain(one: Measured) -> float:
    figures = one.ndcg()
    return figures["fusion"] - max(figures["dense"], figures["lexical"])


def is_same(name: str) -> bool:
    """Are question and passage of this row in one language?"""
    pair = name.rpartition(".")[2]
    return "-" not in pair or len(set(pair.split("-"))) == 1


def saved(reports: list[Report]) -> dict:
    """What NAME.json holds."""
    return {
        report.model: {
            "passages per second": round(report.per_second(), 1),
            "rows": {name: {"figures": one.figures, "rates": one.rates} for name, one in report.measured.items()},
            "bitext": report.bitext,
        }
        for report in reports
    }


def picture(reports: list[Report], path: Path) -> None:
    """Rows in one language, and the mean of each question language on the others: the sides of the first model, dense of the rest."""
    figures: dict[str, dict[str, float]] = {}
    for report in reports:
        columns = {side: side for side in SIDES} if report is reports[0] else {"dense": f"dense, {Path(report.model).name}"}
        groups: dict[str, list[dict[str, float]]] = {}
        for name, one in report.measured.items():
            title = name if is_same(name) else f"{name.rpartition('-')[0]} on other languages"
            groups.setdefault(title, []).append({title: one.ndcg()[side] for side, title in columns.items()})
        for title, group in groups.items():
            figures.setdefault(title, {}).update(mean(group))
    bars(figures, tuple(dict.fromkeys(column for row in figures.values() for column in row)), path, "nDCG@10 x 100")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--questions", type=int, default=10_000, help="at most so many a row")
    parser.add_argument("--rows", nargs="*", help="names of rows; all without it, and the sentence pairs")
    parser.add_argument("--models", nargs="*", default=[], help="sentence-transformers folders or names, measured after the bundled one")
    parser.add_argument("--out", type=Path, help="write the report there, as .md, .json and .png")
    arguments = parser.parse_args()
    reports = []
    for model in (BUNDLED, *arguments.models):
        with tempfile.TemporaryDirectory() as folder:
            reports.append(report_on(model, arguments, Path(folder)))
    print(markdown(reports))
    if arguments.out:
        save(arguments.out, markdown(reports), {"models": saved(reports)})
        picture(reports, arguments.out.with_suffix(".png"))


if __name__ == "__main__":
    main()
