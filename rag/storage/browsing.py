"""The list of articles as people leaf through it: counted by year, source and language, searched, sorted, page by page."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from rag.catalogue import Card, Count, Listing, Order
from rag.types import Article

HEAD_CHARACTERS = 400
"""How much of a text is read for the heading of an article without a title."""

# All three are answered by the index over language, date, source and url: no article is read.
_COUNTED = {"years": "substr(published, 1, 4)", "sources": "source", "languages": "language"}

_HEAD = f"CASE title WHEN '' THEN substr(text, 1, {HEAD_CHARACTERS}) ELSE '' END"
_FOUND_IN = f"folded(title || char(10) || source || char(10) || id || char(10) || {_HEAD})"
_SORTED = {
    Order.NEWEST: "published DESC, id",
    Order.OLDEST: "published = '', published, id",
    Order.TITLE: "title = '', folded(title), id",
    Order.SOURCE: "source = '', folded(source), published DESC, id",
}
_CARD = f"id, title, source, author, published, published_from, url, language, {_HEAD}"


def prepare(connection: sqlite3.Connection) -> None:
    """Teach a connection to compare text regardless of case in every script, which SQLite does for ASCII alone."""
    connection.create_function("folded", 1, lambda value: str(value).casefold(), deterministic=True)


def counts(sql: sqlite3.Connection, of: str) -> tuple[Count, ...]:
    """The articles by one of `years`, `sources` and `languages`, in the order of `Overview`."""
    order = "1" if of == "years" else "2 DESC, 1"
    rows = sql.execute(f"SELECT {_COUNTED[of]}, count(*) FROM articles GROUP BY 1 ORDER BY {order}").fetchall()
    return tuple(Count(str(value), articles) for value, articles in sorted(rows, key=lambda row: row[0] == ""))


def listing(sql: sqlite3.Connection, words: Sequence[str], rows: Sequence[int] | None, order: Order, start: int, limit: int) -> Listing:
    """The articles that have every one of `words` in title, source or id, of `rows` only if that is given.

    Of an article without a title, the beginning of its text is looked at instead.
    """
    where, given = ["1"], []
    if rows is not None:
        where.append("row IN (SELECT value FROM json_each(?))")
        given.append(json.dumps(list(rows)))
    for word in words:
        where.append(f"instr({_FOUND_IN}, ?)")
        given.append(word.casefold())
    condition = " AND ".join(where)
    total = sql.execute(f"SELECT count(*) FROM articles WHERE {condition}", given).fetchone()[0]
    page = f"SELECT row FROM articles WHERE {condition} ORDER BY {_SORTED[order]} LIMIT ? OFFSET ?"
    chosen = [row for (row,) in sql.execute(page, [*given, limit, start])]
    return Listing(tuple(_card(sql, row) for row in chosen), total, start)


def _card(sql: sqlite3.Connection, row: int) -> Card:
    query = f"SELECT {_CARD}, (SELECT count(*) FROM passages p WHERE p.article = a.row) FROM articles a WHERE a.row = ?"
    *values, passages = sql.execute(query, (row,)).fetchone()
    article_id, title, source, author, published, published_from, url, language, head = map(str, values)
    article = Article(article_id, title, "", source, author, published, published_from, url, language)
    return Card(article, Article(article_id, title, head).heading, passages)
