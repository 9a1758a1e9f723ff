"""The line to one Milvus server: every call has a time limit, and every failure is an EngineError with its cure."""

from __future__ import annotations

import logging
import os
import re
import time

from rag.errors import EngineError
from rag.retrieval.milvus_address import TOKEN_VARIABLE, MilvusAddress

CALL_SECONDS = 30.0
CONNECT_SECONDS = 5.0
SETTLE_SECONDS = 10.0
"""For so long after a change a search waits until the server has taken in everything (`Strong`); later it reads what is
at most 5 s old (`Bounded`, Milvus' common.gracefulTime), which is everything too and takes no waiting."""
SPARSE_FROM = (2, 4)
"""The first version of Milvus with sparse vectors."""
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
        self.troubled = False
        self._failures = (MilvusException, OSError, RuntimeError, ValueError)
        self._changed = time.monotonic()
        try:
            self._client = MilvusClient(uri=f"http://{address.server}", token=os.environ.get(TOKEN_VARIABLE, ""), timeout=CONNECT_SECONDS)
        except self._failures as error:
            raise EngineError(
                f"No Milvus server answers on {address.server} ({_said(error)}). Start it, correct the address or ${TOKEN_VARIABLE}, or open the folder "
                "without an engine."
            ) from error
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
        """One method of the client, with a time limit."""
        try:
            return getattr(self._client, verb)(*args, timeout=CALL_SECONDS, **options)
        except self._failures as error:
            self.troubled = True
            raise EngineError(
                f"Milvus on {self.address.server} failed ({_said(error)}). Try again when it is well, or open the folder without an engine."
            ) from error

    def close(self) -> None:
        self._client.close()


def _said(error: Exception) -> str:
    """What a failure says, on one line and not at length."""
    return " ".join(str(getattr(error, "message", "") or error).split())[:200]
