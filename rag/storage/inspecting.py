"""What `check` asks of the database: counts made anew, and values that cannot have been written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator


def counted(sql: sqlite3.Connection) -> tuple[int, int, int, Iterator[bytes]]:
    """Articles, passages and words, and the terms of every passage."""
    articles = sql.execute("SELECT count(*) FROM articles").fetchone()[0]
    passages, words = sql.execute("SELECT count(*), coalesce(sum(words), 0) FROM passages").fetchone()
    return articles, passages, words, (terms for (terms,) in sql.execute("SELECT terms FROM passages"))


def misfits(sql: sqlite3.Connection) -> Iterator[str]:
    """Values of another kind than their column's, and passages without an article."""
    for (table,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
        columns = [(name, kind.lower()) for _, name, kind, *_ in sql.execute(f"PRAGMA table_info({table})")]
        wrong = " OR ".join(f"typeof(\"{name}\") <> '{kind}'" for name, kind in columns)
        if count := sql.execute(f"SELECT count(*) FROM {table} WHERE {wrong}").fetchone()[0]:
            yield f"{count} rows of {table} hold values of another kind"
    if count := sql.execute("SELECT count(*) FROM passages WHERE article NOT IN (SELECT row FROM articles)").fetchone()[0]:
        yield f"{count} passages belong to no article"
