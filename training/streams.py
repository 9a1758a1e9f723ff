"""What the student sees, in which order: a mixture of streams that follows from a seed and a number alone.

    stream     the samples of one language (or its words, or English itself), shuffled anew each time it is used up
    pool       `POOL` samples, from each stream its share; sorted by length into batches, the batches shuffled

Pool n can be made without the pools before it, so a stopped run goes on where it was.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training.student import by_length

POOL = 16_384
SMALLEST_BATCH = 8
"""Texts in a batch below which the contrast within it says nothing."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows of tokens and, for each, the number of the text whose vector is its target; `share` of every pool."""

    name: str
    rows: Sequence[Sequence[int]]
    targets: np.ndarray
    share: float

    def draw(self, pool: int, count: int, seed: int) -> np.ndarray:
        """Indexes of samples `pool * count` to `(pool + 1) * count` of the endless shuffled order."""
        size, first = len(self.rows), pool * count
        places = np.arange(first, first + count)
        orders = {cycle: self._order(cycle, seed) for cycle in range(first // size, (first + count - 1) // size + 1)}
        return np.array([orders[place // size][place % size] for place in places], np.int64)

    def _order(self, cycle: int, seed: int) -> np.ndarray:
        return np.random.default_rng([seed, zlib.crc32(self.name.encode()), cycle]).permutation(len(self.rows))


@dataclass(frozen=True, slots=True)
class Batch:
    rows: list[Sequence[int]]
    targets: np.ndarray


def shares(sizes: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, float]:
    """Share of each stream, in sum 1: its weight times the square root of its size, so that small languages are seen."""
    raw = {name: weights[name] * sizes[name] ** 0.5 for name in sizes if sizes[name]}
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}


def pools(streams: Sequence[Stream], first: int, batch_tokens: int, seed: int, size: int = POOL) -> Iterator[list[Batch]]:
    """Pool `first` and all after it, each as its shuffled batches."""
    pool = first
    while True:
        rows: list[Sequence[int]] = []
        targets: list[np.ndarray] = []
        for stream in streams:
            count = round(stream.share * size)
            if count and len(stream.rows):
                drawn = stream.draw(pool, count, seed)
                rows += [stream.rows[i] for i in drawn]
                targets.append(stream.targets[drawn])
        numbers = np.concatenate(targets)
        order = np.random.default_rng([seed, pool]).permutation(len(rows))
        batches = [batch for batch in by_length(order, [len(row) for row in rows], batch_tokens) if len(batch) >= SMALLEST_BATCH]
        shuffled = np.random.default_rng([seed, pool, 1]).permutation(len(batches))
        yield [Batch([rows[i] for i in batches[b]], numbers[batches[b]]) for b in shuffled]
        pool += 1
