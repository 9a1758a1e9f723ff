"""Changes to the truth: each call is one transaction, one generation, on the disk when it returns."""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from rag.storage import schema
from rag.storage.records import NewArticle, NewPassage, State, content_of, pack_sentences
from rag.storage.terms import pack_terms, unpack_terms
from rag.text.sounds import skeleton
from rag.text.words import NAME_MARK
from rag.types import Span

VARIABLES = 900
"""Fewer than the smallest limit of parameters that SQLite is built with."""
TERMS_REMEMBERED = 150_000


class Writer:
    """Writes articles, passages, words and counters so that they always agree.

    Used by one thread at a time, which holds the folder's lock.  Raises StorageError; after it, nothing of the
    failed transaction is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbers: dict[str, int] = {}
        with self._translating():
            self._connection = schema.connect(path)

    def close(self) -> None:
        """Fold the log into the database, so that the folder can be read where it cannot be written."""
        with self._translating():
            try:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._connection.close()

    def start(self, state: State) -> None:
        """The first row of `state`, with the tables of its epoch."""
        with self._transaction() as sql:
            values = [getattr(state, name) for name in State.__slots__]
            sql.execute(f"INSERT INTO state (one, {', '.join(State.__slots__)}) VALUES (1{', ?' * len(values)})", values)
            _epoch_tables(sql, state.epoch)

    def put(self, articles: Sequence[NewArticle], epoch: int) -> None:
        """Store each article with its passages; one with a known id takes the place of its older text."""
        with self._transaction() as sql:
            ids = {one.article.id: one for one in articles}
            known = dict(_select(sql, "SELECT id, row FROM articles WHERE id IN ({})", list(ids)))
            change = _Change(sql, epoch)
            change.remove_articles(list(known.values()))
            change.articles += len(ids)
            numbers = self._term_numbers(sql, {term for one in ids.values() for passage in one.passages for term in (*passage.terms, *one.title_terms)})
            rows = {one.article.id: _put_article(sql, one) for one in ids.values()}
            change.add_passages([(rows[one.article.id], one.title_terms, passage) for one in ids.values() for passage in one.passages], numbers)
            self._forget_terms(change.commit())

    def remove(self, article_ids: Sequence[str], epoch: int) -> None:
        """Remove articles and everything that was made of them."""
        with self._transaction() as sql:
            rows = [row for (row,) in _select(sql, "SELECT row FROM articles WHERE id IN ({})", article_ids)]
            change = _Change(sql, epoch)
            change.remove_articles(rows)
            self._forget_terms(change.commit())

    def note(self, files: Sequence[tuple[str, str]], root: tuple[str, str] | None = None) -> None:
        """Remember new fingerprints of unchanged articles, (fingerprint, id), and a root, (label, path)."""
        with self._transaction() as sql:
            sql.executemany("UPDATE articles SET fingerprint = ? WHERE id = ?", files)
            if root:
                sql.execute("INSERT INTO roots VALUES (?, ?) ON CONFLICT (label) DO UPDATE SET path = excluded.path", root)

    def start_epoch(self, epoch: int, model: str, probe: bytes) -> None:
        """Tables for the vectors of another model, beside those that answer now; those of an interrupted start stay
        if they are of the same model."""
        with self._transaction() as sql:
            if sql.execute("SELECT model, probe FROM rebuilding WHERE epoch = ?", (epoch,)).fetchone() != (model, probe):
                _drop_epochs(sql, keep=epoch - 1)
                sql.execute("DELETE FROM rebuilding")
                sql.execute("INSERT INTO rebuilding VALUES (?, ?, ?)", (epoch, model, probe))
            _epoch_tables(sql, epoch)

    def put_vectors(self, epoch: int, passages: Iterable[tuple[int, np.ndarray, tuple[Span, ...], np.ndarray]]) -> None:
        """(passage, vector, its sentences, their vectors) of passages that are stored already, in the space of `epoch`."""
        with self._transaction() as sql:
            _put_vectors(sql, epoch, passages)

    def switch_epoch(self, epoch: int, *, model: str, dimension: int, probe: bytes) -> None:
        """From here on `epoch` answers; the vectors of the old one are gone."""
        with self._transaction() as sql:
            for table in ("vectors", "sentences"):
                sql.execute(f"DELETE FROM {table}_{epoch} WHERE passage NOT IN (SELECT id FROM passages)")
            sql.execute("UPDATE state SET epoch = ?, model = ?, dimension = ?, probe = ?, generation = generation + 1", (epoch, model, dimension, probe))
            sql.execute("DELETE FROM rebuilding")
            _drop_epochs(sql, keep=epoch)

    def set_versions(self, *, analysis: int, chunking: str) -> None:
        with self._transaction() as sql:
            sql.execute("UPDATE state SET analysis = ?, chunking = ?, generation = generation + 1", (analysis, chunking))

    def forget_removed(self, generation: int) -> None:
        """Drop the list of what was removed up to `generation`: no cache needs it any more."""
        with self._transaction() as sql:
            sql.execute("DELETE FROM removed WHERE generation <= ?", (generation,))
            sql.execute("UPDATE state SET forgotten = max(forgotten, ?)", (generation,))

    def _term_numbers(self, sql: sqlite3.Connection, terms: set[str]) -> dict[str, int]:
        """The number of each term, new ones included; those met before are remembered, for nobody else writes meanwhile."""
        if len(self._numbers) > TERMS_REMEMBERED:
            self._numbers.clear()
        ordered = sorted(terms - self._numbers.keys())
        known = dict(_select(sql, "SELECT term, id FROM terms WHERE term IN ({})", ordered))
        new = [term for term in ordered if term not in known]
        rows = [(term, skeleton(term[1:]) if term.startswith(NAME_MARK) else "") for term in new]
        sql.executemany("INSERT INTO terms (term, passages, sound) VALUES (?, 0, ?)", rows)
        self._numbers |= known
        self._numbers |= dict(_select(sql, "SELECT term, id FROM terms WHERE term IN ({})", new))
        return self._numbers

    def _forget_terms(self, gone: set[int]) -> None:
        if gone:
            self._numbers = {term: number for term, number in self._numbers.items() if number not in gone}

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._translating():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._numbers.clear()  # those made in this transaction are gone
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise schema.translated(error, self._path) from error


class _Change:
    """The counters of one transaction: what it adds to each, written once at its end."""

    def __init__(self, sql: sqlite3.Connection, epoch: int) -> None:
        self._sql, self._epoch = sql, epoch
        self._generation = sql.execute("SELECT generation + 1 FROM state").fetchone()[0]
        self._terms: Counter[int] = Counter()
        self.articles = self.passages = self.words = 0

    def add_passages(self, added: Sequence[tuple[int, frozenset[str], NewPassage]], numbers: Mapping[str, int]) -> None:
        """Store (row of the article, terms of its title, passage) in order; `numbers` has the number of every term."""
        last = self._sql.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'").fetchone()[0]
        passages, vectors = [], []
        for number, (article, title_terms, one) in enumerate(added, last + 1):
            counts = {numbers[term]: n for term, n in one.terms.items()}
            title = frozenset(map(numbers.__getitem__, title_terms))
            passages.append((number, article, one.start, one.end, one.words, one.proof, pack_terms(counts, title)))
            vectors.append((number, one.vector, one.sentences, one.sentence_vectors))
            self._terms.update(counts.keys() | title)
            self.words += one.words
        self._sql.executemany('INSERT INTO passages (id, article, start, "end", words, proof, terms) VALUES (?, ?, ?, ?, ?, ?, ?)', passages)
        _put_vectors(self._sql, self._epoch, vectors)
        self.passages += len(passages)

    def remove_articles(self, articles: Sequence[int]) -> None:
        """Delete articles by row; `removed` lists their passages by id and themselves by minus their row."""
        self._sql.executemany("DELETE FROM articles WHERE row = ?", [(row,) for row in articles])
        self._sql.executemany("INSERT INTO removed VALUES (?, ?)", [(-row, self._generation) for row in articles])
        self.articles -= len(articles)
        found = _select(self._sql, "SELECT id, words, terms FROM passages WHERE article IN ({})", articles)
        for table in ("passages", "vectors", "sentences"):
            key, name = ("id", table) if table == "passages" else ("passage", f"{table}_{self._epoch}")
            self._sql.executemany(f"DELETE FROM {name} WHERE {key} = ?", [(number,) for number, _, _ in found])
        self._sql.executemany("INSERT INTO removed VALUES (?, ?)", [(number, self._generation) for number, _, _ in found])
        self._terms.subtract(unpack_terms([terms for _, _, terms in found])[1].tolist())
        self.passages -= len(found)
        self.words -= sum(words for _, words, _ in found)

    def commit(self) -> set[int]:
        """Write the counters; returns the numbers of the terms that no passage holds any more."""
        self._sql.executemany("UPDATE terms SET passages = passages + ? WHERE id = ?", [(n, number) for number, n in sorted(self._terms.items()) if n])
        fewer = [number for number, n in self._terms.items() if n <= 0]
        gone = {number for (number,) in _select(self._sql, "SELECT id FROM terms WHERE passages = 0 AND id IN ({})", fewer)}
        self._sql.executemany("DELETE FROM terms WHERE id = ?", [(number,) for number in gone])
        self._sql.execute(
            "UPDATE state SET generation = ?, articles = articles + ?, passages = passages + ?, words = words + ?",
            (self._generation, self.articles, self.passages, self.words),
        )
        return gone


def _put_article(sql: sqlite3.Connection, one: NewArticle) -> int:
    article = one.article
    return sql.execute(
        "INSERT INTO articles (id, hash, content, label, path, fingerprint, title, source, author, published, published_from, url, language, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.id, article.hash, content_of(article), one.label, one.path, one.fingerprint, article.title, article.source,
            article.author, article.published, article.published_from, article.url, article.language, article.text,
        ),
    ).lastrowid  # fmt: skip


def _put_vectors(sql: sqlite3.Connection, epoch: int, passages: Iterable[tuple[int, np.ndarray, tuple[Span, ...], np.ndarray]]) -> None:
    """(passage, vector, its sentences, their vectors) of each."""
    vectors, sentences = [], []
    for number, vector, spans, sentence_vectors in passages:
        stored = vector.astype(np.float16).tobytes()
        vectors.append((number, stored, zlib.crc32(stored)))
        sentences.append((number, *pack_sentences(spans, sentence_vectors)))
    sql.executemany(f"INSERT OR REPLACE INTO vectors_{epoch} VALUES (?, ?, ?)", vectors)
    sql.executemany(f"INSERT OR REPLACE INTO sentences_{epoch} VALUES (?, ?, ?)", sentences)


def _drop_epochs(sql: sqlite3.Connection, *, keep: int) -> None:
    for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        table, _, number = name.rpartition("_")
        if table in ("vectors", "sentences") and number.isdigit() and int(number) != keep:
            sql.execute(f"DROP TABLE {name}")


def _epoch_tables(sql: sqlite3.Connection, epoch: int) -> None:
    for statement in schema.EPOCH_TABLES.format(epoch=int(epoch)).split(";"):
        sql.execute(statement)


def _select(sql: sqlite3.Connection, query: str, values: Sequence[object]) -> list[tuple]:
    """The rows of `query`, whose {} is filled with as many placeholders as fit at a time."""
    rows: list[tuple] = []
    for i in range(0, len(values), VARIABLES):
        part = values[i : i + VARIABLES]
        rows += sql.execute(query.format(", ".join("?" * len(part))), part).fetchall()
    return rows
