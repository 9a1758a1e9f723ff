"""The lexical index of a folder: follows the truth commit by commit, and can be made again from it at any time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rag.retrieval.index import LexicalDocument
from rag.retrieval.lexical import LexicalDamage, TantivyIndex
from rag.storage.manifest import CacheNote, describe, read_manifest, sync_folder, write_manifest
from rag.storage.reader import Snapshot
from rag.text.words import passage_terms

LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")


class LexicalCacheWriter:
    """Keeps the lexical index of `folder` (the cache folder) in step with the truth.  Its user holds the write lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: TantivyIndex | None = None
        self._note: CacheNote | None = None

    def follow(self, snapshot: Snapshot) -> None:
        """Take in what was committed since the note, and note it.  Raises LexicalDamage or OSError."""
        state = snapshot.state
        if state is None:
            return
        if self._index is None:
            self._open(snapshot)
        note, index = self._note, self._index
        if note.generation == state.generation and note.epoch == state.epoch:
            return
        self._write_note(replace(note, writing=True, files={}))
        index.remove(snapshot.removed_since(note.generation))
        for row, passages, words, article_words in _articles(snapshot, note.article):
            # A crash can leave documents of this generation behind, uncounted in the note: none may be there twice.
            index.remove([*passages, -row])
            index.add(passages, words)
            index.add_articles([row], [article_words])
        index.commit()
        self._write_note(
            CacheNote(note.name, state.generation, state.epoch, snapshot.last_passage(), snapshot.last_article(), writing=True)
        )

    def finish(self) -> None:
        """Let merges end, then note the files with their hashes: from here on damage can be told."""
        if self._index is None:
            return
        self._index.close_writer()
        folder = self._folder / self._note.name
        files = {path.name: describe(path) for path in sorted(folder.iterdir()) if path.name not in LOCKS}
        sync_folder(folder)
        self._write_note(replace(self._note, writing=False, files=files))
        self._index = None

    def _open(self, snapshot: Snapshot) -> None:
        """The index of the manifest's note if it can be followed from there, else a new and empty one."""
        note = read_manifest(self._folder).lexical
        if note is not None and snapshot.state.forgotten <= note.generation <= snapshot.state.generation:
            with suppress(LexicalDamage):
                self._index, self._note = TantivyIndex(self._folder / note.name), note
                return
        name = _new_name(self._folder)
        (self._folder / name).mkdir(parents=True)
        self._index = TantivyIndex(self._folder / name)
        self._note = CacheNote(name, -1, -1, 0, 0)

    def _write_note(self, note: CacheNote) -> None:
        write_manifest(self._folder, replace(read_manifest(self._folder), lexical=note))
        self._note = note


def remove_old(folder: Path, keep: set[str]) -> None:
    """Delete caches that no note names any more; a file still open elsewhere may stay until next time."""
    for path in folder.iterdir():
        if path.name.startswith(("lexical-", "dense-")) and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def in_memory(snapshot: Snapshot) -> TantivyIndex:
    """The lexical index made from the truth, for a folder that has none and cannot be written."""
    index = TantivyIndex()
    for row, passages, words, article_words in _articles(snapshot, 0):
        index.add(passages, words)
        index.add_articles([row], [article_words])
    index.commit()
    index.close_writer()
    return index


def open_read_only(folder: Path) -> tuple[TantivyIndex, tempfile.TemporaryDirectory]:
    """An index in a folder that cannot be written: tantivy insists on a lock file, so it is opened through links."""
    links = tempfile.TemporaryDirectory(prefix="kutip-", ignore_cleanup_errors=True)
    for path in folder.iterdir():
        if path.name not in LOCKS:
            try:
                (Path(links.name) / path.name).symlink_to(path.resolve())
            except OSError:
                shutil.copyfile(path, Path(links.name) / path.name)
    return TantivyIndex(Path(links.name)), links


def _articles(snapshot: Snapshot, after: int) -> Iterator[tuple[int, list[int], list[LexicalDocument], list[str]]]:
    """(row, passage ids, their terms, the whole article's exact terms) of the articles after the row `after`."""
    for row, _, article in snapshot.texts(after):
        title = [term for terms in passage_terms(article.title, article.language) for term in terms]
        ids, documents = [], []
        for number, start, end, _ in snapshot.passages_of(row):
            ids.append(number)
            documents.append(LexicalDocument(*passage_terms(article.text[start:end], article.language), title))
        yield row, ids, documents, passage_terms(article.text, "")[0]


def _new_name(folder: Path) -> str:
    taken = {path.name for path in folder.iterdir()} if folder.exists() else set()
    return next(name for n in range(1, 1_000_000) if (name := f"lexical-{n:06d}") not in taken)
