"""An upload on its way in, without a browser: what becomes of each file, cancelling, and what cannot go on."""

from __future__ import annotations

import threading
import zipfile
from pathlib import Path

import pytest
from fakes import WordCountEmbedder

from rag import Collection
from rag.settings import WRITER_WAIT_SECONDS
from rag.storage.lock import write_lock
from rag.web.shelf_intake import STEP_ARTICLES, Intake, Outcome, Stage


@pytest.fixture
def collection(tmp_path):
    with Collection.open(tmp_path / "index", embedder=WordCountEmbedder()) as opened:
        yield opened


@pytest.fixture
def uploaded(tmp_path):
    """Puts files where an upload would put them: each in a folder of its own."""
    made = 0

    def put(**files: str | bytes) -> list[Path]:
        nonlocal made
        paths = []
        for name, content in files.items():
            made += 1
            path = tmp_path / "temp" / str(made) / name.replace("_", ".")
            path.parent.mkdir(parents=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        return paths

    return put


def run(collection, files) -> dict[str, Outcome]:
    intake = Intake(collection, files)
    intake.start()
    assert intake.wait(60) and not any(file.exists() for file in files)
    assert intake.problem is None
    return {one.name: one for one in intake.outcomes}


def counts(one: Outcome) -> tuple[int, int, int, int]:
    return one.added, one.changed, one.unchanged, one.refusals


def zipped(path: Path, **members: str) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return path.read_bytes()


def test_each_file_has_its_outcome(collection, uploaded, tmp_path):
    archive = zipped(tmp_path / "z", a_txt="Banjir.", b_exe="x", c_md="Hujan.")
    files = {"satu_txt": "Harga beras naik.", "dua_pdf": b"%PDF", "kosong_txt": "", "arsip_zip": archive}
    rows = '{"id": "r1", "text": "Harga naik."}\n{"text": ""}\n'
    first = run(collection, uploaded(**files, baris_jsonl=rows))
    assert {name: counts(one) for name, one in first.items()} == {
        "satu.txt": (1, 0, 0, 0), "dua.pdf": (0, 0, 0, 1), "kosong.txt": (0, 0, 0, 1), "arsip.zip": (2, 0, 0, 1), "baris.jsonl": (1, 0, 0, 1)
    }  # fmt: skip
    assert "use .txt" in first["dua.pdf"].refused[0] and first["arsip.zip"].refused[0].startswith("b.exe is of a type")
    assert sorted(one.id for one in collection.articles()) == ["r1", "uploaded/arsip.zip/a.txt", "uploaded/arsip.zip/c.md", "uploaded/satu.txt"]
    again = run(collection, uploaded(satu_txt="Harga beras turun.", arsip_zip=archive))
    assert counts(again["satu.txt"]) == (0, 1, 0, 0) and counts(again["arsip.zip"]) == (0, 0, 2, 1)
    assert collection.article("uploaded/satu.txt").text == "Harga beras turun." and collection.check()


def test_a_side_file_describes_the_others(collection, uploaded):
    run(collection, uploaded(satu_txt="Harga beras naik.", articles_csv="file,title,source,published\nsatu.txt,Beras,Kompas,2023-01-02\n"))
    [card] = collection.articles()
    assert (card.title, card.source, card.published) == ("Beras", "Kompas", "2023-01-02")


def test_names_from_outside_stay_inside(collection, uploaded, tmp_path):
    first, second = uploaded(a_txt="Banjir."), uploaded(a_txt="Hujan.")
    outcomes = Intake(collection, first + second).outcomes
    assert [one.refusals for one in outcomes] == [0, 1] and "rename it" in outcomes[1].refused[0]
    hidden = run(collection, uploaded(**{"_htaccess": "Banjir.", "x\n\u202e_txt": "Hujan."}))
    assert counts(hidden[".htaccess"]) == (0, 0, 0, 0)
    assert [one.id for one in collection.articles()] == ["uploaded/x\\x0a\\u202e.txt"]


def test_cancelling_keeps_what_was_committed_and_names_the_rest(collection, uploaded):
    files = uploaded(**{f"a{number:03d}_txt": f"Harga beras naik {number}." for number in range(5 * STEP_ARTICLES)})
    first, may_go_on = threading.Event(), threading.Event()
    add = collection.add

    def slow(articles):
        report = add(articles)
        first.set()
        assert may_go_on.wait(60)
        return report

    collection.add = slow
    intake = Intake(collection, files)
    intake.start()
    assert first.wait(60)
    assert 0 < intake.stage.done < intake.stage.total == len(files)
    intake.cancel()
    may_go_on.set()
    assert intake.wait(60)
    assert {one.name for one in intake.outcomes if one.added} == {card.id.removeprefix("uploaded/") for card in collection.articles()}
    assert sum(one.added for one in intake.outcomes) == STEP_ARTICLES
    assert all(one.cancelled != bool(one.added) for one in intake.outcomes) and collection.check()


def test_what_cannot_go_on_says_why_and_names_the_rest(collection, uploaded, monkeypatch):
    monkeypatch.setattr("rag.collection.WRITER_WAIT_SECONDS", WRITER_WAIT_SECONDS / 50)
    intake = Intake(collection, uploaded(a_txt="Banjir.", b_txt="Hujan."))
    with write_lock(collection.path, 1):
        intake.start()
        assert intake.wait(60)
    assert "Another process" in str(intake.problem) and all(one.cancelled for one in intake.outcomes)


def test_the_time_left_is_that_of_the_rest():
    assert Stage(0, 10, 5.0).left is None and Stage(1, 10, 0.5).left is None
    assert Stage(4, 10, 8.0).left == pytest.approx(12.0) and Stage(10, 10, 8.0).left == 0
