"""One writer for each folder, across threads and processes; the lock dies with the process that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import CollectionBusy, CollectionReadOnly

LOCK = "write.lock"


@contextmanager
def write_lock(folder: Path, seconds: float) -> Iterator[None]:
    """Hold the folder's write lock; raises CollectionBusy when another holds it longer than `seconds`."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=seconds, thread_local=False, is_singleton=False)
    try:
        lock.acquire()
    except Timeout:
        raise CollectionBusy(folder, seconds) from None
    except OSError as error:
        raise CollectionReadOnly(f"{folder} cannot be written: {error.strerror or error}. Choose another folder, or change its permissions.") from error
    try:
        yield
    finally:
        lock.release()
