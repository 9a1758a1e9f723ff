"""Damaged caches are made again, a damaged database never quotes wrongly, a full disk loses nothing that was committed."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from fakes import WordCountEmbedder
from many_articles import many_articles
from test_incremental import QUESTIONS, assert_same, evidence

from rag import Collection, CollectionReadOnly, RagError, StorageError

HERE = Path(__file__).parent
COUNT = 60


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(COUNT))
        collection.remove("n003")
        wanted = [evidence(collection, question) for question in QUESTIONS]
    return folder, wanted


@pytest.fixture
def damaged(whole, tmp_path):
    shutil.copytree(whole[0], tmp_path / "copy")
    return tmp_path / "copy"


def files_of(folder: Path, kind: str) -> list[Path]:
    cache = folder / "cache"
    found = {
        "dense": [*cache.glob("dense-*")],
        "lexical": [path for path in cache.glob("lexical-*/*") if not path.name.startswith(".tantivy")],
    }
    return sorted({**found, "manifest": [cache / "manifest.json"]}[kind])


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def flip(path: Path, share: float = 0.5, bit: int = 4) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[min(int(share * len(content)), len(content) - 1)] ^= 1 << bit
    path.write_bytes(content)


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


FULL = """
import resource, signal, sys
from fakes import WordCountEmbedder
from many_articles import many_articles
from rag import Collection, StorageError, ingest
ingest.BATCH_ARTICLES = 20
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
collection = Collection.open(sys.argv[1], embedder=WordCountEmbedder())
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    collection.add(many_articles())
    print("added")
except StorageError as error:
    print("StorageError", error)
print(collection.searched().articles)
for hit in collection.search("harga beras"):
    assert hit.passage.text == hit.article.text[hit.passage.start:hit.passage.end]
collection.close()
"""


@pytest.mark.parametrize("limit", [100_000, 250_000, 500_000, 900_000])
def test_a_full_disk_is_a_storage_error_and_loses_nothing(tmp_path, limit):
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(10))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path, str(limit)], capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "added" or lines[0].startswith("StorageError"), done.stdout
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        assert collection.searched().articles == int(lines[1]) >= 10
        assert collection.check().problems == ()
        collection.add(many_articles())
        assert collection.searched().articles == 300
        assert collection.check().problems == ()


def test_the_smallest_limit_is_a_full_disk(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path, "100000"], capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout.startswith("StorageError"), done.stdout + done.stderr


NOBODY = """
import os, sys
import faiss, tantivy, stopwordsiso, Stemmer, py3langid, numpy.testing, filelock, tempfile, rag.text.stop_words
from test_damage import answers
rag.text.stop_words.stop_words_of(["dan"])
os.chdir("/")
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(answers(__import__("pathlib").Path(sys.argv[1]), check=sys.argv[2] == "True"))
"""


def as_nobody(folder: Path, *, check: bool = False) -> str:
    """What `answers` says in a process of its own that may not write there; it imports all it needs before."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", NOBODY, folder, str(check)], capture_output=True, text=True, env=environment, timeout=60)
    return done.stdout.strip() or done.stderr.strip()[-500:]


@pytest.fixture
def read_only_folder():
    top = Path(tempfile.mkdtemp(prefix="kutip-read-only-", dir="/tmp"))
    top.chmod(0o755)
    yield top / "index"
    for folder, _, _ in os.walk(top):
        os.chmod(folder, 0o755)
    shutil.rmtree(top)


def forbid_writing(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH | (0o111 if path.is_dir() else 0))


def answers(folder: Path, *, check: bool = False) -> str:
    try:
        with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
            if check:
                return repr(collection.check().problems)
            for hit in (hits := collection.search("harga beras")):
                assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
            with pytest.raises(CollectionReadOnly):
                collection.add(many_articles(1, salt=1))
            return " ".join(hit.passage.article_id for hit in hits)
    except CollectionReadOnly as error:
        return f"read-only: {error}"


posix = pytest.mark.skipif(os.name != "posix", reason="users and forks are POSIX")


@posix
@pytest.mark.parametrize("caches", ["whole", "flipped", "gone"])
def test_a_read_only_folder_that_was_closed_answers(whole, read_only_folder, caches):
    shutil.copytree(whole[0], read_only_folder)
    if caches == "gone":
        shutil.rmtree(read_only_folder / "cache")
    elif caches == "flipped":
        for kind in ("dense", "lexical"):
            for path in files_of(read_only_folder, kind):
                flip(path)
    forbid_writing(read_only_folder)
    wanted = " ".join(one[0] for one in whole[1][0])
    assert as_nobody(read_only_folder) == wanted
    if caches == "whole":
        assert as_nobody(read_only_folder, check=True) == "()"
