"""`check`: does everything that is stored still agree, down to the last offset?"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rag.errors import CollectionBusy, CollectionReadOnly, StorageError
from rag.retrieval.cache_writer import CACHE
from rag.retrieval.live import LiveIndexes
from rag.settings import WRITER_WAIT_SECONDS
from rag.storage.lock import write_lock
from rag.storage.manifest import Manifest, read_manifest
from rag.storage.reader import Reader, Snapshot
from rag.storage.records import content_of, proof_of
from rag.storage.terms import unpack_terms
from rag.storage.verify import damaged, fits
from rag.types import Article, CheckReport

PROBLEMS_MAX = 100


def check(folder: Path, reader: Reader, indexes: LiveIndexes, *, writable: bool) -> CheckReport:
    """Verify the truth, then the caches against it; make caches again that are damaged or behind."""
    manifest = read_manifest(folder / CACHE)  # before the truth: a commit comes first, its note after it
    with reader.snapshot() as snapshot:
        problems = [problem for problem, _ in zip(_problems(snapshot), range(PROBLEMS_MAX), strict=False)]
        faults = _cache_faults(folder, manifest, snapshot, indexes)
        state = snapshot.state
    left, cure = _repair(folder, reader, indexes, faults) if writable and faults else (set(faults), "where the folder is writable")
    problems += [f"{faults[name]} It is not used; run `rag check` {cure}." for name in faults if name in left]
    repaired = tuple(f"{faults[name]} It was made again." for name in faults if name not in left)
    return CheckReport(state.articles if state else 0, state.passages if state else 0, tuple(problems), repaired)


def _problems(snapshot: Snapshot) -> Iterator[str]:
    for text in snapshot.integrity():
        yield f"The articles' database is damaged: {text}. Restore it from a copy."
    if snapshot.state is None:
        return
    misfits = list(snapshot.misfits())
    if misfits:
        yield f"The articles' database is damaged: {'; '.join(misfits)}. Restore it from a copy, or add the articles again to a new folder."
        return
    yield from _articles(snapshot)
    yield from _vectors(snapshot)
    yield from _counters(snapshot)


def _articles(snapshot: Snapshot) -> Iterator[str]:
    """Every text against its hash, every passage against its own."""
    for row, proof, article in snapshot.texts():
        if article.hash != proof:
            yield f"The text of {article.id!r} does not match its hash. Remove the article and add it again."
            continue
        if snapshot.contents([article.id]).get(article.id, ("",))[0] != content_of(article):
            yield f"The title of {article.id!r}, or another field of it, is damaged. Remove the article and add it again."
        yield from _passages(snapshot, row, article)


def _passages(snapshot: Snapshot, row: int, article: Article) -> Iterator[str]:
    last = 0
    passages = snapshot.passages_of(row)
    sentences = snapshot.sentences([number for number, *_ in passages])
    for number, start, end, proof in passages:
        if not last <= start < end <= len(article.text) or proof_of(article.text[start:end]) != proof:
            yield f"Passage {number} of {article.id!r} does not fit the text at {start}-{end}. Remove the article and add it again."
            return
        if number not in sentences or not sentences[number].spans:
            yield f"The sentences of passage {number} of {article.id!r} are damaged. Remove the article and add it again."
        last = end


def _vectors(snapshot: Snapshot) -> Iterator[str]:
    width, count = 2 * snapshot.state.dimension, 0
    for number, vector, proof in snapshot.vector_proofs():
        count += 1
        if len(vector) != width or zlib.crc32(vector) != proof:
            yield f"The vector of passage {number} is damaged. Encode again: rag rebuild."
    if count != snapshot.state.passages:
        yield f"There are {count} vectors for {snapshot.state.passages} passages. Encode again: rag rebuild."


def _counters(snapshot: Snapshot) -> Iterator[str]:
    """Articles, passages, words and the holders of every term, counted again."""
    articles, passages, words, blobs = snapshot.counted()
    state = snapshot.state
    if (articles, passages, words) != (state.articles, state.passages, state.words):
        yield (
            f"The counters say {state.articles} articles, {state.passages} passages and {state.words} words, "
            f"but there are {articles}, {passages} and {words}. Add the articles again to a new folder."
        )
    holders: Counter[int] = Counter()
    for blob in blobs:
        holders.update(unpack_terms([blob])[1].tolist())
    if holders != Counter(dict(snapshot.holders())):
        yield "The counts of words do not agree with the passages. Add the articles again to a new folder."


def _cache_faults(folder: Path, manifest: Manifest, snapshot: Snapshot, indexes: LiveIndexes) -> dict[str, str]:
    """What is wrong with each index, by its name."""
    if snapshot.state is None:
        return {}
    faults = {name: f"The {name} index is damaged: {reason}." for name, reason in damaged(folder / CACHE, manifest, anew=True).items()}
    for name in indexes.kept:
        note = getattr(manifest, name)
        if note is None:
            faults.setdefault(name, f"The {name} index is missing.")
        elif note.generation > snapshot.state.generation:
            reason = "its log was damaged, or an older copy was put back: add the articles again to be sure"
            faults.setdefault(name, f"The {name} index knows later changes than the articles' database ({reason}).")
        elif note.writing or not fits(note, snapshot) or (name == "lexical" and note.generation < snapshot.state.generation):
            faults.setdefault(name, f"The {name} index does not match the articles.")
    return faults | indexes.faults(snapshot)


def _repair(folder: Path, reader: Reader, indexes: LiveIndexes, faults: dict[str, str]) -> tuple[set[str], str]:
    """Make the faulty caches again from the truth; the names of those that could not be, and what to do about it."""
    cache = folder / CACHE
    try:
        with write_lock(folder, WRITER_WAIT_SECONDS):
            indexes.reset(set(faults))
    except CollectionBusy:
        return set(faults), "when nobody is writing"
    except CollectionReadOnly:
        return set(faults), "where the folder is writable"
    except (StorageError, OSError) as error:
        return set(faults), f"when {cache} can be written, or delete it, for it is made again ({error})"
    indexes.forget()
    manifest = read_manifest(cache)
    with reader.snapshot() as snapshot:
        left = _cache_faults(folder, manifest, snapshot, indexes)
    return faults.keys() & left, f"when {cache} can be written, or delete it, for it is made again"
