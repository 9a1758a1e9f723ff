"""The collection that grows: what follows from a number alone, and the exact neighbours its recall is measured against."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import threading
from pathlib import Path

import numpy as np
import pytest

from benchmarks.machine import anonymous, folder_bytes, read_speed, resident
from benchmarks.recombined import Recombined, name
from benchmarks.scale import _exact, make, measure, report
from benchmarks.together import ADDED_A_SECOND, FIRST_NEW, write
from rag import Collection
from rag.text.words import words

SENTENCES = [f"Kalimat nomor {i} tentang {topic} yang panjangnya cukup untuk dibaca." for i, topic in enumerate(("beras", "banjir", "harga", "sekolah") * 50)]


@pytest.fixture(scope="module")
def source() -> Recombined:
    vectors = np.random.default_rng(1).standard_normal((len(SENTENCES), 32)).astype(np.float32)
    return Recombined(SENTENCES, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_an_article_follows_from_its_number(source):
    assert source.article(7) == source.article(7) != source.article(8)
    assert [article.id for article in source.articles(25, start=3)] == ["a3", "a4", "a5", "a6", "a7"]
    again = Recombined(source.sentences, source.vectors)
    assert again.questions(10, 50) == source.questions(10, 50)


def test_names_differ_and_the_vocabulary_grows_with_the_collection(source):
    assert len({name(number) for number in range(20_000)}) == 20_000
    sizes, seen = [], set()
    for number in range(400):
        seen |= {word.exact for word in words(source.article(number).text)}
        sizes.append(len(seen))
    assert sizes[399] > 1.5 * sizes[199] > 2 * sizes[99] > 0


def test_vectors_have_unit_length_and_a_question_lies_near_what_it_was_drawn_from(source):
    assert np.allclose(np.linalg.norm(source.mixed(0, 100), axis=1), 1, atol=1e-5)
    assert np.array_equal(source.mixed(5, 10), source.mixed(5, 10))
    for question in source.questions(10, 50):
        vector = source.encode_query(question)
        assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5) and (source.vectors @ vector).max() > 0.5


def test_exact_neighbours_are_those_of_a_full_sort(source):
    vectors, queries = source.mixed(0, 500), source.mixed(900, 7)
    found = _exact(((np.arange(i, i + 100), vectors[i : i + 100].astype(np.float16)) for i in range(0, 500, 100)), queries)
    for row, query in zip(found, queries, strict=True):
        assert set(row) == set(np.argsort(-(vectors.astype(np.float16).astype(np.float32) @ query))[:10].tolist())


@pytest.fixture
def work(source, tmp_path) -> Path:
    """A folder in which the sentences are encoded already."""
    base = tmp_path / "base"
    base.mkdir()
    with gzip.open(base / "sentences.json.gz", "wt", encoding="utf-8") as file:
        json.dump(list(source.sentences), file)
    np.save(base / "sentences.npy", source.vectors)
    return tmp_path


def test_a_writer_adds_what_is_due_and_loses_nothing(source, work):
    spawning = multiprocessing.get_context("spawn")
    stop, counts = spawning.Event(), spawning.SimpleQueue()
    threading.Timer(1.5, stop.set).start()
    write(work / "c", work / "base", stop, counts)
    added, calls, seconds, latest = counts.get()
    assert 1 <= calls <= added <= ADDED_A_SECOND * seconds + 1 and added >= ADDED_A_SECOND * (seconds - latest) - 1
    with Collection.open(work / "c", embedder=source) as collection:
        assert collection.searched().articles == added
        assert [article.id for article in collection.articles()] == sorted(f"a{FIRST_NEW + i}" for i in range(added))


def test_a_small_collection_is_made_and_measured(source, work):
    make(work / "c300", work, None, 300)
    figures = measure(work / "c300", work, source)
    with Collection.open(work / "c300", embedder=source) as collection:
        assert figures["passages"] == collection.searched().passages and figures["articles"] == 50 == collection.searched().articles
    assert figures["recall@10"] == 1.0 and figures["first ten as with certainty"] == 1.0
    assert 0 < figures["search p50, ms"] <= figures["search p95, ms"] and figures["disk, MB"] == pytest.approx(folder_bytes(work / "c300") / 1e6, rel=0.2)
    assert figures["encode_query p50, ms"] > 0 and figures["ask with the model p50, ms"] > 0
    told = report({"memory read, GB/s": read_speed(), "rows": {"300": figures}, "filled elsewhere or earlier": {"300": "another machine"}})
    assert f"| recall@10 | {figures['recall@10']:.3f} |" in told and "300 was filled on another machine" in told and resident() > anonymous() > 0
