"""One thread for the work that makes and replaces indexes: glibc keeps for each thread what that once took.

Not an executor of the standard library: those wait at the end of the process for what they do, refuse work while it
ends, and hang in a process that was forked.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


class Worker:
    """Does calls one after the other in a daemon thread, which begins with the first of them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._closed = False
        self._process = 0
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, call: Callable[..., T], *given: object) -> Future[T]:
        """Do `call` when those before are done.  After `close` it is done at once, by who asks."""
        task = _Call(Future(), call, given)
        with self._lock:
            if not self._closed:
                if self._process != os.getpid():
                    self._begin()
                self._calls.put(task)
                return task.future
        task.do()
        return task.future

    def do(self, call: Callable[..., T], *given: object) -> T:
        """What `call` returns or raises.  Who is interrupted meanwhile goes on only when the call uses nothing of theirs any more."""
        future = self.submit(call, *given)
        try:
            return future.result()
        except BaseException:
            if not future.done() and not future.cancel():
                wait([future])
            raise

    def close(self) -> None:
        """Returns when all that was submitted is done."""
        with self._lock:
            self._closed = True
            thread = self._thread if self._process == os.getpid() else None
            self._calls.put(None)
        if thread is not None:
            thread.join()

    def _begin(self) -> None:
        """A thread for this process, which ends with this object."""
        calls: SimpleQueue[_Call | None] = SimpleQueue()
        thread = threading.Thread(target=_work, args=(calls,), name=self._name, daemon=True)
        thread.start()
        self._calls, self._thread, self._process = calls, thread, os.getpid()
        weakref.finalize(self, calls.put, None).atexit = False


class _Call:
    __slots__ = ("call", "future", "given")

    def __init__(self, future: Future, call: Callable[..., object], given: tuple[object, ...]) -> None:
        self.future, self.call, self.given = future, call, given

    def do(self) -> None:
        if self.future.set_running_or_notify_cancel():
            try:
                self.future.set_result(self.call(*self.given))
            except BaseException as error:  # raised again where it is waited for
                self.future.set_exception(error)


def _work(calls: SimpleQueue[_Call | None]) -> None:
    while (task := calls.get()) is not None:
        task.do()
        del task  # it holds what was asked for, until the next one comes
