"""Opening a folder: making it, and refusing one that was built with something else."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from rag.embedding import Embedder
from rag.errors import CollectionNotFound, CollectionReadOnly, IndexMismatch, StorageError
from rag.retrieval.cache_writer import CACHE
from rag.settings import CHUNKING, FORMAT_VERSION, WRITER_WAIT_SECONDS
from rag.storage import schema
from rag.storage.lock import write_lock
from rag.storage.manifest import MANIFEST
from rag.storage.reader import Reader
from rag.storage.records import State
from rag.storage.writer import Writer
from rag.text.words import ANALYSIS_VERSION

PROBE = "Pemerintah menaikkan harga beras. 政府 raises the price of rice in 2023."
"""Encoded once and stored: a model that puts it elsewhere is another model, whatever its name."""
PROBE_COSINE_MIN = 0.99


def prepare(folder: Path, *, create: bool) -> None:
    """Make the folder and its database if they are not there."""
    database = folder / schema.DATABASE
    try:
        size = database.stat().st_size if database.is_file() else None
    except OSError as error:
        raise StorageError(f"{folder} cannot be read: {error.strerror or error}. Check its permissions.") from error
    if size:
        return
    if size == 0 and (folder / CACHE / MANIFEST).exists():
        raise StorageError(f"The articles' database {database} is damaged: it is empty. Restore it from a copy, or add the articles again to a new folder.")
    if not create:
        raise CollectionNotFound(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with write_lock(folder, WRITER_WAIT_SECONDS):
            if not (database.is_file() and database.stat().st_size):
                schema.create(database)
    except OSError as error:
        raise CollectionReadOnly(f"No collection can be made in {folder}: {error.strerror or error}. Choose another folder.") from error
    except sqlite3.Error as error:
        raise schema.translated(error, database) from error


def refuse_mismatch(state: State | None, asked: str | None, folder: Path) -> None:
    """Raises IndexMismatch with the command that cures it; `asked` is the model that was asked for, if any."""
    if state is None:
        return
    if state.format > FORMAT_VERSION:
        raise IndexMismatch("format", built_with=state.format, asked_for=FORMAT_VERSION, cure="Install a newer kutip: pip install -U kutip.")
    if asked not in (None, state.model):
        cure = f"Open it without naming a model, or encode it again: rag rebuild --index {folder} --model {asked}"
        raise IndexMismatch("model", built_with=state.model, asked_for=asked, cure=cure)
    for name, built_with, asked_for in (("analysis", state.analysis, ANALYSIS_VERSION), ("chunking", state.chunking, CHUNKING)):
        if built_with != asked_for:
            raise IndexMismatch(name, built_with=built_with, asked_for=asked_for, cure=f"Bring it up to date: rag rebuild --index {folder}")


def refuse_other_model(embedder: Embedder, state: State, folder: Path) -> None:
    """A model of the same name must also put the probe where it was."""
    again = f"it again (the articles stay as they are): rag rebuild --index {folder}"
    if embedder.dimension != state.dimension:
        raise IndexMismatch("dimension", built_with=state.dimension, asked_for=embedder.dimension, cure=f"Use the model it was built with, or encode {again}")
    cosine = float(embedder.encode_query(PROBE) @ np.frombuffer(state.probe, np.float16).astype(np.float32))
    if cosine < PROBE_COSINE_MIN:
        raise IndexMismatch("model", built_with=f"{state.model} of another version", asked_for=f"this one (probe cosine {cosine:.3f})", cure=f"Encode {again}")


def started(reader: Reader, writer: Writer, embedder: Embedder) -> State:
    """The state, with its first row written if this is the first article."""
    with reader.snapshot() as snapshot:
        if snapshot.state is not None:
            return snapshot.state
    probe = embedder.encode_query(PROBE).astype(np.float16).tobytes()
    state = State(FORMAT_VERSION, ANALYSIS_VERSION, CHUNKING, embedder.name, embedder.dimension, probe, 1, 0, 0, 0, 0, 0)
    writer.start(state)
    return state


def model_name(model: str) -> str:
    """A folder by its absolute path, so that it is the same from wherever the collection is opened."""
    folder = Path(model).expanduser()
    return str(folder.resolve()) if folder.is_dir() else model
