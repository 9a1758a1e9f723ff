"""A process that adds articles is killed at any moment: the collection opens by itself, is whole and quotes truly."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes import WordCountEmbedder
from many_articles import many_articles

from rag import Collection

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
KILLS = 50
AT_ONCE = 6


def started(folder: Path, salt: int) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    return subprocess.Popen(
        [sys.executable, str(HERE / "many_articles.py"), str(folder), str(salt)], stdout=subprocess.PIPE, env=environment
    )


def assert_whole(folder: Path) -> int:
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        for question in ("harga beras", '"naik"', "flood in Jakarta"):
            for hit in collection.search(question, top_k=50):
                article = collection.article(hit.passage.article_id)
                assert hit.passage.text == article.text[hit.passage.start : hit.passage.end]
        report = collection.check()
        assert report and report.problems == ()
        return report.articles


def test_fifty_kills_lose_nothing_that_was_committed(tmp_path):
    half = tmp_path / "half"
    with Collection.open(half, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(150))
    trial = tmp_path / "trial"
    process = started(trial, 0)
    process.stdout.readline()
    begin = time.monotonic()
    assert process.wait(60) == 0
    process.stdout.close()
    duration = time.monotonic() - begin

    dice, counts = random.Random(), []
    for first in range(0, KILLS, AT_ONCE):
        running = []
        for number in range(first, min(first + AT_ONCE, KILLS)):
            folder = tmp_path / f"killed-{number}"
            if number % 2:
                shutil.copytree(half, folder)
            running.append((started(folder, number % 4 // 2), folder))
        moments = sorted(dice.uniform(0, 1.2 * duration) for _ in running)
        for process, _ in running:
            process.stdout.readline()
        begin = time.monotonic()
        for (process, _), moment in zip(running, moments, strict=True):
            time.sleep(max(0, begin + moment - time.monotonic()))
            process.kill()
            process.wait()
            process.stdout.close()
        for number, (_, folder) in enumerate(running, start=first):
            counts.append(assert_whole(folder))
            assert counts[-1] >= (150 if number % 2 else 0)
            shutil.rmtree(folder) if number % 10 else None
    assert any(0 < count < 300 and count != 150 for count in counts), f"no kill fell into the adding: {counts}"

    # The same call goes on where a killed one was.
    for folder in sorted(tmp_path.glob("killed-*")):
        with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
            collection.add(many_articles())
            assert collection.searched().articles == 300
