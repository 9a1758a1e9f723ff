"""The truth as a lexical index takes it in: the terms of each passage, article by article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.retrieval.index import LexicalDocument
from rag.storage.reader import Snapshot
from rag.storage.records import NewArticle
from rag.text.words import passage_terms
from rag.types import Article


def documents_after(
    snapshot: Snapshot, row: int, fresh: Sequence[NewArticle] = ()
) -> Iterator[tuple[int, Article, list[int], list[LexicalDocument]]]:
    """(row, article, ids of its passages, their terms) of the articles after `row`, in order; the ids grow.  The words of
    the articles `fresh` are known and not looked for again."""
    known = {(one.article.id, one.article.hash): {passage.start: (passage.exact, passage.stems) for passage in one.passages} for one in fresh}
    for number, proof, article in snapshot.texts(row):
        title = [term for terms in passage_terms(article.title, article.language) for term in terms]
        words = known.get((article.id, proof), {})
        ids, documents = [], []
        for passage, start, end, _ in snapshot.passages_of(number):
            ids.append(passage)
            documents.append(LexicalDocument(*(words.get(start) or passage_terms(article.text[start:end], article.language)), title))
        yield number, article, ids, documents
