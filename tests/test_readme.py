"""The README does what it says: its Python session and its command lines are run as they are written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rag import Article, Collection
from rag.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CITATION = re.compile(r"^(?P<number>\d+) (?P<heading>.+) (?P<start>\d+) (?P<end>\d+) (?P<quote>(?s:.+?))(?=\n\d+ .+ \d+ \d+ |\n\Z)", re.MULTILINE)
PLACE = re.compile(r"^    (?P<id>seeds/\S+) (?P<start>\d+)-(?P<end>\d+)$", re.MULTILINE)


def block(heading: str, language: str) -> str:
    """The one code block of `language` under a heading."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    [code] = [code for name, code in FENCED.findall(section) if name == language]
    return code


SESSION = block("From Python", "python")
CONSOLE = [line.removeprefix("$ ") for line in block("From the command line", "console").splitlines() if line.startswith("$ ")]
INLINE = re.findall(r"`([^`\n]+)`", FENCED.sub("", README))
COMMANDS = [shlex.split(line)[1:] for line in [*CONSOLE, *INLINE] if line.startswith("rag ")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a reader of the README has in front of them: a folder with `seeds` in it."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    """What Python prints; it has to succeed without a word on stderr."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    environment.pop("RAG_INDEX", None)
    said = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    assert (said.returncode, said.stderr) == (0, ""), said.stderr
    return said.stdout


def articles(folder: Path) -> dict[str, Article]:
    with Collection.open(folder / "my-collection", create=False, read_only=True) as collection:
        return {card.id: collection.article(card.id) for card in collection.articles()}


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def in_a_seed(quote: str) -> bool:
    """Whether these words stand in this order in a file as it was delivered, mark-up or not."""
    return any(words(quote) in words(path.read_text(encoding="utf-8")) for path in SEEDS)


@pytest.fixture
def options(capsys: pytest.CaptureFixture[str]) -> dict[str, set[str]]:
    """Every verb of the command line with its options, from its own help."""

    def said(*arguments: str) -> str:
        assert main([*arguments, "--help"]) == 0
        return capsys.readouterr().out

    verbs = re.findall(r"^    (\w+)\b", said(), re.MULTILINE)
    return {verb: set(re.findall(r"--[a-z][a-z-]*", said(verb))) for verb in verbs}


def test_the_python_session_has_six_lines() -> None:
    assert len(SESSION.splitlines()) <= 6


@pytest.mark.slow
def test_the_python_session_prints_citations_that_are_in_the_seeds(folder: Path) -> None:
    printed = [found.groupdict() for found in CITATION.finditer(run(folder, "-c", SESSION))]
    assert printed and [int(one["number"]) for one in printed] == list(range(1, len(printed) + 1))
    stored = {article.heading: article for article in articles(folder).values()}
    for one in printed:
        assert stored[one["heading"]].text[int(one["start"]) : int(one["end"])] == one["quote"]
        assert in_a_seed(one["quote"])
    assert "didampingi" in printed[0]["quote"]


@pytest.mark.slow
def test_the_command_lines_succeed_and_ask_quotes_the_seeds(folder: Path) -> None:
    said = {verb: run(folder, "-m", "rag", verb, *rest) for verb, *rest in (shlex.split(line)[1:] for line in CONSOLE)}
    assert list(said) == ["add", "ask", "search", "check"]
    stored, places = articles(folder), list(PLACE.finditer(said["ask"]))
    assert places
    for place in places:
        quote = stored[place["id"]].text[int(place["start"]) : int(place["end"])]
        assert words(quote) in words(said["ask"]) and in_a_seed(quote)


def test_every_command_and_option_exists(options: dict[str, set[str]]) -> None:
    for verb, *rest in COMMANDS:
        assert {one for one in rest if one.startswith("--")} <= options[verb], verb
    named = {option for text in INLINE for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", text)}
    assert {"--json", "--index", "--sync"} <= named <= set.union(*options.values())


def test_every_verb_is_named(options: dict[str, set[str]]) -> None:
    [listed] = [text for text in INLINE if text.startswith("add ")]
    assert listed.split() == list(options)


def test_every_make_target_exists() -> None:
    lines = [line for language, code in FENCED.findall(README) if language == "sh" for line in code.splitlines()]
    named = {line.split()[1] for line in [*lines, *INLINE] if line.startswith("make ")}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"chat", "test"} <= named <= targets
