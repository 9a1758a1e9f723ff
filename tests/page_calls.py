"""Calls that a browser makes of a page, and that anybody can make who forges them."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request


def post(url: str, body: bytes, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def functions(address: str) -> list[dict]:
    """What the page can call, its private functions too."""
    with urllib.request.urlopen(f"{address}/config", timeout=20) as answer:
        return json.load(answer)["dependencies"]


def send(address: str, number: int, data: list[object]) -> dict[str, object]:
    """The last message of the answer to a call of a private function."""
    event = {"data": data, "fn_index": number, "session_hash": secrets.token_hex(4)}
    assert post(f"{address}/gradio_api/queue/join", json.dumps(event).encode(), **{"Content-Type": "application/json"})[0] == 200
    with urllib.request.urlopen(f"{address}/gradio_api/queue/data?session_hash={event['session_hash']}", timeout=20) as stream:
        said = (json.loads(line.removeprefix(b"data: ")) for line in stream if line.startswith(b"data: "))
        return next(one for one in said if one["msg"] == "process_completed")
