"""Which words of a question say little: they weigh less, they are never dropped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rag.text.words import words

SHARED_LISTS = {"ms": "id"}
"""Languages whose own list is none (the Malay one names oil and prices) and that share another's function words."""


@dataclass(frozen=True, slots=True)
class StopWords:
    """`terms` are the stop words among a question's exact terms, `languages` those it seems to be asked in."""

    terms: frozenset[str]
    languages: frozenset[str]


def stop_words_of(terms: Sequence[str], expected: Sequence[str] = ()) -> StopWords:
    """The stop words among `terms`, of the language most of them belong to.

    A question is too short for a language detector; the language whose stop words it uses most is near enough.  Of
    languages that tie, those `expected` (the collection's) are believed, else all of them.
    """
    table = _languages_by_term()
    votes = Counter(language for term in set(terms) for language in table.get(term, ()))
    most = max(votes.values(), default=0)
    tied = {language for language, count in votes.items() if count == most}
    spoken = tied & {list_language(language) for language in expected} or tied
    return StopWords(frozenset(term for term in terms if spoken & table.get(term, frozenset())), frozenset(spoken))


def list_language(language: str) -> str:
    """The language whose list serves for `language`."""
    return SHARED_LISTS.get(language, language)


@cache
def _languages_by_term() -> Mapping[str, frozenset[str]]:
    import stopwordsiso

    found: dict[str, set[str]] = defaultdict(set)
    for language in sorted(stopwordsiso.langs() - SHARED_LISTS.keys()):
        for entry in stopwordsiso.stopwords(language):
            exact = [word.exact for word in words(entry)]
            if len(exact) == 1:
                found[exact[0]].add(language)
    return {term: frozenset(languages) for term, languages in found.items()}
