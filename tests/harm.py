"""What the tests of damage do to a collection's folder: spoil its files, kill its writer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
KILLED = """
import os, signal, sys
from fakes import WordCountEmbedder
from many_articles import many_articles
from rag import Collection, ingest
ingest.BATCH_ARTICLES = 10
with Collection.open(sys.argv[1], embedder=WordCountEmbedder()) as collection:
    collection.add(many_articles(20))
    collection.add(many_articles(int(sys.argv[2])), progress=lambda one: one.done == one.total and os.kill(os.getpid(), signal.SIGKILL))
"""


def files_of(folder: Path, kind: str) -> list[Path]:
    cache = folder / "cache"
    found = {
        "dense": [*cache.glob("dense-*")],
        "lexical": [path for path in cache.glob("lexical-*/*") if not path.name.startswith(".tantivy")],
    }
    return sorted({**found, "manifest": [cache / "manifest.json"]}[kind])


def flip(path: Path, share: float = 0.5, bit: int = 4) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[min(int(share * len(content)), len(content) - 1)] ^= 1 << bit
    path.write_bytes(content)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)]), "PYTHONDONTWRITEBYTECODE": "1"}


def run(script: str, *arguments: object) -> subprocess.CompletedProcess:
    """A Python process of its own, which finds the library and the tests' helpers."""
    return subprocess.run([sys.executable, "-c", script, *map(str, arguments)], capture_output=True, text=True, env=environment(), timeout=60)


def started(script: str, *arguments: object) -> subprocess.Popen:
    """The same, with pipes to talk to it while it runs."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], **pipes, text=True, env=environment())


def kill_while_adding(folder: Path, count: int) -> None:
    """`count` articles are committed in `folder`, and its writer is killed before it has completed the indexes."""
    assert run(KILLED, folder, count).returncode == -signal.SIGKILL
