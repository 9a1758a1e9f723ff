"""A collection of the page tests: articles in memory, one passage a paragraph, found by the words they share."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import starmap

from rag.catalogue import Card, Count, Listing, Overview
from rag.errors import ArticleNotFound, QuestionError
from rag.filters import Filters
from rag.retrieval.typed_filters import split_question
from rag.settings import QUESTION_CHARACTERS_MAX
from rag.types import Answer, Article, Citation, Hit, Passage, Reason, Resolution, Searched, Sentence, Standing, Strength, Why


def words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3}


class PageCollection:
    """Answers with the paragraphs that hold at least half of the question's words; implements `rag.web.asks.Asks`.

    Its filters compare dates as texts, and sources by a part of their name or by the whole.
    """

    model_name = "shared words"

    def __init__(self, articles: Iterable[Article]) -> None:
        self._articles = {article.id: article for article in articles}
        self.generation = 1

    def put(self, article: Article) -> None:
        self._articles[article.id] = article
        self.generation += 1

    def take(self, article_id: str) -> None:
        del self._articles[article_id]
        self.generation += 1

    def article(self, article_id: str) -> Article:
        if article_id not in self._articles:
            raise ArticleNotFound(article_id)
        return self._articles[article_id]

    def resolve(self, article_id: str, article_hash: str, start: int, end: int) -> Resolution:
        article = self._articles.get(article_id)
        if article is None:
            return Resolution(Standing.REMOVED)
        return Resolution(Standing.FOUND, article.text[start:end]) if article.hash.startswith(article_hash) else Resolution(Standing.CHANGED)

    def rare_words(self, question: str) -> dict[str, int]:
        held = {word: sum(word in words(article.text) for article in self._articles.values()) for word in words(split_question(question, None)[0])}
        return dict(sorted(held.items(), key=lambda one: (one[1], one[0])))

    def search(self, query: str, *, top_k: int = 10, filters: Filters | None = None) -> list[Hit]:
        wanted = words(query)
        hits = []
        for article in self._matching(filters or Filters()):
            for paragraph in re.finditer(r"[^\n]+", article.text):
                matched = wanted & words(paragraph[0])
                if matched:
                    share = len(matched) / len(wanted)
                    passage = Passage(article.id, paragraph.start(), paragraph.end(), paragraph[0], article.language)
                    hits.append(Hit(passage, article, share, share, share, 1, 1, tuple(sorted(matched))))
        return sorted(hits, key=lambda hit: -hit.score)[:top_k]

    def ask(self, question: str, *, top_k: int = 5, filters: Filters | None = None) -> Answer:
        if not question.strip():
            raise QuestionError("The question is empty.")
        if len(question) > QUESTION_CHARACTERS_MAX:
            raise QuestionError(f"The question has {len(question)} characters; at most {QUESTION_CHARACTERS_MAX} are read.")
        if "unexpected" in question:
            raise ZeroDivisionError("a secret of the log")
        asked, filters = split_question(question, filters)
        searched = self.searched()
        if not self._articles:
            return Answer(question, Reason.EMPTY_COLLECTION, searched=searched, filters=filters)
        if not self._matching(filters):
            return Answer(question, Reason.NO_ARTICLE_MATCHES, filters=filters)
        cited = [_citation(number, hit) for number, hit in enumerate(self.search(asked, top_k=top_k, filters=filters), 1)]
        good = tuple(one for one in cited if one.score >= 0.5)
        if good:
            return Answer(question, Reason.ANSWERED, citations=good, searched=searched, filters=filters)
        return Answer(question, Reason.NOTHING_CLOSE, near_misses=tuple(cited[:2]), searched=searched, filters=filters)

    def _matching(self, filters: Filters) -> list[Article]:
        return [one for one in self._articles.values() if _lets_through(filters, one)]

    def searched(self) -> Searched:
        articles = self._articles.values()
        dates = sorted(article.published for article in articles if article.published)
        return Searched(
            len(articles),
            sum(len(re.findall(r"[^\n]+", article.text)) for article in articles),
            tuple(sorted({article.language for article in articles if article.language})),
            (dates[0], dates[-1]) if dates else (),
        )

    def overview(self) -> Overview:
        articles, searched = list(self._articles.values()), self.searched()
        values = ([one.published[:4] for one in articles], [one.source for one in articles], [one.language for one in articles])
        return Overview(self.generation, searched.articles, searched.passages, *(tuple(starmap(Count, Counter(one).most_common())) for one in values))

    def browse(self, words: str = "", *, filters: Filters | None = None, order: str = "newest", start: int = 0, limit: int = 25) -> Listing:
        wanted, among = words.casefold().split(), self._matching(filters or Filters())
        found = [one for one in among if all(word in f"{one.heading} {one.source}".casefold() for word in wanted)]
        cards = [Card(replace(one, text=""), one.heading, len(re.findall(r"[^\n]+", one.text))) for one in found]
        return Listing(tuple(cards[start : start + limit]), len(cards), start)

    def warm_up(self) -> None: ...

    def close(self) -> None: ...


def _lets_through(filters: Filters, article: Article) -> bool:
    return (
        (not filters.languages or article.language in filters.languages)
        and (not filters.articles or article.id in filters.articles)
        and (not filters.sources or any(one == f"={article.source}" or one.casefold() in article.source.casefold() for one in filters.sources))
        and (not filters.since or filters.since <= article.published)
        and (not filters.until or "" < article.published <= filters.until + "~")
    )


def _citation(number: int, hit: Hit) -> Citation:
    passage = hit.passage
    sentences = [
        Sentence(one[0], passage.start + one.start(), passage.start + one.end())
        for one in re.finditer(r"\S.*?(?:[.!?]+(?=\s|$)|$)", passage.text)
    ]
    best = max(sentences, key=lambda one: len(words(one.text) & set(hit.matched)))
    strength = Strength.STRONG if hit.score > 0.8 else Strength.RELATED if hit.score >= 0.5 else Strength.WEAK
    why = Why(hit.dense, hit.lexical, hit.dense_rank, hit.lexical_rank, hit.matched)
    return Citation(number, passage.text, best, hit.article, passage.start, passage.end, hit.score, strength, why)


class Mirror(PageCollection):
    """Answers with given texts, each as quote, title and source of an article."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__([])
        self._texts = texts

    def ask(self, question: str, *, top_k: int = 5, filters: Filters | None = None) -> Answer:
        cited = []
        for number, text in enumerate(self._texts, 1):
            cut = random.Random(number).randint(0, len(text))
            article = Article(str(number), text, text, text)
            best = Sentence(text[cut:], cut, len(text))
            cited.append(Citation(number, text, best, article, 0, len(text), 1.0, Strength.STRONG, Why(1, 1, 1, 1, ())))
        return Answer(question, Reason.ANSWERED, tuple(cited), searched=Searched(1, 1))
