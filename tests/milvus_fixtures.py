"""The Milvus servers to test against, a plugin: Lite in this process, and one that answers on the loopback, if any."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from milvus_servers import HOST, Lite, start_lite

from rag.retrieval.milvus.address import PORT, MilvusAddress


@pytest.fixture(scope="session")
def lite(tmp_path_factory) -> Iterator[Lite]:
    running = start_lite(tmp_path_factory.mktemp("milvus-lite"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def standalone() -> MilvusAddress:
    """The server on Milvus' own port of this machine; it must be one to try things on, for tests make and drop collections there."""
    pytest.importorskip("pymilvus", reason="pymilvus is not installed: pip install -e .[test]")
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((HOST, PORT)):
            pytest.skip(f"no Milvus server answers on {HOST}:{PORT}")
    return MilvusAddress(HOST, PORT, "kutip_test")
