"""Where a Milvus server is and under which name it keeps a collection: `milvus://host:19530/name`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from rag.errors import EngineError

SCHEME = "milvus"
PORT = 19530
TOKEN_VARIABLE = "MILVUS_TOKEN"
"""The environment variable with the server's token, `user:password` or an API key; an address shows up in logs."""
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
# Milvus allows 255 characters; some 20 are added for each of the collections that are made of one name.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """A server and the name a collection has there; `host` is a name, an IPv4 address or an IPv6 one without brackets."""

    host: str
    port: int
    name: str

    @property
    def server(self) -> str:
        """`host:port`, as it is dialled and shown."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{SCHEME}://{self.server}/{self.name}"


def parse_engine(url: str) -> MilvusAddress:
    """The address that a person gave.  Raises EngineError, which says what is wrong with it and never repeats a password."""
    if not url.isprintable() or " " in url:
        raise _refused("it holds blanks or characters that cannot be seen")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(str(error)) from None
    name = parts.path.removeprefix("/")
    if parts.scheme != SCHEME:
        raise _refused(f"it begins with {parts.scheme[:20]!r}, and {SCHEME!r} is the only engine there is")
    if "@" in parts.netloc:
        raise _refused(f"a user or password does not belong in it: put them in the environment variable {TOKEN_VARIABLE}")
    if not _HOST.fullmatch(host) or port == 0:
        raise _refused(f"{host[:80]!r} is not the name or address of a server" if port != 0 else "0 is not the number of a port")
    if parts.query or parts.fragment:
        raise _refused("nothing may follow the name")
    if not _NAME.fullmatch(name):
        raise _refused(f"{name[:80]!r} is not a name for a Milvus collection: letters, digits and _, at most 200, no digit first")
    return MilvusAddress(host, port or PORT, name)


def _refused(reason: str) -> EngineError:
    return EngineError(f"The address of the engine cannot be used: {reason}. Give one such as {SCHEME}://localhost:{PORT}/articles.")
