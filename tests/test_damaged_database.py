"""A damaged database never quotes wrongly, and it is said what is damaged and what to do."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest
from fakes import WordCountEmbedder
from harm import flip, kill_while_adding, run
from many_articles import COUNT, many_articles
from test_incremental import QUESTIONS, assert_same, evidence

from rag import Collection, CollectionNotFound, RagError, StorageError

MAKING = """
import os, signal, sys
from rag import Collection
from rag.storage import schema
name = sys.argv[2].removeprefix("os.")
owner = os if name != sys.argv[2] else schema
step = getattr(owner, name)
setattr(owner, name, lambda *arguments: (owner is schema and step(*arguments), os.kill(os.getpid(), signal.SIGKILL)))
Collection.open(sys.argv[1])
"""

pytest_plugins = ("whole_collection",)


def test_a_bit_flipped_database_never_quotes_wrongly(whole, tmp_path):
    """Each flip shows as StorageError or in `check`, or changed nothing that is read; no text differs from the truth."""
    truth = {one.id: one for one in many_articles(COUNT)}
    dice, shown = random.Random(11), 0
    database = tmp_path / "articles.db"
    shutil.copytree(whole[0], tmp_path, dirs_exist_ok=True)
    content = database.read_bytes()
    for _ in range(60):
        shutil.rmtree(tmp_path)
        shutil.copytree(whole[0], tmp_path)
        spoilt = bytearray(content)
        for _ in range(3):
            spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
        database.write_bytes(spoilt)
        try:
            with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
                wrong = []
                for question, wanted in zip(QUESTIONS[:4], whole[1], strict=False):
                    for hit in collection.search(question):
                        article = truth[hit.passage.article_id]
                        assert hit.passage.text == article.text[hit.passage.start : hit.passage.end]
                        assert hit.article.text == article.text
                    for citation in collection.ask(question).citations:
                        assert citation.quote == truth[citation.article.id].text[citation.start : citation.end]
                    wrong += [question] if [one[:3] for one in evidence(collection, question)] != [one[:3] for one in wanted] else []
                found = bool(collection.check().problems)
                shown += found
                assert found or not wrong
        except RagError:
            shown += 1
    assert shown > 5


def test_a_database_of_zeros_is_a_storage_error(damaged):
    database = damaged / "articles.db"
    database.write_bytes(bytes(database.stat().st_size))
    with pytest.raises(StorageError, match=r"articles\.db"), Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        collection.search("beras")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
def test_commits_that_are_gone_from_the_log_are_found(tmp_path):
    kill_while_adding(tmp_path, COUNT)
    flip(tmp_path / "articles.db-wal")
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        report = collection.check()
        assert report.articles < COUNT
        assert "lexical index knows later changes than the articles' database" in report.repaired[0]
        collection.add(many_articles(COUNT))
        assert collection.searched().articles == COUNT
        report = collection.check()
        assert (report.problems, report.repaired) == ((), ())


def test_an_older_database_that_was_put_back_is_not_searched_with_newer_indexes(damaged):
    older = (damaged / "articles.db").read_bytes()
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        collection.remove("n000")
        collection.add(many_articles(COUNT, salt=1)[4:])
    (damaged / "articles.db").write_bytes(older)
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(COUNT + 20))
        found = [evidence(collection, question) for question in QUESTIONS]
        assert collection.check().problems == ()
    with Collection.open(damaged.parent / "fresh", embedder=WordCountEmbedder()) as fresh:
        fresh.add(many_articles(COUNT + 20))
        for question, one in zip(QUESTIONS, found, strict=True):
            assert_same(one, evidence(fresh, question))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE articles SET text = CAST(x'ff41' AS TEXT) WHERE id = 'n007'", "The text of 'n007' does not match its hash"),
        ("UPDATE articles SET title = 'Lain' WHERE id = 'n007'", "The title of 'n007', or another field of it, is damaged"),
        ("UPDATE articles SET text = x'00' WHERE id = 'n007'", "1 rows of articles hold values of another kind"),
        ('UPDATE passages SET "end" = "end" + 1 WHERE id = 9', "Passage 9 of"),
        ("UPDATE passages SET terms = 3.5 WHERE id = 9", "1 rows of passages hold values of another kind"),
        ("UPDATE passages SET article = 999 WHERE id = 9", "1 passages belong to no article"),
        ("UPDATE vectors_1 SET vector = x'00' WHERE passage = 9", "The vector of passage 9 is damaged"),
        ("UPDATE sentences_1 SET spans = x'00000000ffffff7f' WHERE passage = 9", "The sentences of passage 9 of"),
    ],
)
def test_a_damaged_row_spoils_no_other_and_is_named(damaged, change, problem):
    with sqlite3.connect(damaged / "articles.db") as sql:
        sql.execute(change)
    truth = {one.id: one.text for one in many_articles(COUNT)}
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        assert problem in " ".join(collection.check().problems)
        try:
            for question in QUESTIONS:
                assert all(hit.passage.text == truth[hit.article.id][hit.passage.start : hit.passage.end] for hit in collection.search(question, top_k=50))
                for one in collection.ask(question).citations:
                    assert one.quote == truth[one.article.id][one.start : one.end]
                    assert one.start <= one.sentence.start < one.sentence.end <= one.end
        except StorageError as error:
            assert "articles.db is damaged: malformed. Restore it from a copy" in str(error)


def test_a_damaged_article_can_be_removed_and_added_again(damaged):
    with sqlite3.connect(damaged / "articles.db") as sql:
        sql.execute("UPDATE articles SET text = 'another' WHERE id = 'n007'")
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        assert "Remove the article and add it again" in " ".join(collection.check().problems)
        collection.remove("n007")
        assert collection.check().problems == ()
        collection.add(many_articles(COUNT))
        assert collection.article("n007").text == {one.id: one.text for one in many_articles(COUNT)}["n007"]


def test_what_is_no_collection_is_not_taken_for_one(damaged):
    database = damaged / "articles.db"
    os.truncate(database, 0)
    with pytest.raises(StorageError, match=r"articles\.db is damaged: it is empty\. Restore it from a copy"):
        Collection.open(damaged, embedder=WordCountEmbedder())
    database.unlink()
    with pytest.raises(CollectionNotFound):
        Collection.open(damaged, embedder=WordCountEmbedder(), create=False)
    with sqlite3.connect(database) as sql:
        sql.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StorageError, match=r"articles\.db is damaged, or no collection of articles: .* choose another folder"):
        Collection.open(damaged, embedder=WordCountEmbedder())


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
@pytest.mark.parametrize("step", ["connect", "sync_folder", "os.replace"])
def test_a_collection_whose_making_was_killed_is_made_again(tmp_path, step):
    """After the step, or before the renaming: the database is there with all its tables or not at all."""
    assert run(MAKING, tmp_path, step).returncode == -signal.SIGKILL
    assert (tmp_path / "articles.db").exists() == (step == "sync_folder")
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        assert collection.searched().articles == 0
        collection.add(many_articles(3))
        report = collection.check()
        assert (report.articles, report.problems) == (3, ())


def test_rebuild_makes_damaged_vectors_anew_as_check_advises(whole, damaged):
    with closing(sqlite3.connect(damaged / "articles.db")) as database, database:
        table = next(name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE name LIKE 'vectors%'"))
        database.execute(f"UPDATE {table} SET vector = x'00' WHERE passage % 3 = 0")
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        assert any("rag rebuild" in problem for problem in collection.check().problems)
        collection.rebuild(embedder=WordCountEmbedder())
        assert collection.check().problems == ()
        for question, wanted in zip(QUESTIONS, whole[1], strict=True):
            assert_same(evidence(collection, question), wanted)


def test_rebuild_names_an_article_whose_text_was_damaged(damaged):
    with closing(sqlite3.connect(damaged / "articles.db")) as database, database:
        database.execute("UPDATE articles SET text = 'x' || text WHERE id = 'n007'")
    with Collection.open(damaged, embedder=WordCountEmbedder()) as collection:
        with pytest.raises(StorageError, match="'n007' was damaged"):
            collection.rebuild(embedder=WordCountEmbedder())
        collection.remove("n007")
        collection.rebuild(embedder=WordCountEmbedder())
        assert collection.check().problems == ()
