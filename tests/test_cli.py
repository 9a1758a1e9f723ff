"""The command line: every verb, its exit codes, its JSON and its one-line errors, with the bundled model."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import rag.collection
import rag.web.serve
from rag import cli, printing
from rag.cli import main

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
VISIT = "seeds/000_85d61c4b71691643.txt"
PHRASE = '"Saleh al-Arouri"'
RECIPE = "What temperature should sourdough bread be baked at?"
HIT_KEYS = """
number text article_id article_hash title heading source author published published_from url language start end score dense lexical
dense_rank lexical_rank matched
"""
VERBS = {
    "add": ["add", str(SEEDS)],
    "ask": ["ask", PHRASE],
    "search": ["search", "Haniyeh"],
    "list": ["list"],
    "show": ["show", VISIT],
    "remove": ["remove", VISIT],
    "check": ["check"],
    "rebuild": ["rebuild"],
}


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture(scope="session")
def load() -> Callable:
    """The bundled model is loaded once for all tests."""
    return cache(rag.collection.load_embedder)


@pytest.fixture(autouse=True)
def _alone(load: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rag.collection, "load_embedder", load)
    monkeypatch.delenv("RAG_INDEX", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def built(load: Callable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "index"
    with rag.collection.Collection.open(folder, embedder=load(rag.collection.BUNDLED)) as collection:
        collection.add(SEEDS)
    return folder


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    """A collection of the test's own, where the command line looks by default."""
    return Path(shutil.copytree(built, tmp_path / "index"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(one) for one in arguments])
        return Said(code, *capsys.readouterr())

    return run


def assert_error(said: Said, *words: str) -> None:
    assert said.code == 2 and said.out == ""
    assert said.err.startswith("rag: ") and said.err.count("\n") == 1 and said.err.endswith("\n")
    assert all(word in said.err for word in words), said.err


def test_add_creates_and_then_leaves_alone(run: Run, tmp_path: Path) -> None:
    first = run("add", SEEDS, "--as", "berita", "--index", tmp_path / "new", "--json")
    assert first.code == 0 and first.err == ""
    assert [Path(name).parent.name for name in first.json["added"]] == ["berita", "berita"]
    again = run("add", SEEDS, "--as", "berita", "--index", tmp_path / "new")
    assert again.code == 0 and again.out.startswith("0 added, 0 changed, 2 unchanged, 0 removed")


def test_add_tells_what_is_gone_and_sync_removes_it(run: Run, tmp_path: Path) -> None:
    articles = Path(shutil.copytree(SEEDS, tmp_path / "articles"))
    run("add", articles)
    (articles / Path(VISIT).name).unlink()
    assert f"--sync removes them:\n  articles/{Path(VISIT).name}" in run("add", articles).out
    assert run("add", articles, "--sync", "--json").json["removed"] == [f"articles/{Path(VISIT).name}"]


def test_add_of_nothing_that_can_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("add", tmp_path / "empty").code == 1


def test_add_of_a_missing_path_makes_no_collection(run: Run, tmp_path: Path) -> None:
    assert_error(run("add", "nowhere.txt"), "nowhere.txt", "Check the path")
    assert not (tmp_path / "index").exists()


def test_ask_answered(run: Run, index: Path) -> None:
    said = run("ask", PHRASE, "--top-k", 2)
    assert said.code == 0 and said.err == ""
    assert "[1] Pemimpin Hamas Kunjungi Rusia" in said.out and "[3]" not in said.out
    assert "▸Dalam kunjungannya, Haniyeh didampingi" in said.out
    assert "Harakatuna.com · 2022-09-10 (from the dateline) · strong" in said.out
    answer = run("ask", PHRASE, "--top-k", 2, "--json").json
    assert answer["answered"] is True and list(answer)[:4] == ["question", "answered", "reason", "searched"]
    text = run("show", VISIT, "--json").json["text"]
    first = answer["citations"][0]
    assert first["article_id"] == VISIT and text[first["start"] : first["end"]] == first["quote"]
    assert f"{VISIT} {first['start']}-{first['end']}" in said.out


def test_ask_not_answered(run: Run, index: Path) -> None:
    said = run("ask", RECIPE)
    assert said.code == 1 and said.err == ""
    assert said.out.startswith("Not answered: ") and "Searched: 2 articles," in said.out
    answer = run("ask", RECIPE, "--json")
    assert answer.code == 1 and answer.json["answered"] is False
    assert ("they are not an answer" in said.out) == bool(answer.json["near_misses"])
    phrase = run("ask", '"sourdough bread"')
    assert phrase.code == 1 and "phrase" in phrase.out


def test_ask_of_an_empty_collection_says_how_to_add(run: Run, tmp_path: Path) -> None:
    rag.collection.Collection.open(tmp_path / "index").close()
    said = run("ask", "Siapa?")
    assert said.code == 1 and "rag add PATH --index index" in said.out
    assert run("list").out == "There are no articles yet.\n"
    assert run("search", "Siapa?").out == "Nothing was found.\n"
    assert run("search", "Siapa?", "--json") == Said(1, "[]\n", "")


def test_search(run: Run, index: Path) -> None:
    said = run("search", "gencatan senjata", "--top-k", 3)
    assert said.code == 0 and "[3]" in said.out and "[4]" not in said.out and "score " in said.out
    hits = run("search", "gencatan senjata", "--top-k", 3, "--json").json
    assert [hit["number"] for hit in hits] == [1, 2, 3] and list(hits[0]) == HIT_KEYS.split()
    assert hits == sorted(hits, key=lambda hit: -hit["score"])
    for hit in hits:
        article = run("show", hit["article_id"], "--json").json
        assert article["hash"] == hit["article_hash"] and article["text"][hit["start"] : hit["end"]] == hit["text"]


def test_list_and_show(run: Run, index: Path) -> None:
    assert VISIT in run("list").out and "2 articles" in run("list").out
    cards = run("list", "--json").json
    assert [card["id"] for card in cards] == sorted(card["id"] for card in cards) and len(cards) == 2
    assert list(cards[0]) == ["id", "title", "source", "author", "published", "published_from", "url", "language"]
    shown = run("show", VISIT)
    assert shown.code == 0 and "(from the dateline)" in shown.out and "Dalam kunjungannya, Haniyeh didampingi" in shown.out
    article = run("show", VISIT, "--json").json
    assert {**article, **cards[0]} == article and article["hash"] in shown.out and article["text"] in shown.out


def test_remove(run: Run, index: Path) -> None:
    assert run("remove", VISIT, "--json") == Said(0, json.dumps({"removed": VISIT}, indent=2) + "\n", "")
    assert_error(run("remove", VISIT), VISIT, "rag list")
    assert len(run("list", "--json").json) == 1


def test_check(run: Run, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run("check")
    assert said.code == 0 and said.out.endswith("everything agrees.\n")
    assert run("check", "--json").json["problems"] == []
    broken = rag.collection.CheckReport(2, 9, ("The text of 'a' does not match its hash.",))
    monkeypatch.setattr(rag.collection.Collection, "check", lambda self: broken)
    said = run("check")
    assert said.code == 1 and "problem: The text of 'a'" in said.out and said.out.endswith("1 problem.\n")


def test_check_after_a_writer_was_killed(run: Run, built: Path, tmp_path: Path) -> None:
    """The last commits are still in the log: it is read, then folded in."""
    victim = """if True:
        import os, sys
        from rag import Collection
        from rag.storage.writer import Writer

        Writer.close = lambda self: os._exit(9)
        Collection.open("index").add(sys.argv[1])"""
    subprocess.run([sys.executable, "-c", victim, SEEDS], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, timeout=120)
    assert any(log.stat().st_size for log in (tmp_path / "index").glob("*-wal"))
    said = run("check", "--json")
    assert said.code == 0 and said.json["articles"] == 2
    assert not any(log.stat().st_size for log in (tmp_path / "index").glob("*-wal"))


def test_rebuild(run: Run, index: Path) -> None:
    before = run("search", "Haniyeh", "--json").json
    said = run("rebuild", "--json")
    assert said.code == 0 and list(said.json) == ["model", "articles", "passages"] and said.json["articles"] == 2
    assert run("rebuild").out.startswith(f"Encoded {said.json['passages']} passages with ")
    assert run("search", "Haniyeh", "--json").json == before


def test_rebuild_opens_what_the_other_verbs_refuse(run: Run, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.opening.CHUNKING", "of a later version")
    monkeypatch.setattr("rag.rebuilding.CHUNKING", "of a later version")
    assert_error(run("ask", PHRASE), "rag rebuild --index")
    assert run("rebuild").code == 0
    assert run("ask", PHRASE).code == 0


def test_rebuild_with_an_unknown_model(run: Run, index: Path) -> None:
    assert_error(run("rebuild", "--model", "./no-such-model"), "no-such-model")


def test_serve(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def serve(index: Path, engine: str | None, **options: object) -> None:
        calls.append((index, options))
        print("Kutip: http://127.0.0.1:7999")

    monkeypatch.setattr(rag.web.serve, "serve", serve)
    assert run("serve", "--host", "::1", "--port", 7999, "--index", "there", "--allow-host", "kutip.example") == Said(0, "Kutip: http://127.0.0.1:7999\n", "")
    assert calls == [(Path("there"), {"host": "::1", "port": 7999, "seeds": None, "allowed": ["kutip.example"], "writable": False})]
    assert run("serve", "--json").json == {"message": "Kutip: http://127.0.0.1:7999"}
    assert_error(run("serve", "--port", "0"), "--port")


def test_serve_fills_only_a_folder_that_nobody_named(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls = []
    monkeypatch.setattr(rag.web.serve, "serve", lambda index, engine, **options: calls.append((index, options["seeds"])))
    run("serve")
    (tmp_path / "seeds").mkdir()
    run("serve")
    run("serve", "--index", "index")
    monkeypatch.setenv("RAG_INDEX", "other")
    run("serve")
    assert calls == [(Path("index"), None), (Path("index"), Path("seeds")), (Path("index"), None), (Path("other"), None)]


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - {"add"}))
def test_only_add_creates(verb: str, run: Run, tmp_path: Path) -> None:
    assert_error(run(*VERBS[verb]), "There is no collection in index", "rag add")
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("verb", VERBS)
def test_json_and_index_before_and_after_the_verb(verb: str, run: Run, built: Path, tmp_path: Path) -> None:
    one, two = (shutil.copytree(built, tmp_path / name) for name in ("one", "two"))
    before = run("--index", one, "--json", *VERBS[verb])
    after = run(*VERBS[verb], "--json", "--index", two)
    assert before.code == after.code == 0 and before.json == after.json


def test_index_from_the_environment(run: Run, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_INDEX", str(built))
    assert run("list").code == 0
    assert_error(run("list", "--index", "elsewhere"), "elsewhere")


@pytest.mark.parametrize(
    "arguments", [[], ["bogus"], ["ask"], ["ask", "x", "--top-k", "0"], ["search", "x", "--top-k", "many"], ["list", "--nonsense"]]
)
def test_usage_errors_are_one_line(arguments: list[str], run: Run) -> None:
    assert_error(run(*arguments), "--help")


def test_empty_question(run: Run, index: Path) -> None:
    assert_error(run("ask", "  "), "question")


def test_a_file_in_the_place_of_the_collection(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert_error(run("add", SEEDS, "--index", tmp_path / "file"), "file")


@pytest.mark.parametrize(("raised", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 141), (OSError(28, "No space left"), 2)])
def test_ended_from_outside(raised: BaseException, code: int, run: Run, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(rag.collection.Collection, "articles", fail)
    monkeypatch.setattr(cli, "_drop_output", lambda: None)
    said = run("list")
    assert said.code == code and said.err.count("\n") == (code != 141)


def test_no_escape_sequence_reaches_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "evil.json").write_text(
        json.dumps(
            {
                "id": "evil\x1b[2J",
                "title": "Harga\x1b]0;x\x07 beras",
                "source": "a\x9bb",
                "text": "Harga beras\x1b[31m naik\x9b di Jakarta \u202ekemarin.",
            }
        )
    )
    added = run("add", tmp_path / "evil.json")
    assert added.code == 0
    article = run("list", "--json").json[0]["id"]
    for arguments in (["ask", '"beras"'], ["search", "harga beras"], ["list"], ["show", article], ["remove", article], ["show", "\x1b[2J"]):
        for said in (run(*arguments, "--json"), run(*arguments)) if arguments[0] != "remove" else (run(*arguments),):
            assert not set(said.out + said.err) & set("\x1b\x07\x9b\u202e")


def test_clean() -> None:
    assert printing.clean("a\tb\nc\r\x1b[0m\x7f\x85\ud800é\u200f") == "a b\nc\ufffd\ufffd[0m\ufffd\ufffd\ufffdé"
    text = "\x1b\x9b\u202e\ud800é"
    assert json.loads(printing.as_json(text)) == text and "\x9b" not in printing.as_json(text)


def test_help_is_quick_to_load() -> None:
    code = "import sys; from rag.cli import main; code = main(['--help']); print({'torch', 'gradio', 'faiss', 'numpy'} & set(sys.modules), code)"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert said.stdout.endswith("set() 0\n") and "rebuild" in said.stdout and said.stderr == ""


def test_a_reader_that_has_had_enough(index: Path) -> None:
    command = f"{sys.executable} -m rag show {VISIT} --index {index} | head -c 1 > /dev/null; exit ${{PIPESTATUS[0]}}"
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    said = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert said.stderr == "" and said.returncode in (0, 141)
