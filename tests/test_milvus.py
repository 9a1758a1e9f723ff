"""A collection with its vectors and terms in Milvus answers like the same one without, whatever happens to either side."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, WordCountEmbedder
from many_articles import COUNT, many_articles
from milvus_servers import HOST, start_lite
from test_incremental import QUESTIONS, assert_same, evidence

from rag import Answer, Article, Collection, EngineError, Filters
from rag.cli import main
from rag.retrieval.milvus.address import MilvusAddress, parse_engine
from rag.retrieval.milvus.link import SETTLE_SECONDS, MilvusLink
from rag.retrieval.milvus.store import MilvusStore
from rag.retrieval.milvus.table import MilvusTable

pytest_plugins = ("milvus_fixtures",)


@pytest.fixture
def engine(lite) -> str:
    return str(lite.address(f"t{uuid.uuid4().hex}"))


def opened(folder: Path, engine: str | None = None, **options) -> Collection:
    return Collection.open(folder, embedder=options.pop("embedder", None) or WordCountEmbedder(), engine=engine, **options)


def assert_like_built_in(collection: Collection, folder: Path) -> None:
    """The same as a collection without an engine that holds the same articles, made at once."""
    with opened(folder) as plain:
        plain.add([collection.article(one.id) for one in collection.articles()])
        for question in QUESTIONS:
            assert_same(evidence(collection, question), evidence(plain, question))
            assert quotes(collection.ask(question)) == quotes(plain.ask(question))


def assert_whole(collection: Collection) -> None:
    report = collection.check()
    assert (report.problems, report.repaired) == ((), ())


def quotes(answer: Answer) -> list[tuple]:
    return [(one.number, one.article.id, one.start, one.end, one.quote, one.sentence) for one in (*answer.citations, *answer.near_misses)]


def note_of(collection: Collection):
    return collection._indexes._store.note()


@pytest.mark.slow
def test_the_same_answers_as_without(engine, tmp_path):
    with opened(tmp_path / "one", engine) as collection:
        collection.add(many_articles(COUNT))
        assert_like_built_in(collection, tmp_path / "plain")
        with opened(tmp_path / "plain") as plain:
            for filters in (Filters(articles=("n001", "n005", "n009")), Filters(languages=("id",)), Filters(languages=("en",))):
                for question in QUESTIONS:
                    found, wanted = ([(hit.passage, round(hit.score, 6)) for hit in one.search(question, filters=filters)] for one in (collection, plain))
                    assert found == wanted
            assert collection.rare_words("Jakarta lebat Judul") == plain.rare_words("Jakarta lebat Judul")
        assert not list((tmp_path / "one" / "cache").glob("dense-*"))
        assert_whole(collection)


@pytest.mark.slow
def test_changes_are_followed_by_the_writer_and_by_readers(engine, tmp_path):
    with opened(tmp_path / "one", engine) as collection, opened(tmp_path / "one", engine, read_only=True) as reader:
        for number, step in enumerate((many_articles(20), many_articles(30, salt=1), many_articles(COUNT)[40:])):
            collection.add(step)
            removed = collection.remove(f"n00{number}")
            collection.remove(f"n01{number}")
            for one in (collection, reader):
                assert_like_built_in(one, tmp_path / f"plain {number} {one is reader}")
            collection.restore(removed)
        assert_like_built_in(reader, tmp_path / "plain")
        assert_whole(collection)
    with opened(tmp_path / "one", engine) as again:
        assert_like_built_in(again, tmp_path / "plain again")


@pytest.mark.slow
def test_what_was_written_without_the_engine_is_sent_when_it_is_back(engine, tmp_path):
    with opened(tmp_path / "one", engine) as collection:
        collection.add(many_articles(20))
        tables = note_of(collection).tables
    with opened(tmp_path / "one") as plain:
        plain.add(many_articles(30, salt=1))
    with opened(tmp_path / "one", engine) as collection:
        assert_like_built_in(collection, tmp_path / "plain")
        collection.add(many_articles(31, salt=1))
        assert_whole(collection)
        assert note_of(collection).tables != tables  # the removals in between were forgotten, so all was sent again
        assert not any(name.startswith(tables) for name in collection._indexes._store.link.call("list_collections"))


def test_a_filled_folder_can_be_given_an_engine(engine, tmp_path):
    with opened(tmp_path / "one") as plain:
        plain.add(many_articles(COUNT))
    with opened(tmp_path / "one", engine, read_only=True) as reader, pytest.raises(EngineError, match=r"holds none.*rag check --engine"):
        reader.search("beras")
    with opened(tmp_path / "one", engine) as collection:
        assert collection.check().repaired
        assert_like_built_in(collection, tmp_path / "plain")


def test_a_new_model_and_another_dimension(engine, tmp_path):
    with opened(tmp_path / "one", engine) as collection:
        collection.add(many_articles(20))
        other = WordCountEmbedder(("beras", "harga"), name="two words")
        collection.rebuild(embedder=other)
        assert note_of(collection).dimension == 3
        assert_whole(collection)
        hits = collection.search("harga beras")
        assert [hit.dense for hit in hits] == pytest.approx([_cosine(other, hit) for hit in hits], abs=1e-3)


def _cosine(embedder: WordCountEmbedder, hit) -> float:
    return float(embedder.encode_query("harga beras") @ embedder.encode_query(hit.passage.text))


def test_rows_that_nobody_knows_are_no_answer(engine, tmp_path):
    """Rows of passages that are gone, as a crash or an older copy of the folder can leave them, lead nowhere."""
    with opened(tmp_path / "one", engine) as collection:
        collection.add(many_articles(20))
        vectors, words = collection._indexes._store.indexes(note_of(collection))
        vectors.add(np.arange(9000, 9100), np.tile(WordCountEmbedder().encode_query("beras"), (100, 1)))
        words.table.insert((number, {dimension: 1.0 for dimension in range(4)}) for number in range(9000, 9100))
        assert_like_built_in(collection, tmp_path / "plain")
        assert any("120 vectors" in one or "vectors of" in one for one in collection.check().repaired)
        assert_whole(collection)


def test_rows_that_an_interrupted_writer_left_are_deleted(engine, tmp_path, monkeypatch):
    with opened(tmp_path / "one", engine) as collection:
        collection.add(many_articles(10))
        monkeypatch.setattr("rag.retrieval.milvus.words.MilvusWords.commit", _fails)
        collection.add(many_articles(20))
        monkeypatch.undo()
        assert note_of(collection).generation < _state(collection).generation
        vectors, _ = collection._indexes._store.indexes(note_of(collection))
        assert len(vectors) > note_of(collection).passage
        vectors.add(np.array([9000]), WordCountEmbedder().encode_query("beras")[None])
    with opened(tmp_path / "one", engine) as again:
        assert_like_built_in(again, tmp_path / "plain")  # its first question sends the rest
        assert_whole(again)


def _fails(self) -> None:
    raise EngineError("Milvus has gone.")


def _state(collection: Collection):
    with collection._reader.snapshot() as snapshot:
        return snapshot.state


def test_a_passage_removed_in_the_middle_of_a_question(engine, tmp_path, monkeypatch):
    """Milvus has no snapshots: the question is asked again of the newer articles."""
    from rag import collection as module

    with opened(tmp_path / "one", engine) as writer, opened(tmp_path / "one", engine) as asked:
        writer.add(many_articles(20))
        best = asked.search("harga beras")[0].passage.article_id
        rank, follow, gone = module.rank, MilvusStore.follow, threading.Event()
        removal = threading.Thread(target=writer.remove, args=(best,))

        def while_removing(*args, **options):
            if removal.ident is None:
                removal.start()
                assert gone.wait(30)
            return rank(*args, **options)

        monkeypatch.setattr(module, "rank", while_removing)
        monkeypatch.setattr(MilvusStore, "follow", lambda self, snapshot: (follow(self, snapshot), gone.set()))
        found = evidence(asked, "harga beras")
        removal.join()
        assert_same(found, evidence(writer, "harga beras"))
        assert best not in {one[0] for one in found}


def test_a_copy_of_the_folder_answers_until_something_it_holds_is_removed(engine, tmp_path, monkeypatch):
    monkeypatch.setattr("rag.retrieval.milvus.live.LOOK_SECONDS", -1.0)
    with opened(tmp_path / "one", engine) as collection:
        collection.add(many_articles(20))
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    with opened(tmp_path / "one", engine) as collection, opened(tmp_path / "copy", engine, read_only=True) as copy:
        before = [evidence(copy, question) for question in QUESTIONS]
        collection.add(many_articles(COUNT)[20:])
        for question, wanted in zip(QUESTIONS, before, strict=True):
            assert_same(evidence(copy, question), wanted)
        collection.remove("n003")
        with pytest.raises(EngineError, match="Copy it again"):
            copy.search("beras")
    with opened(tmp_path / "copy", engine) as older, pytest.raises(EngineError, match="later changes"):
        older.add(many_articles(21)[20:])


def test_a_server_that_goes_and_comes_back(tmp_path):
    running = start_lite(tmp_path / "data")
    address = running.address("articles")
    with opened(tmp_path / "one", str(address)) as collection:
        collection.add(many_articles(10))
        running.stop()
        with pytest.raises(EngineError, match=f"Milvus on {HOST}:{running.port} failed"):
            collection.search("beras")
        for call in (lambda: collection.search("beras"), lambda: collection.add(many_articles(12)), lambda: opened(tmp_path / "one", str(address))):
            with pytest.raises(EngineError, match=f"No Milvus server answers on {HOST}:{running.port} .*Start it"):
                call()
        with opened(tmp_path / "one") as plain:
            plain.add(many_articles(15))
        again = start_lite(tmp_path / "data", running.port)
        assert_like_built_in(collection, tmp_path / "plain")
    again.stop()


def test_a_name_that_is_taken(engine, tmp_path):
    with opened(tmp_path / "one", engine) as collection:
        collection.add(many_articles(5))
    with opened(tmp_path / "other") as other:
        other.add(many_articles(6))
    with opened(tmp_path / "other", engine) as other:
        for call in (lambda: other.search("beras"), lambda: other.add(many_articles(7)), other.check):
            with pytest.raises(EngineError, match="collection of another folder.*Choose another name"):
                call()
    address = parse_engine(engine)
    foreign = MilvusAddress(address.host, address.port, "f" + address.name)
    MilvusTable.create(MilvusLink(foreign), foreign.name, dimension=4, index="FLAT", build={})
    with opened(tmp_path / "other", str(foreign)) as other, pytest.raises(EngineError, match="Kutip did not make"):
        other.search("beras")
    with opened(tmp_path / "one", engine) as collection:
        assert_whole(collection)


def test_vectors_of_another_dimension_are_told_and_sent_again(engine, tmp_path):
    with opened(tmp_path / "one", engine) as collection:
        collection.add(many_articles(5))
        store, note = collection._indexes._store, note_of(collection)
        store.link.call("drop_collection", note.tables + "_dense")
        MilvusTable.create(store.link, note.tables + "_dense", dimension=4, index="FLAT", build={})
    with opened(tmp_path / "one", engine) as collection:
        with pytest.raises(EngineError, match="vectors of 4 dimensions instead of 9"):
            collection.search("beras")
        assert any("4 dimensions instead of 9" in one for one in collection.check().repaired)
        assert_like_built_in(collection, tmp_path / "plain")


@pytest.mark.slow
def test_longer_articles_than_those_that_the_average_is_from(engine, tmp_path):
    """The terms of the first articles were weighed by a length that is too short for the others."""
    with opened(tmp_path / "one", engine) as collection:
        collection.add([Article(f"s{number}", "", f"{word} naik lagi.", language="id") for number, word in enumerate(WORDS)])
        collection.add(many_articles(COUNT))
        average, state = note_of(collection).average, _state(collection)
        assert average < 0.2 * state.words / state.passages
        with opened(tmp_path / "plain") as plain:
            plain.add([collection.article(one.id) for one in collection.articles()])
            for question in QUESTIONS:
                for top_k in (1, 3, 40):
                    assert_same(evidence(collection, question, top_k), evidence(plain, question, top_k))


def test_the_command_line_sends_a_folder_and_asks_there(engine, tmp_path, capsys, monkeypatch):
    with opened(tmp_path / "one") as plain:
        plain.add(many_articles(5))
    assert main(["check", "--index", str(tmp_path / "one"), "--engine", engine]) == 0
    assert f"What {engine} holds is not what this folder does: it is empty. It was made again." in capsys.readouterr().out
    monkeypatch.setenv("RAG_ENGINE", engine)
    assert main(["check", "--index", str(tmp_path / "one"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["repaired"] == []
    monkeypatch.setenv("RAG_ENGINE", "milvus://localhost")
    assert main(["list", "--index", str(tmp_path / "one")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_searches_wait_for_what_was_just_written_and_not_later(lite):
    link = MilvusLink(lite.address("none"))
    assert link.consistency == "Strong"
    link._changed -= SETTLE_SECONDS
    assert link.consistency == "Bounded"
    link.changed()
    assert link.consistency == "Strong"


@pytest.mark.parametrize(("version", "refused"), [("v2.3.5-lite", True), ("2.4.0", False), ("v2.6.3", False), ("10.0", False), ("milvus_lite-3.2.2", False)])
def test_a_server_without_sparse_vectors_is_refused(lite, tmp_path, version, refused):
    link = MilvusLink(lite.address("none"))
    link.version = version
    if not refused:
        assert MilvusStore(link, tmp_path).owner == ""
        return
    with pytest.raises(EngineError, match=f"version {version}; terms need 2.4"):
        MilvusStore(link, tmp_path)


@pytest.mark.parametrize("engine", ["milvus://localhost", "redis://localhost/articles"])
def test_what_is_no_engine(tmp_path, engine):
    with pytest.raises(EngineError, match="milvus://localhost:19530/articles"):
        opened(tmp_path, engine)


def test_pymilvus_is_loaded_by_an_engine_alone(tmp_path):
    code = f"import sys, rag; rag.Collection.open({str(tmp_path)!r}).searched(); print('pymilvus' in sys.modules)"
    root = Path(__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout.strip() == "False"
