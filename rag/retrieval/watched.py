"""A lexical index that may turn out to be damaged in the middle of a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rag.retrieval.lexical import LexicalDamage, TantivyIndex


class WatchedLexical:
    """A lexical index of which damage may show only when it is searched: then another one is asked, and from then on."""

    def __init__(self, index: TantivyIndex, another: Callable[[Exception], TantivyIndex]) -> None:
        self.index, self._another = index, another

    def search(
        self, terms: Mapping[str, float], k: int, groups: Sequence[tuple[Sequence[str], float]] = (), allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        return self._ask(lambda index: index.search(terms, k, groups, allowed))

    def phrase(self, words: Sequence[str], k: int) -> list[int]:
        return self._ask(lambda index: index.phrase(words, k))

    @property
    def average(self) -> float:
        return self._ask(lambda index: index.average)

    def _ask(self, question):
        try:
            return question(self.index)
        except (LexicalDamage, TypeError) as error:  # TypeError: a damaged column gives None for the id of a passage
            self.index = self._another(error)
            return question(self.index)
