"""Uploads: refused while the page may not change the collection, else bounded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from rag.web.guard import App, Message

_READ_ONLY = "Refused: Kutip was started without --writable, so nothing can be uploaded."


class BoundedUploads:
    """ASGI middleware: what Gradio offers for uploads answers 403 where `bytes_max` is 0, else 413 to anything larger.

    Gradio has these addresses whether a page takes files or not.
    """

    def __init__(self, app: App, bytes_max: int) -> None:
        self._app, self._bytes_max = app, bytes_max

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        status, refusal = self._refusal(scope) if scope["type"] == "http" else (200, "")
        if refusal:
            await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
            await send({"type": "http.response.body", "body": f"{refusal}\n".encode()})
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Message) -> tuple[int, str]:
        """Status and reason; the reason is empty for what is welcome."""
        if not any(part in ("upload", "upload_progress") for part in scope["path"].split("/")):
            return 200, ""
        if not self._bytes_max:
            return 403, _READ_ONLY
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if scope["method"] == "POST" and not (length.isdigit() and int(length) <= self._bytes_max):
            return 413, f"Refused: at most {self._bytes_max // 2**20} MiB can be uploaded at once. Add the files in parts, or with rag add."
        return 200, ""
