"""From ranked passages to citations: one quote a place, one place a text, the best sentence marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.answering.duplicates import first_of_its_kind
from rag.answering.evidence import confidence_of, strength
from rag.answering.sentences import Coverage, CoverageByMeaning, best_sentence
from rag.retrieval.bm25 import QueryWord
from rag.retrieval.meaning import EncodeWords
from rag.retrieval.phrases import PhrasePlace
from rag.retrieval.question import Question
from rag.retrieval.search import Ranked, Ranking
from rag.settings import QUOTE_WORDS_MAX
from rag.storage.reader import Snapshot
from rag.storage.records import proof_of
from rag.text.sentences import count_words, sentence_spans
from rag.types import Article, Citation, Sentence, Span, Strength, Why

POOL = 32
"""So many ranked passages are looked at."""
FIRST_FEW = 5
AN_ARTICLE_AT_MOST = 2
"""Of the first five citations, so many may come from one article while another related one is left."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with everything its evidence is computed from; `vector` is float32 of unit length.  `encode_words` is there
    where articles may be in another language than the question and the model knows words."""

    question: Question
    query: Sequence[QueryWord]
    vector: np.ndarray
    languages: tuple[str, ...]
    encode_words: EncodeWords | None = None


@dataclass(frozen=True, slots=True)
class _Quote:
    """A span of an article about to be cited, by the article's row and id: `best` is the passage it was ranked by,
    `passages` those it is made of."""

    row: int
    article_id: str
    start: int
    end: int
    best: Ranked | None
    passages: tuple[int, ...]
    strength: Strength
    phrase: Span | None = None
    also_in: tuple[str, ...] = ()


class _Articles:
    """The articles of a snapshot by row, each read when it is first needed; None for one that is damaged."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[int, Article | None] = {}

    def read(self, rows: Iterable[int]) -> None:
        new = list(dict.fromkeys(row for row in rows if row not in self._known))
        self._known |= dict.fromkeys(new) | self._snapshot.articles(new)

    def get(self, row: int) -> Article | None:
        if row not in self._known:
            self.read([row])
        return self._known[row]

    def text(self, row: int) -> str:
        article = self.get(row)
        return article.text if article is not None else ""


def compose(asked: Asked, ranking: Ranking, snapshot: Snapshot, *, top_k: int) -> list[Citation]:
    """The best `top_k` citations of a ranking, numbered from 1.

    Only what may be shown is read and verified; if a passage fails, all is composed again without it.
    """
    articles = _Articles(snapshot)
    articles.read([one.stored.article for one in ranking.passages[: 2 * top_k]] + [place.article for place in ranking.places])
    damaged: set[int] = set()
    while True:
        pool = [one for one in ranking.passages[: max(POOL, 2 * top_k)] if one.stored.id not in damaged]
        quotes = _phrase_quotes(ranking.places, pool, articles)
        quotes += _quotes(_distinct(pool), taken={number for quote in quotes for number in quote.passages})
        articles.read(quote.row for quote in quotes[: 2 * top_k])
        chosen = _spread(_merged(quotes, top_k, articles))[:top_k]
        shown = {number for quote in (*quotes[: 2 * top_k], *chosen) for number in quote.passages}
        bad = {one.stored.id for one in pool if one.stored.id in shown and not _is_verbatim(one, articles)}
        if not bad:
            return _citations(chosen, asked, snapshot, articles)
        damaged |= bad


def _is_verbatim(one: Ranked, articles: _Articles) -> bool:
    """Do the stored offsets still cut out the text that was stored?  What fails is never shown."""
    article = articles.get(one.stored.article)
    return article is not None and proof_of(article.text[one.stored.start : one.stored.end]) == one.stored.proof


def _distinct(pool: Sequence[Ranked]) -> list[tuple[Ranked, tuple[str, ...]]]:
    """Passages without their near-duplicates, each with the other articles that carry its text."""
    firsts = first_of_its_kind([one.stored.terms for one in pool])
    copies: dict[int, list[str]] = {}
    for i, first in enumerate(firsts):
        if first != i and pool[i].article_id != pool[first].article_id:
            copies.setdefault(first, []).append(pool[i].article_id)
    return [(one, tuple(dict.fromkeys(copies.get(i, ())))) for i, one in enumerate(pool) if firsts[i] == i]


def _quotes(distinct: Sequence[tuple[Ranked, tuple[str, ...]]], taken: set[int]) -> list[_Quote]:
    return [
        _Quote(
            one.stored.article, one.article_id, one.stored.start, one.stored.end, one, (one.stored.id,),
            strength(confidence_of(one), phrase=one.phrases > 0), None, also_in,
        )
        for one, also_in in distinct
        if one.stored.id not in taken
    ]  # fmt: skip


def _phrase_quotes(places: Sequence[PhrasePlace], pool: Sequence[Ranked], articles: _Articles) -> list[_Quote]:
    """A quote for each article that holds a phrase where no single passage does: between two passages, or in a line
    that is in none.  And the passages that do hold it, the one that is ranked best first."""
    by_id = {one.stored.id: one for one in pool}
    quotes: dict[tuple[str, int, int], _Quote] = {}
    for place in places:
        article = articles.get(place.article)
        if article is None:
            continue
        holders = [by_id[number] for number in place.passages if number in by_id]
        whole = next((one for one in holders if one.stored.start <= place.start and place.end <= one.stored.end), None)
        start, end = (whole.stored.start, whole.stored.end) if whole else _window(article.text, place.start, place.end)
        inside = tuple(one.stored.id for one in holders if start <= one.stored.start and one.stored.end <= end)
        quote = _Quote(place.article, article.id, start, end, whole or (holders[0] if holders else None), inside, Strength.STRONG, Span(place.start, place.end))
        quotes.setdefault((article.id, start, end), quote)
    return sorted(quotes.values(), key=lambda quote: (-(quote.best.phrases if quote.best else 0), -(quote.best.score if quote.best else 0)))


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """Whole sentences around [start, end), or whole words where that would be too long for a quote."""
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    overlapping = [one for one in sentence_spans(text, max(line_start, start - 5000), min(line_end, end + 5000)) if one.start < end and one.end > start]
    first, last = min([start, *(one.start for one in overlapping)]), max([end, *(one.end for one in overlapping)])
    if count_words(text[first:last]) > QUOTE_WORDS_MAX:
        return start, end
    return first, last


def _merged(quotes: list[_Quote], top_k: int, articles: _Articles) -> list[_Quote]:
    """Neighbours of one article as one quote, where nothing but blanks lies between and the length allows it.

    Only quotes that would be shown anyway are merged, the best first.
    """
    near, rest = quotes[: 2 * top_k], quotes[2 * top_k :]
    merged: list[_Quote] = []
    while near:
        quote, near = near[0], near[1:]
        grown = True
        while grown:
            grown = False
            for other in near:
                joined = _join(quote, other, articles)
                if joined is not None:
                    quote, near, grown = joined, [one for one in near if one is not other], True
                    break
        merged.append(quote)
    return merged + rest


def _join(quote: _Quote, other: _Quote, articles: _Articles) -> _Quote | None:
    if quote.row != other.row or other.strength is Strength.WEAK:
        return None
    first, second = sorted((quote, other), key=lambda one: one.start)
    text = articles.text(quote.row)
    if first.end > second.start or text[first.end : second.start].strip() or count_words(text[first.start : second.end]) > QUOTE_WORDS_MAX:
        return None
    return replace(quote, start=first.start, end=second.end, passages=(*first.passages, *second.passages), phrase=quote.phrase or other.phrase)


def _spread(quotes: Sequence[_Quote]) -> list[_Quote]:
    """The same quotes, reordered so that no article fills the first five while another related one waits."""
    first: list[_Quote] = []
    counts: Counter[str] = Counter()
    waiting = list(quotes)
    while waiting and len(first) < FIRST_FEW:
        free = waiting[0]
        if counts[free.article_id] >= AN_ARTICLE_AT_MOST:
            free = next((one for one in waiting if counts[one.article_id] < AN_ARTICLE_AT_MOST and one.strength is not Strength.WEAK), free)
        first.append(free)
        counts[free.article_id] += 1
        waiting = [one for one in waiting if one is not free]
    return first + waiting


def _citations(quotes: Sequence[_Quote], asked: Asked, snapshot: Snapshot, articles: _Articles) -> list[Citation]:
    stored = snapshot.sentences([number for quote in quotes for number in quote.passages])
    coverage = Coverage(asked.question, asked.query, asked.languages)
    meaning = CoverageByMeaning(asked.question, asked.query, asked.encode_words, coverage.held) if asked.encode_words else coverage
    citations = []
    for number, quote in enumerate(quotes, start=1):
        article, best = articles.get(quote.row), quote.best
        text = article.text
        sentences = [stored[one] for one in quote.passages if one in stored]
        told = meaning if best is not None and best.by_meaning else coverage
        sentence = _phrase_sentence(text, quote) or best_sentence(text, sentences, told, asked.vector) or Span(quote.start, quote.end)
        why = Why(0.0, 0.0, None, None, (), phrase=True)
        if best is not None:
            why = Why(best.dense, best.lexical, best.dense_rank, best.lexical_rank, best.matched, quote.phrase is not None)
        citations.append(
            Citation(
                number, text[quote.start : quote.end], Sentence(text[sentence.start : sentence.end], sentence.start, sentence.end), article,
                quote.start, quote.end, best.score if best else 0.0, quote.strength, why, quote.also_in,
            )
        )  # fmt: skip
    return citations


def _phrase_sentence(text: str, quote: _Quote) -> Span | None:
    """The sentence that holds the quoted phrase."""
    if quote.phrase is None:
        return None
    return next((one for one in sentence_spans(text, quote.start, quote.end) if one.start <= quote.phrase.start and quote.phrase.end <= one.end), None)
