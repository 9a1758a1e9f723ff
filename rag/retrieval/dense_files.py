"""The files of a piece: the vectors as FAISS keeps them, written as they come and read by mapping, and beside them the signs.

FAISS writes only an index that lies in memory whole, three quarters of a gigabyte for a million vectors.  So its file is
written here, around what FAISS itself says of an empty index; a test compares every byte with a file that FAISS wrote.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from rag.retrieval import dense_signs
from rag.retrieval.dense_piece import Piece, quantizer, rows_of
from rag.retrieval.dense_signs import Signs

COUNTS_AT = (8, 45)
"""Where the number of vectors stands in a file `IDMap,SQfp16`: in the header of the outer and of the inner index."""
LENGTH = struct.Struct("<Q")


def save_vectors(path: Path, dimension: int, count: int, batches: Iterable[tuple[np.ndarray, np.ndarray]]) -> list[Path]:
    """Writes one FAISS file, `IDMap,SQfp16`, which any FAISS can read, of `count` unit vectors, (n, dimension), that come in batches
    of (ids, vectors) by rising id, a batch in memory at a time; and the signs of many vectors, in a file of the same name
    that ends with `.signs`.  Returns the files.  Raises OSError where the disk is full (RuntimeError where FAISS
    meets it, writing the signs), ValueError if there are more or fewer vectors, or of another dimension."""
    ids = [np.zeros(0, np.int64)]
    with path.open("wb") as file:
        file.write(_header(dimension, count) + LENGTH.pack(2 * dimension * count))
        for numbers, vectors in batches:
            if vectors.shape != (len(numbers), dimension):
                raise ValueError(f"{len(numbers)} vectors of {dimension} numbers have the shape {vectors.shape}")
            ids.append(numbers)
            file.write(np.ascontiguousarray(vectors, "<f2").data)
        if (given := sum(map(len, ids))) != count:
            raise ValueError(f"there are {given} vectors, not {count}")
        file.write(LENGTH.pack(count) + np.concatenate(ids).astype("<i8").tobytes())
    piece = load_piece(path, dimension)
    if not dense_signs.worth_it(piece.vectors):
        return [path]
    signs = path.with_suffix(".signs")
    Signs(piece.vectors).save(signs)
    if Signs.load(signs, piece.vectors) is None:  # FAISS says nothing when the last block of a file finds no space
        raise OSError(errno.ENOSPC, "the disk is full", str(signs))
    return [path, signs]


def load_piece(path: Path, dimension: int) -> Piece:
    """The piece of a file written by `save_vectors`, mapped, not read.  Raises ValueError if it is not one."""
    import faiss

    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise ValueError(f"{path.name} is not a FAISS index: {error}") from error
    if not isinstance(index, faiss.IndexIDMap) or not isinstance(faiss.downcast_index(index.index), faiss.IndexScalarQuantizer) or index.d != dimension:
        raise ValueError(f"{path.name} holds another kind of index.")
    ids = faiss.vector_to_array(index.id_map)
    if len(ids) > 1 and (np.diff(ids) <= 0).any():
        raise ValueError(f"{path.name} holds ids in another order.")
    rows = rows_of(index)
    return Piece(index, ids, rows, Signs.load(path.with_suffix(".signs"), rows) if dense_signs.worth_it(rows) else None)


def _header(dimension: int, count: int) -> bytes:
    """What stands before the vectors, without their length."""
    import faiss

    empty = faiss.serialize_index(faiss.IndexIDMap(quantizer(dimension)))
    header = bytearray(empty.tobytes()[: -2 * LENGTH.size])
    for place in COUNTS_AT:
        LENGTH.pack_into(header, place, count)
    return bytes(header)
