"""The fixtures of the page tests, a plugin: a browser, pages that are served, and visitors who check what leaves the machine."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator

import pytest
from browser import FLAGS, WIDE, find_browser
from page_articles import ARABIC, DOHA, HOSTILE, VISIT
from page_collection import PageCollection
from page_visits import Windows
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag.web.opening import Opening
from rag.web.page import build_page, launch_options

# How long a screen may take is measured by benchmarks/page.py; here it only must come, also where others are busy on the machine.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`pytest -m browser` runs the tests that look at the page in a real browser, and only these."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Serves a page over a collection, or over one that is still opening; gives its address."""
    server = Server()
    yield server
    server.end()
    server.end(lasting=True)


class Server:
    """Starts pages, of which those that are not `lasting` end with the module of tests that started them: each one
    that waits for visitors takes some of the processor.  Their ports are used again, for at an address it knows the
    browser has the page's files, compiled."""

    def __init__(self) -> None:
        self._pages: dict[bool, list[tuple[object, int]]] = {False: [], True: []}
        self._ports: list[int] = []

    def __call__(self, over: object, *, writable: bool = False, lasting: bool = False) -> str:
        page = build_page(over if isinstance(over, Opening) else Opening.ready(over), writable=writable)
        port = self._ports.pop() if self._ports else free_port()
        self._pages[lasting].append((page, port))
        return page.launch(server_port=port, **launch_options("127.0.0.1", writable=writable))[1].rstrip("/")

    def end(self, *, lasting: bool = False) -> None:
        while self._pages[lasting]:
            page, port = self._pages[lasting].pop()
            page.close(verbose=False)
            self._ports.append(port)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="module", autouse=True)
def ended(serve) -> Iterator[None]:
    yield
    serve.end()


@pytest.fixture(scope="session")
def collection() -> PageCollection:
    return PageCollection([VISIT, DOHA, ARABIC, *HOSTILE])


@pytest.fixture(scope="session")
def address(serve, collection) -> str:
    return serve(collection, lasting=True)


@pytest.fixture(scope="session")
def windows(chromium) -> Windows:
    return Windows(chromium)


@pytest.fixture
def visit(windows) -> Iterator[Callable[..., Page]]:
    """Opens an address as a fresh visitor; afterwards no script may have failed and no request have left the machine.

    A visit that changes the window itself, its clock for example, is the `last` one there.
    """
    foreign, broken = [], []

    def go(address: str, size: tuple[int, int] = WIDE, locale: str = "en-US", scheme: str = "light", *, last: bool = False) -> Page:
        page = window(address, (locale, scheme), last=last).new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("request", lambda request: foreign.append(request.url) if not is_local(request.url) else None)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("dialog", lambda dialog: broken.append(dialog.message))
        page.goto(address)
        expect(page.get_by_role("textbox")).to_be_visible()
        return page

    with windows.lent() as window:
        yield go
    assert (foreign, broken) == ([], [])


def is_local(url: str) -> bool:
    return re.match(r"(?:https?|wss?)://127\.0\.0\.1[:/]|(?:data|blob):", url) is not None
