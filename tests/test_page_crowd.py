"""More questions at once than can be answered: a bounded number is, the others are told so at once, whichever way they came."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from browser import ask
from gradio_client import Client
from page_articles import DOHA, VISIT
from page_collection import PageCollection
from playwright.sync_api import expect

from benchmarks.crowd import Crowd, Outcome
from rag.types import Answer
from rag.web.forgetting import KEPT
from rag.web.opening import Opening
from rag.web.page import build_page, launch_options
from rag.web.strings import say
from rag.web.turns import ANSWERED_AT_ONCE, WAITING_MAX

pytest_plugins = ("page_browser",)

ROOM = ANSWERED_AT_ONCE + WAITING_MAX
QUESTION = "Siapa didampingi Haniyeh"
REFUSED_SECONDS_MAX = 5.0
"""The bar is one second on a quiet machine; benchmarks/page.py measures it."""


class Held(PageCollection):
    """Answers nobody until it is let go; `most` is how many asked at the same time."""

    def __init__(self) -> None:
        super().__init__([VISIT, DOHA])
        self.most = self._now = 0
        self._go, self._changed = False, threading.Condition()

    def let_go(self, at_most: int = 0) -> None:
        """From now on it answers, as soon as so many have asked at the same time."""
        with self._changed:
            self._changed.wait_for(lambda: self.most >= at_most, 30)
            self._go = True
            self._changed.notify_all()

    def ask(self, *asked: object, **named: object) -> Answer:
        with self._changed:
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._go, 60)
            self._now -= 1
        return super().ask(*asked, **named)


@pytest.fixture
def held() -> Iterator[Held]:
    collection = Held()
    yield collection
    collection.let_go()


@pytest.mark.parametrize("ways", [["page"], ["run"], ["page", "call", "run"]], ids="-".join)
def test_of_200_at_once_as_many_are_answered_as_there_is_room_and_the_others_hear_it_at_once(serve, held, ways):
    address, refused = serve(held), []

    def heard(outcome: Outcome) -> None:
        if outcome.refused:
            refused.append(outcome)
        if len(refused) == 200 - ROOM:
            threading.Thread(target=held.let_go, args=(ANSWERED_AT_ONCE,)).start()

    outcomes = Crowd(address).ask([QUESTION] * 200, ways, 60, heard)
    assert (sum(one.answered for one in outcomes), len(refused)) == (ROOM, 200 - ROOM)
    assert max(one.seconds for one in refused) <= REFUSED_SECONDS_MAX
    assert held.most == ANSWERED_AT_ONCE
    assert all(one.answered for one in Crowd(address).ask([QUESTION] * 50, ways, 60))


@pytest.fixture
def full(serve, held) -> Iterator[str]:
    """The address of a page at which as many ask as may; they are answered when the collection is let go."""
    address, is_full = serve(held), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        crowd = pool.submit(Crowd(address).ask, [QUESTION] * (ROOM + 1), ["page", "run"], 60, lambda one: is_full.set())
        assert is_full.wait(30)
        yield address
        held.let_go()
        assert sum(one.answered for one in crowd.result(60)) == ROOM


@pytest.mark.parametrize("locale", ["en-US", "id-ID"])
def test_the_page_says_so_in_the_visitors_language_and_keeps_the_question(full, held, visit, locale):
    page = visit(full, locale=locale)
    ask(page, QUESTION)
    expect(page.get_by_text(say("busy", locale[:2]))).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value(QUESTION)
    held.let_go()
    page.get_by_role("textbox").press("Enter")
    expect(page.locator(".chat blockquote").first).to_be_visible(timeout=30_000)


def test_programs_are_told_by_their_client(full):
    with pytest.raises(Exception, match="Queue is full"):
        Client(full, verbose=False).predict(question=QUESTION, api_name="/ask")
    posted = urllib.request.Request(f"{full}/gradio_api/run/ask", json.dumps({"data": [QUESTION]}).encode(), {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(posted, timeout=20)
    assert (refusal.value.code, refusal.value.headers["Retry-After"]) == (503, "2")
    assert json.load(refusal.value) == {"error": say("busy", "en")}
    with urllib.request.urlopen(f"{full}/config", timeout=20) as told:
        number = next(one["id"] for one in json.load(told)["dependencies"] if one["api_name"] == "ask")
    by_number = json.dumps({"data": [QUESTION], "fn_index": number}).encode()
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(urllib.request.Request(f"{full}/gradio_api/run/predict", by_number, {"Content-Type": "application/json"}), timeout=5)
    assert json.load(refusal.value)["error"] == say("busy", "en")


def test_the_server_keeps_no_more_the_more_visitors_came(monkeypatch):
    monkeypatch.setattr("rag.web.page._SESSIONS_KEPT", 5)
    page = build_page(Opening.ready(PageCollection([VISIT, DOHA])))
    address = page.launch(**launch_options("127.0.0.1"))[1].rstrip("/")
    try:
        for _ in range(2):
            assert all(one.answered for one in Crowd(address).ask([QUESTION] * 60, ["page", "call"], 60))
        assert (len(page.state_holder.session_data), len(page._queue.event_analytics)) == (5, 100)
        assert Crowd(address).ask([QUESTION], ["page"], 60)[0].answered
        assert len(page._queue.pending_messages_per_session) <= KEPT and len(page._queue.pending_event_ids_session) <= KEPT
    finally:
        page.close(verbose=False)
