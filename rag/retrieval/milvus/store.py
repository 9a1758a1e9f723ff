"""What a folder keeps in Milvus, and how far that is complete; it follows the truth and can be sent again from it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from rag.errors import EngineError
from rag.retrieval.bm25 import ENGINE_AVERAGE
from rag.retrieval.documents import documents_after
from rag.retrieval.index import LexicalDocument
from rag.retrieval.milvus.link import MilvusLink
from rag.retrieval.milvus.table import ROWS_AT_A_TIME, drop_table
from rag.retrieval.milvus.vectors import FLAT, FLAT_MAX, HNSW, MilvusVectors
from rag.retrieval.milvus.words import MilvusWords
from rag.storage.manifest import sync_file, sync_folder
from rag.storage.reader import Snapshot

OWNER = "milvus.json"
"""The file in the cache folder that says who the folder is; copies of the folder are the same one."""
NOTE_FIELDS = ("id", "vector", "note")
NOTE_BYTES = 4096
_DENSE, _TERMS = "_dense", "_terms"


@dataclass(frozen=True, slots=True)
class RemoteNote:
    """How far Milvus holds the truth of the folder `owner`: the passages up to the id `passage`, of articles up to the
    row `article`, without those removed up to `generation`.

    Of a snapshot older than the generation `removed` something may be missing.  `tables` begins the names of the two
    Milvus collections, `average` is the length that terms were weighed by, `kind` the index of the vectors.
    """

    owner: str
    tables: str
    epoch: int
    dimension: int
    kind: str
    average: float
    generation: int
    removed: int
    passage: int = 0
    article: int = 0

    def is_complete(self, snapshot: Snapshot) -> bool:
        """Does Milvus hold just what the snapshot does?"""
        state = snapshot.state
        return (self.epoch, self.generation, self.article) == (state.epoch, state.generation, snapshot.last_article())


class MilvusStore:
    """The collections in Milvus that belong to one folder.  One writer, who holds the folder's lock; any number of readers."""

    def __init__(self, link: MilvusLink, cache: Path) -> None:
        if not link.has_sparse:
            raise EngineError(f"Milvus on {link.address.server} is version {link.version}; terms need 2.4 or later. Update it.")
        self.link, self._cache = link, cache
        self._swept = ""
        self._loaded: set[tuple[str, int]] = set()

    @property
    def owner(self) -> str:
        """Who the folder is; '' if it has never written to Milvus."""
        try:
            return str(json.loads((self._cache / OWNER).read_bytes())["owner"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def note(self) -> RemoteNote | None:
        """What Milvus says it holds; None if nothing.  Raises EngineError for a collection that is not Kutip's."""
        name = self.link.address.name
        if not self.link.call("has_collection", name):
            return None
        if {field["name"] for field in self.link.call("describe_collection", name)["fields"]} != set(NOTE_FIELDS):
            raise self._foreign()
        self._load(name)
        rows = self.link.call("query", name, filter="id == 1", output_fields=[NOTE_FIELDS[2]], consistency_level="Strong")
        try:
            return RemoteNote(**json.loads(rows[0][NOTE_FIELDS[2]])) if rows else None
        except (ValueError, TypeError) as error:
            raise self._foreign() from error

    def refuse_foreign(self, note: RemoteNote | None) -> None:
        """Raises EngineError if what Milvus holds under the name is another folder's."""
        if note is not None and note.owner != self.owner:
            raise EngineError(
                f"{self.link.address} holds the collection of another folder, or this folder lost its {OWNER}. "
                "Choose another name, or drop that collection in Milvus."
            )

    def refuse_older(self, note: RemoteNote | None, snapshot: Snapshot) -> None:
        """Raises EngineError if Milvus knows changes that the truth does not: writing would tear them apart."""
        if note is not None and snapshot.state is not None and (note.epoch, note.generation) > (snapshot.state.epoch, snapshot.state.generation):
            raise EngineError(
                f"{self.link.address} knows later changes than this folder, which seems to be an older copy. Write in the newest folder, "
                "or send this one again: rag check --engine."
            )

    def indexes(self, note: RemoteNote) -> tuple[MilvusVectors, MilvusWords]:
        """Both indexes, loaded by the server, which after a restart it may not have.  Raises EngineError for vectors of
        another dimension than those of the note."""
        vectors, words = MilvusVectors(self.link, note.tables + _DENSE, note.kind), MilvusWords(self.link, note.tables + _TERMS, note.average)
        if self._load(vectors.table.name, words.table.name) and vectors.table.dimension != note.dimension:
            self._loaded.clear()
            raise EngineError(
                f"{self.link.address} has vectors of {vectors.table.dimension} dimensions instead of {note.dimension}. Send them again: rag check --engine."
            )
        return vectors, words

    def start(self, snapshot: Snapshot) -> RemoteNote:
        """New and empty collections for the snapshot's epoch in the place of all older ones.  Raises EngineError for
        those of another folder."""
        self.refuse_foreign(self.note())
        state, name = snapshot.state, self.link.address.name
        note = RemoteNote(
            self._made_owner(), f"{name}_{secrets.token_hex(4)}", state.epoch, state.dimension, FLAT if state.passages <= FLAT_MAX else HNSW,
            max(1.0, ENGINE_AVERAGE * state.words / max(state.passages, 1)), state.generation, state.generation,
        )  # fmt: skip
        MilvusVectors.create(self.link, note.tables + _DENSE, note.dimension, note.kind)
        MilvusWords.create(self.link, note.tables + _TERMS, note.average)
        self._write(note)
        for old in self.link.call("list_collections"):
            if re.fullmatch(rf"{name}_[0-9a-f]{{8}}({_DENSE}|{_TERMS})", old) and not old.startswith(note.tables):
                drop_table(self.link, old)
        return note

    def follow(self, snapshot: Snapshot) -> None:
        """Take in what was committed since the note.  What is done stays done after an interruption."""
        state, note = snapshot.state, self.note()
        self.refuse_foreign(note)
        self.refuse_older(note, snapshot)
        if note is None or note.epoch != state.epoch or note.generation < state.forgotten:
            note = self.start(snapshot)
        if note.is_complete(snapshot):
            return
        vectors, words = self.indexes(note)
        gone = [number for number in snapshot.removed_since(note.generation) if number > 0]
        if gone:
            note = replace(note, removed=state.generation)
            self._write(note)
            vectors.remove(gone)
            words.remove(gone)
            words.commit()
        if self._swept != note.tables:  # nobody else writes, so rows that are not noted can be there only once
            vectors.table.delete_after(note.passage)
            words.table.delete_after(note.passage)
            self._swept = note.tables
        for article, ids, documents in _batches(snapshot, note.article):
            stored = snapshot.passages(ids)
            whole = [number for number in ids if number in stored]  # a damaged one is left out, as it is everywhere
            if whole:
                vectors.add(np.array(whole), np.stack([np.frombuffer(stored[number].vector, np.float16) for number in whole]))
            words.add(ids, documents)
            words.commit()
            note = replace(note, passage=max([note.passage, *ids]), article=article)
            self._write(note)
        self._write(replace(note, generation=state.generation))

    def fault(self, snapshot: Snapshot) -> str:
        """Why Milvus does not hold just what the snapshot does; '' if it does."""
        note = self.note()
        if note is None:
            return "it is empty"
        if note.owner != self.owner:
            return "it is another folder's"
        if not note.is_complete(snapshot):
            return "it does not match the articles"
        self._loaded.clear()
        try:
            vectors, words = self.indexes(note)
        except EngineError as error:
            return str(error)
        if len(vectors) != snapshot.state.passages:
            return f"it has {len(vectors)} vectors of {snapshot.state.passages}"
        return "" if len(words) == snapshot.state.passages else f"it has the terms of {len(words)} passages of {snapshot.state.passages}"

    def _load(self, *names: str) -> bool:
        """Have the server load what it may have left on its disk: False if it was done before and nothing failed since."""
        new = {(name, self.link.failures) for name in names} - self._loaded
        for name, _ in sorted(new):
            self.link.call("load_collection", name)
        self._loaded |= new
        return bool(new)

    def _write(self, note: RemoteNote) -> None:
        from pymilvus import DataType, MilvusClient

        name = self.link.address.name
        if not self.link.call("has_collection", name):
            schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field(NOTE_FIELDS[0], DataType.INT64, is_primary=True)
            schema.add_field(NOTE_FIELDS[1], DataType.FLOAT_VECTOR, dim=2)  # Milvus wants one in every collection
            schema.add_field(NOTE_FIELDS[2], DataType.VARCHAR, max_length=NOTE_BYTES)
            indexes = MilvusClient.prepare_index_params()
            indexes.add_index(NOTE_FIELDS[1], index_type=FLAT, metric_type="IP")
            self.link.call("create_collection", name, schema=schema, index_params=indexes, consistency_level="Strong")
        self.link.call("upsert", name, [dict(zip(NOTE_FIELDS, (1, [1.0, 0.0], json.dumps(asdict(note))), strict=True))])

    def _made_owner(self) -> str:
        if not self.owner:
            new = self._cache / (OWNER + ".new")
            new.write_text(json.dumps({"owner": secrets.token_hex(16)}), encoding="utf-8")
            sync_file(new)
            new.replace(self._cache / OWNER)
            sync_folder(self._cache)
        return self.owner

    def _foreign(self) -> EngineError:
        return EngineError(f"{self.link.address} is a collection that Kutip did not make. Choose another name.")


def _batches(snapshot: Snapshot, after: int) -> Iterator[tuple[int, list[int], list[LexicalDocument]]]:
    """(last row, passage ids, their terms) of the articles after the row `after`, whole articles at a time."""
    row, ids, documents = after, [], []
    for row, _, some, terms in documents_after(snapshot, after):
        ids += some
        documents += terms
        if len(ids) >= ROWS_AT_A_TIME:
            yield row, ids, documents
            ids, documents = [], []
    if row > after:
        yield row, ids, documents
