"""Keeps a browser from missing an answer because it was asked for while the stream of the one before was being closed.

Gradio sends what a visitor waits for in one stream, and ends it with the word `close_stream` when nothing is left.  A browser
that is told of a new event before it has read that word believes that the stream is open, and then waits for ever.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from rag.web.guard import App, Message

SETTLED_SECONDS = 0.1
_CLOSES = b"close_stream"


class Streams:
    """When the stream of each session was closed, if that was a moment ago."""

    def __init__(self) -> None:
        self._closed: dict[str, float] = {}

    def closed(self, session: str) -> None:
        now = time.monotonic()
        self._closed = {name: at for name, at in self._closed.items() if at > now - SETTLED_SECONDS} | {session: now}

    async def settled(self, session: str | None) -> None:
        """Until the browser of `session` has read that its last stream is closed."""
        left = self._closed.get(session or "", 0.0) + SETTLED_SECONDS - time.monotonic()
        if left > 0:
            await asyncio.sleep(left)


class WatchedStreams:
    """ASGI middleware: tells `Streams` of the page that is served when Gradio closes one."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/queue/data"):
            return await self._app(scope, receive, send)
        session = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]

        async def watched(message: Message) -> None:
            if _CLOSES in message.get("body", b""):
                scope["app"].get_blocks().streams.closed(session)
            await send(message)

        await self._app(scope, receive, watched)
