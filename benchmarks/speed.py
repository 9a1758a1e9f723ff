"""What Kutip adds to its bare model: ingest, search and ask beside `encode` and `encode_query` of the same loaded object.

    python benchmarks/speed.py [--passages 5000] [--data FOLDER]

Articles are recombined from the sentences of `seeds/`, or taken from FOLDER/corpus.jsonl.  Medians; one run.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from pathlib import Path

from sentence_transformers import SentenceTransformer

from rag import Article, Collection
from rag.embedding.sentence_transformer import load_bundled
from rag.text.sentences import sentence_spans

SEEDS = Path(__file__).parents[1] / "seeds"


def texts(count: int, data: Path | None) -> list[str]:
    """`count` texts of some 80 words."""
    if data is not None:
        found = [json.loads(line)["text"] for line in (data / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
        return found[:count]
    written = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    sentences = [text[one.start : one.end] for text in written for one in sentence_spans(text)]
    chance = random.Random(0)
    return [" ".join(chance.choice(sentences) for _ in range(4)) for _ in range(count)]


def milliseconds(call, questions: list[str]) -> float:
    taken = []
    for question in questions:
        begin = time.perf_counter()
        call(question)
        taken.append(1000 * (time.perf_counter() - begin))
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    written = texts(arguments.passages, arguments.data)
    questions = [" ".join(text.split()[:8]) for text in random.Random(1).sample(written, 200)]
    with tempfile.TemporaryDirectory() as folder, Collection.open(folder) as collection:
        collection.warm_up()
        model = collection.embedder.model
        sample = written[: min(1500, len(written))]
        model.encode(sample[:64])
        begin = time.perf_counter()
        model.encode(sample)
        bare = len(sample) / (time.perf_counter() - begin)
        begin = time.perf_counter()
        report = collection.add(Article(f"a{i}", "", text, language="id") for i, text in enumerate(written))
        ingest = report.passages / (time.perf_counter() - begin)
        print(f"ingest {ingest:.0f} passages/s; bare encode {bare:.0f} texts/s of the same {len(written)} texts: {100 * ingest / bare:.0f} %")
        collection.search(questions[0])
        query = milliseconds(model.encode_query, questions)
        search, ask = milliseconds(collection.search, questions), milliseconds(collection.ask, questions)
        again = milliseconds(model.encode_query, questions)
        print(f"encode_query {query:.1f} ms before, {again:.1f} ms after; search {search:.1f} ms; ask {ask:.1f} ms (medians of {len(questions)})")
    exact, default = load_bundled().float(), SentenceTransformer(str(SEEDS.parent / "rag/embedding/model"), device="cpu", config_kwargs={"vocab_size": 1})
    default[0].auto_model.set_input_embeddings(load_bundled()[0].auto_model.get_input_embeddings().to(next(default.parameters()).dtype))
    for name, other in (("float32", exact), ("default arguments", default)):
        begin = time.perf_counter()
        other.encode(sample[:300])
        print(f"{name}: encode {300 / (time.perf_counter() - begin):.0f} texts/s, encode_query {milliseconds(other.encode_query, questions[:50]):.1f} ms")


if __name__ == "__main__":
    main()
