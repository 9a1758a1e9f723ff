"""Quoted phrases: every place where one stands in an article, wherever passages begin and end."""

from __future__ import annotations

from dataclasses import dataclass

from rag.retrieval.live import View
from rag.retrieval.question import Question, phrase_pattern
from rag.retrieval.selection import Selection
from rag.storage.reader import Snapshot
from rag.text.words import words

ARTICLES_MAX = 64
"""At most so many of the articles that the index names are looked into for a phrase."""
ARTICLES_FOUND_MAX = 100_000
PLACES_MAX = 8


@dataclass(frozen=True, slots=True)
class PhrasePlace:
    """`article.text[start:end]` is the phrase, in the article of row `article`; `passages` are the ids that overlap it."""

    phrase: str
    article: int
    start: int
    end: int
    passages: tuple[int, ...]


def find_phrases(question: Question, snapshot: Snapshot, view: View, selection: Selection | None = None) -> tuple[PhrasePlace, ...]:
    """The places of the question's phrases, the first few of each article, by article id; only in selected articles."""
    places = []
    selected = set(selection.articles.tolist()) if question.phrases and selection is not None else None
    for phrase in question.phrases:
        terms = [word.exact for word in words(phrase)]
        rows = view.lexical.phrase(terms, ARTICLES_FOUND_MAX) if view.lexical is not None else []
        holders = {*rows, *view.pending_articles}
        ids = snapshot.article_ids(holders if selected is None else holders & selected)
        # Those the index names hold the words in order; those it does not hold yet may hold anything, and take no place.
        named = sorted(set(ids) & set(rows), key=ids.__getitem__)[:ARTICLES_MAX]
        articles = snapshot.articles([*named, *(set(ids) & set(view.pending_articles))])
        pattern = phrase_pattern(phrase)
        for row, article in sorted(articles.items(), key=lambda item: item[1].id):
            for match, _ in zip(pattern.finditer(article.text), range(PLACES_MAX), strict=False):
                overlapping = tuple(snapshot.passage_at(row, match.start(), match.end()))
                places.append(PhrasePlace(phrase, row, match.start(), match.end(), overlapping))
    return tuple(places)
