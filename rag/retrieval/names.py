"""Names that the articles write in another script or spelling: asked for Путин, an article's Putin counts too."""

from __future__ import annotations

from dataclasses import replace

import regex

from rag.retrieval.question import Question
from rag.storage.reader import Snapshot
from rag.text.sounds import alikeness, skeleton
from rag.text.words import STEM_MARK, Word

ALIKE_FROM = 0.6
"""Words of two scripts that share their consonants are one name from this share of common sounds; scripts that leave
out vowels reach no more."""
ALIKE_IN_SCRIPT_FROM = 0.9
"""The same within one script, where a name that is spelled another way still has its vowels."""
ALIKE_BEST = 5
"""At most so many of the articles' names are taken for one of the question."""

_LATIN = regex.compile(r"\p{Latin}")


def with_names(question: Question, snapshot: Snapshot) -> tuple[Question, dict[str, tuple[int, int]]]:
    """The question, its names that stand in no article joined by names of the articles that sound alike; and (number,
    passages that hold it) of each of its terms that stands in the collection.

    Like any inflected form such names count as stems: less than the exact form.
    """
    known = snapshot.terms([term for word in question.words for term in word.terms])
    joined = []
    for word, weight in zip(question.words, question.weights, strict=True):
        unknown = weight == 1.0 and _may_be_name(word.written) and not any(term in known for term in word.terms)
        names = _alike(word, snapshot) if unknown else []
        joined.append(replace(word, stems=(*word.stems, *names)) if names else word)
    if joined != list(question.words):
        question = replace(question, words=tuple(joined))
        known = snapshot.terms([term for word in joined for term in word.terms])
    return question, known


def _may_be_name(written: str) -> bool:
    """A capital letter begins it, or its script has none."""
    return len(written) > 2 and not written[0].islower()


def _alike(word: Word, snapshot: Snapshot) -> list[str]:
    forms = [form for form in dict.fromkeys(term.removeprefix(STEM_MARK) for term in word.terms) if skeleton(form)]
    latin = bool(_LATIN.search(word.written))
    scored = []
    for name in snapshot.names({skeleton(form) for form in forms}):
        least = ALIKE_IN_SCRIPT_FROM if latin == bool(_LATIN.search(name)) else ALIKE_FROM
        value = max(alikeness(form, name) for form in forms)
        if value >= least:
            scored.append((-value, name))
    return [name for _, name in sorted(scored)[:ALIKE_BEST]]
