"""Inverted lists: what they find against brute force, and how a collection moves into them while it is asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from fakes import WordCountEmbedder
from many_articles import many_articles

from rag import Article, Collection
from rag.retrieval import dense_lists
from rag.retrieval.dense import FaissIndex

DIMENSION = 32
VECTORS = 6_000


def clustered(count: int, seed: int) -> np.ndarray:
    """Unit vectors around 60 centres, as texts lie around their topics."""
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((60, DIMENSION))
    vectors = centres[generator.integers(60, size=count)] + 0.5 * generator.standard_normal((count, DIMENSION))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def known() -> dict[int, np.ndarray]:
    return dict(zip(range(10, 10 + VECTORS), clustered(VECTORS, 1), strict=True))


@pytest.fixture
def index(known, tmp_path, monkeypatch) -> FaissIndex:
    import faiss

    monkeypatch.setattr(dense_lists, "PROBES", 40)
    vectors = np.stack(list(known.values()))
    lists = dense_lists.learn(DIMENSION, VECTORS, lambda most: vectors[:: max(1, VECTORS // most)])
    ids = np.array(list(known))
    dense_lists.fill(lists, ((ids[i : i + 1000], vectors[i : i + 1000].astype(np.float16)) for i in range(0, VECTORS, 1000)))
    faiss.write_index(lists, str(tmp_path / "lists.faiss"))
    return FaissIndex.load(tmp_path / "lists.faiss", DIMENSION)


def nearest(known: dict[int, np.ndarray], query: np.ndarray, k: int) -> list[int]:
    return sorted(known, key=lambda number: -float(known[number] @ query))[:k]


def recall(index: FaissIndex, known: dict[int, np.ndarray], allowed: np.ndarray | None = None) -> float:
    """Of the ten nearest by brute force, the share among the 32 that are found."""
    among = known if allowed is None else {number: known[number] for number in allowed.tolist() if number in known}
    found = [len(set(nearest(among, query, 10)) & set(index.search(query, 32, allowed)[0].tolist())) / 10 for query in clustered(40, 2)]
    return float(np.mean(found))


def test_the_lists_find_nearly_all_that_brute_force_finds(index, known):
    assert index.lists is not None and index.lists.nlist == 128
    assert index.ids.tolist() == sorted(known)
    assert recall(index, known) >= 0.98
    query = clustered(1, 3)[0]
    ids, cosines = index.search(query, 20)
    assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)
    np.testing.assert_allclose(cosines, [known[number] @ query for number in ids.tolist()], atol=0.01)


def test_a_filter_that_lets_few_through_is_answered_in_full(index, known):
    """Fewer lists than all would hold too few of them: the share that may be found widens the search."""
    for share in (3, 40, 400):
        assert recall(index, known, np.array(sorted(known)[::share])) >= 0.98


def test_changes_after_the_file_are_exact(index, known):
    now = dict(known)
    gone = nearest(known, clustered(1, 5)[0], 30)
    index.remove([*gone, 10**7])
    for number in gone:
        del now[number]
    fresh = clustered(500, 6)
    index.add(np.arange(20_000, 20_500), fresh)
    now |= dict(zip(range(20_000, 20_500), fresh.astype(np.float16).astype(np.float32), strict=True))
    index.remove([20_007])
    del now[20_007]
    assert len(index) == len(now) and index.ids.tolist() == sorted(now)
    assert recall(index, now) >= 0.98
    found = {number for query in clustered(40, 7) for number in index.search(query, 32)[0].tolist()}
    assert found <= set(now)
    for number in (20_000, 20_499):
        assert index.search(now[number], 1)[0].tolist() == [number]


def test_emptied_lists_keep_their_centroids(index, known, tmp_path):
    import faiss

    again = dense_lists.emptied(index.lists)
    dense_lists.fill(again, [(np.array(list(known)), np.stack(list(known.values())).astype(np.float16))])
    faiss.write_index(again, str(tmp_path / "again.faiss"))
    other, query = FaissIndex.load(tmp_path / "again.faiss", DIMENSION), clustered(1, 8)[0]
    for one, two in zip(index.search(query, 50), other.search(query, 50), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4)


def test_a_collection_moves_into_lists_and_on_while_it_is_asked(tmp_path, monkeypatch):
    """Every answer in between is that of the exact index, at the generation it was asked of."""
    monkeypatch.setattr(dense_lists, "PROBES", 10**6)  # every list is looked through: only the kind changes
    monkeypatch.setattr(dense_lists, "LISTS_FROM", 60)
    articles = many_articles(120)
    with Collection.open(tmp_path / "c", embedder=WordCountEmbedder()) as collection, Collection.open(tmp_path / "c", embedder=WordCountEmbedder()) as reader:
        kinds = set()
        for start in range(0, len(articles), 20):
            collection.add(articles[start : start + 20])
            with Collection.open(tmp_path / f"exact{start}", embedder=WordCountEmbedder()) as exact:
                monkeypatch.setattr(dense_lists, "LISTS_FROM", 10**9)
                exact.add(articles[: start + 20])
                monkeypatch.setattr(dense_lists, "LISTS_FROM", 60)
                for question in ("harga beras naik", "flood in Jakarta", "banjir"):
                    wanted = [(hit.passage, hit.score) for hit in exact.search(question)]
                    for _ in range(3):  # the newer file is taken between two of them
                        assert [(hit.passage, hit.score) for hit in reader.search(question)] == wanted
                        if reader._indexes._dense_file._thread is not None:
                            reader._indexes._dense_file._thread.join()
            kinds.add(reader._indexes._dense.lists is not None)
        assert kinds == {False, True}
        assert collection.check().problems == ()


def test_a_stream_of_articles_is_read_no_further_than_the_batches_in_hand(tmp_path):
    """Three batches are in hand at once: one is read, one encoded, one written."""
    seen: list[int] = []

    class Counting(WordCountEmbedder):
        encoded = 0

        def encode_document(self, documents):
            type(self).encoded += len(documents)
            seen.append(drawn - type(self).encoded)
            return super().encode_document(documents)

    drawn = 0

    def stream() -> Iterator[Article]:
        nonlocal drawn
        for number in itertools.count():
            if number == 3_000:
                return
            drawn += 1
            yield Article(f"a{number}", "", f"Harga beras naik di pasar nomor {number}.", language="id")

    with Collection.open(tmp_path / "c", embedder=Counting()) as collection:
        report = collection.add(stream())
        assert len(report.added) == 3_000 and collection.searched().articles == 3_000
    assert max(seen) <= 3 * 256
