"""A folder that its reader may not write answers, after a clean close and after a kill; or one error says what to do."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

import pytest
from fakes import WordCountEmbedder
from harm import files_of, flip, kill_while_adding, run, started
from many_articles import many_articles
from test_incremental import QUESTIONS, evidence

from rag import Collection, CollectionReadOnly, RagError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="users and permissions are POSIX")

COUNT = 60
NOBODY = """
import os, sys
import faiss, tantivy, stopwordsiso, Stemmer, py3langid, numpy.testing, filelock, tempfile, rag.text.stop_words
from pathlib import Path
import test_read_only
rag.text.stop_words.stop_words_of(list(rag.text.words.words("dan")))
os.chdir("/")
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(getattr(test_read_only, sys.argv[1])(Path(sys.argv[2])))
"""


def as_nobody(say, folder: Path) -> str:
    """What a function of this file says of a folder in a process that may not write there; that imports all it needs before."""
    done = run(NOBODY, say.__name__, folder)
    return done.stdout.strip() or done.stderr.strip()[-500:]


def found(folder: Path) -> str:
    """What a question finds, article by article, or the error."""
    truth = {one.id: one.text for one in many_articles(COUNT)}
    try:
        with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
            for question in QUESTIONS:
                for hit in (hits := collection.search(question, top_k=50)):
                    assert hit.passage.text == truth[hit.article.id][hit.passage.start : hit.passage.end]
            with pytest.raises(CollectionReadOnly):
                collection.add(many_articles(1, salt=1))
            hits = collection.search(QUESTIONS[0])
            return " ".join([str(collection.searched().articles), *(hit.passage.article_id for hit in hits)])
    except RagError as error:
        return f"{type(error).__name__}: {error}"


def problems(folder: Path) -> str:
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        return repr(collection.check().problems)


def followed(folder: Path) -> str:
    """How many articles an open collection has, before and after each line of the standard input."""
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        for _ in range(2):
            print(collection.searched().articles, len(collection.search("beras", top_k=200)), flush=True)
            sys.stdin.readline()
        return f"{collection.searched().articles} {len(collection.search('beras', top_k=200))} {collection.check().problems}"


@pytest.fixture
def folder():
    """Where other users can look; pytest's own folders are shut to them."""
    top = Path(tempfile.mkdtemp(prefix="kutip-read-only-", dir="/tmp"))
    top.chmod(0o755)
    yield top / "index"
    for place, _, _ in os.walk(top):
        os.chmod(place, 0o755)
    shutil.rmtree(top)


def forbid_writing(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH | (0o111 if path.is_dir() else 0))


def allow_writing(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def fill(folder: Path) -> None:
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(COUNT))


def wanted(folder: Path, copy: Path) -> str:
    """What `found` is to say: what a copy that can be written answers."""
    shutil.copytree(folder, copy)
    with Collection.open(copy, embedder=WordCountEmbedder()) as collection:
        return " ".join([str(COUNT), *(one[0] for one in evidence(collection, QUESTIONS[0]))])


@pytest.mark.parametrize("caches", ["whole", "flipped", "gone"])
def test_a_folder_that_was_closed_answers(folder, tmp_path, caches):
    fill(folder)
    right = wanted(folder, tmp_path / "copy")
    if caches == "gone":
        shutil.rmtree(folder / "cache")
    elif caches == "flipped":
        for path in [*files_of(folder, "dense"), *files_of(folder, "lexical")]:
            flip(path)
    forbid_writing(folder)
    assert as_nobody(found, folder) == right
    assert (as_nobody(problems, folder) == "()") == (caches == "whole")


def test_what_one_user_writes_another_can_read(folder):
    fill(folder)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {stat.S_IMODE((folder / "articles.db").stat().st_mode)}


@pytest.mark.parametrize("caches", ["as left", "flipped"])
def test_a_folder_whose_writer_was_killed_answers_from_the_last_commit(folder, tmp_path, caches):
    kill_while_adding(folder, COUNT)
    assert (folder / "articles.db-wal").stat().st_size and (folder / "articles.db-shm").exists()
    right = wanted(folder, tmp_path / "copy")
    if caches == "flipped":
        for path in files_of(folder, "lexical"):
            flip(path)
    forbid_writing(folder)
    assert as_nobody(found, folder) == right


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.chmod(0)], ids=["gone", "unreadable"])
def test_a_log_that_cannot_be_read_is_one_error_with_its_cure(folder, tmp_path, spoil):
    """SQLite needs the file -shm beside a log, and may not make it here."""
    kill_while_adding(folder, COUNT)
    right = wanted(folder, tmp_path / "copy")
    forbid_writing(folder)
    spoil(folder / "articles.db-shm")
    assert as_nobody(found, folder) == (
        f"CollectionReadOnly: {folder} was not closed cleanly and cannot be written, so its last changes cannot be read. "
        f"Run `rag check --index {folder}` once where the folder is writable."
    )
    allow_writing(folder)
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        assert collection.check().problems == ()
    forbid_writing(folder)
    assert as_nobody(found, folder) == right


as_root = pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root has another user at hand")


@as_root
def test_a_folder_that_cannot_even_be_read_is_one_error(folder):
    fill(folder)
    folder.chmod(0o700)
    assert as_nobody(found, folder) == f"StorageError: {folder} cannot be read: Permission denied. Check its permissions."


@as_root
def test_a_reader_that_may_not_write_sees_what_another_user_adds_and_removes(folder):
    fill(folder)
    with started(NOBODY, "followed", folder) as reader:
        counts = [reader.stdout.readline().split()]
        with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
            collection.add(many_articles(COUNT, salt=1))
            collection.remove("n000")
        counts.append(tell(reader).split())
        with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
            collection.add(many_articles(COUNT + 20))
            passages = [len(collection.search("beras", top_k=200))]
            counts.append(tell(reader).split(maxsplit=2))
    assert [int(one[0]) for one in counts] == [COUNT, COUNT - 1, COUNT + 20]
    assert int(counts[2][1]) == passages[0] and counts[2][2].strip() == "()"


def tell(reader) -> str:
    reader.stdin.write("\n")
    reader.stdin.flush()
    return reader.stdout.readline()
