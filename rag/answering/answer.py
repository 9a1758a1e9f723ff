"""The answer to a question, or an honest no with what was searched and what came nearest."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.compose import Asked, compose
from rag.answering.evidence import ANSWERS_FROM, confidence_of
from rag.filters import Filters
from rag.retrieval.search import Ranked, Ranking
from rag.storage.reader import Snapshot
from rag.types import Answer, Reason, Searched

LOOKED_AT = 5
"""The evidence of so many best passages decides whether the collection answers."""
NEAR_MISSES = 3


def answer(text: str, asked: Asked, ranking: Ranking, snapshot: Snapshot, searched: Searched, filters: Filters, *, top_k: int) -> Answer:
    """Cite what answers; abstain when no article may, a quoted phrase stands nowhere, or nothing is close."""
    reason = _reason(asked, ranking) if searched.articles else Reason.NO_ARTICLE_MATCHES
    citations = tuple(compose(asked, ranking, snapshot, top_k=top_k if reason is Reason.ANSWERED else min(top_k, NEAR_MISSES)))
    if reason is Reason.ANSWERED and citations:
        return Answer(text, reason, citations, (), searched, filters)
    return Answer(text, Reason.NOTHING_CLOSE if reason is Reason.ANSWERED else reason, (), citations, searched, filters)


def _reason(asked: Asked, ranking: Ranking) -> Reason:
    if asked.question.phrases:
        return Reason.ANSWERED if ranking.places else Reason.PHRASE_NOT_FOUND
    return Reason.ANSWERED if best_confidence(ranking.passages) >= ANSWERS_FROM else Reason.NOTHING_CLOSE


def best_confidence(passages: Sequence[Ranked]) -> float:
    """How likely the best of the first few ranked passages answers, in (0, 1); 0 if there are none."""
    return max((confidence_of(one) for one in passages[:LOOKED_AT]), default=0.0)
