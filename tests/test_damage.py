"""Damaged index files are made again from the database, and no answer changes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import WordCountEmbedder
from harm import files_of, flip, kill_while_adding
from many_articles import COUNT, many_articles
from test_incremental import QUESTIONS, assert_same, evidence

from rag import Collection
from rag.retrieval import live
from rag.retrieval.lexical import LexicalDamage

pytest_plugins = ("whole_collection",)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    if not hasattr(signal, "SIGKILL"):
        pytest.skip("kill -9 is POSIX")
    folder = tmp_path_factory.mktemp("killed") / "index"
    kill_while_adding(folder, COUNT)
    return folder


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize("harm", [truncate, empty, flip, Path.unlink], ids=["truncated", "emptied", "flipped", "deleted"])
@pytest.mark.parametrize("kind", ["dense", "lexical", "manifest"])
def test_damaged_cache_files_change_no_answer(whole, damaged, kind, harm):
    files = files_of(damaged, kind)
    assert files
    for path in files:
        harm(path)
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        for question, wanted in zip(QUESTIONS, whole[1], strict=True):
            assert_same(evidence(collection, question), wanted)
        assert collection.check().problems == ()
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        report = collection.check()
        assert (report.problems, report.repaired) == ((), ())
        assert_same(evidence(collection, QUESTIONS[0]), whole[1][0])


def test_each_damaged_tantivy_file_alone_changes_no_answer(whole, tmp_path):
    for number, name in enumerate(path.name for path in files_of(whole[0], "lexical")):
        folder = tmp_path / str(number)
        shutil.copytree(whole[0], folder)
        flip(next(path for path in files_of(folder, "lexical") if path.name == name), share=0.9)
        with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
            for question, wanted in zip(QUESTIONS[:4], whole[1], strict=False):
                assert_same(evidence(collection, question), wanted)


def test_damage_is_mended_by_the_next_addition(whole, damaged):
    for kind in ("lexical", "dense"):
        for path in files_of(damaged, kind):
            flip(path)
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(COUNT)[3])
        collection.remove("n003")
        for question, wanted in zip(QUESTIONS, whole[1], strict=True):
            assert_same(evidence(collection, question), wanted)
        assert collection.check().problems == ()


def test_without_any_cache_the_same_is_found(whole, damaged):
    shutil.rmtree(damaged / "cache")
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        for question, wanted in zip(QUESTIONS, whole[1], strict=True):
            assert_same(evidence(collection, question), wanted)


@pytest.mark.parametrize("kind", ["dense", "lexical"])
def test_an_addition_carries_no_damage_into_new_files(damaged, tmp_path, kind):
    """Merged with new passages and noted with a new hash, old damage could not be told any more."""
    sound = tmp_path / "sound"
    shutil.copytree(damaged, sound)
    flip(max(files_of(damaged, kind), key=lambda path: path.stat().st_size))
    for folder in (damaged, sound):
        with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
            collection.add(many_articles(COUNT + 20))
            assert collection.check().problems == ()
    assert [path.read_bytes() for path in files_of(damaged, "dense")] == [path.read_bytes() for path in files_of(sound, "dense")]
    with Collection.open(damaged, embedder=WordCountEmbedder()) as one, Collection.open(sound, embedder=WordCountEmbedder()) as other:
        for question in QUESTIONS:
            assert_same(evidence(one, question), evidence(other, question))
    assert (files_of(damaged, "lexical")[0].parent.name == files_of(sound, "lexical")[0].parent.name) == (kind == "dense")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_damage_in_large_caches_that_are_searched_while_they_are_verified(whole, tmp_path, monkeypatch, share):
    monkeypatch.setattr(live, "VERIFY_FIRST_BYTES", -1)
    for number, name in enumerate(path.name for kind in ("lexical", "dense") for path in files_of(whole[0], kind)):
        folder = tmp_path / str(number)
        shutil.copytree(whole[0], folder)
        flip(next(folder.glob(f"cache/**/{name}")), share)
        with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
            for question in QUESTIONS:
                assert {hit.passage.article_id for hit in collection.search(question)} <= {one.id for one in many_articles(COUNT)}
            collection.check()
            for question, wanted in zip(QUESTIONS, whole[1], strict=True):
                assert_same(evidence(collection, question), wanted)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
def test_verifying_steps_back_and_nobody_else_does(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(live, "VERIFY_FIRST_BYTES", -1)
    seen: list[int] = []

    def damaged(*arguments, **named):
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return {}

    monkeypatch.setattr(live, "damaged", damaged)
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    shutil.copytree(whole[0], tmp_path / "c")
    with Collection.open(tmp_path / "c", embedder=WordCountEmbedder()) as collection:
        collection.search(QUESTIONS[0])
        collection._indexes._verifying.join()
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
    assert seen == [19]


def test_a_search_that_meets_damage_asks_another_index():
    class Index:
        def __init__(self, found: list[int]) -> None:
            self.found = found

        def phrase(self, words: list[str], k: int) -> list[int]:
            if not self.found:
                raise LexicalDamage("a block is cut")
            return self.found

    reasons = []
    watched = live.WatchedLexical(Index([]), lambda error: reasons.append(str(error)) or Index([7]))
    assert [watched.phrase(["beras"], 5), watched.phrase(["beras"], 5), reasons] == [[7], [7], ["a block is cut"]]


def test_damage_that_follows_a_kill_changes_no_answer(killed, tmp_path):
    """The hashes of the word index are not noted yet: its own checksums tell."""
    shutil.copytree(killed, tmp_path / "sound")
    with Collection.open(tmp_path / "sound", embedder=WordCountEmbedder()) as collection:
        wanted = [evidence(collection, question) for question in QUESTIONS]
    for number, name in enumerate(path.name for path in files_of(killed, "lexical")):
        folder = tmp_path / str(number)
        shutil.copytree(killed, folder)
        flip(next(path for path in files_of(folder, "lexical") if path.name == name), share=number % 5 / 4)
        for read_only in (True, False):
            with Collection.open(folder, embedder=WordCountEmbedder(), read_only=read_only) as collection:
                for question, one in zip(QUESTIONS, wanted, strict=True):
                    assert_same(evidence(collection, question), one)
                assert read_only or collection.check().problems == ()


def cache_is_a_file(folder: Path) -> Path:
    shutil.rmtree(folder / "cache")
    (folder / "cache").write_text("")
    return folder / "cache"


def manifest_is_a_folder(folder: Path) -> Path:
    (folder / "cache" / "manifest.json").unlink()
    (folder / "cache" / "manifest.json").mkdir()
    return folder / "cache"


@pytest.mark.parametrize("spoil", [cache_is_a_file, manifest_is_a_folder])
def test_caches_that_cannot_be_written_are_done_without(whole, damaged, spoil: Callable[[Path], Path]):
    place = spoil(damaged)
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        for question, wanted in zip(QUESTIONS, whole[1], strict=True):
            assert_same(evidence(collection, question), wanted)
        problems = collection.check().problems
        assert len(problems) == 2 and all(str(place) in problem for problem in problems)
        assert not list(damaged.glob("cache/lexical-*"))
        shutil.rmtree(place) if place.is_dir() else place.unlink()
        assert len(collection.check().repaired) == 2
        assert_same(evidence(collection, QUESTIONS[0]), whole[1][0])


@pytest.mark.parametrize(
    ("note", "value"),
    [("name", "../../elsewhere"), ("name", "lexical-../../elsewhere"), ("files", {"../articles.db": {"size": 1, "sha256": ""}}), ("generation", "7")],
)
def test_a_manifest_that_leads_elsewhere_counts_for_nothing(whole, damaged, note, value):
    path = damaged / "cache" / "manifest.json"
    notes = json.loads(path.read_text())["notes"]
    notes["lexical"][note] = value
    path.write_text(json.dumps({"notes": notes, "sha256": hashlib.sha256(json.dumps(notes, sort_keys=True).encode()).hexdigest()}))
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        for question, wanted in zip(QUESTIONS, whole[1], strict=True):
            assert_same(evidence(collection, question), wanted)
        assert collection.check().problems == ()
    assert {one.name for one in damaged.parent.iterdir()} == {"copy"}
