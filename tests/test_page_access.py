"""axe-core over every screen of the page, wide and on a phone, light and dark: nothing serious may keep anybody out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import PHONE, WIDE, ask
from fakes import WordCountEmbedder
from page_articles import DOHA, VISIT
from playwright.sync_api import Page, expect

from rag import Article, Collection

pytest_plugins = ("page_browser",)

BAD = ("serious", "critical")
COLOURS = ["color-contrast", "link-in-text-block"]
"""What is left to see on a screen that turns from light to dark: it holds the same elements in the same places."""
MANY = [Article(f"berita/{n:02d}.txt", f"Kabar {n}", f"Harga beras naik {n} persen.", f"Koran {n}", published=f"{1990 + n}", language="id") for n in range(30)]


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    with Collection.open(tmp_path_factory.mktemp("access") / "index", embedder=WordCountEmbedder()) as collection:
        collection.add([VISIT, DOHA, *MANY])
        yield serve(collection, writable=True)


@pytest.mark.parametrize(("size", "schemes"), [(WIDE, ("light", "dark")), (PHONE, ("dark", "light"))], ids=["wide", "phone"])
def test_nothing_serious_is_found_on_any_screen(visit, address, size, schemes):
    page = visit(address, size, scheme=schemes[0])
    page.evaluate(Axe().axe_script)
    page.add_style_tag(content="* { transition: none !important; }")  # a colour on its way to another is neither
    found: dict[str, list[str]] = {}
    for screen in screens(page):
        problems = serious(page)
        turn(page, schemes[1])
        problems += serious(page, COLOURS)
        turn(page, schemes[0])
        if problems:
            found[screen] = problems
    assert found == {}


def turn(page: Page, scheme: str) -> None:
    """Lets the visitor's system turn light or dark."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark")


def serious(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """What axe finds on the screen as it is, by all rules or by these: the rule, and the element that breaks it."""
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    told = page.evaluate("only => axe.run({resultTypes: ['violations'], ...only})", only)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in told["violations"] if rule["impact"] in BAD for node in rule["nodes"]]


def screens(page: Page):
    """One visitor's way through all screens; each is named while it stands there."""
    expect(page.locator("button.example, .chat h2").first).to_be_visible()
    yield "empty"
    ask(page, "Siapa didampingi Haniyeh?")
    link = page.locator(".chat blockquote a").first
    expect(link).to_be_visible()
    page.locator(".chat .why summary").first.click()
    yield "answer"
    link.click()
    expect(page.locator(".reader mark:focus")).to_be_visible()
    yield "reader"
    page.keyboard.press("Escape")
    expect(page.locator(".reader section")).to_be_hidden()
    ask(page, "dan kapan kunjungan itu? lang:id")
    expect(page.locator(".chat .about button").first).to_be_visible()
    yield "follow-up"
    page.locator(".bar .narrow").click()
    expect(page.locator(".narrow-form")).to_be_visible()
    yield "filter form"
    page.locator(".bar .narrow").click()
    page.locator(".bar .export summary").click()
    expect(page.locator(".bar .export .tool").last).to_be_visible()
    yield "export menu"
    page.keyboard.press("Escape")
    ask(page, 'Siapa mengatakan "biaya pesawat Prabowo" kepada Haniyeh? since:2022')
    expect(page.locator(".chat .widen").last).to_be_visible()
    expect(page.locator(".chat .near").last).to_be_visible()
    yield "honest no"
    page.locator(".shelf-toggle").click()
    expect(page.locator(".shelf-list tbody tr")).to_have_count(25)
    yield "collection"
    page.locator(".shelf-list .ask-remove").first.click()
    expect(page.locator(".shelf-list .sure").first).to_be_visible()
    yield "removal"
    page.locator(".shelf-list .remove").first.click()
    expect(page.locator(".shelf .undo")).to_be_focused()
    yield "removed"
    page.locator(".shelf .undo").press("Enter")
    expect(page.locator(".shelf-note")).to_contain_text("It is back")
    file = {"name": "gambar.png", "mimeType": "image/png", "buffer": b"x"}
    page.locator(".shelf-drop input[type=file]").set_input_files([file])
    expect(page.locator(".shelf-outcomes .refused")).to_be_visible()
    yield "refused upload"
