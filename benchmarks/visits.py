"""What a visitor waits for, in a real browser: the page, the first citation of an answer, the article beside it.

Times are taken inside the browser, from the key or the click to the first frame in which the thing lies in the window.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")

# Begins with the next event of a kind; `seen` says in each frame whether the thing is there.
_WATCH = """([kind, seen]) => {
  window.__took = null;
  const there = new Function('return ' + seen), before = there();
  addEventListener(kind, () => {
    const begin = performance.now();
    const look = () => { there() ? window.__took = performance.now() - begin : requestAnimationFrame(look); };
    look();
  }, {capture: true, once: true});
  return before;
}"""

# From the moment at which the browser turns to the address.
_SHOWN = """
const shown = () => {
  const box = document.querySelector('textarea');
  box && box.getBoundingClientRect().width > 0 ? window.__shown = performance.now() : requestAnimationFrame(shown);
};
shown();
"""

_IN_WINDOW = """((one) => {
  const box = one ? one.getBoundingClientRect() : null;
  return !!box && box.width > 0 && box.top >= 0 && box.top < innerHeight && box.left >= 0 && box.left < innerWidth;
})"""
_CITATION = f"""{_IN_WINDOW}(document.querySelectorAll('.chat .user-row').length === %d
  && [...document.querySelectorAll('.chat .bot-row')].at(-1)?.querySelector('blockquote a[href^="#cite="]'))"""
_ARTICLE = f"{_IN_WINDOW}(document.querySelector('.sidebar.open .reader mark'))"
_ECHO = "[...document.querySelectorAll('input, textarea')].some((one) => one.value.endsWith('~'))"


@contextmanager
def browsing() -> Iterator[Browser]:
    """$CHROMIUM, else one on PATH, else Playwright's own."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, address: str) -> Iterator[tuple[Page, float]]:
    """A first visit, nothing in the cache: the page, and the seconds until the box for the question is to be seen."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = context.new_page()
    page.add_init_script(_SHOWN)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.__shown")
    yield page, page.evaluate("window.__shown") / 1000
    context.close()


def seconds_to_page(browser: Browser, address: str) -> float:
    with visiting(browser, address) as (_, seconds):
        return seconds


def seconds_to_citation(page: Page, question: str) -> float:
    """From Enter until the first citation of the answer is in the window; the question must be one that is answered."""
    page.get_by_role("textbox").fill(question)
    asked = page.locator(".chat .user-row").count()
    return _seconds(page, "keydown", _CITATION % (asked + 1), lambda: page.get_by_role("textbox").press("Enter"))


def seconds_to_article(page: Page) -> float:
    """From the click on the newest answer's first citation until the marked quote is in the window; the reader is closed again."""
    citation = page.locator(".chat .bot-row").last.locator('blockquote a[href^="#cite="]').first
    seconds = _seconds(page, "click", _ARTICLE, citation.click)
    page.keyboard.press("Escape")
    page.locator(".sidebar:not(.open)").wait_for(state="attached")
    return seconds


def seconds_to_echo(page: Page, words: str) -> float:
    """Of the bare page: from Enter until what was typed has come back with a ~ at its end."""
    page.get_by_role("textbox").fill(words)
    return _seconds(page, "keydown", _ECHO, lambda: page.get_by_role("textbox").press("Enter"))


def _seconds(page: Page, kind: str, seen: str, act: Callable[[], None]) -> float:
    """From the event of this kind that `act` makes until `seen`, a JavaScript expression, is true."""
    if page.evaluate(_WATCH, [kind, seen]):
        raise RuntimeError("What is waited for is there already.")
    act()
    page.wait_for_function("window.__took !== null")
    return page.evaluate("window.__took") / 1000
