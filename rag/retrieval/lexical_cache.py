"""The lexical index of a folder: follows the truth commit by commit, and can be made again from it at any time."""

from __future__ import annotations

import json
import mmap
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rag.retrieval.bm25 import ENGINE_AVERAGE
from rag.retrieval.documents import documents_after
from rag.retrieval.index import LexicalDocument
from rag.retrieval.lexical import LexicalDamage, TantivyIndex
from rag.storage.manifest import MANIFEST, CacheFile, CacheNote, read_manifest, sync_folder, write_manifest
from rag.storage.reader import Snapshot
from rag.storage.records import NewArticle
from rag.storage.verify import fault, fits, noted
from rag.text.words import passage_terms

LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")
CHANGING = ("meta.json", ".managed.json")
"""What tantivy writes again and again; every other file of it never changes."""
FOOTER_END = 8
"""The last bytes of a file of tantivy's: how long the footer before them is, and a number that is always the same."""


class LexicalCacheWriter:
    """Keeps the lexical index of `folder` (the cache folder) in step with the truth.  Its user holds the write lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: TantivyIndex | None = None
        self._note: CacheNote | None = None
        self._known: Mapping[str, CacheFile] = {}

    def follow(self, snapshot: Snapshot, fresh: Sequence[NewArticle] = ()) -> None:
        """Take in what was committed since the note, and note it; the words of the articles `fresh` are known.

        Raises LexicalDamage or OSError."""
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
        for row, passages, words, article_words in _articles(snapshot, note.article, fresh):
            # A crash can leave documents of this generation behind, uncounted in the note: none may be there twice.
            index.remove([*passages, -row])
            index.add(passages, words)
            index.add_articles([row], [article_words], [_length(words)])
        index.commit()
        self._let_read()
        self._write_note(
            CacheNote(note.name, state.generation, state.epoch, snapshot.last_passage(), snapshot.last_article(), writing=True)
        )

    def finish(self) -> None:
        """Let merges end, then note the files with their hashes: from here on damage can be told."""
        if self._index is None:
            return
        self._index.close_writer()
        self._let_read()
        folder = self._folder / self._note.name
        files = {path.name: self._known.get(path.name) or noted(path) for path in sorted(folder.iterdir()) if path.name not in LOCKS}
        sync_folder(folder)
        self._write_note(replace(self._note, writing=False, files=files))
        self._index = None

    def _open(self, snapshot: Snapshot) -> None:
        """The index of the manifest's note if it is whole and can be followed from there, else a new and empty one.

        Its files are verified here, because merged into others and noted again damage could not be told any more.
        """
        note = read_manifest(self._folder).lexical
        if note is not None and fits(note, snapshot) and not (torn(self._folder / note.name) if note.writing else fault(self._folder, note)):
            with suppress(LexicalDamage):
                self._index, self._note = TantivyIndex(self._folder / note.name), note
                self._known = {name: file for name, file in note.files.items() if name not in CHANGING}
                return
        name = _new_name(self._folder)
        (self._folder / name).mkdir(parents=True)
        self._index = TantivyIndex(self._folder / name)
        self._note = CacheNote(name, -1, -1, 0, 0)

    def _let_read(self) -> None:
        """tantivy makes some files for their owner only; who may read the manifest may read the index."""
        with suppress(OSError):
            mode = (self._folder / MANIFEST).stat().st_mode & 0o777
            for name in CHANGING:
                (self._folder / self._note.name / name).chmod(mode)

    def _write_note(self, note: CacheNote) -> None:
        write_manifest(self._folder, replace(read_manifest(self._folder), lexical=note))
        self._note = note


def torn(folder: Path) -> str:
    """Why an index that a crash left unfinished, so that no hash of its files was noted, cannot be used; '' if it can.

    Every file that a committed segment is made of ends with a checksum of itself.
    """
    try:
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        deletes = {one["segment_id"].replace("-", ""): f"{one['deletes']['opstamp']}.del" if one["deletes"] else None for one in segments}
        for path in folder.iterdir():
            segment, _, kind = path.name.partition(".")
            if segment in deletes and (path.suffix != ".del" or kind == deletes[segment]) and not _ends_well(path):
                return f"{path.name} has another content"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return str(error) or type(error).__name__
    return ""


def _ends_well(path: Path) -> bool:
    """Does the CRC-32 in a file's footer fit what stands before it?"""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = len(content) - FOOTER_END - int.from_bytes(content[-FOOTER_END:-4], "little")
        if start < 0:
            return False
        with memoryview(content) as whole, whole[:start] as body:
            return json.loads(content[start:-FOOTER_END])["crc"] == zlib.crc32(body)


def remove_old(folder: Path, keep: set[str]) -> None:
    """Delete caches that no note names any more; a file still open elsewhere may stay until next time."""
    for path in folder.iterdir():
        if path.name.startswith(("lexical-", "dense-")) and path.name not in keep and path.with_suffix(".faiss").name not in keep:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def in_memory(snapshot: Snapshot) -> TantivyIndex:
    """The lexical index made from the truth, for a folder that has none and cannot be written."""
    index = TantivyIndex()
    for row, passages, words, article_words in _articles(snapshot, 0):
        index.add(passages, words)
        index.add_articles([row], [article_words], [_length(words)])
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


def _articles(
    snapshot: Snapshot, after: int, fresh: Sequence[NewArticle] = ()
) -> Iterator[tuple[int, list[int], list[LexicalDocument], Sequence[str]]]:
    """(row, passage ids, their terms, the whole article's exact terms) of the articles after the row `after`."""
    for row, article, ids, documents in documents_after(snapshot, after, fresh):
        yield row, ids, documents, passage_terms(article.text, "")[0]


def _length(documents: list[LexicalDocument]) -> int:
    """What an article counts in the average length, so that it becomes ENGINE_AVERAGE times that of the passages."""
    whole = sum(len(one.exact) for one in documents)
    return round(ENGINE_AVERAGE * whole / len(documents) + (ENGINE_AVERAGE - 1) * whole) if documents else 0


def _new_name(folder: Path) -> str:
    taken = {path.name for path in folder.iterdir()} if folder.exists() else set()
    return next(name for n in range(1, 1_000_000) if (name := f"lexical-{n:06d}") not in taken)
