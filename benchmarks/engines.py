"""The same collection with and without Milvus: are the same passages found, and how long does it take?

    python -m benchmarks.engines --data DIR [--engine milvus://localhost:19530/kutip_benchmark] [--documents 1000]
                                 [--questions 200] [--out docs/engines]

DIR holds one set in BEIR form (benchmarks/sets.py). The documents are those that answer the questions, and the first
others up to `--documents`. Without `--engine` a Milvus Lite is started for it. The passages are encoded once; the folder
is copied and the copy given the engine. Questions are encoded before, so the times are those of everything else.
`--out` writes NAME.md and NAME.json.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.models import RememberingEmbedder
from benchmarks.reporting import save
from benchmarks.sets import Row, rows
from rag import Article, Collection
from rag.embedding import BUNDLED, load_embedder
from rag.retrieval.live import LiveIndexes

TOP = 10


def chosen(one: Row, documents: int, questions: int) -> tuple[list[Article], list[str]]:
    """The documents that answer the first `questions`, then others, in the order of the set; and these questions."""
    asked = list(one.questions)[:questions]
    answering = {document for question in asked for document in one.relevant[question]}
    order = sorted(one.corpus, key=lambda document: document not in answering)[: max(documents, len(answering))]
    return [Article(document, "", one.corpus[document], language=one.language) for document in order], [one.questions[question] for question in asked]


@contextmanager
def running(engine: str | None) -> Iterator[str]:
    """The address of `engine`, or of a Milvus Lite that lives as long."""
    if engine:
        yield engine
        return
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    with tempfile.TemporaryDirectory() as data:
        server, database, port = start_server_in_thread(data)
        try:
            yield f"milvus://127.0.0.1:{port}/kutip_benchmark"
        finally:
            server.stop(grace=2).wait()
            database.close()


def found(collection: Collection, questions: list[str]) -> tuple[list[list[tuple[str, int]]], dict[str, float]]:
    """The places of the best passages of each question, and the milliseconds of one question."""
    places, times = [], []
    collection.search(questions[0], top_k=TOP)
    for question in questions:
        start = time.perf_counter()
        hits = collection.search(question, top_k=TOP)
        times.append(1000 * (time.perf_counter() - start))
        places.append([(hit.passage.article_id, hit.passage.start) for hit in hits])
    return places, {"p50, ms": float(np.median(times)), "p95, ms": float(np.percentile(times, 95))}


def server_version(indexes: LiveIndexes) -> str:
    return indexes._store.link.version


def compare(one: Row, engine: str, documents: int, questions: int) -> dict[str, object]:
    articles, asked = chosen(one, documents, questions)
    embedder = RememberingEmbedder(load_embedder(BUNDLED))
    for question in asked:
        embedder.encode_query(question)
    with tempfile.TemporaryDirectory() as folder:
        plain, beside = Path(folder) / "plain", Path(folder) / "milvus"
        with Collection.open(plain, embedder=embedder) as collection:
            collection.add(articles)
            wanted, built_in = found(collection, asked)
            passages = collection.searched().passages
        shutil.copytree(plain, beside)
        with Collection.open(beside, embedder=embedder, engine=engine) as collection:
            start = time.perf_counter()
            collection.check()
            sending = time.perf_counter() - start
            got, milvus = found(collection, asked)
            version = server_version(collection._indexes)
    common = [len(set(a) & set(b)) / max(len(a), 1) for a, b in zip(wanted, got, strict=True)]
    return {
        "set": one.name,
        "load": os.getloadavg()[0],
        "engine": version,
        "passages": passages,
        "questions": len(asked),
        "overlap@10, %": 100 * float(np.mean(common)),
        "same ten in the same order, %": 100 * float(np.mean([a == b for a, b in zip(wanted, got, strict=True)])),
        "check and send, passages/s": passages / sending,
        **{f"built in, {name}": value for name, value in built_in.items()},
        **{f"Milvus, {name}": value for name, value in milvus.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine")
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    [one] = rows(args.data)
    with running(args.engine) as engine:
        figures = compare(one, engine, args.documents, args.questions)
    lines = ["| | |", "|---|--:|", *(f"| {name} | {value:,.1f} |" if isinstance(value, float) else f"| {name} | {value} |" for name, value in figures.items())]
    print("\n".join(lines))
    if args.out:
        save(args.out, "\n".join(lines) + "\n", figures)


if __name__ == "__main__":
    main()
