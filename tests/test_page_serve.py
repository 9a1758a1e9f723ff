"""Starting and ending the page as a process: app.py over a stand-in for the collection, then both commands as they are."""

from __future__ import annotations

import os
import queue
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import rag.cli

ROOT = Path(__file__).parents[1]
SERVED_SECONDS_MAX = 6.0

# Takes the place of rag.collection; `warm_up` takes as long as the test wants.
STAND_IN = """
import runpy, sys, types
sys.path[:0] = [{tests!r}, {root!r}]
stand_in = sys.modules["rag.collection"] = types.ModuleType("rag.collection")
from page_articles import DOHA, VISIT
from page_collection import PageCollection
from rag.types import Progress

class Collection(PageCollection):
    @classmethod
    def open(cls, path, *, engine=None):
        assert not {{"torch", "sentence_transformers", "faiss"}} & set(sys.modules), "loaded before the page was served"
        return cls([])

    def add(self, path, *, progress):
        for number, article in enumerate((VISIT, DOHA)):
            progress(Progress(number, 2, "articles", article.id))
            self.put(article)

    def warm_up(self):
        if not self.searched().articles:
            sys.stdin.readline()

    def close(self):
        print("closed the collection", flush=True)

stand_in.Collection = Collection
sys.argv = ["app.py", *sys.argv[1:]]
runpy.run_path({app!r}, run_name="__main__")
"""


# The least that Gradio can do: what this machine needs for it says how fast the machine is at the moment.
BARE = """
import gradio
with gradio.Blocks() as page:
    pass
print(page.launch(quiet=True, prevent_thread_lock=True)[1], flush=True)
input()
"""


class Process:
    """A process that serves a page, its output line by line."""

    def __init__(self, *arguments: str, cwd: Path = ROOT, **environment: str) -> None:
        pipe = subprocess.PIPE
        variables = {name: value for name, value in os.environ.items() if name not in ("GRADIO_SERVER_PORT", "RAG_INDEX")}
        self._started = time.perf_counter()
        self._popen = subprocess.Popen(
            [sys.executable, *arguments], cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env={**variables, **environment}
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._popen.stdout:
            self._lines.put(line)
        self._lines.put("")  # it ended: nobody need wait for another line

    def line(self) -> str:
        return self._lines.get(timeout=60)

    def seconds_until_served(self) -> float:
        """From the start until the address in its first line has answered."""
        [address] = [word for word in self.line().split() if word.startswith("http")]
        with urllib.request.urlopen(address, timeout=60) as page:
            assert page.status == 200
        return time.perf_counter() - self._started

    def finish_loading(self) -> None:
        self._popen.stdin.write("\n")
        self._popen.stdin.flush()

    def interrupt(self) -> None:
        self._popen.send_signal(signal.SIGINT)

    def end(self) -> tuple[int, str]:
        """The exit code and what stands on stderr."""
        try:
            code = self._popen.wait(timeout=30)
        finally:
            self._popen.kill()
        return code, self._popen.stderr.read()


def over_stand_in(*arguments: str, **environment: str) -> Process:
    """app.py as it is, over the stand-in."""
    code = textwrap.dedent(STAND_IN).format(tests=str(ROOT / "tests"), root=str(ROOT), app=str(ROOT / "app.py"))
    return Process("-c", code, *arguments, **environment)


@pytest.fixture
def port() -> Iterator[int]:
    """A port that is taken while the test lasts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_the_page_is_up_before_the_collection_and_ends_with_ctrl_c(port):
    nowhere = "http://127.0.0.1:9"  # a proxy for the world outside must not be asked for the page itself
    app = over_stand_in(GRADIO_SERVER_PORT=str(port), HTTP_PROXY=nowhere, http_proxy=nowhere)
    first = app.line()
    assert "preparing" in first and f":{port} " not in first  # the default was taken: it moved on
    address = first.split()[1]
    with urllib.request.urlopen(address, timeout=30) as page:  # it is served while the collection still waits
        assert page.status == 200
    app.finish_loading()
    lines = [app.line()]
    while "articles, " not in lines[-1]:
        lines.append(app.line())
    assert lines[-1] == f"Kutip: {address}  2 articles, 28 passages (id), model shared words, offline\n"
    app.interrupt()
    assert [app.line() for _ in range(3)] == ["closed the collection\n", "\n", "Kutip: closed\n"]
    assert app.end() == (0, "")


def test_a_named_folder_is_not_filled(tmp_path):
    app = over_stand_in("--index", str(tmp_path), RAG_INDEX="elsewhere")
    assert str(tmp_path) in app.line()
    app.finish_loading()
    assert "0 articles" in app.line()
    app.interrupt()
    assert app.end()[0] == 0


@pytest.fixture(params=["app.py", "rag serve"])
def command(request, monkeypatch, tmp_path) -> Callable[..., int]:
    """Both commands, in this process and at home in an empty folder; gives the exit code."""
    monkeypatch.chdir(tmp_path)
    for name in ("RAG_INDEX", "GRADIO_SERVER_PORT"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> int:
        if request.param == "rag serve":
            return rag.cli.main(["serve", *arguments])
        monkeypatch.setattr(sys, "argv", ["app.py", *arguments])
        return runpy.run_path(shutil.copy(ROOT / "app.py", tmp_path))["main"]()

    return run


def test_only_a_folder_that_nobody_named_is_filled(command, monkeypatch, tmp_path):
    told = []
    monkeypatch.setattr("rag.web.serve.serve", lambda index, engine, **how: told.append((index.absolute(), how["seeds"] and how["seeds"].absolute())))
    assert command() == 0  # nothing to fill it with either
    (tmp_path / "seeds").mkdir()
    for arguments in ([], ["--index", "mine"]):
        assert command(*arguments) == 0
    monkeypatch.setenv("RAG_INDEX", "theirs")
    for arguments in ([], ["--index", "mine"]):
        assert command(*arguments) == 0
    default = tmp_path / "index"
    assert told == [(default, None), (default, tmp_path / "seeds"), *((tmp_path / name, None) for name in ("mine", "theirs", "mine"))]


def test_an_address_that_cannot_be_had_is_one_line(command, port, monkeypatch, capsys):
    for arguments, default_port, says in (
        (["--port", str(port)], "", f"127.0.0.1:{port}"),
        (["--host", "192.0.2.1"], "", "192.0.2.1"),
        ([], "many", "'many'"),
    ):
        monkeypatch.setenv("GRADIO_SERVER_PORT", default_port)
        assert command(*arguments) == 2
        said = capsys.readouterr()
        assert said.out == "" and said.err.startswith(("Error: ", "rag: ")) and said.err.count("\n") == 1 and says in said.err, said


def bare_seconds() -> float:
    """In how many an empty page of Gradio is served, as busy as the machine is at the moment."""
    page = Process("-c", BARE, GRADIO_ANALYTICS_ENABLED="False", NO_PROXY="127.0.0.1,localhost")
    seconds = page.seconds_until_served()
    page.finish_loading()
    assert page.end()[0] == 0
    return seconds


@pytest.mark.slow
def test_both_commands_serve_within_six_seconds_the_default_collection_which_is_filled_while_it_is_empty(tmp_path):
    shutil.copy(ROOT / "app.py", tmp_path)
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    for command in (["app.py"], ["-m", "rag", "serve"]):
        page = Process(*command, cwd=tmp_path, PYTHONPATH=str(ROOT))
        seconds = page.seconds_until_served()
        lines = [page.line()]
        while lines[-1] and "offline" not in lines[-1]:
            lines.append(page.line())
        page.interrupt()
        assert page.end() == (0, "") and "  2 articles, " in lines[-1] and (tmp_path / "index" / "articles.db").is_file()
        assert any("adding seeds" in line.replace(str(tmp_path) + "/", "") for line in lines) == (command == ["app.py"]), lines
        assert seconds <= SERVED_SECONDS_MAX or seconds <= 2 * bare_seconds(), f"served after {seconds:.1f} s"
