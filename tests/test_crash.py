"""A process that adds articles is killed at any moment: the collection opens by itself, is whole and quotes truly.

The killed processes are forked from one that has imported everything and has no threads; run as a script, this file
is that process.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import pytest
from fakes import WordCountEmbedder
from many_articles import many_articles

from rag import Collection, ingest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="forks are POSIX")]

HERE = Path(__file__).parent
KILLS = 50
AT_ONCE = 2
BATCH = 20
TRUTH = {(article.id, article.text) for salt in (0, 1) for article in many_articles(salt=salt)}


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill in `folder`: so many seconds after the `event`-th sign of progress."""

    folder: str
    salt: int
    event: int
    seconds: float


def add(folder: str, salt: int, progress: int) -> None:
    """Add the articles; a `.` for each sign of progress and a `!` at the end go to the descriptor `progress`."""
    ingest.BATCH_ARTICLES = BATCH
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(salt=salt), progress=lambda _: os.write(progress, b"."))
        os.write(progress, b"!")


@contextmanager
def adding(folder: str, salt: int) -> Iterator[tuple[int, object]]:
    """(process, its progress) of an `add` in a forked process; raises RuntimeError if that fails by itself."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        add(folder, salt, writing)
        os._exit(0)
    os.close(writing)
    with open(reading, "rb", buffering=0) as progress:
        yield process, progress
    _, status = os.waitpid(process, 0)
    if status not in (0, signal.SIGKILL):
        raise RuntimeError(f"adding to {folder} ended with {status}")


def timeline(folder: str, salt: int) -> list[float]:
    """The second of each sign of progress of an `add` that nobody kills."""
    begin = time.monotonic()
    with adding(folder, salt) as (_, progress):
        return [time.monotonic() - begin for _ in iter(lambda: progress.read(1), b"")]


def finished(kill: Kill) -> bool:
    """Had the `add` finished when it was killed?"""
    with adding(kill.folder, kill.salt) as (process, progress):
        seen = b"".join(progress.read(1) for _ in range(kill.event))
        time.sleep(kill.seconds)
        os.kill(process, signal.SIGKILL)
        return (seen + progress.read()).endswith(b"!")


def serve() -> None:
    """Answer lines of JSON, a Kill or the first two of its values, with lines of JSON."""
    assert not os.path.isdir("/proc/self/task") or len(os.listdir("/proc/self/task")) == 1
    for line in sys.stdin:
        values = json.loads(line)
        print(json.dumps(finished(Kill(*values)) if len(values) == 4 else timeline(*values)), flush=True)


class Adders:
    """Processes ready to fork; each is used by one thread at a time."""

    def __init__(self) -> None:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = {**os.environ, **threads, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
        self._processes = [
            subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(AT_ONCE)
        ]
        self._free: Queue[subprocess.Popen] = Queue()
        for process in self._processes:
            self._free.put(process)

    def ask(self, *values: object) -> object:
        process = self._free.get()
        process.stdin.write(json.dumps(values) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        self._free.put(process)
        return json.loads(answer)

    def close(self) -> None:
        for process in self._processes:
            process.communicate(timeout=60)


@pytest.fixture
def adders():
    adders = Adders()
    yield adders
    adders.close()


@pytest.fixture
def quick_folder(tmp_path):
    """A folder on a RAM disk where there is one: what survives a killed process does not depend on the disk."""
    if not os.access("/dev/shm", os.W_OK | os.X_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="kutip-crash-", dir="/dev/shm") as folder:
        yield Path(folder)


def assert_whole(folder: Path) -> tuple[int, int]:
    """(articles, passages) of the collection in `folder`."""
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        for question in ("harga beras", '"naik"', "flood in Jakarta"):
            for hit in collection.search(question, top_k=50):
                article = collection.article(hit.passage.article_id)
                assert (article.id, article.text) in TRUTH
                assert hit.passage.text == article.text[hit.passage.start : hit.passage.end]
        report = collection.check()
        assert report.problems == ()
        return report.articles, report.passages


def place(times: list[float], share: float) -> tuple[int, float]:
    """(signs of progress before, seconds after the last of them) of the moment when `share` of the whole time is over."""
    moment = share * times[-1]
    event = sum(time_ <= moment for time_ in times)
    return event, moment - (times[event - 1] if event else 0.0)


def killed(kill: Kill, adders: Adders) -> tuple[int, int, bool]:
    """(articles, passages, had it finished?) after one kill."""
    done = adders.ask(kill.folder, kill.salt, kill.event, kill.seconds)
    return *assert_whole(Path(kill.folder)), done


def test_fifty_kills_lose_nothing_that_was_committed(quick_folder, adders):
    """Even numbers begin with nothing, odd ones with half of the articles; half of each also change every third one."""
    half = quick_folder / "half"
    with Collection.open(half, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(150))

    def folder_of(name: str, number: int) -> str:
        if number % 2:
            shutil.copytree(half, quick_folder / name)
        return str(quick_folder / name)

    dice = random.Random(7)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        times = list(pool.map(lambda kind: adders.ask(folder_of(f"whole-{kind}", kind), kind // 2), range(4)))
        moments = [place(times[number % 4], (number + dice.random()) / KILLS) for number in range(KILLS)]
        kills = [Kill(folder_of(f"killed-{number}", number), number % 4 // 2, *moment) for number, moment in enumerate(moments)]
        results = list(pool.map(lambda kill: killed(kill, adders), kills))

    for number, (kill, (articles, _, done)) in enumerate(zip(kills, results, strict=True)):
        # One batch may be being written and one encoded while the next one is read.
        committed = 150 if number % 2 else BATCH * ((kill.event - 1) // BATCH - 2)
        assert articles == 300 if done else articles >= committed
    assert sum(not done for _, _, done in results) >= KILLS / 2
    spread = sorted(passages for _, passages, _ in results[::2])
    assert len(set(spread)) >= 8 and spread[0] < spread[-1] / 3, f"the kills hit too few states: {spread}"

    # The same call goes on where a killed one was.
    for kill in kills[::10]:
        with Collection.open(kill.folder, embedder=WordCountEmbedder()) as collection:
            collection.add(many_articles())
            assert collection.searched().articles == 300
            assert collection.check().problems == ()


if __name__ == "__main__":
    # What an add imports late: imported before the forks, it is imported once.
    for name in ("faiss", "filelock", "numpy.testing", "py3langid", "Stemmer", "stopwordsiso", "tantivy"):
        importlib.import_module(name)
    serve()
