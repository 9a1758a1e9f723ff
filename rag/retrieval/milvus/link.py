"""The line to one Milvus server: every call has a time limit, and every failure is an EngineError with its cure."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.errors import EngineError
from rag.retrieval.milvus.address import TOKEN_VARIABLE, MilvusAddress

if TYPE_CHECKING:
    from pymilvus import MilvusClient

CALL_SECONDS = 30.0
CONNECT_SECONDS = 5.0
SETTLE_SECONDS = 10.0
"""For so long after a change a search waits until the server has taken in everything (`Strong`); later it reads what is
at most 5 s old (`Bounded`, Milvus' common.gracefulTime), which is everything too and takes no waiting."""
SPARSE_FROM = (2, 4)
"""The first version of Milvus with sparse vectors."""
_OWN = {"grpc.use_local_subchannel_pool": 1}
"""A new connection dials anew: shared ones fail for seconds after a server is back."""
_VERSION = re.compile(r"v?(\d+)\.(\d+)")


class MilvusLink:
    """A connected client.  Safe for many threads.  Raises EngineError when there is no usable server."""

    def __init__(self, address: MilvusAddress) -> None:
        try:
            from pymilvus import MilvusClient, MilvusException
        except ImportError as error:
            raise EngineError(f"{address} needs the package pymilvus: pip install 'kutip[milvus]'.") from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs each failure with a traceback; here it becomes an EngineError
        self.address = address
        self.failures = 0
        self._failures = (MilvusException, OSError, RuntimeError, ValueError)
        self._changed = time.monotonic()
        self._connecting = threading.Lock()
        self._new_client: Callable[..., MilvusClient] = MilvusClient
        self._client: MilvusClient | None = None
        self.version = str(self.call("get_server_version"))

    @property
    def has_sparse(self) -> bool:
        """Can the server hold sparse vectors, so the terms of passages?"""
        found = _VERSION.match(self.version)
        return found is None or (int(found[1]), int(found[2])) >= SPARSE_FROM

    @property
    def consistency(self) -> str:
        """The level at which a search now sees everything that is known to be there."""
        return "Strong" if time.monotonic() - self._changed < SETTLE_SECONDS else "Bounded"

    def changed(self) -> None:
        """Something was written, or it was learned that somebody else has written."""
        self._changed = time.monotonic()

    def call(self, verb: str, *args: object, **options: object):
        """One method of the client, with a time limit; after a failure over a new connection."""
        client = self._connected()
        try:
            return getattr(client, verb)(*args, timeout=CALL_SECONDS, **options)
        except self._failures as error:
            with self._connecting:
                self.failures += 1
                self._client = None
            raise EngineError(
                f"Milvus on {self.address.server} failed ({_said(error)}). Try again when it is well, or open the folder without an engine."
            ) from error

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _connected(self) -> MilvusClient:
        with self._connecting:
            if self._client is None:
                uri, token = f"http://{self.address.server}", os.environ.get(TOKEN_VARIABLE, "")
                try:
                    self._client = self._new_client(uri=uri, token=token, timeout=CONNECT_SECONDS, dedicated=True, grpc_options=_OWN)
                except self._failures as error:
                    raise EngineError(
                        f"No Milvus server answers on {self.address.server} ({_said(error)}). Start it, correct the address or ${TOKEN_VARIABLE}, "
                        "or open the folder without an engine."
                    ) from error
            return self._client


def _said(error: Exception) -> str:
    """What a failure says, on one line and not at length."""
    return " ".join(str(getattr(error, "message", "") or error).split())[:200]
