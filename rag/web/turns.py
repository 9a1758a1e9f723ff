"""How many questions are answered at once and how many may wait, whichever way they come; whoever comes after them is told at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import fastapi
import gradio as gr
from gradio.block_function import BlockFunction
from gradio.server_messages import ProcessCompletedMessage

from rag.web.speaking import spoken
from rag.web.streams import Streams
from rag.web.strings import say

ASKS = "ask"
"""The concurrency id of what takes a turn: the page's own listener and the functions of the API."""

ANSWERED_AT_ONCE = 4
WAITING_MAX = 64

COUNTED = "kutip.counted"
"""In the scope of a plain POST that `Turns.posted` holds already."""
AGAIN_IN_SECONDS = "2"
_LOOK_EVERY_SECONDS = 0.01
"""Gradio's queue looks a thousand times a second whether there is something to do, which keeps a laptop from resting."""

TurnedAway = Callable[[list[Any], fastapi.Request], list[Any]]
"""The outputs of a listener as they are sent to the browser, given its inputs as they came."""


class Turns:
    """Counts the questions that Gradio's queue holds and those that came by a plain POST, which passes the queue by, as one.

    Who is too many is refused when the question arrives, before anything is done for it: at that moment the machine has enough to do.
    """

    def __init__(self, page: gr.Blocks, turned_away: TurnedAway, streams: Streams) -> None:
        """Hooks into `page`, which has its queue already; `turned_away` is what the page's own listener then answers."""
        self._queue, self._free, self._posted = page._queue, asyncio.Semaphore(ANSWERED_AT_ONCE), 0
        self._queue.sleep_when_free = _LOOK_EVERY_SECONDS
        self._turned_away, self._streams = turned_away, streams
        self._fns, self._push, self._process = page.fns, page._queue.push, page.process_api
        self._names = {fn.api_name for fn in page.fns.values() if fn.concurrency_id == ASKS and fn.api_name}
        page._queue.push, page.process_api = self._join, self._answer

    async def _join(self, body: Any, request: fastapi.Request, username: str | None) -> tuple[bool, Any, str]:
        """Takes a question into Gradio's queue; who is too many gets a finished answer on the page, and else 503, which Gradio's client knows."""
        fn = self._fns.get(body.fn_index)
        if fn is None or fn.concurrency_id != ASKS or not self._full():
            joined = await self._push(body=body, request=request, username=username)
            await self._streams.settled(body.session_hash)
            return joined
        if fn.api_visibility != "private" or body.session_hash is None:
            raise fastapi.HTTPException(503, busy(request), {"Retry-After": AGAIN_IN_SECONDS})
        event_id = uuid.uuid4().hex
        said = ProcessCompletedMessage(event_id=event_id, output={"data": self._turned_away(body.data, request)}, success=True)
        async with self._queue.pending_message_lock:
            self._queue.pending_messages_per_session.setdefault(body.session_hash, asyncio.Queue()).put_nowait(said)
            self._queue.pending_event_ids_session.setdefault(body.session_hash, set()).add(event_id)
        await self._streams.settled(body.session_hash)
        return True, event_id, "success"

    async def _answer(self, block_fn: BlockFunction, *rest: Any, event_id: str | None = None, **named: Any) -> dict[str, Any]:
        """Runs a question when its turn comes; one step of it, where it has several."""
        if block_fn.concurrency_id != ASKS:
            return await self._process(block_fn, *rest, event_id=event_id, **named)
        if event_id is not None or named["request"].request.scope.get(COUNTED):
            async with self._free:
                return await self._process(block_fn, *rest, event_id=event_id, **named)
        with self.posted() as room:  # by the number of the function, which is not in the path
            if not room:
                raise gr.Error(busy(named["request"]), print_exception=False)
            async with self._free:
                return await self._process(block_fn, *rest, event_id=event_id, **named)

    def concern(self, path: str) -> bool:
        """Whether a plain POST to `path` asks for what takes a turn."""
        *_, way, name = ["", *path.rstrip("/").split("/")]
        return way in ("run", "api") and name in self._names

    @contextmanager
    def posted(self) -> Iterator[bool]:
        """Counts a plain POST while it is held, and says whether there is room for it."""
        room = not self._full()
        self._posted += room
        try:
            yield room
        finally:
            self._posted -= room

    def _full(self) -> bool:
        joined = self._queue.event_queue_per_concurrency_id.get(ASKS)
        queued = len(joined.queue) + joined.current_concurrency if joined else 0
        return queued + self._posted >= ANSWERED_AT_ONCE + WAITING_MAX


def busy(request: fastapi.Request | gr.Request) -> str:
    """That too many ask, in the language of whoever does."""
    return say("busy", spoken(request))
