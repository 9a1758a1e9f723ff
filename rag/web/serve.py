"""Starts the page: the server first, then the collection behind it; `app.py` and `rag serve` both come here."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.errors import RagError
from rag.web.asks import Asks
from rag.web.guard import LOOPBACK
from rag.web.opening import Opening, Phase, State

HOST = "127.0.0.1"
_PORT = 7860
_TELL_EVERY_SECONDS = 1.0


class CannotServe(RagError):
    """The address asked for cannot be had."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What both commands that serve the page are told: where, by what names, and whether it may change the collection."""
    parser.add_argument(
        "--port", type=_port, help=f"fail if it is taken; default: $GRADIO_SERVER_PORT, else {_PORT}, else the next free one"
    )
    parser.add_argument("--host", default=HOST, help=f"the address to listen on; default: {HOST}, for this machine alone")
    parser.add_argument("--writable", action="store_true", help="let whoever opens the page add and remove articles; default: they can only ask and read")
    parser.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="another name the page may be asked by, as through a proxy")


def folders(named: str | os.PathLike[str] | None, home: Path) -> tuple[Path, Path | None]:
    """The collection's folder, and the folder that fills it while it is empty, if any.

    A folder that somebody named, here or in $RAG_INDEX, is theirs to fill; only the default one, `index` in `home`,
    starts with the `seeds` beside it.
    """
    named = named or os.environ.get("RAG_INDEX")
    if named:
        return Path(named), None
    seeds = home / "seeds"
    return home / "index", seeds if seeds.is_dir() else None


def engine(named: str | None) -> str | None:
    """The server that keeps the vectors and terms: named here or in $RAG_ENGINE; None for none."""
    return named or os.environ.get("RAG_ENGINE") or None


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a port, 1 to 65535")
    return int(text)


def serve(
    index: Path,
    engine: str | None = None,
    *,
    host: str = HOST,
    port: int | None = None,
    seeds: Path | None = None,
    allowed: Sequence[str] = (),
    writable: bool = False,
) -> None:
    """Serves the page over the collection in `index`, with `engine` if there is one, until Ctrl-C; `seeds` is added if
    there are no articles yet.

    On the loopback only names of this machine and those `allowed` are answered.  `writable` lets visitors add and
    remove articles.
    `CannotServe` if `port` is taken; any other `RagError` if the collection cannot be opened.
    """
    host = host.strip("[]")
    _check_address(host, port)
    if host not in LOOPBACK:
        can = "read, add and remove" if writable else "read"
        print(f"Warning: on {host} everybody who reaches this machine can {can} the articles; there is no login.", file=sys.stderr)
    try:
        _serve(index, engine, host, port, seeds, frozenset(name.casefold() for name in allowed), writable)
    except KeyboardInterrupt:
        print("\nKutip: closed", flush=True)


def _serve(index: Path, engine: str | None, host: str, port: int | None, seeds: Path | None, allowed: frozenset[str], writable: bool) -> None:
    for name in ("NO_PROXY", "no_proxy"):  # Gradio asks its own address once at the start; no proxy can answer that
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1", "localhost", host)))
    opening = Opening(lambda tell: _prepared(index, engine, seeds, tell))
    from rag.web.page import build_page, launch_options  # gradio takes seconds to import: not for a taken port

    page = build_page(opening, writable=writable)
    try:
        _, address, _ = page.launch(server_port=port, **launch_options(host, allowed, writable=writable))
    except OSError as error:
        raise CannotServe(f"The page cannot be served: {error}") from error
    address = address.rstrip("/")
    print(f"Kutip: {address}  preparing the collection in {index} (questions wait until it is ready)", flush=True)
    opening.start()
    interrupted = _remember_interrupts()
    try:
        _tell_until_ready(opening, seeds)
        collection = opening.collection()
        print(_ready_line(address, collection), flush=True)
        while not interrupted:  # not an Event: on Windows Ctrl-C would not end its wait
            time.sleep(0.5)
    finally:
        page.close(verbose=False)
        if opening.state.phase is Phase.READY:
            opening.collection().close()


def _remember_interrupts() -> list[int]:
    """A list that Ctrl-C fills besides raising KeyboardInterrupt, which is lost where it strikes a destructor."""
    came: list[int] = []

    def interrupt(number: int, _: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, interrupt)
    return came


def _prepared(index: Path, engine: str | None, seeds: Path | None, tell: Callable[[State], None]) -> Asks:
    from rag.collection import Collection

    collection = Collection.open(index, engine=engine)
    tell(State(Phase.LOADING))
    collection.warm_up()
    if seeds is not None and not collection.searched().articles:
        collection.add(seeds, progress=lambda progress: tell(State(Phase.ADDING, progress)))
        collection.warm_up()
    return collection


def _check_address(host: str, port: int | None) -> None:
    """Asks the system before Gradio does: Gradio would try a hundred ports on an address that is not this machine's."""
    default = os.environ.get("GRADIO_SERVER_PORT", "")
    if default and not default.isdecimal():
        raise CannotServe(f"GRADIO_SERVER_PORT is {default!r}, which is not the number of a port.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name == "posix":  # elsewhere this option would let two servers share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port or 0))
        except OSError as error:
            cure = "Choose another --port, or none for the next free one." if port else "Choose another --host."
            raise CannotServe(f"Cannot listen on {host}{f':{port}' if port else ''}: {error.strerror or error}. {cure}") from error


def _tell_until_ready(opening: Opening, seeds: Path | None) -> None:
    """Shows in the terminal how far the collection is; at most one line a second."""
    said, last = None, 0.0
    while not opening.wait(0.2):
        state = opening.state
        if state.phase is Phase.ADDING and state != said and time.monotonic() - last >= _TELL_EVERY_SECONDS:
            said, last = state, time.monotonic()
            progress = state.progress
            how_far = f": {progress.done} of {progress.total or '?'} {progress.unit} {progress.name}".rstrip() if progress else ""
            print(f"Kutip: adding {seeds}{how_far}", flush=True)


def _ready_line(address: str, collection: Asks) -> str:
    searched = collection.searched()
    counts = [f"{n} {one if n == 1 else one + 's'}" for n, one in ((searched.articles, "article"), (searched.passages, "passage"))]
    languages = f" ({', '.join(searched.languages)})" if searched.languages else ""
    hint = "" if searched.articles else "  Add articles with: rag add PATH"
    return f"Kutip: {address}  {', '.join(counts)}{languages}, model {collection.model_name}, offline{hint}"
