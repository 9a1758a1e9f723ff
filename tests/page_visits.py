"""Windows of the browser that are used again: whoever comes next finds nothing of the one before but the page's files in the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from browser import WIDE
from playwright.sync_api import Browser, BrowserContext, Page

Look = tuple[str, str]
"""The browser's language and its colour scheme."""


@dataclass(frozen=True)
class Window:
    """A context whose first tab stays open and empty: an open window and a warm cache halve what a page takes to appear."""

    context: BrowserContext
    first: Page

    @classmethod
    def open(cls, browser: Browser, look: Look) -> Window:
        locale, scheme = look
        width, height = WIDE
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, color_scheme=scheme, reduced_motion="reduce")
        return cls(context, context.new_page())

    def forget(self, address: str) -> None:
        """Takes away what an earlier visitor could have left at this address, and every permission."""
        self.context.clear_cookies()
        self.context.clear_permissions()
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        session = self.context.new_cdp_session(self.first)
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session.detach()

    def leave(self) -> None:
        for page in self.context.pages:
            if page != self.first:
                page.close()


class Windows:
    """The windows of a browser, by the look that a visitor's has."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[Look, list[Window]] = {}

    @contextmanager
    def lent(self) -> Iterator[Callable[..., BrowserContext]]:
        """Gives a window for an address and a look, another one each time; at the end all come back but those whose visit was the last."""
        taken: list[tuple[Look, Window]] = []
        done: list[Window] = []

        def take(address: str, look: Look, *, last: bool = False) -> BrowserContext:
            free = self._free.get(look)
            window = free.pop() if free else Window.open(self._browser, look)
            if last:
                done.append(window)
            else:
                taken.append((look, window))
            window.forget(address)
            return window.context

        yield take
        for look, window in taken:
            window.leave()
            self._free.setdefault(look, []).append(window)
        for window in done:
            window.context.close()
