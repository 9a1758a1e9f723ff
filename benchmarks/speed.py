"""What Kutip adds to its bare model: ingest, search and ask beside `encode` and `encode_query` of the same loaded object.

    python -m benchmarks.speed [--passages 5000] [--data FOLDER] [--out docs/speed]

Articles are recombined from the sentences of `seeds/`, or taken from FOLDER/corpus.jsonl.  'Bare' encodes the very
passages that Kutip cuts, with the same object, type and threads; each question is encoded bare by sentence-transformers,
bare by the collection's own embedder, and asked of `search` and of `ask`, one after the other, so that a slow moment hits
all four.  Also times the model in float32, a cold `rag ask` beside a cold `import sentence_transformers`, and memory copies
as a yardstick of the machine.  `--out` writes NAME.md and NAME.json.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.machine import seconds
from benchmarks.models import in_float32
from benchmarks.reporting import save
from rag import Article, Collection
from rag.text.passages import passage_spans
from rag.text.sentences import sentence_spans

SEEDS = Path(__file__).parents[1] / "seeds"
QUESTIONS = 300
SLOW_SAMPLE = 300
"""So many texts are encoded where the model is loaded in a slower way."""


def texts(count: int, data: Path | None) -> list[str]:
    """`count` texts of some 80 words."""
    if data is not None:
        found = [json.loads(line)["text"] for line in (data / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
        return found[:count]
    written = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    sentences = [text[one.start : one.end] for text in written for one in sentence_spans(text)]
    chance = random.Random(0)
    return [" ".join(chance.choice(sentences) for _ in range(4)) for _ in range(count)]


def copy_speed() -> float:
    """GB/s of copying 256 MB, the best of five."""
    source = np.ones(2**25)
    target = np.empty_like(source)
    return source.nbytes / min(seconds(lambda: np.copyto(target, source)) for _ in range(5)) / 1e9


def cold(index: str, question: str) -> dict[str, float]:
    """Seconds from a shell to the answer, and of the import it goes without: medians of five processes each."""
    calls = {
        "cold rag ask, s": [sys.executable, "-m", "rag", "ask", question, "--index", index],
        "cold import sentence_transformers, s": [sys.executable, "-c", "import sentence_transformers"],
        "cold import rag, s": [sys.executable, "-c", "import rag"],
    }
    return {name: statistics.median(seconds(lambda call=call: subprocess.run(call, capture_output=True, check=True)) for _ in range(5))
            for name, call in calls.items()}  # fmt: skip


def measure(written: list[str]) -> dict[str, float]:
    passages = [text[one.start : one.end] for text in written for one in passage_spans(text)]
    questions = [" ".join(text.split()[:8]) for text in random.Random(1).sample(written, min(QUESTIONS, len(written)))]
    figures: dict[str, float] = {"passages": len(passages), "memory copy, GB/s": copy_speed()}
    with tempfile.TemporaryDirectory() as folder, Collection.open(folder) as collection:
        collection.warm_up()
        model = collection.embedder.model
        model.encode(passages[:64])
        figures["bare encode, passages/s"] = len(passages) / seconds(lambda: model.encode(passages))
        articles = [Article(f"a{i}", "", text, language="id") for i, text in enumerate(written)]
        figures["ingest, passages/s"] = len(passages) / seconds(lambda: collection.add(articles))
        figures["ingest / bare encode"] = figures["ingest, passages/s"] / figures["bare encode, passages/s"]
        calls = {
            "sentence-transformers encode_query": model.encode_query, "encode_query": collection.embedder.encode_query,
            "search": collection.search, "ask": collection.ask,
        }  # fmt: skip
        for call in calls.values():
            call(questions[0])
        taken: dict[str, list[float]] = {name: [] for name in calls}
        for question in questions:
            for name, call in calls.items():
                taken[name].append(1000 * seconds(lambda call=call, question=question: call(question)))
        for name, values in taken.items():
            figures[f"{name} p50, ms"] = statistics.median(values)
            figures[f"{name} p95, ms"] = float(np.percentile(values, 95))
        for name in ("search", "ask"):
            figures[f"{name} - encode_query, ms"] = statistics.median(np.subtract(taken[name], taken["encode_query"]))
        figures |= cold(folder, questions[0])
    sample, exact = passages[:SLOW_SAMPLE], in_float32()
    figures["float32: encode, passages/s"] = len(sample) / seconds(lambda: exact.encode(sample))
    taken["float32"] = [1000 * seconds(lambda question=question: exact.encode_query(question)) for question in questions[:50]]
    figures["float32: encode_query p50, ms"] = statistics.median(taken["float32"])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    figures = measure(texts(arguments.passages, arguments.data))
    table = "| | |\n|---|--:|\n" + "".join(f"| {name} | {value:,.{0 if value >= 1000 else 2}f} |\n" for name, value in figures.items())
    print(table)
    if arguments.out:
        save(arguments.out, table, figures)


if __name__ == "__main__":
    main()
