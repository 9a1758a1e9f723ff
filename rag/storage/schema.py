"""The tables of a collection, and how its database is opened for writing and for reading.

    articles   one row an article, text last, so that reading the metadata touches no text page; two indexes hold all
               that filters compare, so that filtering touches no article
    passages   offsets into an article's text; `terms` are the ids and counts of its words (see terms.py)
    vectors_N, sentences_N   of every passage, in the space of the model of epoch N
    terms      every word form with the number of passages that hold it, and how it sounds if it is written like a name
    removed    ids of passages, and minus the rows of articles, that are gone, so that caches can forget them
    roots      the folders that were added, by label
    rebuilding the model of an epoch that is being made
    state      one row: counters that every commit brings up to date, and what the index was built with

Passage and article ids are never used twice.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from rag.errors import CollectionReadOnly, StorageError
from rag.storage import browsing
from rag.storage.manifest import sync_folder

DATABASE = "articles.db"

TABLES = """
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    format INTEGER NOT NULL, analysis INTEGER NOT NULL, chunking TEXT NOT NULL,
    model TEXT NOT NULL, dimension INTEGER NOT NULL, probe BLOB NOT NULL, epoch INTEGER NOT NULL,
    generation INTEGER NOT NULL, articles INTEGER NOT NULL, passages INTEGER NOT NULL, words INTEGER NOT NULL,
    forgotten INTEGER NOT NULL
);
CREATE TABLE rebuilding (epoch INTEGER PRIMARY KEY, model TEXT NOT NULL, probe BLOB NOT NULL);
CREATE TABLE roots (label TEXT PRIMARY KEY, path TEXT NOT NULL);
CREATE TABLE articles (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, content TEXT NOT NULL,
    label TEXT NOT NULL, path TEXT NOT NULL, fingerprint TEXT NOT NULL,
    title TEXT NOT NULL, source TEXT NOT NULL, author TEXT NOT NULL, published TEXT NOT NULL,
    published_from TEXT NOT NULL, url TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX articles_by_file ON articles (label, path);
CREATE INDEX articles_by_language ON articles (language, published, source, url);
CREATE INDEX articles_by_date ON articles (published, language, source, url) WHERE published <> '';
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    words INTEGER NOT NULL, proof BLOB NOT NULL, terms BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (article, start);
CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE, passages INTEGER NOT NULL, sound TEXT NOT NULL);
CREATE INDEX terms_by_sound ON terms (sound) WHERE sound <> '';
CREATE TABLE removed (number INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE INDEX removed_by_generation ON removed (generation);
"""

EPOCH_TABLES = """
CREATE TABLE IF NOT EXISTS vectors_{epoch} (passage INTEGER PRIMARY KEY, vector BLOB NOT NULL, proof INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sentences_{epoch} (passage INTEGER PRIMARY KEY, spans BLOB NOT NULL, vectors BLOB NOT NULL);
"""


def create(path: Path) -> None:
    """An empty database at `path`, which is there with all its tables or not at all; `state` gets its row with the
    first model that writes.  Its user holds the write lock."""
    new = path.with_name(path.name + ".new")
    for rest in (new, f"{new}-wal", f"{new}-shm", f"{path}-wal", f"{path}-shm"):
        Path(rest).unlink(missing_ok=True)
    connection = connect(new)
    try:
        connection.executescript("BEGIN IMMEDIATE;" + TABLES + "COMMIT; PRAGMA wal_checkpoint(TRUNCATE);")
    finally:
        connection.close()
    os.replace(new, path)
    sync_folder(path.parent)


def connect(path: Path) -> sqlite3.Connection:
    """A connection that may write: WAL, and every commit is on the disk when it returns."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = FAST")
    return connection


class ReadConnection(sqlite3.Connection):
    """A connection that only reads, and what the database looked like when it was made."""

    seal: tuple[int, ...] = ()
    immutable = False

    def is_current(self, path: Path) -> bool:
        """Is `path` still the file that this connection reads, and if SQLite was told so, unchanged?"""
        return self.seal == _seal(path, immutable=self.immutable)


def connect_reader(path: Path) -> ReadConnection:
    """A connection that only reads, also in a folder that cannot be written.

    In such a folder SQLite refuses a cleanly closed WAL database unless it is told that nothing will change
    (`immutable`); but that would silently leave out commits still in a log, so it is done only without one, and its
    user asks `is_current` each time.  Raises CollectionReadOnly when there is a log and it cannot be read from here.
    """
    if can_write(path.parent) and os.access(path, os.W_OK):
        connection = _reading(path, str(path))
        connection.execute("PRAGMA query_only = ON")
        return connection
    log = path.with_name(path.name + "-wal")
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    if not log.exists():
        return _reading(path, address + "&immutable=1", immutable=True)
    connection = _reading(path, address)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return connection
    except sqlite3.OperationalError as error:
        connection.close()
        if log.exists() and log.stat().st_size:
            raise CollectionReadOnly(
                f"{path.parent} was not closed cleanly and cannot be written, so its last changes cannot be read. "
                f"Run `rag check --index {path.parent}` once where the folder is writable."
            ) from error
    return _reading(path, address + "&immutable=1", immutable=True)


def _reading(path: Path, address: str, *, immutable: bool = False) -> ReadConnection:
    seal = _seal(path, immutable=immutable)
    connection = sqlite3.connect(address, uri=address.startswith("file:"), isolation_level=None, check_same_thread=False, timeout=30, factory=ReadConnection)
    connection.seal, connection.immutable, connection.text_factory = seal, immutable, _text
    browsing.prepare(connection)
    return connection


def _seal(path: Path, *, immutable: bool) -> tuple[int, ...]:
    """The file itself; if nothing of it may change its size, its time and that of its log too.  () if it is gone."""
    try:
        file = path.stat()
        if not immutable:
            return file.st_dev, file.st_ino
        log = path.with_name(path.name + "-wal")
        sizes = (log.stat().st_size, log.stat().st_mtime_ns) if log.exists() else (-1,)
        return file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, *sizes
    except OSError:
        return ()


def _text(value: bytes) -> str:
    """Damaged bytes show as such: the hash of what they stand in tells, and one bad article spoils no other."""
    return value.decode("utf-8", "replace")


def fold_log(path: Path) -> None:
    """Put what stands in the log of the database `path` into the database itself.  Raises sqlite3.Error."""
    connection = connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def can_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def translated(error: sqlite3.Error, path: Path) -> StorageError:
    """The one error a person can act on, for whatever SQLite says."""
    text = str(error)
    if "full" in text or "I/O" in text or "too big" in text:
        return StorageError(f"{path.parent} could not be written: {text}. Free some space and run it again; what was committed before is safe.")
    if any(sign in text for sign in ("malformed", "not a database", "corrupt", "decode")):
        return StorageError(f"The articles' database {path} is damaged: {text}. Restore it from a copy, or add the articles again to a new folder.")
    if "readonly" in text or "unable to open" in text:
        return StorageError(f"{path} cannot be opened for this: {text}. Check the permissions of the folder.")
    if "no such" in text:
        return StorageError(f"{path} is damaged, or no collection of articles: {text}. Restore it from a copy, or choose another folder.")
    return StorageError(f"{path}: {text}. Try again; `rag check --index {path.parent}` says whether it is damaged.")
