"""What a person sees while the command line is busy: a line on a terminal after a second, nothing anywhere else."""

from __future__ import annotations

import io
import sys
import threading

import pytest
from page_articles import VISIT
from page_collection import PageCollection

import rag.collection
from rag import Answer, CheckReport, Filters, Hit, cli

VERBS = {"ask": ["ask", "Siapa didampingi Haniyeh"], "search": ["search", "Haniyeh"], "check": ["check"]}


class Stderr(io.StringIO):
    """A stderr that a person watches, or a pipe."""

    def __init__(self, watched: bool) -> None:
        super().__init__()
        self._watched = watched

    def isatty(self) -> bool:
        return self._watched


class SlowCollection(PageCollection):
    """Every verb takes until the timers that the command line has started are over; with none it is quick."""

    def __enter__(self) -> SlowCollection:
        return self

    def __exit__(self, *_: object) -> None: ...

    def ask(self, question: str, *, top_k: int = 5, filters: Filters | None = None) -> Answer:
        wait_for_timers()
        return super().ask(question, top_k=top_k, filters=filters)

    def search(self, query: str, *, top_k: int = 10, filters: Filters | None = None) -> list[Hit]:
        wait_for_timers()
        return super().search(query, top_k=top_k, filters=filters)

    def check(self) -> CheckReport:
        wait_for_timers()
        return CheckReport(1, 1)


class SlowCollections:
    """In the place of the class `Collection`."""

    @staticmethod
    def open(path: object, *, create: bool, engine: str | None) -> SlowCollection:
        return SlowCollection([VISIT])


def wait_for_timers() -> None:
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer) and thread.interval < 1:
            thread.join()


def stderr_of(arguments: list[str], monkeypatch: pytest.MonkeyPatch, *, watched: bool, quiet: float = 0.0) -> str:
    """What stands on stderr after a verb that took longer than `quiet` seconds, if those are less than one."""
    stderr = Stderr(watched)
    with monkeypatch.context() as patch:
        patch.setattr(rag.collection, "Collection", SlowCollections)
        patch.setattr(cli, "_QUIET_SECONDS", quiet)
        patch.setattr(sys, "stderr", stderr)
        assert cli.main(arguments) == 0
    return stderr.getvalue()


@pytest.mark.parametrize("verb", VERBS)
def test_a_long_wait_is_shown_and_gone_before_the_output(verb, monkeypatch):
    shown, blank, rest = stderr_of(VERBS[verb], monkeypatch, watched=True).split("\r")
    assert shown.endswith(" ...") and blank == " " * len(shown) and rest == ""


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_shown_of_a_short_wait_in_a_pipe_or_with_json(verb, monkeypatch):
    assert stderr_of(VERBS[verb], monkeypatch, watched=True, quiet=3600.0) == ""
    assert stderr_of(VERBS[verb], monkeypatch, watched=False) == ""
    assert stderr_of([*VERBS[verb], "--json"], monkeypatch, watched=True) == ""
