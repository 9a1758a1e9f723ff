"""Where plain POSTs with a question come in: each is read whole, then let through or told that too many ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import fastapi
from starlette.responses import JSONResponse

from rag.web.guard import App, Message
from rag.web.speaking import spoken
from rag.web.strings import say
from rag.web.turns import AGAIN_IN_SECONDS, COUNTED, Turns, busy

BODY_BYTES_MAX = 2**20
_BODY_SECONDS_MAX = 10.0

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Door:
    """ASGI middleware before the page's `Turns`: who is too many is refused before Gradio makes the state of a session for them.

    A question counts when it is there as a whole, so that no client keeps the others out by sending half of one.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not (turns := _turns(scope)).concern(scope["path"]):
            return await self._app(scope, receive, send)
        refusal, body = await _read(scope, receive)
        if refusal is not None:
            return await refusal(scope, receive, send)
        with turns.posted() as room:
            if room:
                return await self._app(scope | {COUNTED: True}, _replayed(body, receive), send)
        await JSONResponse({"error": busy(fastapi.Request(scope))}, 503, {"Retry-After": AGAIN_IN_SECONDS})(scope, receive, send)


def _turns(scope: Message) -> Turns:
    return scope["app"].get_blocks().turns


async def _read(scope: Message, receive: Receive) -> tuple[JSONResponse | None, bytes]:
    """The body, or why it is not taken."""
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS_MAX):
            while (message := await receive())["type"] == "http.request":
                body += message.get("body", b"")
                if len(body) > BODY_BYTES_MAX:
                    return JSONResponse({"error": say("error.QuestionError", spoken(fastapi.Request(scope)))}, 413), b""
                if not message.get("more_body"):
                    return None, bytes(body)
    except TimeoutError:
        pass
    return JSONResponse({"error": say("cut_off", spoken(fastapi.Request(scope)))}, 408), b""


def _replayed(body: bytes, receive: Receive) -> Receive:
    """What the application reads in place of `receive`: the body, and then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return waiting.pop() if waiting else await receive()

    return read
