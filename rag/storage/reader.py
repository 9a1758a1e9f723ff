"""Reading the truth: every question sees one committed generation from its first look to its last."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from rag.catalogue import Count, Listing, Order, Removed
from rag.errors import StorageError
from rag.filters import Filters
from rag.storage import browsing, inspecting, schema
from rag.storage.matching import condition, from_sources
from rag.storage.records import State, StoredPassage, StoredSentences, unpack_sentences
from rag.storage.terms import TERM_BYTES
from rag.types import Article

log = logging.getLogger(__name__)

VARIABLES = 900
STATE_COLUMNS = ", ".join(State.__slots__)
ARTICLE_COLUMNS = "id, title, text, source, author, published, published_from, url, language"
STATE_KINDS = (int, int, str, str, int, bytes, int, int, int, int, int, int)
PASSAGE_KINDS = (int, int, int, int, int, bytes, bytes, bytes)
CARD_COLUMNS = ARTICLE_COLUMNS.replace("text", "''", 1)


class Reader:
    """A pool of read connections to one database; each is used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[schema.ReadConnection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A view of the last committed generation.  Raises StorageError when the database cannot be read."""
        try:
            connection = self._take()
        except sqlite3.Error as error:
            raise schema.translated(error, self._path) from error
        try:
            connection.execute("BEGIN")
            yield Snapshot(connection)
        except sqlite3.Error as error:
            raise schema.translated(error, self._path) from error
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError) as error:
            # A damaged page can give values of the wrong kind; any other cause is not the database's.
            if _is_damaged(connection):
                raise schema.translated(sqlite3.DatabaseError("malformed"), self._path) from error
            raise
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._give_back(connection)

    def close(self) -> None:
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> schema.ReadConnection:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return schema.connect_reader(self._path)
            if connection.is_current(self._path):
                return connection
            connection.close()

    def _give_back(self, connection: schema.ReadConnection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < 16:
                self._idle.append(connection)
                return
        connection.close()


def _is_damaged(connection: sqlite3.Connection) -> bool:
    try:
        return connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",) or any(Snapshot(connection).misfits())
    except sqlite3.Error:
        return True


def _kinds(row: tuple) -> tuple[type, ...]:
    return tuple(map(type, row))


def _article(values: Sequence[object]) -> Article:
    """What is no text on a damaged page is empty, which its hash tells."""
    return Article(*(value if type(value) is str else "" for value in values))


class Snapshot:
    """What the collection holds at one generation.  Only valid inside `Reader.snapshot()`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        row = connection.execute(f"SELECT {STATE_COLUMNS} FROM state").fetchone()
        self.state: State | None = State(*row) if row else None
        if row and (_kinds(row) != STATE_KINDS or len(self.state.probe) != 2 * self.state.dimension):
            raise sqlite3.DatabaseError("malformed state")

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Those of the passages `ids` that are there at this generation."""
        epoch, width = (self.state.epoch, 2 * self.state.dimension) if self.state else (0, 0)
        query = (
            'SELECT p.id, p.article, p.start, p."end", p.words, p.proof, p.terms, v.vector'
            f" FROM passages p JOIN vectors_{epoch} v ON v.passage = p.id WHERE p.id IN ({{}})"
        )
        found = {}
        for row in self._select(query, ids):
            if _kinds(row) == PASSAGE_KINDS and len(row[7]) == width and len(row[6]) % TERM_BYTES == 0:
                found[row[0]] = StoredPassage(*row)
            else:
                log.error("The stored passage %r is damaged and is not shown; `rag check` lists all.", row[0])
        return found

    def sentences(self, ids: Sequence[int]) -> dict[int, StoredSentences]:
        """The sentences of passages, with their vectors; none of a passage where they are damaged."""
        if self.state is None:
            return {}
        dimension = self.state.dimension
        query = (
            'SELECT s.passage, s.spans, s.vectors, p.start, p."end"'
            f" FROM sentences_{self.state.epoch} s JOIN passages p ON p.id = s.passage WHERE s.passage IN ({{}})"
        )
        return {number: unpack_sentences(spans, vectors, dimension, *place) for number, spans, vectors, *place in self._select(query, ids)}

    def terms(self, terms: Sequence[str]) -> dict[str, tuple[int, int]]:
        """(number, passages that hold it) of each term that stands in the collection."""
        return {term: (number, passages) for term, number, passages in self._select("SELECT term, id, passages FROM terms WHERE term IN ({})", terms)}

    def terms_of(self, numbers: Sequence[int]) -> dict[int, str]:
        """The terms with these `numbers`."""
        return dict(self._select("SELECT id, term FROM terms WHERE id IN ({})", numbers))

    def names(self, sounds: Iterable[str]) -> list[str]:
        """The exact terms that are written like names and have one of the skeletons `sounds`."""
        return [term[1:] for (term,) in self._select("SELECT term FROM terms WHERE sound <> '' AND sound IN ({})", list(sounds))]

    def articles(self, rows: Sequence[int]) -> dict[int, Article]:
        """Whole articles by row number; one whose text does not match the hash it was stored with is left out."""
        found = {}
        for row, proof, *values in self._select(f"SELECT row, hash, {ARTICLE_COLUMNS} FROM articles WHERE row IN ({{}})", rows):
            article = _article(values)
            if article.hash == proof:
                found[row] = article
            else:
                log.error("The stored text of %r does not match its hash and is not shown; `rag check` lists all.", article.id)
        return found

    def article(self, article_id: str) -> Article | None:
        """The article; raises StorageError when its text does not match the hash it was stored with."""
        row = self._sql.execute(f"SELECT hash, {ARTICLE_COLUMNS} FROM articles WHERE id = ?", (article_id,)).fetchone()
        if row is not None and _article(row[1:]).hash != row[0]:
            raise StorageError(f"The stored text of {article_id!r} does not match its hash. Remove the article and add it again; `rag check` lists all.")
        return _article(row[1:]) if row else None

    def article_ids(self, rows: Iterable[int]) -> dict[int, str]:
        return dict(self._select("SELECT row, id FROM articles WHERE row IN ({})", rows))

    def ids_and_languages(self, rows: Iterable[int]) -> dict[int, tuple[str, str]]:
        """(id, language) of articles by row."""
        return {row: (article_id, language) for row, article_id, language in self._select("SELECT row, id, language FROM articles WHERE row IN ({})", rows)}

    def article_rows(self, ids: Sequence[str]) -> dict[str, int]:
        return dict(self._select("SELECT id, row FROM articles WHERE id IN ({})", ids))

    def cards(self) -> Iterator[Article]:
        """Every article without its text, by id."""
        return (_article(row) for row in self._sql.execute(f"SELECT {CARD_COLUMNS} FROM articles ORDER BY id"))

    def cards_of(self, rows: Sequence[int]) -> list[Article]:
        """These articles without their texts, by id."""
        found = self._select(f"SELECT {CARD_COLUMNS} FROM articles WHERE row IN ({{}})", rows)
        return sorted(map(_article, found), key=lambda article: article.id)

    def matching(self, filters: Filters) -> list[tuple[int, str, str]]:
        """(row, language, published) of every article that a filter lets through."""
        where, given = condition(filters)
        query = f"SELECT row, language, published, source, url FROM articles WHERE {where}"
        found = self._select(query + " AND id IN ({})", filters.articles, given) if filters.articles else self._sql.execute(query, given)
        fits = from_sources(filters)
        return [(row, language, published) for row, language, published, source, url in found if fits(source, url)]

    def texts(self, after: int = 0) -> Iterator[tuple[int, str, Article]]:
        """(row, stored hash, article) of every article after the row `after`, in order; the texts are not checked."""
        for row, proof, *values in self._sql.execute(f"SELECT row, hash, {ARTICLE_COLUMNS} FROM articles WHERE row > ? ORDER BY row", (after,)):
            yield row, proof, _article(values)

    def contents(self, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        """(content hash, label, path) of those of the articles `ids` that are there."""
        rows = self._select("SELECT id, content, label, path FROM articles WHERE id IN ({})", ids)
        return {one: (content, label, path) for one, content, label, path in rows}

    def file(self, label: str, path: str) -> list[tuple[str, str]]:
        """(article id, fingerprint) of the articles that came from one file."""
        return self._sql.execute("SELECT id, fingerprint FROM articles WHERE label = ? AND path = ? ORDER BY id", (label, path)).fetchall()

    def files(self, label: str) -> dict[str, str]:
        """Fingerprint by path of every file of one root."""
        return dict(self._sql.execute("SELECT path, max(fingerprint) FROM articles WHERE label = ? GROUP BY path", (label,)))

    def from_root(self, label: str) -> Iterator[tuple[str, str]]:
        """(article id, path) of every article of one root."""
        return iter(self._sql.execute("SELECT id, path FROM articles WHERE label = ? ORDER BY id", (label,)))

    def root(self, label: str) -> str | None:
        row = self._sql.execute("SELECT path FROM roots WHERE label = ?", (label,)).fetchone()
        return row[0] if row else None

    def languages(self) -> tuple[str, ...]:
        """The languages of the articles, found by jumping from one to the next in the index."""
        query = (
            "WITH RECURSIVE jump (language) AS (SELECT min(language) FROM articles UNION ALL"
            " SELECT (SELECT min(language) FROM articles a WHERE a.language > jump.language) FROM jump WHERE jump.language IS NOT NULL)"
            " SELECT language FROM jump WHERE language IS NOT NULL AND language <> ''"
        )
        return tuple(language for (language,) in self._sql.execute(query))

    def dates(self) -> tuple[str, ...]:
        """First and last known date of publication."""
        query = "SELECT {}(published) FROM articles WHERE published <> ''"
        first, last = (self._sql.execute(query.format(end)).fetchone()[0] for end in ("min", "max"))
        return (first, last) if first else ()

    def vectors_after(self, passage: int, batch: int = 16_384) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Ids, int64 (n,), and vectors, float16 (n, dimension), of the passages after the id `passage`, in batches."""
        if self.state is None:
            return
        cursor = self._sql.execute(f"SELECT passage, vector FROM vectors_{self.state.epoch} WHERE passage > ? ORDER BY passage", (passage,))
        while rows := cursor.fetchmany(batch):
            ids = np.fromiter((number for number, _ in rows), np.int64, len(rows))
            yield ids, np.frombuffer(b"".join(vector for _, vector in rows), np.float16).reshape(len(rows), -1)

    def count_after(self, passage: int) -> int:
        """How many passages have an id after `passage`."""
        return self._sql.execute("SELECT count(*) FROM passages WHERE id > ?", (passage,)).fetchone()[0]

    def vector_proofs(self) -> Iterator[tuple[int, bytes, int]]:
        """(passage, vector, CRC-32 it was stored with) of every passage."""
        return iter(self._sql.execute(f"SELECT passage, vector, proof FROM vectors_{self.state.epoch}")) if self.state else iter(())

    def spans(self, ids: Sequence[int]) -> dict[int, tuple[int, int, int, bytes]]:
        """(article, start, end, proof) of passages, whatever has become of their vectors."""
        rows = self._select('SELECT id, article, start, "end", proof FROM passages WHERE id IN ({})', ids)
        return {number: tuple(place) for number, *place in rows}

    def passages_of(self, article: int) -> list[tuple[int, int, int, bytes]]:
        """(passage, start, end, proof) of one article's passages, in order."""
        return self._sql.execute('SELECT id, start, "end", proof FROM passages WHERE article = ? ORDER BY start', (article,)).fetchall()

    def passage_at(self, article: int, start: int, end: int) -> list[int]:
        """The passages of an article that overlap [start, end)."""
        query = 'SELECT id FROM passages WHERE article = ? AND start < ? AND "end" > ? ORDER BY start'
        return [number for (number,) in self._sql.execute(query, (article, end, start))]

    def passages_after(self, passage: int, most: int) -> list[int]:
        """Up to `most` ids of the passages after the id `passage`."""
        return [number for (number,) in self._sql.execute("SELECT id FROM passages WHERE id > ? ORDER BY id LIMIT ?", (passage, most))]

    def passages_of_articles(self, rows: Sequence[int]) -> list[int]:
        return [number for (number,) in self._select("SELECT id FROM passages WHERE article IN ({})", rows)]

    def articles_after(self, row: int, most: int) -> list[int]:
        """Up to `most` rows of the articles after the row `row`, also of those without passages."""
        return [number for (number,) in self._sql.execute("SELECT row FROM articles WHERE row > ? ORDER BY row LIMIT ?", (row, most))]

    def last_passage(self) -> int:
        return self._sql.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()[0]

    def last_article(self) -> int:
        return self._sql.execute("SELECT coalesce(max(row), 0) FROM articles").fetchone()[0]

    def removed_since(self, generation: int) -> list[int]:
        """Ids of the passages, and minus the rows of the articles, that were removed after `generation`."""
        return [number for (number,) in self._sql.execute("SELECT number FROM removed WHERE generation > ?", (generation,))]

    def without_vectors(self, epoch: int, most: int) -> list[int]:
        """Up to `most` ids of the passages that have no vector of `epoch` yet."""
        query = f"SELECT id FROM passages WHERE id NOT IN (SELECT passage FROM vectors_{epoch}) ORDER BY id LIMIT ?"
        return [number for (number,) in self._sql.execute(query, (most,))]

    def count_without_vectors(self, epoch: int) -> int:
        return self._sql.execute(f"SELECT count(*) FROM passages WHERE id NOT IN (SELECT passage FROM vectors_{epoch})").fetchone()[0]

    def removable(self, article_id: str) -> Removed | None:
        """The article as `restore` needs it; None if there is none, or its text does not match its hash."""
        query = f"SELECT hash, {ARTICLE_COLUMNS}, label, path, fingerprint FROM articles WHERE id = ?"
        proof, *values, label, path, fingerprint = self._sql.execute(query, (article_id,)).fetchone() or ("",) * 13
        article = _article(values)
        return Removed(article, label, path, fingerprint) if proof and article.hash == proof else None

    def counts(self, of: str) -> tuple[Count, ...]:
        """Articles by `years`, `sources` or `languages`."""
        return browsing.counts(self._sql, of)

    def listing(self, words: Sequence[str], rows: Sequence[int] | None, order: Order, start: int, limit: int) -> Listing:
        """One page of the articles that have all of `words` in title, source or id."""
        return browsing.listing(self._sql, words, rows, order, start, limit)

    def origins(self) -> Iterator[tuple[Article, str, str, str]]:
        """(article, label, path, fingerprint) of every article, by row; the texts are not checked."""
        for *values, label, path, fingerprint in self._sql.execute(f"SELECT {ARTICLE_COLUMNS}, label, path, fingerprint FROM articles ORDER BY row"):
            yield _article(values), label, path, fingerprint

    def counted(self) -> tuple[int, int, int, Iterator[bytes]]:
        """Articles, passages and words as they are, not as the state says; and the terms of every passage."""
        return inspecting.counted(self._sql)

    def holders(self) -> Iterator[tuple[int, int]]:
        """(number, passages that hold it) of every term."""
        return iter(self._sql.execute("SELECT id, passages FROM terms"))

    def integrity(self) -> list[str]:
        """What SQLite finds wrong with its own file."""
        return [text for (text,) in self._sql.execute("PRAGMA integrity_check") if text != "ok"]

    def misfits(self) -> Iterator[str]:
        """Values of another kind than their column's, and passages without an article: damage that SQLite permits."""
        return inspecting.misfits(self._sql)

    def _select(self, query: str, values: Iterable[object], given: Sequence[object] = ()) -> list[tuple]:
        """The rows of `query` over all of `values`, which its {} stands for; `given` are the parameters before it."""
        ordered, rows = list(values), []
        for i in range(0, len(ordered), VARIABLES):
            part = ordered[i : i + VARIABLES]
            # Filled up to few different lengths, so that SQLite finds the statement among those it has compiled.
            part += part[-1:] * (min(VARIABLES, 1 << (len(part) - 1).bit_length()) - len(part))
            rows += self._sql.execute(query.format(", ".join("?" * len(part))), [*given, *part]).fetchall()
        return rows

