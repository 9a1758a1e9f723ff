"""The file of the vectors, written as they come, is byte for byte the one that FAISS writes of an index in memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval import dense_signs
from rag.retrieval.dense_files import load_piece, save_vectors


def rows(count: int, dimension: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float16)


def by_faiss(ids: np.ndarray, vectors: np.ndarray) -> bytes:
    index = faiss.index_factory(vectors.shape[1], "IDMap,SQfp16", faiss.METRIC_INNER_PRODUCT)
    if len(ids):
        index.add_with_ids(vectors.astype(np.float32), ids)
    return faiss.serialize_index(index).tobytes()


@given(data=st.data(), dimension=st.integers(1, 70), count=st.integers(0, 60))
def test_it_is_the_file_that_faiss_writes(tmp_path_factory, data, dimension, count):
    path = tmp_path_factory.mktemp("files") / "vectors.faiss"
    ids = np.cumsum(np.random.default_rng(count).integers(1, 2**40, count))
    vectors = rows(count, dimension, 7)
    cuts = [0, *sorted(data.draw(st.lists(st.integers(0, count), max_size=5))), count]
    batches = [(ids[start:end], vectors[start:end]) for start, end in zip(cuts, cuts[1:], strict=False)]
    assert save_vectors(path, dimension, count, batches) == [path]
    assert path.read_bytes() == by_faiss(ids, vectors)
    piece = load_piece(path, dimension)
    assert piece.ids.tolist() == ids.tolist() and np.array_equal(piece.vectors, vectors)


@pytest.mark.parametrize("given", [2, 4])
def test_more_or_fewer_vectors_than_said_are_refused(tmp_path, given):
    with pytest.raises(ValueError, match=f"{given} vectors, not 3"):
        save_vectors(tmp_path / "vectors.faiss", 8, 3, [(np.arange(1, 1), rows(0, 8, 1)), (np.arange(given), rows(given, 8, 1))])


def test_a_batch_at_a_time_is_in_memory(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(dense_signs, "SIGNS_FROM", 1_000)
    monkeypatch.setattr(dense_signs, "MEAN_OF", 1_000)
    monkeypatch.setattr(dense_signs, "ROWS_AT_A_TIME", 1_000)
    count, dimension, batch = 40_000, 384, 1_000
    batches = ((np.arange(start, start + batch), rows(batch, dimension, start)) for start in range(0, count, batch))
    tracemalloc.start()
    try:
        written = save_vectors(tmp_path / "vectors.faiss", dimension, count, batches)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [file.name for file in written] == ["vectors.faiss", "vectors.signs"]
    assert most < count * dimension * 2 / 4
    piece = load_piece(tmp_path / "vectors.faiss", dimension)
    assert piece.signs is not None and np.array_equal(piece.vectors[-batch:], rows(batch, dimension, count - batch))
