"""The contract of each retrieval seam, kept by every implementation of it."""

from __future__ import annotations

import numpy as np
import pytest
from milvus_servers import fresh_table, link_of

from rag.retrieval.brute_force import BruteForceVectors, BruteForceWords
from rag.retrieval.dense import FaissIndex
from rag.retrieval.index import LexicalDocument
from rag.retrieval.lexical import LexicalDamage, TantivyIndex
from rag.retrieval.milvus.vectors import FLAT, HNSW, MilvusVectors
from rag.retrieval.milvus.words import MilvusWords

pytest_plugins = ("milvus_fixtures",)

DIMENSION = 16
VOCABULARY = [f"w{i}" for i in range(30)]


def unit_vectors(n: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((n, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float16).astype(np.float32)


@pytest.fixture(params=[FaissIndex, BruteForceVectors, "lite", pytest.param("standalone", marks=pytest.mark.slow)])
def vectors_index(request):
    if not isinstance(request.param, str):
        return request.param(DIMENSION)
    link = link_of(request, request.param)
    return MilvusVectors.create(link, fresh_table(link, "kutip_test_dense"), DIMENSION, FLAT)


def expected_cosines(known: dict[int, np.ndarray], query: np.ndarray, k: int) -> tuple[list[int], list[float]]:
    ranked = sorted((-float(vector @ query), number) for number, vector in known.items())[:k]
    return [number for _, number in ranked], [-cosine for cosine, _ in ranked]


def assert_found(found, ids, scores) -> None:
    assert found[0].dtype == np.int64
    assert found[0].tolist() == ids
    np.testing.assert_allclose(found[1], scores, rtol=1e-5, atol=1e-6)


def test_vector_index_contract(vectors_index):
    """Batches of every size, removals between them, additions after removals: always the nearest, with their cosines."""
    known: dict[int, np.ndarray] = {}
    query = unit_vectors(1, 99)[0]
    assert_found(vectors_index.search(query, 5), [], [])
    generator = np.random.default_rng(1)
    first = 0
    for step, size in enumerate((1, 40, 3, 1, 1, 200, 7, 2, 60)):
        ids, vectors = np.arange(first, first + size, dtype=np.int64), unit_vectors(size, step)
        first += size
        vectors_index.add(ids, vectors)
        known.update(zip(ids.tolist(), vectors, strict=True))
        gone = generator.choice(list(known), size=max(1, len(known) // 7), replace=False).tolist()
        vectors_index.remove([*gone, 1_000_000])
        for number in gone:
            del known[number]
        assert len(vectors_index) == len(known)
        for k in (1, 10, 1000):
            assert_found(vectors_index.search(query, k), *expected_cosines(known, query, k))
        allowed = np.array(list(known)[::3] + gone[:1], np.int64)
        wanted = {number: known[number] for number in allowed.tolist() if number in known}
        assert_found(vectors_index.search(query, 10, allowed), *expected_cosines(wanted, query, 10))
    vectors_index.remove(list(known))
    assert len(vectors_index) == 0
    assert_found(vectors_index.search(query, 5), [], [])


def test_vector_index_breaks_ties_by_id(vectors_index):
    same = unit_vectors(1, 3)
    for batch in ([8, 5], [2, 9], [1]):
        vectors_index.add(np.array(batch, np.int64), np.repeat(same, len(batch), axis=0))
    assert vectors_index.search(same[0], 5)[0].tolist() == [1, 2, 5, 8, 9]


def test_vector_index_breaks_ties_by_id_where_k_cuts_them(vectors_index):
    same = unit_vectors(1, 3)
    vectors_index.add(np.array([8, 5, 2, 9, 1], np.int64), np.repeat(same, 5, axis=0))
    assert vectors_index.search(same[0], 2)[0].tolist() == [1, 2]


def test_faiss_index_is_the_same_after_saving_and_loading(tmp_path):
    index = FaissIndex(DIMENSION)
    index.add(np.arange(50), unit_vectors(50, 1))
    index.add(np.arange(50, 55), unit_vectors(5, 2))
    index.remove([3, 52])
    before, query = index.frozen(), unit_vectors(1, 9)[0]
    index.save(tmp_path / "index")
    loaded = FaissIndex.load(tmp_path / "index", DIMENSION)
    assert_found(loaded.search(query, 60), *(part.tolist() for part in index.search(query, 60)))
    assert loaded.ids.tolist() == index.ids.tolist()
    loaded.add(np.array([90]), query[None])
    loaded.remove([4])
    assert loaded.search(query, 1)[0].tolist() == [90]
    assert len(loaded) == len(index)
    index.remove([7])
    assert 7 in before.ids
    with pytest.raises(ValueError):
        FaissIndex.load(tmp_path / "index", DIMENSION + 1)
    (tmp_path / "no index").write_bytes(b"nothing")
    with pytest.raises(ValueError):
        FaissIndex.load(tmp_path / "no index", DIMENSION)


class TermsBesidePhrases:
    """A LexicalIndex as a collection with Milvus has it: the terms there, whole articles in tantivy.  The average length
    is that of the first commit."""

    def __init__(self, link) -> None:
        self._link, self._terms, self._phrases = link, None, TantivyIndex()
        self._lengths, self._changes = [], []
        self.search = lambda *args: self._terms.search(*args)
        self.phrase = self._phrases.phrase

    def __len__(self) -> int:
        return len(self._terms) + len(self._phrases)

    def add(self, ids, documents) -> None:
        self._lengths += [len(one.exact) for one in documents]
        self._changes.append(lambda: self._terms.add(ids, documents))

    def add_articles(self, rows, words, lengths) -> None:
        self._lengths += lengths
        self._phrases.add_articles(rows, words, lengths)

    def remove(self, numbers) -> None:
        self._phrases.remove([number for number in numbers if number < 0])
        self._changes.append(lambda: self._terms.remove([number for number in numbers if number > 0]))

    def commit(self) -> None:
        if self._terms is None:
            average = sum(self._lengths) / len(self._lengths)
            self._terms = MilvusWords.create(self._link, fresh_table(self._link, "kutip_test_terms"), average)
        for change in self._changes:
            change()
        self._changes = []
        self._terms.commit()
        self._phrases.commit()


@pytest.fixture(params=["tantivy in memory", "tantivy in a folder", "brute force", "lite", pytest.param("standalone", marks=pytest.mark.slow)])
def words_index(request, tmp_path):
    if request.param == "brute force":
        return BruteForceWords()
    if request.param in ("lite", "standalone"):
        link = link_of(request, request.param)
        if not link.has_sparse:
            pytest.skip(f"Milvus {link.version} has no sparse vectors")
        return TermsBesidePhrases(link)
    return TantivyIndex(tmp_path if "folder" in request.param else None)


def random_terms(generator, least: int = 1, most: int = 39) -> list[str]:
    return generator.choice(VOCABULARY, size=generator.integers(least, most), p=_common()).tolist()


def _common() -> np.ndarray:
    weights = 1 / np.arange(1, len(VOCABULARY) + 1)
    return weights / weights.sum()


def random_document(generator) -> LexicalDocument:
    """Fewer than 40 terms a field, for tantivy rounds longer lengths."""
    exact = random_terms(generator)
    title = random_terms(generator, 0, 5)
    return LexicalDocument(exact, ["~" + term[:2] for term in exact], [*title, *("~" + term[:2] for term in title)])


def fill(index, seed: int = 5) -> tuple[list[LexicalDocument], list[list[str]]]:
    generator = np.random.default_rng(seed)
    documents = [random_document(generator) for _ in range(60)]
    articles = [random_terms(generator) for _ in range(10)]
    index.add(range(1, 61), documents)
    index.add_articles(range(1, 11), articles, [20] * 10)
    index.commit()
    return documents, articles


QUERIES = [
    {"w0": 1.0},
    {"w3": 0.3, "~w3": 0.7},
    {"w20": 1.0, "w29": 0.5, "~w1": 0.2},
    {"nowhere": 1.0},
    {f"w{i}": i + 0.5 for i in range(30)},
]


def test_lexical_index_scores_by_the_formula(words_index):
    oracle = BruteForceWords()
    fill(oracle)
    fill(words_index)
    assert len(words_index) == 70
    for terms in QUERIES:
        assert_found(words_index.search(terms, 1000), *(part.tolist() for part in oracle.search(terms, 1000)))
        np.testing.assert_allclose(words_index.search(terms, 7)[1], oracle.search(terms, 7)[1], rtol=1e-5)
        groups = [(list(terms), 0.5), (["w2", "~w2"], 0.25), (["nowhere"], 9.0)]
        assert_found(words_index.search(terms, 1000, groups), *(part.tolist() for part in oracle.search(terms, 1000, groups)))


def test_lexical_index_finds_only_what_is_allowed(words_index):
    oracle = BruteForceWords()
    fill(oracle)
    fill(words_index)
    generator = np.random.default_rng(8)
    for size in (0, 1, 5, 30, 60):
        allowed = np.sort(generator.choice(np.arange(1, 61), size, replace=False))
        for terms in QUERIES:
            whole = [(number, score) for number, score in zip(*(part.tolist() for part in oracle.search(terms, 1000)), strict=True) if number in allowed]
            for index in (oracle, words_index):
                ids, scores = index.search(terms, 3, (), allowed)
                np.testing.assert_allclose(scores, [score for _, score in whole[:3]], rtol=1e-5)
                assert set(ids.tolist()) <= {number for number, _ in whole} and len(set(ids.tolist())) == len(whole[:3])
            assert_found(words_index.search(terms, 1000, (), allowed), [number for number, _ in whole], [score for _, score in whole])


def test_lexical_index_finds_phrases(words_index):
    words_index.add_articles([4, 7], [["a", "b", "c", "a", "c"], ["b", "a", "c", "b"]], [5, 4])
    words_index.add([1], [LexicalDocument(["a", "b"], ["~a", "~b"], ["a"])])
    assert words_index.phrase(["a"], 10) == []
    words_index.commit()
    assert sorted(words_index.phrase(["a", "c"], 10)) == [4, 7]
    assert words_index.phrase(["a", "b", "c"], 10) == [4]
    assert words_index.phrase(["c", "b"], 10) == [7]
    assert sorted(words_index.phrase(["a"], 10)) == [4, 7]
    assert len(words_index.phrase(["a"], 1)) == 1
    assert words_index.phrase(["a", "a"], 10) == []
    words_index.remove([-4])
    words_index.commit()
    assert words_index.phrase(["a"], 10) == [7]
    assert words_index.search({"a": 1.0}, 10)[0].tolist() == [1]


def test_lexical_index_forgets(words_index):
    """After removals the same passages are found; only tantivy's statistics may lag until it merges."""
    oracle = BruteForceWords()
    for index in (oracle, words_index):
        documents, _ = fill(index)
        index.remove([1, 2, 3, 44, 999, -2, -999])
        index.add([3], documents[:1])
        index.commit()
    assert len(words_index) == len(oracle) == 66
    for terms in QUERIES:
        assert sorted(words_index.search(terms, 1000)[0].tolist()) == sorted(oracle.search(terms, 1000)[0].tolist())


def test_lexical_index_in_a_folder_reopens(tmp_path):
    index = TantivyIndex(tmp_path)
    fill(index)
    before = [index.search(terms, 100) for terms in QUERIES]
    index.add([500], [LexicalDocument(["w0"], ["~w0"])])
    index.close_writer()
    again = TantivyIndex(tmp_path)
    for terms, (ids, scores) in zip(QUERIES, before, strict=True):
        assert_found(again.search(terms, 100), ids.tolist(), scores.tolist())
    frozen = again.frozen()
    again.remove([1])
    again.commit()
    assert (len(again), len(frozen)) == (69, 70)
    index.reload()
    assert len(index) == 69


def test_lexical_index_that_is_damaged_says_so(tmp_path):
    index = TantivyIndex(tmp_path)
    fill(index)
    index.close_writer()
    (tmp_path / "meta.json").write_bytes(b"{")
    with pytest.raises(LexicalDamage):
        TantivyIndex(tmp_path)


def test_a_graph_finds_nearly_all_of_the_nearest(request):
    link = link_of(request, "lite")
    index, oracle = MilvusVectors.create(link, fresh_table(link, "kutip_test_graph"), DIMENSION, HNSW), BruteForceVectors(DIMENSION)
    vectors = unit_vectors(600, 1)
    for one in (index, oracle):
        one.add(np.arange(600), vectors)
    found = [set(index.search(query, 10)[0].tolist()) & set(oracle.search(query, 10)[0].tolist()) for query in unit_vectors(20, 2)]
    assert sum(map(len, found)) >= 0.95 * 200


def test_milvus_finds_among_more_ids_than_a_filter_names(request, monkeypatch):
    """Both ways: when most of what is near is allowed, and when hardly anything is."""
    monkeypatch.setattr("rag.retrieval.milvus.table.FILTER_IDS", 20)
    monkeypatch.setattr("rag.retrieval.milvus.table.FOUND_MAX", 64)
    link = link_of(request, "lite")
    index, oracle = MilvusVectors.create(link, fresh_table(link, "kutip_test_among"), DIMENSION, FLAT), BruteForceVectors(DIMENSION)
    for one in (index, oracle):
        one.add(np.arange(400), unit_vectors(400, 1))
    query = unit_vectors(1, 7)[0]
    nearest = oracle.search(query, 400)[0]
    for allowed in (nearest[:200], nearest[-50:], np.arange(0, 400, 3)):
        assert_found(index.search(query, 5, allowed), *(part.tolist() for part in oracle.search(query, 5, allowed)))
