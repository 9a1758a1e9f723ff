"""What a conversation keeps: references to places, never text, each with the number it has for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.filters import Filters
from rag.types import Answer, Citation, Reason, Span, Strength


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a quote stands: `start` to `end` of the article whose text had `article_hash`, and its best sentence there.

    `label` is the quote's number in the whole conversation.
    """

    article_id: str
    article_hash: str
    start: int
    end: int
    sentence: Span
    score: float
    strength: Strength
    label: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what answered it; one that was not answered has no references and says why in `reason`.

    `carried` are the words that were retrieved with it, `carried_filters` the filters that it took over, `topic` the
    words that the next follow-up may carry, `filters` all that it was asked with.
    """

    question: str
    carried: tuple[str, ...]
    topic: tuple[str, ...]
    top_k: int = 5
    filters: Filters = Filters()
    carried_filters: Filters = Filters()
    reason: Reason = Reason.NOTHING_CLOSE
    references: tuple[Reference, ...] = ()

    @property
    def labels(self) -> dict[int, int]:
        """The lasting number of each citation, by its number in the answer."""
        return {number: reference.label for number, reference in enumerate(self.references, start=1)}


def references_of(answer: Answer, earlier: Sequence[Turn]) -> tuple[Reference, ...]:
    """A reference for each citation: a passage that was cited before keeps its number, a new one gets the next.

    The same passage is one that overlaps, in the same text of the same article.  In one answer no number comes twice.
    """
    known = [reference for turn in earlier for reference in turn.references]
    taken: set[int] = set()
    highest = max((reference.label for reference in known), default=0)
    made = []
    for citation in answer.citations:
        hash_ = citation.article.hash
        label = min((one.label for one in known if one.label not in taken and _same_place(one, citation, hash_)), default=0)
        if not label:
            label = highest = highest + 1
        taken.add(label)
        made.append(_reference(citation, hash_, label))
    return tuple(made)


def _same_place(reference: Reference, citation: Citation, article_hash: str) -> bool:
    same_text = reference.article_id == citation.article.id and reference.article_hash == article_hash
    return same_text and reference.start < citation.end and citation.start < reference.end


def _reference(citation: Citation, article_hash: str, label: int) -> Reference:
    sentence = Span(citation.sentence.start, citation.sentence.end)
    return Reference(citation.article.id, article_hash, citation.start, citation.end, sentence, citation.score, citation.strength, label)
