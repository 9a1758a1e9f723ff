"""No event is told to a browser in the moment in which its stream is being closed."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from page_articles import VISIT
from page_collection import PageCollection

from rag.web.opening import Opening
from rag.web.page import build_page, launch_options
from rag.web.streams import Streams, WatchedStreams

SECONDS = 1.0
"""Longer than on the page, so that a machine that is busy changes nothing."""


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    monkeypatch.setattr("rag.web.streams.SETTLED_SECONDS", SECONDS)


def done(waiting: Coroutine) -> None:
    """In a thread of its own, for Playwright keeps a running loop in the one that it is used in."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, waiting).result()


def waited(streams: Streams, session: str | None) -> float:
    begin = time.monotonic()
    done(streams.settled(session))
    return time.monotonic() - begin


def served(path: str, body: bytes, streams: Streams) -> None:
    """One answer that passes the middleware."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def send(message):
        pass

    page = SimpleNamespace(get_blocks=lambda: SimpleNamespace(streams=streams))
    done(WatchedStreams(app)({"type": "http", "path": path, "query_string": b"session_hash=one&x=2", "app": page}, None, send))


def test_who_has_just_been_told_that_the_stream_closes_waits_and_nobody_else():
    streams = Streams()
    served("/gradio_api/queue/data", b'data: {"msg":"process_completed"}', streams)
    served("/gradio_api/other", b'data: {"msg":"close_stream"}', streams)
    assert max(waited(streams, "one"), waited(streams, None)) < SECONDS / 2
    served("/gradio_api/queue/data", b'data: {"msg":"close_stream"}', streams)
    assert waited(streams, "another") < SECONDS / 2
    assert SECONDS / 2 < waited(streams, "one") < 10 * SECONDS
    assert waited(streams, "one") < SECONDS / 2


def test_sessions_are_forgotten_again():
    streams = Streams()
    for number in range(50):
        streams.closed(str(number))
    time.sleep(SECONDS)
    streams.closed("last")
    assert list(streams._closed) == ["last"]


@pytest.fixture(scope="module")
def address():
    page = build_page(Opening.ready(PageCollection([VISIT])))
    yield page.launch(**launch_options("127.0.0.1"))[1].rstrip("/")
    page.close(verbose=False)


def test_a_question_right_after_an_answer_is_let_in_when_the_stream_is_closed(address):
    with urllib.request.urlopen(f"{address}/config", timeout=20) as answer:
        config = json.load(answer)
    box = next(one["id"] for one in config["dependencies"] if one["api_name"] == "ask")

    def joined() -> float:
        body = json.dumps({"data": ["Siapa didampingi Haniyeh"], "fn_index": box, "session_hash": "abc"}).encode()
        begin = time.monotonic()
        with urllib.request.urlopen(urllib.request.Request(f"{address}/gradio_api/queue/join", body, {"Content-Type": "application/json"}), timeout=20) as told:
            assert json.load(told)["event_id"]
        return time.monotonic() - begin

    def read() -> str:
        with urllib.request.urlopen(f"{address}/gradio_api/queue/data?session_hash=abc", timeout=20) as stream:
            return stream.read().decode()

    joined()
    assert "close_stream" in read()
    assert joined() > SECONDS / 2
    assert "process_completed" in read()
