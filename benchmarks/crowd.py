"""Many clients at the same moment, each by one of the ways in which a question reaches the page, over plain sockets.

A browser or gradio_client for each of 200 clients would keep the machine busy that the server needs.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

BUSY_WORDS = ("Kutip is busy", "Kutip sedang sibuk")
"""How the refusal begins, in each language of the page."""

_FAILED = "Something went wrong"

_HEADERS = "Content-Type: application/json\r\nConnection: close\r\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one client was told at last, and after how many seconds."""

    way: str
    seconds: float
    said: str

    @property
    def answered(self) -> bool:
        """With citations, or with the honest word that there are none."""
        done = '"answered":' in self.said or ('"process_completed"' in self.said and '"success":true' in self.said)
        return done and not self.refused and _FAILED not in self.said

    @property
    def refused(self) -> bool:
        return any(words in self.said for words in BUSY_WORDS)


class Crowd:
    """Clients of the page at `address`.  Ways: `page` as the page's own box asks, `call` by event, `run` by a plain POST."""

    def __init__(self, address: str, language: str = "en") -> None:
        self._host, self._port = (parts := urlsplit(address)).hostname, parts.port
        self._headers = f"Host: {parts.netloc}\r\nAccept-Language: {language}\r\n{_HEADERS}"
        self._box = 0

    def ask(self, questions: Sequence[str], ways: Sequence[str], timeout: float, heard: Callable[[Outcome], object] = bool) -> list[Outcome]:
        """One client for each question, all at once, by the `ways` in turn; each outcome is `heard` when it comes.

        Who is not answered within `timeout` seconds is neither answered nor refused.
        """
        with ThreadPoolExecutor(1) as pool:  # Playwright keeps a running loop in the thread that it is used in
            return pool.submit(asyncio.run, self._all(questions, ways, timeout, heard)).result()

    async def _all(self, questions: Sequence[str], ways: Sequence[str], timeout: float, heard: Callable[[Outcome], object]) -> list[Outcome]:
        if "page" in ways:
            config = json.loads(await self._exchange("GET", "/config"))
            self._box = next(one["id"] for one in config["dependencies"] if [target[1] for target in one["targets"]] == ["submit", "submit"])
        return await asyncio.gather(*(self._one(question, ways[i % len(ways)], timeout, heard) for i, question in enumerate(questions)))

    async def _one(self, question: str, way: str, timeout: float, heard: Callable[[Outcome], object]) -> Outcome:
        begin = time.perf_counter()
        try:
            said = await asyncio.wait_for(getattr(self, f"_by_{way}")(question), timeout)
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            said = repr(error)
        outcome = Outcome(way, time.perf_counter() - begin, said)
        heard(outcome)
        return outcome

    async def _by_page(self, question: str) -> str:
        session = secrets.token_hex(5)
        event = {"data": [question, [], None], "fn_index": self._box, "session_hash": session, "event_data": None}
        joined = await self._exchange("POST", "/gradio_api/queue/join", event)
        return joined if "event_id" not in joined else await self._exchange("GET", f"/gradio_api/queue/data?session_hash={session}")

    async def _by_call(self, question: str) -> str:
        joined = await self._exchange("POST", "/gradio_api/call/ask", {"data": [question]})
        return joined if "event_id" not in joined else await self._exchange("GET", f"/gradio_api/call/ask/{json.loads(joined)['event_id']}")

    async def _by_run(self, question: str) -> str:
        return await self._exchange("POST", "/gradio_api/run/ask", {"data": [question]})

    async def _exchange(self, method: str, path: str, body: Any = None) -> str:
        """The whole body of the answer; a stream of events is read to its end."""
        data = b"" if body is None else json.dumps(body).encode()
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(f"{method} {path} HTTP/1.1\r\n{self._headers}Content-Length: {len(data)}\r\n\r\n".encode() + data)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            if "transfer-encoding: chunked" not in head:
                return (await reader.read()).decode()
            pieces = []
            while size := int(await reader.readline(), 16):
                pieces.append(await reader.readexactly(size))
                await reader.readexactly(2)
            return b"".join(pieces).decode()
        finally:
            writer.close()
