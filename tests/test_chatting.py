"""`rag chat`: what is typed and what is said, with the bundled model."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from rag import Collection
from rag.cli import main

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chat") / "index"
    with Collection.open(folder) as opened:
        opened.add(SEEDS)
    return folder


@pytest.fixture
def typed(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`rag chat` with these lines typed: its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*lines: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
        code = main(["chat", "--index", str(index), *options])
        return code, *capsys.readouterr()

    return run


def test_chat_carries_and_numbers(typed) -> None:
    code, out, err = typed("When did Haniyeh visit Russia?", "", "who accompanied him?", "/drop visit", "/undo", "What about Lavrov?", "/quit", "never asked")
    assert (code, err) == (0, "")
    assert out.count("(about: Haniyeh, visit, Russia)") == 2 and "(about: Haniyeh, Russia)" in out
    assert "Taken back: who accompanied him?\n" in out and "Saleh al-Arouri" in out and "never asked" not in out
    assert "(tentang: mendampingi, Haniyeh)" in typed("Siapa yang mendampingi Haniyeh?", "dan pada 2023?")[1]


def test_chat_does_not_answer_with_the_topic_alone(typed) -> None:
    out = typed("When did Haniyeh visit Russia?", "What temperature should it be baked at?", "Who accompanied him on the trip?")[1]
    first, baked, trip = re.split(r"^\(about: .*\)$", out, flags=re.MULTILINE)
    assert "Not answered" in baked and "Not answered" not in first + trip


def test_chat_says_what_is_wrong_and_goes_on(typed) -> None:
    code, out, err = typed("/retry", "/nope", "/export chat.xyz", "?", "What temperature should sourdough bread be baked at?")
    assert code == 1 and "Not answered" in out
    assert [line.startswith("rag: ") for line in err.splitlines()] == [True] * 4 and "'/nope'" in err and "'xyz'" in err


def test_chat_is_kept_exported_and_gone_on_with(typed, tmp_path: Path) -> None:
    typed("Siapa yang mendampingi Haniyeh?", *(f"/export chat.{form}" for form in ("md", "csv", "bib", "ris")), options=("--save", "chat.json"))
    assert {path.name for path in tmp_path.iterdir()} == {"chat.json", "chat.md", "chat.csv", "chat.bib", "chat.ris"}
    code, out, _ = typed("dan pada 2023?", options=("--save", "chat.json", "--top-k", "1", "--json"))
    said, answer = map(json.loads, out.splitlines())
    assert code == 0 and said["message"].startswith("chat.json: 1 question, ") and said["message"].endswith("; 0 changed and 0 removed since.")
    assert answer["carried"] == ["mendampingi", "Haniyeh"] and answer["labels"] == [1] and answer["question"] == "dan pada 2023?"
    assert len(json.loads((tmp_path / "chat.json").read_text())["turns"]) == 2
    (tmp_path / "chat.json").write_text("{}")
    code, out, err = typed("kapan?", options=("--save", "chat.json"))
    assert (code, out) == (2, "") and "chat.json" in err
