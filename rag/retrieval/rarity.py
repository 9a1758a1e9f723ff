"""How many articles hold each rare word of a question: what a reader should know of one that is not answered."""

from __future__ import annotations

from rag.retrieval.live import View
from rag.retrieval.question import Question
from rag.storage.reader import Snapshot
from rag.text.words import words

RARE_MAX = 100
"""A word that more articles hold is common."""
WORDS_MAX = 12
PENDING_MAX = 64
"""So many articles that are in no index yet are read for their words; where more wait, nothing is counted."""


def rare_words(question: Question, snapshot: Snapshot, view: View) -> dict[str, int]:
    """Articles by written word, the rarest first; words that say little or stand in more than RARE_MAX articles are left out."""
    if len(view.pending_articles) > PENDING_MAX:
        return {}
    said = [word for word, weight in zip(question.words, question.weights, strict=True) if weight == 1.0][:WORDS_MAX]
    pending = {row: {word.exact for word in words(article.text)} for row, article in snapshot.articles(view.pending_articles).items()}
    counted = {}
    for word in said:
        rows = set(view.lexical.phrase([word.exact], RARE_MAX + len(pending) + 1)) if view.lexical is not None else set()
        holders = set(snapshot.article_ids(rows - pending.keys())) | {row for row, held in pending.items() if word.exact in held}
        counted[word.written] = len(holders)
    return {word: count for word, count in sorted(counted.items(), key=lambda one: one[1]) if count <= RARE_MAX}
