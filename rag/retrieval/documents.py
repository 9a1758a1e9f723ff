"""The truth as a lexical index takes it in: the terms of each passage, article by article."""

from __future__ import annotations

from collections.abc import Iterator

from rag.retrieval.index import LexicalDocument
from rag.storage.reader import Snapshot
from rag.text.words import passage_terms
from rag.types import Article


def documents_after(snapshot: Snapshot, row: int) -> Iterator[tuple[int, Article, list[int], list[LexicalDocument]]]:
    """(row, article, ids of its passages, their terms) of the articles after `row`, in order; the ids grow."""
    for number, _, article in snapshot.texts(row):
        title = [term for terms in passage_terms(article.title, article.language) for term in terms]
        ids, documents = [], []
        for passage, start, end, _ in snapshot.passages_of(number):
            ids.append(passage)
            documents.append(LexicalDocument(*passage_terms(article.text[start:end], article.language), title))
        yield number, article, ids, documents
