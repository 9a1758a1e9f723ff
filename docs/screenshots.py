"""Makes docs/screenshots/*.png from the real page over the first articles: python docs/screenshots.py

Each screen wide and narrow, light and dark; in a temporary folder, so the default collection stays as it is.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import FLAGS, find_browser  # noqa: E402

from rag.collection import Collection  # noqa: E402
from rag.web.opening import Opening, Phase, State  # noqa: E402
from rag.web.page import build_page, launch_options  # noqa: E402
from rag.web.strings import EXAMPLES  # noqa: E402

SHOTS = ROOT / "docs" / "screenshots"
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
BYTES_MAX = 200_000


def main() -> None:
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Collection.open(folder) as collection, sync_playwright() as playwright:
        collection.add(ROOT / "seeds")
        ready = threading.Event()

        def prepare(tell):
            tell(State(Phase.LOADING))
            collection.warm_up()
            ready.wait()
            return collection

        opening = Opening(prepare)
        opening.start()
        served = build_page(opening, writable=True)
        address = served.launch(**launch_options("127.0.0.1", writable=True))[1]
        browser = playwright.chromium.launch(executable_path=find_browser(playwright.chromium.executable_path), args=list(FLAGS))
        for visit, name in visits(browser):
            visit.goto(address)
            visit.locator(".masthead .preparing").wait_for()
            shoot(visit, f"preparing-{name}")
        ready.set()
        for visit, name in visits(browser):
            walk(visit, address, name)
        browser.close()
        served.close(verbose=False)


def visits(browser: Browser):
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            locale = "id-ID" if size == "phone" else "en-US"
            viewport = {"width": width, "height": height}
            context = browser.new_context(viewport=viewport, locale=locale, color_scheme=scheme, reduced_motion="reduce")
            yield context.new_page(), f"{size}-{scheme}"
            context.close()


def walk(page: Page, address: str, name: str) -> None:
    """One visitor's way: the empty page, an answer, its article, and a question without an answer."""
    page.goto(address)
    page.locator(".chat .example").first.wait_for()
    shoot(page, f"empty-{name}")
    page.get_by_role("textbox").fill(EXAMPLES[0].question)
    page.get_by_role("textbox").press("Enter")
    link = page.locator(".chat blockquote a").first
    link.wait_for()
    shoot(page, f"answer-{name}")
    link.click()
    page.locator(".reader article mark:focus").wait_for()
    shoot(page, f"reader-{name}")
    page.keyboard.press("Escape")
    page.get_by_role("textbox").fill("kapan kunjungan itu? lang:id")
    page.get_by_role("textbox").press("Enter")
    page.locator(".chat .about").wait_for()
    shoot(page, f"follow-up-{name}")
    page.locator(".bar .narrow").click()
    shoot(page, f"filter-{name}")
    page.locator(".bar .narrow").click()
    page.locator(".ask textarea").fill(EXAMPLES[-1].question)
    page.locator(".ask textarea").press("Enter")
    page.locator(".chat .near").wait_for()
    shoot(page, f"not-answered-{name}")
    page.locator(".shelf-toggle").click()
    page.locator(".shelf-list a").first.wait_for()
    shoot(page, f"collection-{name}")


def shoot(page: Page, name: str) -> None:
    page.evaluate(
        "() => Promise.all(document.getAnimations().filter(one => one.effect.getTiming().iterations < 9).map(one => one.finished))"
    )
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as image:
        image.convert("RGB").quantize(128).save(path, optimize=True)
    if path.stat().st_size > BYTES_MAX:
        raise SystemExit(f"{path.name} has {path.stat().st_size} bytes, more than {BYTES_MAX}")


if __name__ == "__main__":
    main()
