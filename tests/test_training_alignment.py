"""Word alignment against the same model computed sentence by sentence, and the table that follows from it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.alignment import COMMON, Rows, align
from training.pack import in_four_bits, quantised

SIDES = st.lists(st.tuples(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.lists(st.integers(0, 4), min_size=1, max_size=5)), min_size=1, max_size=12)


def model_1(pairs, rounds):
    """{(piece, target): (count, share)} by the textbook's loops: each target token is shared among the pieces of its sentence."""
    share = {}
    met = {(f, e) for text, target in pairs for f in text for e in target}
    for f, e in met:
        share[f, e] = 1 / sum(one == f for one, _ in met)
    count = dict(share)
    for _ in range(rounds):
        count = defaultdict(float)
        for text, target in pairs:
            for e in target:
                total = sum(share[f, e] for f in text)
                for f in text:
                    count[f, e] += share[f, e] / total
        share = {(f, e): value / sum(other for (one, _), other in count.items() if one == f) for (f, e), value in count.items()}
    return {key: (count[key], share[key]) for key in count}


@given(pairs=SIDES, rounds=st.integers(1, 4))
def test_alignment_is_ibm_model_1(pairs, rounds):
    found = align([text for text, _ in pairs], [target for _, target in pairs], rounds)
    got = {(f, e): (count, share) for f, e, count, share in zip(found.pieces, found.targets, found.counts, found.share, strict=True)}
    wanted = model_1(pairs, rounds)
    assert got.keys() == wanted.keys()
    for key, value in wanted.items():
        assert got[key] == pytest.approx(value, rel=1e-9)


def test_a_word_becomes_the_mean_of_what_it_translates_to():
    base = np.eye(3, dtype=np.float32)
    rows = Rows(5, 3)
    rows.add(align([[3], [3], [3, 4]], [[1], [1], [1, 2]], rounds=8), base)
    table = rows.table(base, keep=np.array([True, True, True]))
    assert (table[:3] == base).all()
    assert table[3][1] > 0.95 and table[4][2] > 0.9


def test_a_common_target_weighs_little():
    base = np.eye(4, dtype=np.float32)
    rows = Rows(4, 4)
    rows.add(align([[0], [1], [1]], [[0, 1], [1, 1], [1, 2]]), base)  # piece 0 means 0 and 1 once each; 1 is four of the six targets, 0 one
    weights = {target: COMMON / (COMMON + share) for target, share in ((0, 1 / 6), (1, 4 / 6))}
    expected = [weights[0], weights[1], 0, 0] / np.float64(sum(weights.values()))
    assert rows.table(base, keep=np.zeros(4, bool))[0] == pytest.approx(expected, abs=1e-6)


def test_a_row_that_may_not_be_kept_is_set_anew_only_where_it_was_aligned():
    base = np.eye(2, dtype=np.float32)
    rows = Rows(2, 2)
    rows.add(align([[0]], [[1]]), base)
    assert rows.table(base, keep=np.array([False, False])).tolist() == [[0, 1], [0, 1]]


@given(seed=st.integers(0, 99), groups=st.sampled_from([1, 2, 4]))
def test_int8_values_are_within_half_a_step(seed, groups):
    import torch

    from rag.embedding.weights import widened

    matrix = torch.from_numpy(np.random.default_rng(seed).standard_normal((6, 8)).astype(np.float32)) * 10 ** (seed % 5 - 2)
    values, scales = quantised(matrix, groups)
    assert values.dtype == torch.int8 and scales.shape == (6, groups)
    error = (torch.from_numpy(widened(values.numpy(), scales.numpy())) - matrix).abs().unflatten(1, (groups, -1))
    assert (error <= scales[..., None] * 0.5001).all()


@given(seed=st.integers(0, 99), columns=st.sampled_from([8, 16, 384]))
def test_four_bits_are_packed_as_described_and_as_near_as_they_can_be(seed, columns):
    from rag.embedding.weights import LEVELS, Weights

    table = np.random.default_rng(seed).standard_normal((5, columns)).astype(np.float32) * 10 ** (seed % 5 - 2)
    table[-1] = 0
    packed, scales = in_four_bits(table)
    assert packed.dtype == np.uint8 and packed.shape == (5, columns // 2) and scales.shape == (5, 1) and scales.dtype == np.float32
    numbers = np.unpackbits(packed, axis=-1, bitorder="little").reshape(5, columns, 4) @ (1 << np.arange(4))
    stored = LEVELS[numbers] * scales
    weights = Weights(packed, scales, {}, {}, {})
    assert weights.dimension == columns and (weights.table() == stored).all() and (weights.rows(np.array([3, 1])) == stored[[3, 1]]).all()
    assert not stored[-1].any()
    best = (LEVELS[numbers] * table).sum(1) / np.square(LEVELS[numbers]).sum(1)
    assert np.allclose(scales[:, 0], best, rtol=1e-4), "the scale fits the values best"
    error = np.square(stored - table).sum(1)[:-1] / np.square(table).sum(1)[:-1]
    assert columns < 384 or 0.008 < error.mean() < 0.011, "0.0095 of the squares of normally distributed values (Max 1960, table I)"


def test_levels_are_the_means_of_what_is_rounded_to_them():
    from statistics import NormalDist

    from rag.embedding.weights import LEVELS

    normal, edges = NormalDist(), [-np.inf, *((LEVELS[1:] + LEVELS[:-1]) / 2), np.inf]
    density = [0.0 if np.isinf(edge) else normal.pdf(float(edge)) for edge in edges]
    below = [float(edge > 0) if np.isinf(edge) else normal.cdf(float(edge)) for edge in edges]
    means = [(density[i] - density[i + 1]) / (below[i + 1] - below[i]) for i in range(len(LEVELS))]
    assert np.allclose(LEVELS, means, atol=2e-3)

