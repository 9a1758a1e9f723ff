"""The collection: articles in, cited answers out.  Each verb reads as its order of steps."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from rag.answering.answer import answer
from rag.answering.compose import Asked
from rag.catalogue import Listing, Order, Overview, Removed
from rag.checking import check
from rag.conversing.conversation import Conversation
from rag.embedding.embedder import BUNDLED, Embedder
from rag.embedding.loading import load_embedder
from rag.errors import ArticleNotFound, CollectionClosed, CollectionReadOnly
from rag.filters import Filters
from rag.ingest import Ingest, unwatched
from rag.inputs import Addable, checked
from rag.opening import PROBE, model_name, prepare, refuse_mismatch, refuse_other_model, started
from rag.rebuilding import rebuild
from rag.removing import remove, restore
from rag.retrieval.engines import open_indexes
from rag.retrieval.meaning import told_by
from rag.retrieval.names import with_names
from rag.retrieval.question import parse_question
from rag.retrieval.rarity import rare_words
from rag.retrieval.search import Ranking, hits, query_words, rank
from rag.retrieval.selection import Selections
from rag.retrieval.typed_filters import split_question
from rag.settings import BROWSE_WORDS_MAX, QUESTION_CHARACTERS_MAX, TOP_K_MAX, WRITER_WAIT_SECONDS
from rag.storage import schema
from rag.storage.lock import write_lock
from rag.storage.reader import Reader, Snapshot
from rag.storage.writer import Writer
from rag.types import Answer, Article, CheckReport, Hit, IngestReport, Progress, Reason, Resolution, Searched, Standing

log = logging.getLogger(__name__)


class Collection:
    """A folder of articles that can be asked.  Open one with `Collection.open`.

    Any number of threads and processes may ask; one at a time writes, the others wait briefly.  Everything asked sees
    one committed state, the newest when it began.
    """

    def __init__(self, folder: Path, *, model: str | None, embedder: Embedder | None, writable: bool, engine: str | None = None) -> None:
        self.path = folder
        self._model, self._embedder = model, embedder
        self._embedder_epoch = 0
        self._loading = threading.Lock()
        self._writable = writable
        self._reader = Reader(folder / schema.DATABASE)
        self._indexes = open_indexes(folder, self._reader, engine, writable=writable)
        self._known: tuple[int, Searched] | None = None
        self._overview = Overview()
        self._selections = Selections()
        self._closed = False

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], *, model: str | None = None, embedder: Embedder | None = None, create: bool = True,
        read_only: bool = False, engine: str | None = None,
    ) -> Collection:  # fmt: skip
        """The collection in the folder `path`; an empty one is made there if there is none and `create` is true.

        The collection knows the model and settings it was built with.  `model` (a name or folder) or `embedder`
        chooses one for a new collection; for an old one it must be the same.  A folder that cannot be written can
        still be asked.  `engine`, as `milvus://host:19530/name`, keeps vectors and terms on a Milvus server; the truth
        stays in the folder.  Raises CollectionNotFound, IndexMismatch, CollectionReadOnly, EngineError or StorageError.
        """
        folder = Path(path)
        prepare(folder, create=create and not read_only)
        collection = cls(folder, model=model, embedder=embedder, writable=not read_only and schema.can_write(folder), engine=engine)
        try:
            with collection._reader.snapshot() as snapshot:
                refuse_mismatch(snapshot.state, collection._asked_model(), folder)
        except BaseException:
            collection.close()
            raise
        return collection

    def __enter__(self) -> Collection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def model_name(self) -> str:
        """The model the collection was built with, or will be."""
        with self._snapshot() as snapshot:
            return snapshot.state.model if snapshot.state else self._asked_model() or BUNDLED

    @property
    def embedder(self) -> Embedder:
        """The model, loaded when it is first needed.  Raises ModelError, or IndexMismatch if it is not the one."""
        with self._loading:
            if self._embedder is None:
                self._embedder = load_embedder(self.model_name)
            with self._snapshot() as snapshot:
                state = snapshot.state
            if state is not None and state.epoch != self._embedder_epoch:
                refuse_other_model(self._embedder, state, self.path)
                self._embedder_epoch = state.epoch
            return self._embedder

    def warm_up(self) -> None:
        """Load the model and the indexes now, so that the first question does not wait for them."""
        self.embedder.encode_query(PROBE)
        with self._snapshot() as snapshot:
            if snapshot.state is not None:
                self._indexes.at(snapshot)

    def add(
        self, articles: Addable | Iterable[Addable], *, label: str | None = None, sync: bool = False, progress: Callable[[Progress], None] | None = None
    ) -> IngestReport:
        """Add files, folders, zip archives or Article values; what is there unchanged is left alone.

        A generator is read as it goes, so that it may be longer than the memory.  `label` names the folder in article
        ids instead of its own name; `sync` removes articles whose file is gone.  Committed in batches: after an
        interruption the same call goes on where it was.
        Raises SourceError, LabelTaken, CollectionBusy, CollectionReadOnly or StorageError.
        """
        inputs = checked(articles)
        self._require_writable()
        embedder = self.embedder
        with write_lock(self.path, WRITER_WAIT_SECONDS), closing(Writer(self.path / schema.DATABASE)) as writer:
            state = started(self._reader, writer, embedder)
            embedder = self.embedder
            caches = self._indexes.writer()
            try:
                return Ingest(self._reader, writer, caches, embedder, state.epoch).run(inputs, label=label, sync=sync, progress=progress or unwatched)
            finally:
                caches.finish()
                writer.forget_removed(caches.needed_generation())

    def remove(self, article_id: str) -> Removed | None:
        """Remove an article and everything made of it; what is returned can be restored, a damaged article (None) not.

        Raises ArticleNotFound, CollectionBusy, CollectionReadOnly or StorageError.
        """
        self._require_writable()
        with write_lock(self.path, WRITER_WAIT_SECONDS):
            return remove(self.path, self._reader, self._indexes, article_id)

    def restore(self, removed: Removed) -> bool:
        """Put a removed article back exactly as it was; False, and nothing changes, if its id has been taken since.

        Raises CollectionBusy, CollectionReadOnly, ModelError or StorageError.
        """
        self._require_writable()
        embedder = self.embedder
        with write_lock(self.path, WRITER_WAIT_SECONDS):
            return restore(self.path, self._reader, self._indexes, embedder, removed)

    def ask(self, question: str, *, top_k: int = 5, filters: Filters | None = None) -> Answer:
        """The citations that answer `question`, at most `top_k`; a falsy Answer when the articles do not answer.

        Only articles that match `filters` are searched.  Filters typed in the question (`since:2023-01 lang:id`) take
        the place of those given.  Raises QuestionError for an empty or over-long question or a filter of no sense.
        """
        words, filters = split_question(question, filters)
        with self._asking(words, filters, top_k) as found:
            if found is None:
                return Answer(question, Reason.EMPTY_COLLECTION, searched=self.searched(), filters=filters)
            asked, ranking, snapshot, searched = found
            return answer(question, asked, ranking, snapshot, searched, filters, top_k=min(top_k, TOP_K_MAX))

    def search(self, query: str, *, top_k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The `top_k` passages closest to `query`, best first: retrieval only, nothing is merged or left out.

        `filters` are those of `ask`; scores are the same with and without them.  Raises QuestionError like `ask`.
        """
        words, filters = split_question(query, filters)
        with self._asking(words, filters, top_k) as found:
            if found is None:
                return []
            _, ranking, snapshot, _ = found
            return hits(ranking, snapshot, top_k)

    def conversation(self) -> Conversation:
        """A new conversation: `ask` it, and follow-ups carry the topic over."""
        return Conversation(self)

    def article(self, article_id: str) -> Article:
        """The article with this id, its text checked against its hash.  Raises ArticleNotFound."""
        with self._snapshot() as snapshot:
            article = snapshot.article(article_id)
        if article is None:
            raise ArticleNotFound(article_id)
        return article

    def articles(self, *, filters: Filters | None = None) -> list[Article]:
        """Every article, or those that match `filters`, by id, without its text (`text` is empty)."""
        with self._snapshot() as snapshot:
            return snapshot.cards_of([row for row, *_ in snapshot.matching(filters)]) if filters else list(snapshot.cards())

    def overview(self) -> Overview:
        """How many articles there are by year, source and language; looked up once for each change of the collection."""
        with self._snapshot() as snapshot:
            generation = snapshot.state.generation if snapshot.state else 0
            if generation != self._overview.generation:
                lists = {of: snapshot.counts(of) for of in ("years", "sources", "languages")}
                self._overview = Overview(generation, snapshot.state.articles, snapshot.state.passages, **lists)
            return self._overview

    def browse(self, words: str = "", *, filters: Filters | None = None, order: Order | str = Order.NEWEST, start: int = 0, limit: int = 25) -> Listing:
        """Articles whose title, source or id holds every one of `words`, in any case: `limit` of them from number `start` on.

        Raises ValueError for an `order` that is none of `Order`, and for a `start` or `limit` below 0.
        """
        if min(start, limit) < 0:
            raise ValueError(f"start is {start} and limit {limit}; neither may be below 0.")
        with self._snapshot() as snapshot:
            rows = [row for row, *_ in snapshot.matching(filters)] if filters else None
            return snapshot.listing(words[:QUESTION_CHARACTERS_MAX].split()[:BROWSE_WORDS_MAX], rows, Order(order), start, limit)

    def searched(self) -> Searched:
        """What a question is asked of: counts, languages, first and last date."""
        with self._snapshot() as snapshot:
            return self._searched(snapshot)

    def rare_words(self, question: str) -> dict[str, int]:
        """How many articles hold each word of `question` in this very form, the rarest first; common words are left out."""
        parsed = parse_question(split_question(question, None)[0], self.searched().languages)
        with self._snapshot() as snapshot:
            view = self._indexes.at(snapshot) if snapshot.state is not None else None
            return rare_words(parsed, snapshot, view) if view is not None else {}

    def resolve(self, article_id: str, article_hash: str, start: int, end: int) -> Resolution:
        """The quote of a citation made earlier, or that its article was changed or removed since.

        `article_hash` may be shortened to its first 12 or more digits.
        """
        try:
            article = self.article(article_id)
        except ArticleNotFound:
            return Resolution(Standing.REMOVED)
        if len(article_hash) < 12 or not article.hash.startswith(article_hash) or not 0 <= start < end <= len(article.text):
            return Resolution(Standing.CHANGED)
        return Resolution(Standing.FOUND, article.text[start:end])

    def check(self) -> CheckReport:
        """Verify every text, offset, vector and file; make damaged caches again.  Falsy when something needs a person."""
        self._require_open()
        return check(self.path, self._reader, self._indexes, writable=self._writable)

    def rebuild(self, model: str | None = None, *, embedder: Embedder | None = None, progress: Callable[[Progress], None] | None = None) -> None:
        """Encode every passage again, with `model` or `embedder` if given; the old vectors answer meanwhile.

        After an interruption the same call goes on where it was.  Raises ModelError, CollectionBusy, StorageError.
        """
        self._require_writable()
        with self._snapshot() as snapshot:
            current = snapshot.state.model if snapshot.state else BUNDLED
        new = embedder or (load_embedder(model_name(model or current)))
        with write_lock(self.path, WRITER_WAIT_SECONDS):
            rebuild(self.path, self._reader, self._indexes, new, new.encode_query(PROBE).astype(np.float16).tobytes(), progress or unwatched)
        with self._loading:
            self._model, self._embedder, self._embedder_epoch = new.name, new, 0
        self._indexes.forget()
        self._selections.forget()

    def close(self) -> None:
        """Free files and threads, and fold the log into the database.  Closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        self._indexes.close()
        self._reader.close()
        log_file = self.path / (schema.DATABASE + "-wal")
        if self._writable and log_file.exists() and log_file.stat().st_size:
            try:
                schema.fold_log(self.path / schema.DATABASE)
            except sqlite3.Error as error:
                log.warning("The log of %s could not be folded in: %s", self.path, error)

    @contextmanager
    def _asking(self, text: str, filters: Filters, top_k: int) -> Iterator[tuple[Asked, Ranking, Snapshot, Searched] | None]:
        """The ranking of a question, the snapshot it was made in and what of that was searched; None for an empty collection."""
        if top_k < 1:
            raise ValueError(f"top_k is {top_k}; it must be at least 1.")
        languages = self._known[1].languages if self._known else ()
        parsed = parse_question(text, languages)
        epoch = self._embedder_epoch
        vector = self._embedder.encode_query(text) if epoch else None
        while True:
            with self._snapshot() as snapshot:
                state, whole = snapshot.state, self._searched(snapshot)
                if not whole.passages:
                    yield None
                    return
                if languages != whole.languages:
                    languages = whole.languages
                    parsed = parse_question(text, languages)
                current = epoch == state.epoch
                view = self._indexes.at(snapshot) if current else None
                if view is not None:
                    question, known = with_names(parsed, snapshot)
                    query = query_words(question, known, state.passages)
                    told, encode_words = told_by(question, query, languages, self._embedder)
                    asked = Asked(question, query, vector, languages, encode_words)
                    selection = self._selections.at(snapshot, filters) if filters else None
                    ranking = rank(question, query, vector, snapshot, view, selection, encode_words, told, top_k=min(top_k, TOP_K_MAX))
                    if not self._indexes.overtaken(snapshot):
                        yield asked, ranking, snapshot, selection.searched if selection else whole
                        return
            if not current:
                vector, epoch = self.embedder.encode_query(text), self._embedder_epoch

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        self._require_open()
        with self._reader.snapshot() as snapshot:
            yield snapshot

    def _searched(self, snapshot: Snapshot) -> Searched:
        state = snapshot.state
        if state is None:
            return Searched(0, 0)
        if self._known is None or self._known[0] != state.generation:
            self._known = (state.generation, Searched(state.articles, state.passages, snapshot.languages(), snapshot.dates()))
        return self._known[1]

    def _asked_model(self) -> str | None:
        return self._embedder.name if self._embedder is not None else self._model and model_name(self._model)

    def _require_open(self) -> None:
        if self._closed:
            raise CollectionClosed(f"The collection in {self.path} was closed; open it again with Collection.open.")

    def _require_writable(self) -> None:
        self._require_open()
        if not self._writable:
            raise CollectionReadOnly(f"{self.path} is open for reading only, or its folder cannot be written. Open it elsewhere, or change its permissions.")


def open_for_rebuild(path: str | os.PathLike[str], engine: str | None = None) -> Collection:
    """A collection that may have been built with another model or other rules: only `rebuild` is to be called on it."""
    folder = Path(path)
    prepare(folder, create=False)
    return Collection(folder, model=None, embedder=None, writable=schema.can_write(folder), engine=engine)
