"""Signs: what they find against brute force, and how a collection comes to use them while it is asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from fakes import WORDS, WordCountEmbedder
from many_articles import many_articles

from rag import Article, Collection
from rag.retrieval import dense_signs
from rag.retrieval.dense import FaissIndex

DIMENSION = 64
WIDE = (*WORDS, *(f"nothing{i}" for i in range(30)))
"""Words enough for vectors of more than 32 numbers."""
VECTORS = 6_000


def clustered(count: int, seed: int) -> np.ndarray:
    """Unit vectors around 60 centres, as texts lie around their topics."""
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((60, DIMENSION))
    vectors = centres[generator.integers(60, size=count)] + 0.7 * generator.standard_normal((count, DIMENSION)) + 0.5
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


@pytest.fixture(scope="module")
def known() -> dict[int, np.ndarray]:
    return dict(zip(range(10, 10 + VECTORS), clustered(VECTORS, 1), strict=True))


@pytest.fixture
def index(known, tmp_path, monkeypatch) -> FaissIndex:
    monkeypatch.setattr(dense_signs, "SIGNS_FROM", 1_000)
    monkeypatch.setattr(dense_signs, "LOOKED_AT", 600)
    made = FaissIndex(DIMENSION)
    made.add(np.array(list(known)), np.stack(list(known.values())))
    made.save(tmp_path / "vectors.faiss")
    assert (tmp_path / "vectors.signs").is_file()
    return FaissIndex.load(tmp_path / "vectors.faiss", DIMENSION)


def nearest(known: dict[int, np.ndarray], query: np.ndarray, k: int) -> list[int]:
    return sorted(known, key=lambda number: -float(known[number] @ query))[:k]


def recall(index: FaissIndex, known: dict[int, np.ndarray], allowed: np.ndarray | None = None) -> float:
    """Of the ten nearest by brute force, the share among the ten that are found."""
    among = known if allowed is None else {number: known[number] for number in allowed.tolist() if number in known}
    found = [len(set(nearest(among, query, 10)) & set(index.search(query, 10, allowed)[0].tolist())) / 10 for query in clustered(40, 2)]
    return float(np.mean(found))


def test_the_signs_find_nearly_all_that_brute_force_finds(index, known):
    """A tenth of the vectors is compared; among 64 dimensions signs tell less than among the hundreds of a model."""
    assert index.has_signs and index.ids.tolist() == sorted(known)
    assert recall(index, known) >= 0.9
    query = clustered(1, 3)[0]
    ids, cosines = index.search(query, 20)
    assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)
    np.testing.assert_allclose(cosines, [known[number] @ query for number in ids.tolist()], atol=1e-6)


def test_with_every_vector_looked_at_the_search_is_exact(index, known, monkeypatch):
    monkeypatch.setattr(dense_signs, "LOOKED_AT", VECTORS)
    for query in clustered(20, 4):
        assert index.search(query, 30)[0].tolist() == sorted(known, key=lambda number: (-np.float32(known[number] @ query), number))[:30]


def test_a_narrow_filter_is_answered_in_full_and_a_wide_one_as_well_as_without(index, known):
    for share in (40, 400):
        assert recall(index, known, np.array(sorted(known)[::share])) == 1.0
    assert recall(index, known, np.array(sorted(known)[::3])) >= 0.9


def test_cosines_of_chosen_ids_are_those_of_the_vectors(index, known):
    index.add(np.array([9_000, 9_001]), clustered(2, 9))
    index.remove([11])
    query, ids = clustered(1, 5)[0], np.array([9, 10, 500, 777, 9_001, 10**7])
    everything = known | dict(zip((9_000, 9_001), clustered(2, 9), strict=True))
    wanted = [everything[number] @ query if number in everything else -1.0 for number in ids.tolist()]
    np.testing.assert_allclose(index.cosines(query, ids), wanted, atol=1e-6)


def test_changes_after_the_file_are_exact(index, known):
    now = dict(known)
    gone = nearest(known, clustered(1, 5)[0], 30)
    index.remove([*gone, 10**7])
    for number in gone:
        del now[number]
    fresh = clustered(500, 6)
    index.add(np.arange(20_000, 20_500), fresh)
    now |= dict(zip(range(20_000, 20_500), fresh, strict=True))
    index.remove([20_007])
    del now[20_007]
    assert len(index) == len(now) and index.ids.tolist() == sorted(now)
    assert recall(index, now) >= 0.9
    found = {number for query in clustered(40, 7) for number in index.search(query, 32)[0].tolist()}
    assert found <= set(now)
    for number in (20_000, 20_499):
        assert index.search(now[number], 1)[0].tolist() == [number]


def test_signs_of_other_vectors_are_not_used(index, known, tmp_path):
    other = FaissIndex(DIMENSION)
    other.add(np.arange(2_000), clustered(2_000, 8))
    other.save(tmp_path / "other.faiss")
    (tmp_path / "vectors.signs").write_bytes((tmp_path / "other.signs").read_bytes())
    assert not FaissIndex.load(tmp_path / "vectors.faiss", DIMENSION).has_signs
    (tmp_path / "vectors.signs").write_bytes(b"nothing")
    alone = FaissIndex.load(tmp_path / "vectors.faiss", DIMENSION)
    assert not alone.has_signs and recall(alone, known) == 1.0


def test_a_collection_comes_to_use_signs_and_newer_files_while_it_is_asked(tmp_path, monkeypatch):
    """Every answer in between is that of the exact index, at the generation it was asked of."""
    monkeypatch.setattr(dense_signs, "SIGNS_FROM", 60)
    articles = many_articles(120)
    folder = tmp_path / "c"
    with Collection.open(folder, embedder=WordCountEmbedder(WIDE)) as collection, Collection.open(folder, embedder=WordCountEmbedder(WIDE)) as reader:
        kinds = set()
        for start in range(0, len(articles), 20):
            collection.add(articles[start : start + 20])
            with Collection.open(tmp_path / f"exact{start}", embedder=WordCountEmbedder(WIDE)) as exact:
                monkeypatch.setattr(dense_signs, "SIGNS_FROM", 10**9)
                exact.add(articles[: start + 20])
                monkeypatch.setattr(dense_signs, "SIGNS_FROM", 60)
                for question in ("harga beras naik", "flood in Jakarta", "banjir"):
                    wanted = [(hit.passage, hit.score) for hit in exact.search(question)]
                    for _ in range(3):  # the newer file is taken between two of them
                        assert [(hit.passage, hit.score) for hit in reader.search(question)] == wanted
                        if reader._indexes._dense_file._loading is not None:
                            reader._indexes._dense_file._loading.result()
            kinds.add(reader._indexes._dense.has_signs)
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
