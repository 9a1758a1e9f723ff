"""The arithmetic of the comparison.  Needs nothing but NumPy, for it runs in every peer's environment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from benchmarks.machine import seconds


def taken(calls: Iterable[Callable[[], object]], budget: float) -> list[float]:
    """Seconds of each call, one after the other; none begins when `budget` seconds are over."""
    found: list[float] = []
    begin = time.perf_counter()
    for call in calls:
        found.append(seconds(call))
        if time.perf_counter() - begin > budget:
            break
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` per cent of `values` do not exceed, between two of them by a straight line."""
    return float(np.percentile(values, share))


def recall(found: Sequence[Sequence[str]], exact: Sequence[Sequence[str]]) -> float:
    """The share of the exact neighbours that were found, mean over the questions."""
    return float(np.mean([len(set(one) & set(true)) / len(true) for one, true in zip(found, exact, strict=True)]))


def exact_neighbours(vectors: np.ndarray, asked: np.ndarray, k: int) -> np.ndarray:
    """int (questions, k): the rows of the k largest cosines, best first; all rows are of unit length."""
    rows = []
    for question in asked:
        cosines = vectors @ question
        best = np.argpartition(-cosines, k - 1)[:k]
        rows.append(best[np.argsort(-cosines[best], kind="stable")])
    return np.stack(rows)


def per_second(call: Callable[[int], object], clients: int, each: int, budget: float) -> float:
    """Calls a second by `clients` threads at once, call(number) `each` times each or until `budget` seconds are over.

    Raises the first error that a client met.
    """
    done, errors = [0] * clients, []
    barrier = threading.Barrier(clients + 1)
    deadline = [float("inf")]

    def client(place: int) -> None:
        barrier.wait()
        try:
            for i in range(each):
                if time.perf_counter() > deadline[0]:
                    break
                call(place * each + i)
                done[place] += 1
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=client, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    begin = time.perf_counter()
    deadline[0] = begin + budget
    barrier.wait()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sum(done) / (time.perf_counter() - begin)
