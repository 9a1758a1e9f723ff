"""Finds the browser of the page tests, and does what every visitor does."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Page

WIDE, PHONE = (1280, 800), (390, 844)

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Every new window of a full browser would load two pages of its own for the address bar, which takes as long as the page that is tested.
# Of several --disable-features only the last counts: Playwright's own that matter here are said again.
_FEATURES = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "HttpsUpgrades", "OptimizationHints", "NetworkTimeServiceQuerying", "MediaRouter", "PaintHolding")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", f"--disable-features={','.join(_FEATURES)}")


def find_browser(playwrights_own: str) -> str:
    """The browser's path: $CHROMIUM, else one on PATH, else Playwright's own; an error that says what to install."""
    asked = os.environ.get("CHROMIUM")
    if asked and not shutil.which(asked):
        raise RuntimeError(f"$CHROMIUM is {asked!r}, which cannot be run.")
    found = asked or next(filter(None, map(shutil.which, NAMES)), None) or (playwrights_own if os.path.exists(playwrights_own) else None)
    if not found:
        raise RuntimeError("The page tests need a browser: apt-get install chromium, or playwright install chromium, or set CHROMIUM.")
    return found


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox").fill(question)
    page.get_by_role("textbox").press("Enter")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def tabbed(page: Page) -> str:
    """Where one more Tab leads."""
    page.keyboard.press("Tab")
    return page.evaluate("['.reader', '.chat', '.desk', '.ask'].find((one) => document.activeElement.closest(one)) ?? ''")
