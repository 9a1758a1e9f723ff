"""One phase of one engine, in a process of its own and in the engine's environment; figures go to a file as JSON.

    python -m benchmarks.peers.worker JOB.json

A figure that cannot be had has a text in its place: what the peer lacks, or the error.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import MIB, folder_bytes, peak, resident, seconds
from benchmarks.peers.job import Job
from benchmarks.peers.material import load_passages, load_questions
from benchmarks.peers.measures import exact_neighbours, per_second, percentile, recall, taken
from benchmarks.peers.protocol import Adapter, Unsupported

Figures = dict[str, Any]

K = 10
DEPTH = 50
"""So many passages are asked for where documents are ranked by their best passage."""
CLIENTS = 8
WARM_UP = 5
EXTRA = "extra"
"""The id of the passage that is added."""


def build(adapter: Adapter, job: Job, _: float) -> Figures:
    ids, passages, vectors = load_passages(job.material)
    adapter.prepare()
    took = seconds(lambda: adapter.build(ids, passages, vectors))
    adapter.close()
    return {"ingest, passages/s": len(ids) / took, "peak memory adding, MiB": peak(), "disk, MiB": folder_bytes(job.folder) / MIB}


def reopen(adapter: Adapter, job: Job, _: float) -> Figures:
    """Seconds from the start of the process to the first answer, and of these without the interpreter and what the adapter imports."""
    question = load_questions(job.material)[0]
    took = seconds(lambda: (adapter.open(), adapter.ask(question, K)))
    return {"process start to first answer, s": time.time() - job.started, "open and first answer, s": took}


def ask(adapter: Adapter, job: Job, bare: float) -> Figures:
    """Everything that is asked of an opened engine; a step that fails leaves the rest alone.  `bare` are the MiB of the
    interpreter before the engine was imported."""
    questions = load_questions(job.material)
    adapter.open()
    taken([lambda one=one: adapter.ask(one, K) for one in questions[:WARM_UP]], job.budget / 3)
    figures: Figures = {}
    milliseconds = [1000 * one for one in taken([lambda one=one: adapter.ask(one, K) for one in questions], job.budget)]
    figures |= {"question p50, ms": percentile(milliseconds, 50), "question p95, ms": percentile(milliseconds, 95), "questions asked": len(milliseconds)}
    figures |= {"memory asking, MiB": resident(), "memory asking over the interpreter, MiB": resident() - bare}
    if hasattr(adapter, "cite"):
        cited = [1000 * one for one in taken([lambda one=one: adapter.cite(one) for one in questions], job.budget / 3)]
        figures |= {"cited answer p50, ms": percentile(cited, 50), "cited answer p95, ms": percentile(cited, 95)}
    each = max(1, min(100, round(job.budget / 3 * 1000 / CLIENTS / figures["question p50, ms"])))
    figures |= guarded("questions/s, 8 clients", lambda: per_second(lambda i: adapter.ask(questions[i % len(questions)], K), CLIENTS, each, job.budget / 3))
    figures |= _found_by_vectors(adapter, job) if questions[0].vector is not None else {"run": [adapter.ask(one, DEPTH) for one in questions]}
    return figures


def _found_by_vectors(adapter: Adapter, job: Job) -> Figures:
    ids, _, vectors = load_passages(job.material)
    asked = [question.vector for question in load_questions(job.material)]

    def measured() -> float:
        found: list[list[str]] = []
        taken([lambda vector=vector: found.append(adapter.nearest(vector, K)) for vector in asked], job.budget / 3)
        exact = exact_neighbours(vectors, asked[: len(found)], K)
        return recall(found, [[ids[i] for i in row] for row in exact])

    return guarded("dense recall@10", measured)


def change(adapter: Adapter, job: Job, _: float) -> Figures:
    """One passage in, and out again; whether a question for its own words and vector finds it says if that is done."""
    _, passages, _ = load_passages(job.material)
    question = load_questions(job.material)[-1]
    adapter.open()
    adapter.ask(question, K)
    text = " ".join([*passages[0].split()[:20], question.text])
    figures = guarded("add one, s", lambda: seconds(lambda: adapter.add(EXTRA, text, question.vector)))
    if isinstance(figures["add one, s"], float):
        if EXTRA not in adapter.ask(question, K):
            figures["add one, s"] = "not found afterwards"
            return figures
        figures |= guarded("delete one, s", lambda: seconds(lambda: adapter.delete(EXTRA)))
        if isinstance(figures["delete one, s"], float) and EXTRA in adapter.ask(question, K):
            figures["delete one, s"] = "still found afterwards"
    return figures


def guarded(name: str, measure: Callable[[], float]) -> Figures:
    try:
        return {name: measure()}
    except Unsupported as error:
        return {name: str(error)}
    except Exception as error:
        traceback.print_exc()
        return {name: f"failed: {type(error).__name__}"}


PHASES = {"build": build, "reopen": reopen, "ask": ask, "change": change}


def main() -> None:
    job = Job.read(Path(sys.argv[1]))
    logging.disable(logging.INFO)
    bare = resident()
    adapter = importlib.import_module(job.adapter).Adapter(job.folder, job.model, **job.options)
    figures = PHASES[job.phase](adapter, job, bare)
    job.result.write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
