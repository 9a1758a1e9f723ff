"""Rows of new word pieces from word alignment: a piece starts as the mean of the pieces it translates to.

IBM model 1 (Brown, Della Pietra, Della Pietra and Mercer 1993) by expectation maximisation over the sentence pairs;
the row of piece f is  sum over e of  count(f, e) * weight(e) * row(e), divided by the sum of the weighted counts, over
the e with p(e | f) above `FLOOR`. weight(e) = a / (a + share of e in all targets), a = `COMMON`, so that "to" and "the" of a
dictionary's meanings say little (Arora, Liang and Ma 2017, openreview.net/forum?id=SyK00v5xx).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 4
FLOOR = 0.03
COMMON = 1e-3
FEWEST = 0.5
"""Expected alignments below which a piece counts as not seen."""


@dataclass(frozen=True, slots=True)
class Translations:
    """count[i]: how often piece `pieces[i]` was aligned to piece `targets[i]`, with probability `share[i]` given the piece."""

    pieces: np.ndarray
    targets: np.ndarray
    counts: np.ndarray
    share: np.ndarray


def align(texts: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], rounds: int = ROUNDS) -> Translations:
    """Translation counts between the pieces of two sides of the same length; pairs of very unequal length are left out."""
    width = 1 + max((max(target) for target in targets if target), default=0)
    keys, places = [], []
    place = 0
    for text, target in zip(texts, targets, strict=True):
        if not text or not target or len(text) > 3 * len(target) + 8:
            continue
        row, column = np.asarray(text, np.int64), np.asarray(target, np.int64)
        keys.append((row[None, :] * width + column[:, None]).ravel())
        places.append(np.repeat(np.arange(place, place + len(column)), len(row)))
        place += len(column)
    if not keys:
        nothing = np.zeros(0, np.int64)
        return Translations(nothing, nothing, np.zeros(0), np.zeros(0))
    unique, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    where = np.concatenate(places)
    piece, target = unique // width, unique % width
    share = 1.0 / np.bincount(piece)[piece]
    counts = share
    for _ in range(rounds):
        chance = share[inverse]
        chance /= np.bincount(where, chance, place)[where]
        counts = np.bincount(inverse, chance, len(unique))
        share = counts / np.maximum(np.bincount(piece, counts)[piece], 1e-9)
    return Translations(piece, target, counts, share)


def _weights(found: Translations) -> np.ndarray:
    """(targets,): of common ones small. The counts of a target over all pieces are how often it occurs."""
    occurs = np.bincount(found.targets, found.counts)
    return (COMMON / (COMMON + occurs / max(occurs.sum(), 1e-9))).astype(np.float32)


class Rows:
    """Gathers the aligned rows of all languages; a piece two languages share gets the mean of both."""

    def __init__(self, size: int, dimension: int) -> None:
        self._sum = np.zeros((size, dimension), np.float32)
        self._weight, self._count = np.zeros(size, np.float32), np.zeros(size, np.float32)

    def add(self, found: Translations, table: np.ndarray) -> None:
        """`table` holds the rows of the target pieces, (pieces, dimension)."""
        sure = found.share > FLOOR
        pieces, targets, counts = found.pieces[sure], found.targets[sure], found.counts[sure].astype(np.float32)
        weights = counts * _weights(found)[targets]
        np.add.at(self._sum, pieces, table[targets] * weights[:, None])
        np.add.at(self._weight, pieces, weights)
        np.add.at(self._count, pieces, counts)

    def table(self, base: np.ndarray, keep: np.ndarray, seed: int = 1) -> np.ndarray:
        """(size, dimension): the aligned rows; where none was found, a random row near the mean of `base`.

        The rows of `base` that `keep` marks stay as they are, and those that were not aligned.
        """
        found = self._count > FEWEST
        rows = base.mean(0) + 0.3 * base.std(0) * np.random.default_rng(seed).standard_normal(self._sum.shape, np.float32)
        rows[: len(base)] = base
        found[: len(base)] &= ~keep
        rows[found] = self._sum[found] / self._weight[found, None]
        return rows.astype(np.float32)
