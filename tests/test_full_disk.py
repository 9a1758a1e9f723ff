"""A full disk is an error or a line in the log; nothing that was committed is lost, and with space all goes on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes import WordCountEmbedder
from harm import kill_while_adding, run
from many_articles import many_articles
from test_incremental import QUESTIONS, assert_same, evidence

from rag import Collection

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits of file sizes are POSIX")

COUNT = 300
FULL = """
import resource, signal, sys
from fakes import WordCountEmbedder
from many_articles import many_articles
from rag import Collection, StorageError, ingest
from rag.retrieval import dense_cache, dense_signs, lexical_cache
from rag.retrieval.lexical import TantivyIndex

PLACES = {
    "everything": [(Collection, "add")],
    "tantivy": [(TantivyIndex, "commit")],
    "faiss": [(dense_cache, "save_vectors")],
    "signs": [(dense_signs.Signs, "save")],
    "manifest": [(dense_cache, "write_manifest"), (lexical_cache, "write_manifest")],
}
folder, place, size, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
before = resource.getrlimit(resource.RLIMIT_FSIZE)

def limited(function):
    def call(*arguments, **named):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            return function(*arguments, **named)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    return call

ingest.BATCH_ARTICLES = 20
if place == "signs":
    dense_signs.SIGNS_FROM, dense_signs.BITS_MIN = 50, 1
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for owner, name in PLACES[place]:
    setattr(owner, name, limited(getattr(owner, name)))
with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
    try:
        collection.add(many_articles(count))
        print("added")
    except StorageError as error:
        print("StorageError", error)
    print(collection.searched().articles)
    for hit in collection.search("harga beras"):
        assert hit.passage.text == hit.article.text[hit.passage.start:hit.passage.end]
"""
OPENED = """
import resource, signal, sys
from fakes import WordCountEmbedder
from rag import Collection, StorageError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    with Collection.open(sys.argv[1], embedder=WordCountEmbedder()) as collection:
        print(len(collection.search("harga beras")))
except StorageError as error:
    print(error)
"""


def assert_goes_on(folder: Path, articles: int) -> None:
    """With space again: what was committed is there, the rest can be added, nothing is left to repair."""
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        assert collection.searched().articles == articles
        assert collection.check().problems == ()
        collection.add(many_articles(COUNT))
        found = [evidence(collection, question) for question in QUESTIONS]
        report = collection.check()
        assert (report.articles, report.problems, report.repaired) == (COUNT, (), ())
    assert not list(folder.glob("cache/dense-new-*"))
    with Collection.open(folder.parent / "fresh", embedder=WordCountEmbedder()) as fresh:
        fresh.add(many_articles(COUNT))
        for question, one in zip(QUESTIONS, found, strict=True):
            assert_same(one, evidence(fresh, question))


@pytest.mark.parametrize("size", [100_000, 250_000, 500_000, 900_000])
def test_no_space_for_the_database_is_an_error_and_loses_nothing(tmp_path, size):
    """The log passes these sizes in different batches; the smallest stops the folding of the log too."""
    with Collection.open(tmp_path / "index", embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(10))
    done = run(FULL, tmp_path / "index", "everything", size, COUNT)
    error, articles = done.stdout.splitlines()
    assert error.startswith(f"StorageError {tmp_path / 'index'} could not be written: ") and "Free some space and run it again" in error
    assert 10 < int(articles) < COUNT
    assert_goes_on(tmp_path / "index", int(articles))


@pytest.mark.parametrize(
    ("place", "size", "count", "warning"),
    [
        ("tantivy", 200, COUNT, "lexical index"),
        ("tantivy", 2000, COUNT, "lexical index"),
        ("manifest", 200, COUNT, "index files"),
        ("faiss", 0, COUNT, "index files"),
        ("faiss", 0, 20, "index files"),  # all in one block
        ("signs", 0, COUNT, "index files"),  # which FAISS writes, and loses without a word
    ],
)
def test_no_space_for_an_index_leaves_it_behind_the_articles(tmp_path, place, size, count, warning):
    with Collection.open(tmp_path / "index", embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(10))
    done = run(FULL, tmp_path / "index", place, size, count)
    assert done.stdout.splitlines() == ["added", str(count)]
    assert f"The {warning} in {tmp_path / 'index' / 'cache'} could not be" in done.stderr
    assert_goes_on(tmp_path / "index", count)


@pytest.mark.parametrize("killed", [False, True], ids=["closed", "killed"])
def test_no_space_to_open_is_an_error_and_loses_nothing(tmp_path, killed):
    if killed:
        kill_while_adding(tmp_path / "index", 60)
    else:
        with Collection.open(tmp_path / "index", embedder=WordCountEmbedder()) as collection:
            collection.add(many_articles(60))
    assert "Free some space and run it again; what was committed before is safe" in run(OPENED, tmp_path / "index").stdout
    assert_goes_on(tmp_path / "index", 60)
