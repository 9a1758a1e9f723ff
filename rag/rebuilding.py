"""`rebuild`: every passage encoded again, beside the vectors that answer meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from rag.embedding import Document, Embedder, load_embedder
from rag.errors import StorageError
from rag.ingest import BATCH_PASSAGES, Ingest
from rag.retrieval.cache_writer import CacheWriter
from rag.retrieval.live import LiveIndexes
from rag.settings import CHUNKING
from rag.storage import schema
from rag.storage.reader import Reader, Snapshot
from rag.storage.records import State, proof_of
from rag.storage.writer import Writer
from rag.text.words import ANALYSIS_VERSION
from rag.types import Progress, Span


def rebuild(folder: Path, reader: Reader, indexes: LiveIndexes, embedder: Embedder, probe: bytes, progress: Callable[[Progress], None]) -> None:
    """Bring a collection to this version's passages and words, then to the space of `embedder`, whose probe vector is
    `probe`.  Its user holds the write lock.  What is done stays done after an interruption."""
    state = _state(reader)
    if state is None:
        return
    with closing(Writer(folder / schema.DATABASE)) as writer:
        if (state.analysis, state.chunking) != (ANALYSIS_VERSION, CHUNKING):
            old = embedder if embedder.name == state.model else load_embedder(state.model)
            Ingest(reader, writer, CacheWriter(folder, reader), old, state.epoch).again(progress)
            writer.set_versions(analysis=ANALYSIS_VERSION, chunking=CHUNKING)
            state = _state(reader)
        epoch = state.epoch + 1
        writer.start_epoch(epoch, embedder.name, probe)
        for done, batch in _batches(reader, epoch):
            progress(Progress(done, state.passages, "passages"))
            encoded = embedder.encode_document([document for _, _, document in batch])
            writer.put_vectors(epoch, [(number, one.vector, spans, one.sentences) for (number, spans, _), one in zip(batch, encoded, strict=True)])
        writer.switch_epoch(epoch, model=embedder.name, dimension=embedder.dimension, probe=probe)
        progress(Progress(state.passages, state.passages, "passages"))
        indexes.reset(set(indexes.names))


def _batches(reader: Reader, epoch: int) -> Iterator[tuple[int, list[tuple[int, tuple[Span, ...], Document]]]]:
    """(passages done before, batch of (passage, its sentences in the article, its document)) of what has no vector yet."""
    while True:
        with reader.snapshot() as snapshot:
            numbers = snapshot.without_vectors(epoch, BATCH_PASSAGES)
            done = snapshot.state.passages - snapshot.count_without_vectors(epoch)
            batch = _documents(snapshot, numbers)
        if not batch:
            return
        yield done, batch


def _documents(snapshot: Snapshot, numbers: list[int]) -> list[tuple[int, tuple[Span, ...], Document]]:
    """Raises StorageError for a passage whose article was damaged; damaged vectors and sentences are made anew."""
    places, sentences = snapshot.spans(numbers), snapshot.sentences(numbers)
    articles = snapshot.articles(list({article for article, *_ in places.values()}))
    batch = []
    for number in numbers:
        row, start, end, proof = places[number]
        text = articles[row].text[start:end] if row in articles else ""
        if proof_of(text) != proof:
            named = snapshot.article_ids([row]).get(row, f"in row {row}")
            raise StorageError(f"The text of {named!r} was damaged and cannot be encoded. Remove the article, run it again, and add the article.")
        spans = sentences[number].spans if number in sentences else ()
        inside = tuple(Span(span.start - start, span.end - start) for span in spans)
        batch.append((number, spans, Document(text, articles[row].title, inside)))
    return batch


def _state(reader: Reader) -> State | None:
    with reader.snapshot() as snapshot:
        return snapshot.state
