"""What a filter leaves to be searched, as retrieval needs it: rows of articles and ids of passages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.filters import Filters
from rag.retrieval.index import contained
from rag.storage.reader import Snapshot
from rag.types import Searched

REMEMBERED = 8
"""So many filters of one generation are kept ready: those of a conversation, or of a few readers."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The articles that match a filter, at one generation: their rows, the sorted ids of their passages, and their sum."""

    articles: np.ndarray
    passages: np.ndarray
    searched: Searched

    def among(self, ids: Sequence[int]) -> list[int]:
        """Those of some passages that are selected, in their order."""
        return [ids[i] for i in np.flatnonzero(contained(np.array(ids, np.int64), self.passages))]


class Selections:
    """Selections by filter, made when first asked for.  Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = -1
        self._known: OrderedDict[Filters, Selection] = OrderedDict()

    def at(self, snapshot: Snapshot, filters: Filters) -> Selection:
        generation = snapshot.state.generation
        with self._lock:
            if self._generation == generation and filters in self._known:
                self._known.move_to_end(filters)
                return self._known[filters]
        selection = select(snapshot, filters)
        with self._lock:
            if generation > self._generation:
                self._generation = generation
                self._known.clear()
            if generation == self._generation:
                self._known[filters] = selection
                while len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
        return selection

    def forget(self) -> None:
        with self._lock:
            self._generation = -1
            self._known.clear()


def select(snapshot: Snapshot, filters: Filters) -> Selection:
    found = snapshot.matching(filters)
    rows = [row for row, _, _ in found]
    passages = np.array(sorted(snapshot.passages_of_articles(rows)), np.int64)
    dates = [published for _, _, published in found if published]
    searched = Searched(
        len(rows), len(passages), tuple(sorted({language for _, language, _ in found} - {""})), (min(dates), max(dates)) if dates else ()
    )
    return Selection(np.array(rows, np.int64), passages, searched)
