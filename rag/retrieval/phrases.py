"""Quoted phrases: every place where one stands in an article, wherever passages begin and end."""

from __future__ import annotations

from dataclasses import dataclass

from rag.retrieval.live import View
from rag.retrieval.question import Question, phrase_pattern
from rag.storage.reader import Snapshot
from rag.text.words import words

ARTICLES_MAX = 64
"""At most so many articles are looked into for a phrase; each of them holds its words in order."""
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


def find_phrases(question: Question, snapshot: Snapshot, view: View) -> tuple[PhrasePlace, ...]:
    """The places of the question's phrases, the first few of each article, by article id."""
    places = []
    for phrase in question.phrases:
        terms = [word.exact for word in words(phrase)]
        rows = view.lexical.phrase(terms, ARTICLES_FOUND_MAX) if view.lexical is not None else []
        ids = snapshot.article_ids({*rows, *view.pending_articles})
        articles = snapshot.articles(sorted(ids, key=ids.__getitem__)[:ARTICLES_MAX])
        pattern = phrase_pattern(phrase)
        for row, article in sorted(articles.items(), key=lambda item: item[1].id):
            for match, _ in zip(pattern.finditer(article.text), range(PLACES_MAX), strict=False):
                overlapping = tuple(snapshot.passage_at(row, match.start(), match.end()))
                places.append(PhrasePlace(phrase, row, match.start(), match.end(), overlapping))
    return tuple(places)
