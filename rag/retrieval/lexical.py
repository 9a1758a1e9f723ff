"""The lexical side: tantivy over terms that were analysed in Python (see rag/text/words.py)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import tantivy

from rag.retrieval.index import K1, TITLE_WEIGHT, LexicalDocument, contained
from rag.text.words import STEM_MARK

HEAP_BYTES = 64_000_000
ANALYSER = "terms"
FILLER = "\x00"
"""A term that no text has."""


class LexicalDamage(Exception):
    """The index on the disk cannot be read: it is to be made again."""


class TantivyIndex:
    """A LexicalIndex in a folder, or in memory without one.

    tantivy multiplies with an idf that counts removed passages until it merges them away; that factor is divided out.
    The average length still counts them, so the scores choose candidates and are not shown.  A searcher sees the
    commit it was made after.  Raises LexicalDamage where tantivy fails.
    """

    def __init__(self, folder: Path | None = None) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("passage", indexed=True, fast=True)
        builder.add_text_field("exact", tokenizer_name=ANALYSER, index_option="freq")
        builder.add_text_field("stems", tokenizer_name=ANALYSER, index_option="freq")
        builder.add_text_field("title", tokenizer_name=ANALYSER, index_option="basic")
        builder.add_text_field("article", tokenizer_name=ANALYSER, index_option="position")
        self._schema = builder.build()
        self._index = _guarded(lambda: tantivy.Index(self._schema, path=str(folder) if folder else None))
        self._index.register_tokenizer(ANALYSER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        self._writer: tantivy.IndexWriter | None = None
        self._searcher = _guarded(self._index.searcher)
        self._counted: tuple[float, float] | None = None

    def __len__(self) -> int:
        return self._searcher.num_docs

    def add(self, ids: Sequence[int], documents: Sequence[LexicalDocument]) -> None:
        writer = self._open_writer()
        for number, document in zip(ids, documents, strict=True):
            fields = {"exact": " ".join(document.exact), "stems": " ".join(document.stems), "title": " ".join(document.title)}
            writer.add_document(tantivy.Document(passage=int(number), **fields))

    def add_articles(self, rows: Sequence[int], words: Sequence[Sequence[str]], lengths: Sequence[int]) -> None:
        writer = self._open_writer()
        for row, terms, length in zip(rows, words, lengths, strict=True):
            # tantivy divides all lengths by all documents, so an article has the length of a passage in both fields.
            filler = " ".join([FILLER] * length)
            writer.add_document(tantivy.Document(passage=-int(row), article=" ".join(terms), exact=filler, stems=filler))

    def remove(self, numbers: Sequence[int]) -> None:
        writer = self._open_writer()
        for number in numbers:
            writer.delete_documents_by_term("passage", int(number))

    def commit(self) -> None:
        if self._writer is not None:
            _guarded(self._writer.commit)
        self.reload()

    def close_writer(self) -> None:
        """Let merges finish and free the writer's lock."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            _guarded(writer.wait_merging_threads)
            self.reload()

    def reload(self) -> None:
        """See what was committed since, also by another process."""
        _guarded(self._index.reload)
        self._searcher, self._counted = _guarded(self._index.searcher), None

    def frozen(self) -> TantivyIndex:
        """This index as it is now: later commits do not show in it."""
        other = object.__new__(TantivyIndex)
        other._schema, other._index, other._writer = self._schema, self._index, None
        other._searcher, other._counted = self._searcher, self._counted
        return other

    def search(
        self, terms: Mapping[str, float], k: int, groups: Sequence[tuple[Sequence[str], float]] = (), allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        query = _guarded(lambda: self._query(terms, groups))
        return self._run(query, k) if allowed is None else self._run_among(query, k, allowed)

    def _query(self, terms: Mapping[str, float], groups: Sequence[tuple[Sequence[str], float]]) -> tantivy.Query:
        holders = {(field, term): self._searcher.doc_freq(field, term) for term in terms for field in (_field(term), "title")}
        queries = []
        for term, weight in terms.items():
            if count := holders[_field(term), term]:
                idf = math.log(1 + (self._statistics()[0] - count + 0.5) / (count + 0.5))
                queries.append(tantivy.Query.boost_query(self._term(_field(term), term), weight / (idf * (K1 + 1))))
            if holders["title", term]:
                queries.append(tantivy.Query.const_score_query(self._term("title", term), weight * TITLE_WEIGHT))
        for group, weight in groups:
            anywhere = [self._term(field, term) for term in group for field in (_field(term), "title") if holders.get((field, term), 1)]
            queries.append(tantivy.Query.const_score_query(_any_of(anywhere), weight))
        return _any_of(queries)

    def _term(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, "basic" if field == "title" else "freq")

    @property
    def average(self) -> float:
        return self._statistics()[1]

    def _statistics(self) -> tuple[float, float]:
        """(documents, average length) as tantivy's scores count them: they count removed documents too, and only an
        explanation of a score tells them."""
        if self._counted is None:
            self._counted = _guarded(lambda: _explained(self._searcher, self._schema))
        return self._counted

    def phrase(self, words: Sequence[str], k: int) -> list[int]:
        if len(words) > 1:
            query = tantivy.Query.phrase_query(self._schema, "article", list(words))
        else:  # tantivy aborts on a phrase of one word
            query = tantivy.Query.term_query(self._schema, "article", words[0], "freq")
        return [-number for number in self._run(query, k)[0].tolist()]

    def _run(self, query: tantivy.Query, k: int) -> tuple[np.ndarray, np.ndarray]:
        searcher = self._searcher
        if not searcher.num_docs:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        hits = _guarded(lambda: searcher.search(query, limit=min(k, searcher.num_docs), count=False).hits)
        ids = np.array(_guarded(lambda: searcher.fast_field_values("passage", [place for _, place in hits])), np.int64)
        scores = np.array([score for score, _ in hits], np.float32)
        order = np.lexsort((ids, -scores))
        return ids[order], scores[order]

    def _run_among(self, query: tantivy.Query, k: int, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The first `k` that are `allowed`.

        tantivy is asked for more until there are so many: handing it the ids takes longer than looking at all it finds.
        """
        documents = self._searcher.num_docs
        wanted = k + k * documents // max(len(allowed), 1)
        while True:
            ids, scores = self._run(query, wanted)
            inside = np.flatnonzero(contained(ids, allowed))[:k]
            if len(inside) == k or len(ids) < wanted:
                return ids[inside], scores[inside]
            wanted *= 4

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = _guarded(lambda: self._index.writer(heap_size=HEAP_BYTES, num_threads=1))
        return self._writer


def _field(term: str) -> str:
    return "stems" if term.startswith(STEM_MARK) else "exact"


def _any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _explained(searcher: tantivy.Searcher, schema: tantivy.Schema) -> tuple[float, float]:
    query = tantivy.Query.term_query(schema, "exact", FILLER, "freq")
    hits = searcher.search(query, limit=1, count=False).hits
    told = query.explain(searcher, hits[0][1]).to_json() if hits else ""
    documents, length = (re.search(rf'"value":\s*([0-9.e+]+),\s*"description":\s*"{name}, ', told) for name in ("N", "avgdl"))
    return (float(documents[1]) if documents else max(1, searcher.num_docs)), max(1.0, float(length[1]) if length else 1.0)


def _guarded(call):
    """`call()`, with tantivy's errors and its panics, which are no ordinary exceptions, as LexicalDamage."""
    try:
        return call()
    except (ValueError, OSError) as error:
        raise LexicalDamage(str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise LexicalDamage(str(error)) from error
        raise
