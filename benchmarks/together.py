"""Eight clients ask without a pause while a writer adds ten articles a second: does anybody wait, fail or grow?

    python -m benchmarks.together --work FOLDER [--passages 100000] [--minutes 10] [--clients 8] [--out docs/together]

The writer is a process of its own, as `rag add` is beside an open page; vectors are looked up, not computed.  The same
clients ask for a tenth of the time without the writer first, then with it.  Questions must be answered by text that
stands where its citation says, whatever was added meanwhile.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import statistics
import sys
import threading
import time
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np

from benchmarks.machine import anonymous
from benchmarks.recombined import Recombined
from benchmarks.reporting import save
from rag import Collection

ADDED_A_SECOND = 10
FIRST_NEW = 10**9


def write(folder: Path, base: Path, stop: Event, counts: multiprocessing.SimpleQueue) -> None:
    """Adds ten articles a second: each call takes those that are due, one if it keeps up.  Tells how many, in how many
    calls, and how late one was at most when its call began, or the end came."""
    source, added, calls, latest, begin = Recombined.prepared(base), 0, 0, 0.0, time.monotonic()
    with Collection.open(folder, embedder=source) as collection:
        while not stop.is_set():
            stop.wait(max(0.0, begin + added / ADDED_A_SECOND - time.monotonic()))
            passed = time.monotonic() - begin
            due = range(FIRST_NEW + added, FIRST_NEW + max(added, int(passed * ADDED_A_SECOND)) + 1)
            latest = max(latest, passed - added / ADDED_A_SECOND)
            collection.add([source.article(number) for number in due])
            added, calls = added + len(due), calls + 1
    latest = max(latest, time.monotonic() - begin - added / ADDED_A_SECOND)
    counts.put((added, calls, time.monotonic() - begin, latest))


def asking(collection: Collection, questions: list[str], clients: int, seconds: float) -> tuple[list[float], list[str], list[float]]:
    """(milliseconds of each answer, errors, resident memory in MB once a second) of so many clients for so long."""
    taken: list[float] = []
    errors: list[str] = []
    memory: list[float] = []
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        turn = number
        while time.monotonic() < end:
            begin = time.perf_counter()
            try:
                answer = collection.ask(questions[turn % len(questions)])
                for citation in (*answer.citations, *answer.near_misses):
                    if citation.article.text[citation.start : citation.end] != citation.quote:
                        errors.append(f"a citation of {citation.article.id} is not its text")
            except Exception as error:  # every failure is counted, whatever it is
                errors.append(repr(error))
            taken.append(1000 * (time.perf_counter() - begin))
            turn += clients

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        memory.append(anonymous())
        threads[0].join(1.0)
    for thread in threads:
        thread.join()
    return taken, errors, memory


def measure(folder: Path, base: Path, minutes: float, clients: int) -> dict[str, float | list[int]]:
    source = Recombined.prepared(base)
    with Collection.open(folder, embedder=source) as collection:
        articles = collection.searched().articles
        questions = source.questions(2_000, articles)
        collection.ask(questions[0])
        quiet, errors, _ = asking(collection, questions, clients, 6 * minutes)
        spawning = multiprocessing.get_context("spawn")
        stop, counts = spawning.Event(), spawning.SimpleQueue()
        writer = spawning.Process(target=write, args=(folder, base, stop, counts))
        writer.start()
        busy, more, memory = asking(collection, questions, clients, 60 * minutes)
        stop.set()
        added, calls, seconds, latest = counts.get()
        writer.join()
        after = collection.searched().articles
    for error in dict.fromkeys(errors + more):
        print(error, file=sys.stderr)
    tenths = [float(np.median(part)) for part in np.array_split(memory, 10) if len(part)]
    return {
        "passages": collection_passages(folder), "clients": clients, "minutes": minutes,
        "quiet: answers/s": len(quiet) / (6 * minutes), "quiet: p50, ms": statistics.median(quiet), "quiet: p95, ms": float(np.percentile(quiet, 95)),
        "with a writer: answers/s": len(busy) / (60 * minutes), "with a writer: p50, ms": statistics.median(busy),
        "with a writer: p95, ms": float(np.percentile(busy, 95)), "p95 / quiet p95": float(np.percentile(busy, 95) / np.percentile(quiet, 95)),
        "articles added/s": added / seconds, "articles a call": added / calls, "latest article, s": latest,
        "articles lost": articles + added - after, "errors": len(errors) + len(more),
        "memory after a tenth of the time, MB": tenths[min(1, len(tenths) - 1)], "memory at the end, MB": tenths[-1],
        "memory in each tenth, MB": [round(part) for part in tenths],
    }  # fmt: skip


def collection_passages(folder: Path) -> int:
    with Collection.open(folder, read_only=True) as collection:
        return collection.searched().passages


def _shown(value: float | list[int]) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else f"{value:,.{0 if value >= 1000 else 2}f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    made, folder = given.work / f"c{given.passages}", given.work / "together"
    if not made.is_dir():
        with Collection.open(made, embedder=Recombined.prepared(given.work / "base")) as collection:
            collection.add(Recombined.prepared(given.work / "base").articles(given.passages))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder)
    figures = measure(folder, given.work / "base", given.minutes, given.clients)
    table = "| | |\n|---|--:|\n" + "".join(f"| {name} | {_shown(value)} |\n" for name, value in figures.items())
    print(table)
    if given.out:
        save(given.out, table, figures)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
