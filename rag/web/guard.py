"""Refuses requests that another web site makes a reader's browser send to this page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_OTHER_NAME = (
    "Refused: Kutip was started for this machine alone and answers only as localhost or 127.0.0.1. "
    "To reach it by another name, through a proxy for example, start it with --allow-host and that name."
)
_OTHER_SITE = (
    "Refused: another web site sent this request. "
    "If it came through a proxy, let the proxy pass on the Host header as the browser wrote it (nginx: proxy_set_header Host $http_host;)."
)

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class OwnOriginOnly:
    """ASGI middleware: an `Origin` must be the host that was asked, and on loopback the `Host` a name of this machine.

    The first keeps other sites from sending questions, the second keeps a foreign name that was made to point here
    (DNS rebinding) from reading the answers.
    """

    def __init__(self, app: App, host: str, allowed: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._names = LOOPBACK | allowed if host in LOOPBACK else None

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        refusal = self._refusal(scope["headers"]) if scope["type"] == "http" else ""
        if refusal:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
            await send({"type": "http.response.body", "body": f"{refusal}\n".encode()})
            return
        await self._app(scope, receive, send)

    def _refusal(self, headers: list[tuple[bytes, bytes]]) -> str:
        """Why the request is refused, with the cure; empty when it is welcome."""
        fields = {name: value.decode("latin-1") for name, value in headers if name in (b"host", b"origin")}
        host, origin = fields.get(b"host", ""), fields.get(b"origin")
        try:
            if self._names is not None and urlsplit(f"//{host}").hostname not in self._names:
                return _OTHER_NAME
            return "" if origin is None or urlsplit(origin).netloc == host else _OTHER_SITE
        except ValueError:
            return _OTHER_NAME
