"""A topic that is carried over finds its own passages, whatever is asked about it: so the question has to find something too.

Asked after a question about a visit, `What temperature should it be baked at?` finds the visit, and is not answered by it.
"""

from __future__ import annotations

import regex

from rag.conversing.followups import Reading
from rag.conversing.topic import exact
from rag.types import Answer

NEAR_MISSES = 3
COSINE_FROM = 0.25
"""What a follow-up reaches without its topic where the articles do speak of it: 0.32 and more in the trials, whatever the
language; where they do not, 0.22 and less.  In scripts other than Latin short questions come near to nothing at all."""
_LATIN = regex.compile(r"[\p{Latin}\p{M}\p{N}]+")


def own_words(reading: Reading) -> frozenset[str]:
    """The exact terms of a question that say something and can be judged; one that has none, as `Why?`, is all topic."""
    return frozenset(word.exact for word in reading.words if word.content and _LATIN.fullmatch(word.exact))


def matches(answer: Answer, own: frozenset[str]) -> bool:
    """Does a word of the question itself stand in what was cited?"""
    return any(exact(word) in own for citation in answer.citations for word in citation.why.matched)


def comes_close(alone: Answer) -> bool:
    """Does the question without its topic come near to any passage?"""
    return any(citation.why.dense >= COSINE_FROM for citation in (*alone.citations, *alone.near_misses))
