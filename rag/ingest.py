"""Articles in: files and values become passages, vectors and words, and are committed batch by batch."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import numpy as np

from rag.catalogue import Removed
from rag.embedding import Document, Embedder, Encoded
from rag.errors import LabelTaken
from rag.inputs import Addable
from rag.reading import Root, Source, find_sources, read_source
from rag.reading.normalising import normalise, one_line
from rag.retrieval.cache_writer import CacheWriter
from rag.settings import ARTICLE_CHARACTERS_MAX
from rag.storage.reader import Reader, Snapshot
from rag.storage.records import NewArticle, NewPassage, content_of, proof_of
from rag.storage.terms import count_terms
from rag.storage.writer import Writer
from rag.text.language import detect_language
from rag.text.passages import PassageSpan, passage_spans
from rag.text.words import name_terms, passage_terms
from rag.types import Article, IngestReport, Progress, Rejection, Span

BATCH_PASSAGES = 512
"""Passages encoded together and committed together, with whole articles: large enough to sort by length."""
BATCH_ARTICLES = 256

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(slots=True)
class _Tally:
    """The report while it grows."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    passages: int = 0
    embedded: int = 0

    def report(self) -> IngestReport:
        lists = {name: tuple(getattr(self, name)) for name in ("added", "changed", "unchanged", "removed", "missing", "rejected")}
        return IngestReport(**lists, passages=self.passages, embedded=self.embedded)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An article that is new or changed, cut into passages, not encoded yet; `known` says that its id was there before."""

    article: Article
    label: str
    path: str
    fingerprint: str
    spans: tuple[PassageSpan, ...]
    known: bool


class Ingest:
    """One `add`: the calling thread reads and cuts a batch while one thread encodes the batch before it, and another
    one analyses and writes the one before that.  So memory holds three batches, however much is added.

    Its user holds the write lock and has started the collection's state.
    """

    def __init__(self, reader: Reader, writer: Writer, caches: CacheWriter, embedder: Embedder, epoch: int) -> None:
        self._reader, self._writer, self._caches = reader, writer, caches
        self._embedder, self._epoch = embedder, epoch
        self._tally = _Tally()
        self._origins: dict[str, tuple[str, str]] = {}
        self._waiting: list[_Waiting] = []
        self._waiting_passages = 0
        self._refreshed: list[tuple[str, str]] = []
        self._threads = ExitStack()
        self._encoder = self._threads.enter_context(ThreadPoolExecutor(1, thread_name_prefix="kutip-encode"))
        self._writer_thread = self._threads.enter_context(ThreadPoolExecutor(1, thread_name_prefix="kutip-write"))
        self._encoding: Future[Future[None]] | None = None
        self._writing: Future[None] | None = None

    def run(self, inputs: Iterable[Addable], *, label: str | None, sync: bool, progress: Callable[[Progress], None]) -> IngestReport:
        """Add everything; what was committed stays, also when a later part fails.

        The things of a list are looked at together before the first is added; those of any other iterable one by one,
        as they come, for it may be longer than the memory.
        """
        parts = [inputs] if isinstance(inputs, list) else ([one] for one in inputs)
        roots: list[tuple[Root, list[Source | Rejection]]] = []
        done = 0
        with self._threads:
            for part in parts:
                found = [find_sources(one, label=label) if not isinstance(one, Article) else one for one in part]
                listed = [(root, list(sources)) for root, sources in (one for one in found if not isinstance(one, Article))]
                for root, sources in listed:
                    self._claim(root, sources)
                roots += listed
                total = sum(len(sources) for _, sources in listed) + sum(isinstance(one, Article) for one in found) if isinstance(inputs, list) else 0
                for name, step in self._steps(found, listed):
                    progress(Progress(done, total, "files", name))
                    step()
                    done += 1
                    self._flush_full()
            self._flush()
            self._settle()
            for root, sources in roots:
                self._look_for_missing(root, sources, sync)
            progress(Progress(done, done, "files"))
        return self._tally.report()

    def again(self, progress: Callable[[Progress], None]) -> None:
        """Cut, encode and store every article anew, because the rules for it have changed; unchanged passages keep
        their vectors."""
        with self._threads, self._reader.snapshot() as snapshot:
            for done, (article, *origin) in enumerate(snapshot.origins()):
                progress(Progress(done, snapshot.state.articles, "articles", article.id))
                self._wait(_Waiting(article, *origin, tuple(passage_spans(article.text)), True))
                self._flush_full()
            self._flush()
            self._settle()

    def put_back(self, removed: Removed) -> None:
        """Store a removed article again, its values and its file as they were."""
        with self._threads:
            article = removed.article
            self._wait(_Waiting(article, removed.label, removed.path, removed.fingerprint, tuple(passage_spans(article.text)), False))
            self._flush()
            self._settle()

    def _steps(self, found: Sequence[object], listed: Sequence[tuple[Root, list[Source | Rejection]]]) -> Iterator[tuple[str, Callable[[], None]]]:
        for one in found:
            if isinstance(one, Article):
                yield one.id, lambda article=one: self._take_value(article)
        for _, sources in listed:
            for source in sources:
                if isinstance(source, Rejection):
                    yield source.name, lambda rejection=source: self._tally.rejected.append(rejection)
                else:
                    yield source.id, lambda source=source: self._take_source(source)

    def _claim(self, root: Root, sources: Sequence[Source | Rejection]) -> None:
        """Give the root its label; raises LabelTaken when another root with other content has it."""
        with self._reader.snapshot() as snapshot:
            known = snapshot.root(root.label)
            if known not in (None, root.path) and not self._moved(root, known, sources, snapshot):
                raise LabelTaken(root.label, known=known, new=root.path)
        if known != root.path:
            self._writer.note([], (root.label, root.path))

    @staticmethod
    def _moved(root: Root, known: str, sources: Sequence[Source | Rejection], snapshot: Snapshot) -> bool:
        """Is this the folder that had the label before, copied or moved?  Then every file that both have is the same,
        and if the old folder still exists there are no others."""
        before = snapshot.files(root.label)
        files = {source.path: source for source in sources if isinstance(source, Source)}
        shared = [path for path in files if path in before]
        if not shared or (os.path.isdir(known) and len(shared) < len(files)):
            return False
        return all(files[path].fingerprint() == before[path] for path in shared)

    def _take_value(self, article: Article) -> None:
        """An Article given by the program: its text is normalised like that of any file."""
        try:
            text = normalise(article.text)
            fields = {name: one_line(getattr(article, name)) for name in ("title", "source", "author", "published", "url", "language")}
            "".join((article.id, text, *fields.values())).encode()
        except (UnicodeEncodeError, TypeError, AttributeError):
            self._reject(str(article.id), "holds something that is not text: give Unicode strings without lone surrogates")
            return
        if not text or len(text) > ARTICLE_CHARACTERS_MAX:
            self._reject(article.id, "has no text" if not text else f"has more than {ARTICLE_CHARACTERS_MAX:,} characters: split it")
            return
        if fields["published"] and not _DATE.fullmatch(fields["published"]):
            self._reject(article.id, f"published is {fields['published']!r}: give an ISO date such as 2022-09-10, or leave it empty")
            return
        origin = article.published_from or ("given" if fields["published"] else "")
        article = replace(article, text=text, **fields, published_from=origin)
        self._take(article if article.id else replace(article, id=f"article#{content_of(article)[:12]}"), "", "", "")

    def _take_source(self, source: Source) -> None:
        fingerprint = source.fingerprint()
        with self._reader.snapshot() as snapshot:
            known = snapshot.file(source.label, source.path)
        if fingerprint and known and all(one == fingerprint for _, one in known):
            self._tally.unchanged += [article_id for article_id, _ in known]
            self._origins.update((article_id, (source.label, source.path)) for article_id, _ in known)
            return
        for one in read_source(source):
            if isinstance(one, Rejection):
                self._tally.rejected.append(one)
            else:
                self._take(one, source.label, source.path, fingerprint)
                self._flush_full()

    def _take(self, article: Article, label: str, path: str, fingerprint: str) -> None:
        """Queue an article if it is new or has changed."""
        with self._reader.snapshot() as snapshot:
            content, *origin = snapshot.contents([article.id]).get(article.id, ("", *self._origins.get(article.id, (label, path))))
        if tuple(origin) != (label, path) or self._origins.get(article.id, (label, path)) != (label, path):
            place = "/".join(origin) if any(origin) else "an article added by a program"
            self._reject(article.id, f"its id already belongs to {place}: give it another id, or remove that one first")
            return
        repeated = article.id in self._origins
        self._origins[article.id] = (label, path)
        if repeated:
            self._flush()
            self._settle()
        article = article if article.language else replace(article, language=detect_language(article.text))
        if content == content_of(article):
            self._tally.unchanged.append(article.id)
            self._refreshed.append((fingerprint, article.id))
            return
        self._wait(_Waiting(article, label, path, fingerprint, tuple(passage_spans(article.text)), bool(content)))

    def _wait(self, one: _Waiting) -> None:
        self._waiting.append(one)
        self._waiting_passages += len(one.spans)

    def _reject(self, name: str, reason: str) -> None:
        self._tally.rejected.append(Rejection(name, reason))

    def _flush_full(self) -> None:
        if len(self._waiting) >= BATCH_ARTICLES or self._waiting_passages >= BATCH_PASSAGES:
            self._flush()

    def _flush(self) -> None:
        """Hand what waits to the encoding thread, once that is done with the batch before."""
        waiting, self._waiting, self._waiting_passages = self._waiting, [], 0
        if waiting:
            self._settle_encoding()
            self._encoding = self._encoder.submit(self._encode, waiting)
            for one in waiting:
                (self._tally.changed if one.known else self._tally.added).append(one.article.id)

    def _encode(self, waiting: list[_Waiting]) -> Future[None]:
        """Encode a batch and hand it to the writing thread, once that is done with the batch before."""
        encoded = self._encoded(waiting)
        self._settle_writing()
        return self._writer_thread.submit(self._write, waiting, encoded)

    def _write(self, waiting: list[_Waiting], encoded: list[list[Encoded]]) -> None:
        articles = [new_article(one, values) for one, values in zip(waiting, encoded, strict=True)]
        self._writer.put(articles, self._epoch)
        self._caches.follow(articles)

    def _settle(self) -> None:
        """Wait for all that was handed on; raises what went wrong there."""
        self._settle_encoding()
        self._settle_writing()

    def _settle_encoding(self) -> None:
        encoding, self._encoding = self._encoding, None
        if encoding is not None:
            self._writing = encoding.result()

    def _settle_writing(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _encoded(self, waiting: Sequence[_Waiting]) -> list[list[Encoded]]:
        kept = self._kept_vectors([one.article.id for one in waiting if one.known])
        documents, slots = [], []
        encoded: list[list[Encoded | None]] = []
        for i, one in enumerate(waiting):
            encoded.append([])
            for j, span in enumerate(one.spans):
                document = document_of(one.article, span)
                old = kept.get((one.article.id, one.article.title, proof_of(document.text)))
                encoded[i].append(old if old is not None and len(old.sentences) in (0, len(span.sentences)) else None)
                if encoded[i][j] is None:
                    documents.append(document)
                    slots.append((i, j))
        for (i, j), value in zip(slots, self._embedder.encode_document(documents) if documents else [], strict=True):
            encoded[i][j] = value
        self._tally.passages += sum(len(one.spans) for one in waiting)
        self._tally.embedded += len(documents)
        return encoded

    def _kept_vectors(self, article_ids: Sequence[str]) -> dict[tuple[str, str, bytes], Encoded]:
        """Vectors of the stored passages of these articles, by article id, title and proof of the passage's text."""
        kept = {}
        with self._reader.snapshot() as snapshot:
            for article_id, row in snapshot.article_rows(article_ids).items():
                article = snapshot.articles([row]).get(row)
                ids = {number: proof for number, _, _, proof in snapshot.passages_of(row)} if article else {}
                sentences = snapshot.sentences(list(ids))
                for number, passage in snapshot.passages(list(ids)).items():
                    vector = np.frombuffer(passage.vector, np.float16).astype(np.float32)
                    kept[article_id, article.title, ids[number]] = Encoded(vector, sentences[number].vectors.astype(np.float32))
        return kept

    def _look_for_missing(self, root: Root, sources: Sequence[Source | Rejection], sync: bool) -> None:
        """Articles of this root whose file, or whose row in a file, is gone."""
        if self._refreshed:
            self._writer.note(self._refreshed)
            self._refreshed = []
        here = {source.path for source in sources if isinstance(source, Source)}
        unread = {rejection.name for rejection in self._tally.rejected}
        with self._reader.snapshot() as snapshot:
            gone = [
                article_id
                for article_id, path in snapshot.from_root(root.label)
                if article_id not in self._origins and (root.whole or path in here) and f"{root.label}/{path}" not in unread
            ]
        if not sync:
            self._tally.missing += gone
            return
        for i in range(0, len(gone), BATCH_ARTICLES):
            self._writer.remove(gone[i : i + BATCH_ARTICLES], self._epoch)
            self._caches.follow()
        self._tally.removed += gone


def document_of(article: Article, span: PassageSpan) -> Document:
    """A passage as the model reads it, its sentences counted from its own start."""
    sentences = tuple(Span(one.start - span.start, one.end - span.start) for one in span.sentences)
    return Document(article.text[span.start : span.end], article.title, sentences)


def new_article(one: _Waiting, encoded: Iterable[Encoded]) -> NewArticle:
    """The rows of an article whose passages are encoded."""
    article = one.article
    title = frozenset(term for terms in passage_terms(article.title, article.language) for term in terms)
    passages = []
    for span, value in zip(one.spans, encoded, strict=True):
        text = article.text[span.start : span.end]
        exact, stems = passage_terms(text, article.language)
        terms = count_terms(exact, stems, name_terms(text))
        passages.append(NewPassage(span.start, span.end, proof_of(text), exact, stems, terms, value.vector, span.sentences, value.sentences))
    return NewArticle(article, one.label, one.path, one.fingerprint, title, tuple(passages))


def unwatched(_: Progress) -> None:
    """For those who do not ask how far it is."""
