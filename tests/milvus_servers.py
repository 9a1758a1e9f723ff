"""Milvus Lite in this process, reached like any server; it and pymilvus come with the extra `test`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rag.retrieval.milvus.address import MilvusAddress
from rag.retrieval.milvus.link import MilvusLink

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Lite:
    """A running Milvus Lite; `stop` ends it, and nobody answers on its port any more."""

    port: int
    stop: Callable[[], None]

    def address(self, name: str) -> MilvusAddress:
        return MilvusAddress(HOST, self.port, name)


def start_lite(folder, port: int = 0) -> Lite:
    pytest.importorskip("pymilvus", reason="pymilvus is not installed: pip install -e .[test]")
    pytest.importorskip("milvus_lite", reason="milvus-lite is not installed: pip install -e .[test]")
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    server, database, port = start_server_in_thread(str(folder), HOST, port)

    def stop() -> None:
        server.stop(grace=0).wait()
        database.close()

    return Lite(port, stop)


def link_of(request: pytest.FixtureRequest, where: str) -> MilvusLink:
    """A connection to `lite` or `standalone`."""
    address = request.getfixturevalue(where)
    return MilvusLink(address.address("kutip_test") if isinstance(address, Lite) else address)


def fresh_table(link: MilvusLink, name: str) -> str:
    """The name of a table that is not there."""
    if link.call("has_collection", name):
        link.call("drop_collection", name)
    return name
