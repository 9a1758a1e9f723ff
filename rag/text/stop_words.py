"""Which words of a question say little: they weigh less, they are never dropped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from rag.text.words import words


def stop_words_of(terms: Sequence[str]) -> frozenset[str]:
    """The exact terms among `terms` that are stop words of the language most of them belong to.

    A question is too short for a language detector; the language whose stop words it uses most is near enough.
    Languages that tie share their lists.
    """
    table = _languages_by_term()
    votes = Counter(language for term in set(terms) for language in table.get(term, ()))
    if not votes:
        return frozenset()
    most = max(votes.values())
    spoken = {language for language, count in votes.items() if count == most}
    return frozenset(term for term in terms if spoken & table.get(term, frozenset()))


@cache
def _languages_by_term() -> Mapping[str, frozenset[str]]:
    import stopwordsiso

    found: dict[str, set[str]] = defaultdict(set)
    for language in sorted(stopwordsiso.langs()):
        for entry in stopwordsiso.stopwords(language):
            exact = [word.exact for word in words(entry)]
            if len(exact) == 1:
                found[exact[0]].add(language)
    return {term: frozenset(languages) for term, languages in found.items()}
