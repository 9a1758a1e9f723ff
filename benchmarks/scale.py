"""How asking, adding and opening grow with the collection: 10,000 passages to a million and on, without the encoder.

    python -m benchmarks.scale --work FOLDER [--data FOLDER] [--sizes 10000 100000 1000000] [--vectors 5000000] [--out docs/growth]

Each collection is made once in WORK by a process of its own (benchmarks/recombined.py) and kept; each is measured by a
new process on one thread, with vectors that are looked up; at last the bundled model encodes the questions.  Recall is
against every vector compared in float32.  'Not mapped' is memory without the files that the system maps into it and can
drop at any time.  'bound' is what reading all vectors as float16 takes at the memory's measured speed: a flat scan
cannot be faster.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.machine import anonymous, folder_bytes, highest, machine, read_speed, resident, seconds
from benchmarks.models import RememberingEmbedder
from benchmarks.recombined import PASSAGES_IN_ARTICLE, Recombined
from benchmarks.reporting import growth, save
from rag import Collection
from rag.embedding.bundled import BundledEmbedder
from rag.embedding.embedder import Embedder
from rag.retrieval import search
from rag.retrieval.index import VectorIndex

QUESTIONS = 200
RECALL_QUESTIONS = 100
CERTAIN_QUESTIONS = 40
CHANGES = 5
FIRST_NEW = 10**9
"""Number of the first article that is added and removed while measuring: no collection has it."""


def make(folder: Path, work: Path, data: Path | None, passages: int) -> None:
    """Fills `folder` from a stream; figures of the ingest go into made.json beside it."""
    source = Recombined.prepared(work / "base", data)
    begin, before = time.perf_counter(), anonymous()
    with highest(anonymous) as most, Collection.open(folder, embedder=source) as collection:
        collection.add(source.articles(passages))
        found = collection.searched()
    rate, more = found.passages / (time.perf_counter() - begin), most() - before
    figures = {"passages": found.passages, "articles": found.articles, "ingest, passages/s": rate, "ingest, MB more, not mapped": more}
    folder.with_suffix(".json").write_text(json.dumps({"machine": machine(), "figures": figures}))


def measure(folder: Path, work: Path, model: Embedder) -> dict[str, float]:
    """Figures of the collection in `folder`; run in a process of its own.  `model` encodes questions at last."""
    source = Recombined.prepared(work / "base")
    embedder = RememberingEmbedder(source)  # so that every vector is known before it is asked for
    made = json.loads(folder.with_suffix(".json").read_text())["figures"]
    questions = source.questions(QUESTIONS, made["articles"])
    vectors = [embedder.encode_query(question) for question in questions]
    figures: dict[str, float] = {**made, "disk, MB": folder_bytes(folder) / 1e6}
    before = resident()
    begin = time.perf_counter()
    with Collection.open(folder, embedder=embedder) as collection:
        figures["open, s"] = time.perf_counter() - begin
        collection.ask(questions[0])
        figures["open and first answer, s"] = time.perf_counter() - begin
        for verb in ("search", "ask"):
            taken = _each(getattr(collection, verb), questions)
            figures[f"{verb} p50, ms"], figures[f"{verb} p95, ms"] = statistics.median(taken), float(np.percentile(taken, 95))
        figures["memory, MB"], figures["of it not mapped, MB"] = resident() - before, anonymous()
        figures |= _by_vectors(collection, vectors[:RECALL_QUESTIONS])
        figures["first ten as with certainty"] = _agreement(collection, questions[:CERTAIN_QUESTIONS])
        figures |= _with_model(collection, embedder, model, questions)
        added, asked, removed = [], [], []
        for number in range(FIRST_NEW, FIRST_NEW + CHANGES):
            article = source.article(number)
            added.append(seconds(lambda article=article: collection.add(article)))
            asked.append(seconds(lambda: collection.search(questions[0])))
            removed.append(seconds(lambda article=article: collection.remove(article.id)))
        figures["add one, s"], figures["delete one, s"] = statistics.median(added), statistics.median(removed)
        figures["first question after a change, ms"] = 1000 * statistics.median(asked)
    figures["torch loaded"] = float("torch" in sys.modules)
    return figures


def _with_model(collection: Collection, given: RememberingEmbedder, model: Embedder, questions: list[str]) -> dict[str, float]:
    """What `ask` takes when the model encodes the question, beside the model alone and `ask` with the vector given, by turns."""
    looked_up = given.encode_query
    turns = (("model", looked_up, model.encode_query), ("engine", looked_up, collection.ask), ("both", model.encode_query, collection.ask))
    taken: dict[str, list[float]] = {name: [] for name, _, _ in turns}
    for question in questions:
        for name, encode, call in turns:
            given.encode_query = encode
            taken[name].append(1000 * seconds(lambda call=call, question=question: call(question)))
    given.encode_query = looked_up
    bare, engine, both = (statistics.median(values) for values in taken.values())
    return {"encode_query p50, ms": bare, "ask with the model p50, ms": both, "of it beyond encode_query and ask, ms": both - bare - engine}


def measure_vectors(count: int, work: Path) -> dict[str, float]:
    """The dense side alone: as many vectors, mixed like those of the passages."""
    from rag.retrieval.dense import FaissIndex
    from rag.retrieval.dense_files import save_vectors

    source = Recombined.prepared(work / "base")
    path = work / f"vectors-{count}.faiss"
    begin = time.perf_counter()
    batches = [(i, min(50_000, count - i)) for i in range(0, count, 50_000)]
    save_vectors(path, source.dimension, count, ((np.arange(i, i + n), source.mixed(i, n)) for i, n in batches))
    figures = {"passages": count, "index made, s": time.perf_counter() - begin, "disk, MB": path.stat().st_size / 1e6}
    queries = [source.encode_query(question) for question in source.questions(RECALL_QUESTIONS, count // PASSAGES_IN_ARTICLE)]
    exact = _exact(((np.arange(i, i + n), source.mixed(i, n)) for i, n in batches), np.stack(queries))
    before, begin = resident(), time.perf_counter()
    loaded = FaissIndex.load(path, source.dimension)
    figures["open, s"] = time.perf_counter() - begin
    figures |= _nearest(loaded, queries, exact)
    figures["memory, MB"] = resident() - before
    path.unlink()
    path.with_suffix(".signs").unlink()
    return figures


def _by_vectors(collection: Collection, vectors: list[np.ndarray]) -> dict[str, float]:
    """What the dense index takes to name its candidates, and the share of the ten passages nearest to each vector among them."""
    with collection._reader.snapshot() as snapshot:
        dense = collection._indexes.at(snapshot).dense
        exact = _exact(snapshot.vectors_after(0), np.stack(vectors))
        return _nearest(dense, vectors, exact)


def _nearest(dense: VectorIndex, vectors: list[np.ndarray], exact: list[list[int]]) -> dict[str, float]:
    taken = _each(lambda vector: dense.search(vector, search.CANDIDATES), vectors)
    found = [set(dense.search(vector, search.CANDIDATES)[0].tolist()) for vector in vectors]
    return {
        "nearest vectors p50, ms": statistics.median(taken), "nearest vectors p95, ms": float(np.percentile(taken, 95)),
        "recall@10": float(np.mean([len(found[i] & set(exact[i])) / 10 for i in range(len(vectors))])),
    }  # fmt: skip


def _agreement(collection: Collection, questions: list[str]) -> float:
    """The share of the first ten hits that stays when every passage that might be among them is weighed."""
    found = [{(hit.passage.article_id, hit.passage.start) for hit in collection.search(question)} for question in questions]
    usual = search.CERTAIN_TO, search.CANDIDATES, search.CANDIDATES_MAX
    search.CERTAIN_TO, search.CANDIDATES, search.CANDIDATES_MAX = 10**12, 1024, 2**16
    certain = [{(hit.passage.article_id, hit.passage.start) for hit in collection.search(question)} for question in questions]
    search.CERTAIN_TO, search.CANDIDATES, search.CANDIDATES_MAX = usual
    return float(np.mean([len(one & two) / max(len(two), 1) for one, two in zip(found, certain, strict=True)]))


def _exact(batches, queries: np.ndarray) -> list[list[int]]:
    """Ids of the ten nearest to each query, every vector compared."""
    best = np.full((len(queries), 10), -2.0, np.float32)
    ids = np.full((len(queries), 10), -1, np.int64)
    for numbers, vectors in batches:
        cosines = np.hstack([best, queries @ vectors.astype(np.float32).T])
        known = np.hstack([ids, np.broadcast_to(numbers, (len(queries), len(numbers)))])
        order = np.argpartition(-cosines, 10, axis=1)[:, :10]
        best, ids = np.take_along_axis(cosines, order, 1), np.take_along_axis(known, order, 1)
    return ids.tolist()


def _each(call, values) -> list[float]:
    """Milliseconds of each call, after one that does not count."""
    call(values[0])
    return [1000 * seconds(lambda value=value: call(value)) for value in values]


def in_process(*arguments: str) -> dict[str, float]:
    """The last line that this script prints when called with `arguments` on one thread."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run([sys.executable, "-m", "benchmarks.scale", *arguments], env={**os.environ, **threads}, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def run(work: Path, data: Path | None, sizes: list[int], vectors: int) -> dict:
    Recombined.prepared(work / "base", data)
    speed = read_speed()
    rows: dict[str, dict[str, float]] = {}
    filled: dict[str, str] = {}
    for passages in sizes:
        folder = work / f"c{passages}"
        if not folder.with_suffix(".json").is_file():
            arguments = ["--work", str(work), "--make", str(passages), *(["--data", str(data)] if data else [])]
            subprocess.run([sys.executable, "-m", "benchmarks.scale", *arguments], check=True)
        filled[f"{passages:,}"] = json.loads(folder.with_suffix(".json").read_text())["machine"]
        rows[f"{passages:,}"] = found = in_process("--work", str(work), "--measure", str(passages))
        found["bound of a flat scan, ms"] = found["passages"] * 768 / speed / 1e6
        print(json.dumps({passages: found}), flush=True)
    if vectors:
        rows[f"{vectors:,} vectors alone"] = in_process("--work", str(work), "--measure-vectors", str(vectors))
        rows[f"{vectors:,} vectors alone"]["bound of a flat scan, ms"] = vectors * 768 / speed / 1e6
    elsewhere = {size: where for size, where in filled.items() if where != machine()}
    return {"memory read, GB/s": speed, "rows": rows, "filled elsewhere or earlier": elsewhere}


def report(found: dict) -> str:
    columns = dict.fromkeys(column for row in found["rows"].values() for column in row)
    lines = [f"Memory is read at {found['memory read, GB/s']:.1f} GB/s by one thread.", "", "| | " + " | ".join(found["rows"]) + " |"]
    lines.append("|---|" + "--:|" * len(found["rows"]))
    for column in columns:
        values = (f"{row[column]:,.{0 if row[column] >= 1000 else 3 if row[column] < 2 else 1}f}" if column in row else "" for row in found["rows"].values())
        lines.append(f"| {column} | " + " | ".join(values) + " |")
    lines += [f"\nThe collection of {size} was filled on {where}." for size, where in found["filled elsewhere or earlier"].items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--vectors", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--measure-vectors", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make(given.work / f"c{given.make}", given.work, given.data, given.make)
    elif given.measure:
        print(json.dumps(measure(given.work / f"c{given.measure}", given.work, BundledEmbedder())))
    elif given.measure_vectors:
        print(json.dumps(measure_vectors(given.measure_vectors, given.work)))
    else:
        found = run(given.work, given.data, given.sizes, given.vectors)
        print(report(found))
        if given.out:
            save(given.out, report(found), found)
            growth(found["rows"], given.out.with_suffix(".png"))


if __name__ == "__main__":
    main()
