"""The model alone, exactly: nDCG@10 of every set and the sentences it matches, beside BM25 where one language is asked in itself.

    python -m benchmarks.dense --data DIR [--model FOLDER_OR_NAME] [--questions N] [--rows xquad.ar-en facqa_id ...] [--out docs/dense]

DIR holds sets as benchmarks/sets.py says. A question's cosine with every whole document, no index between. All questions are
asked; with `--questions` only the first N of sets in several languages. `--out` writes NAME.md and NAME.json.
"""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path

import ir_measures
from ir_measures import nDCG

from benchmarks.baselines import WhitespaceBM25
from benchmarks.models import Alone, RememberingEmbedder, matched
from benchmarks.reporting import save, table
from benchmarks.sets import Row, bitexts, document_sentences, rows
from rag.embedding import BUNDLED, load_embedder
from rag.embedding.embedder import Embedder

WAYS = ("there", "back")


def ndcg(one: Row, questions: list[str], scorer: Alone | WhitespaceBM25) -> float:
    """x 100, the mean over `questions`."""
    run = {number: scorer.scores(one.questions[number]) for number in questions}
    qrels = {number: one.relevant[number] for number in questions}
    return 100 * ir_measures.calc_aggregate([nDCG @ 10], qrels, run)[nDCG @ 10]


def measured(data: Path, embedder: Embedder, most: int | None, wanted: list[str] | None) -> dict[str, dict[str, float]]:
    """{set: {"dense", "BM25 whitespace"}}; BM25 only within a language."""
    corpora: dict[tuple[str, str], Alone] = {}
    found: dict[str, dict[str, float]] = {}
    for one in rows(data):
        if wanted and one.name not in wanted:
            continue
        key = (one.name.split(".")[0], one.language)
        alone = corpora[key] if key in corpora else corpora.setdefault(key, Alone(embedder, one.corpus))
        questions = list(one.questions)[: most if "." in one.name else None]
        found[one.name] = {"dense": ndcg(one, questions, alone)}
        if one.asked == one.language:
            found[one.name]["BM25 whitespace"] = ndcg(one, questions, WhitespaceBM25(one.corpus))
        print(one.name, *(f"{name} {value:.1f}" for name, value in found[one.name].items()), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dense", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default=BUNDLED)
    parser.add_argument("--questions", type=int)
    parser.add_argument("--rows", nargs="+")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if unknown := set(arguments.rows or ()) - {one.name for one in rows(arguments.data)}:
        parser.error(f"{arguments.data} has no {', '.join(sorted(unknown))}: give the folder that holds the sets, as data/eval, and the names of a full report")
    embedder = RememberingEmbedder(load_embedder(arguments.model))
    found = measured(arguments.data, embedder, arguments.questions, arguments.rows)
    matches = {} if arguments.rows else {one.name: matched(embedder, one) for one in chain(bitexts(arguments.data), document_sentences(arguments.data))}
    sentences = {name: dict(zip(WAYS, both, strict=True)) for name, both in matches.items()}
    for name, both in sentences.items():
        print(name, *(f"{value:.1f}" for value in both.values()))
    if arguments.out:
        asked = f"the first {arguments.questions} questions of each pair" if arguments.questions else "all questions"
        lines = ["# The model alone", "", f"`python -m benchmarks.dense`: exact cosine over whole documents, nDCG@10 x 100, {asked}.", ""]
        lines += table(found, ("dense", "BM25 whitespace"), "set")
        lines += ["", "Sentences whose translation is the closest of all, per cent:", "", *table(sentences, WAYS, "sentences"), ""]
        save(arguments.out, "\n".join(lines), {"model": arguments.model, "questions": arguments.questions, "sets": found, "sentences": sentences})


if __name__ == "__main__":
    main()
