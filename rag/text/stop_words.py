"""Which words of a question say little: they weigh less, they are never dropped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from rag.text.words import Word, words

SHARED_LISTS = {"ms": "id", "nb": "no"}
"""Languages whose own list is none (the Malay one names oil and prices) and that share another's function words."""

LEFT_OUT = {"id": ("dimana", "dimanakah", "manakah", "kemana", "kemanakah", "darimana", "darimanakah", "mengapakah", "kenapa", "kenapakah")}
"""Question words that a list lacks though it has their parts: with a preposition or with the particle -kah."""

_LATIN = regex.compile(r"\p{Latin}")


@dataclass(frozen=True, slots=True)
class StopWords:
    """`terms` are the stop words among a question's exact terms, `languages` those it seems to be asked in."""

    terms: frozenset[str]
    languages: frozenset[str]


def stop_words_of(asked: Sequence[Word], expected: Sequence[str] = (), names: Collection[str] = ()) -> StopWords:
    """The stop words among the distinct words `asked`, of the language most of them belong to.

    A question is too short for a language detector; the language whose stop words it uses most is near enough.  Of
    languages that tie, those `expected` (the collection's) are believed, else all of them.  `names` are exact terms of
    words that are written like names: none of them tells the language, whatever list holds it.
    """
    lists = _lists()
    told = [word for word in asked if word.exact not in names]
    votes = Counter(language for word in told for language in lists.by_term.get(word.exact, ()))
    most = max(votes.values(), default=0)
    tied = {language for language, count in votes.items() if count == most}
    likely = {list_language(language) for language in expected}
    spoken = _told_by_one(told, asked[0], likely) if most == 1 else tied & likely or tied
    return StopWords(frozenset(word.exact for word in asked if spoken & _languages_of(word, as_spelled=word.exact in names)), frozenset(spoken))


def _told_by_one(told: Sequence[Word], first: Word, likely: Collection[str]) -> set[str]:
    """The languages of which a question uses one stop word only.

    In Latin script many words are in the list of some language.  So there this one has to be spelled as the list has
    it (`putin` is Romanian only where `puțin` is meant), and if its language is not a `likely` one it has to open the
    question, as `who` does.
    """
    found = {word.exact: _languages_of(word, as_spelled=bool(_LATIN.match(word.exact))) for word in told}
    sure = (languages for exact, languages in found.items() if exact == first.exact or not _LATIN.match(exact))
    return set().union(*found.values()) & set(likely) or set().union(*sure)


def _languages_of(word: Word, *, as_spelled: bool) -> frozenset[str]:
    """The languages that have `word` as a stop word, spelled like this or at least without its accents."""
    lists = _lists()
    return lists.by_spelling.get(_spelling(word), frozenset()) if as_spelled else lists.by_term.get(word.exact, frozenset())


def _spelling(word: Word) -> str:
    return word.written.casefold()


def list_language(language: str) -> str:
    """The language whose list serves for `language`."""
    return SHARED_LISTS.get(language, language)


def has_list(language: str) -> bool:
    import stopwordsiso

    return stopwordsiso.has_lang(list_language(language))


@dataclass(frozen=True, slots=True)
class _Lists:
    """The languages of each stop word, by its exact term and by its spelling with all accents, case-folded."""

    by_term: Mapping[str, frozenset[str]]
    by_spelling: Mapping[str, frozenset[str]]


@cache
def _lists() -> _Lists:
    import stopwordsiso

    by_term: dict[str, set[str]] = defaultdict(set)
    by_spelling: dict[str, set[str]] = defaultdict(set)
    for language in sorted(stopwordsiso.langs() - SHARED_LISTS.keys()):
        for entry in (*stopwordsiso.stopwords(language), *LEFT_OUT.get(language, ())):
            found = list(words(entry))
            if len(found) == 1:
                by_term[found[0].exact].add(language)
                by_spelling[_spelling(found[0])].add(language)
    return _Lists(*({key: frozenset(languages) for key, languages in table.items()} for table in (by_term, by_spelling)))
