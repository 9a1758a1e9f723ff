"""The collection's card in a real browser: counts, the list of articles, reading one, and what others add meanwhile."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import threading
from collections import Counter

import pytest
from browser import PHONE, WIDE, ask, fits
from fakes import WordCountEmbedder
from page_articles import ARABIC, DOHA, HOSTILE, VISIT
from page_collection import PageCollection
from playwright.sync_api import Page, expect

from rag import Article, Collection
from rag.web.citing import Reference, whole_article, whole_href
from rag.web.opening import Opening
from rag.web.shelf import Asked, shelf

pytest_plugins = ("page_browser",)

SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
dice = random.Random(5)
MANY = [
    Article(
        f"berita/{number:03d}.txt", f"Kabar nomor {number}", f"Harga beras naik {number} persen. " * 9, dice.choice(("Kompas", "Tribun", "")),
        published=dice.choice(("", "2021-05-04", "2022", "2023-01")), language=dice.choice(("id", "en", "ms")),
    )
    for number in range(60)
]  # fmt: skip
ARTICLES = [VISIT, DOHA, ARABIC, *MANY]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("shelf") / "index"


@pytest.fixture(scope="module")
def held(folder):
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        collection.add(ARTICLES)
        yield collection


@pytest.fixture(scope="module")
def address(serve, held):
    return serve(held)


def opened(page: Page) -> Page:
    page.locator(".shelf-toggle").click()
    expect(page.locator(".shelf-list tbody tr").first).to_be_visible()
    return page


def chart(page: Page, name: str) -> dict[str, int]:
    rows = page.locator(".shelf-chart", has=page.get_by_role("heading", name=name)).locator("li").all()
    return {row.locator(".name").text_content(): int(row.locator(".n").text_content()) for row in rows}


@SIZES
def test_the_card_counts_and_lists_and_leads_to_the_article(visit, address, size):
    page = visit(address, size)
    toggle = page.locator(".shelf-toggle")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".shelf")).to_be_hidden()
    toggle.focus()
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    rows = page.locator(".shelf-list tbody tr")
    expect(rows).to_have_count(25)
    expect(page.locator(".chat")).to_be_hidden()
    assert fits(page)
    by_year = Counter(one.published[:4] or "no date" for one in ARTICLES)
    assert chart(page, "By year") == by_year
    assert chart(page, "By source") == Counter(one.source or "no source" for one in ARTICLES)
    names = {"id": "Indonesian", "en": "English", "ms": "Malay", "ar": "Arabic"}
    assert chart(page, "By language") == Counter(names[one.language] for one in ARTICLES)

    expect(page.locator(".shelf-shown")).to_have_text("1 to 25 of 63")
    seen = rows.locator("a").evaluate_all("links => links.map((one) => one.title)")
    after = page.get_by_role("button", name="Next page")
    after.focus()
    after.press("Enter")
    expect(page.locator(".shelf-shown")).to_have_text("26 to 50 of 63")
    expect(after).to_be_focused()
    seen += rows.locator("a").evaluate_all("links => links.map((one) => one.title)")
    after.click()
    expect(page.locator(".shelf-shown")).to_have_text("51 to 63 of 63")
    seen += rows.locator("a").evaluate_all("links => links.map((one) => one.title)")
    assert sorted(seen) == sorted(one.id for one in ARTICLES)
    expect(after).to_have_attribute("aria-disabled", "true")

    find = page.get_by_role("searchbox", name="Find articles by title or source")
    find.fill("HAMAS harakatuna")
    expect(rows).to_have_count(1)
    link = rows.get_by_role("link")
    expect(link).to_have_text(VISIT.title)
    link.focus()
    link.press("Enter")
    reader = page.locator(".reader section")
    expect(reader.get_by_role("heading")).to_have_text(VISIT.title)
    expect(reader.get_by_role("heading")).to_be_focused()
    assert reader.locator("article").inner_text().split() == VISIT.text.split()
    expect(reader.locator("mark")).to_have_count(0)
    assert page.url.endswith(whole_href(VISIT.id)) and fits(page)
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    expect(link).to_be_focused()
    rows.locator("td.date").click()  # anywhere on the row will do
    expect(reader).to_be_visible()
    page.go_back()
    expect(reader).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".shelf")).to_be_hidden()
    expect(toggle).to_be_focused()


def test_a_link_to_an_article_opens_it_in_a_fresh_tab(visit, address):
    page = visit(f"{address}/{whole_href(ARABIC.id)}", PHONE)
    expect(page.locator(".reader section").get_by_role("heading")).to_have_text(ARABIC.title)
    page = visit(f"{address}/{whole_href('gone.txt')}")
    expect(page.locator(".reader .notice")).to_contain_text("not in the collection")


def test_the_list_is_sorted_and_says_when_nothing_is_found(visit, address):
    page = opened(visit(address, locale="id-ID"))
    page.get_by_label("Urutan").select_option(label="Menurut judul")
    first = page.locator(".shelf-list tbody a").first
    expect(first).to_have_text("Kabar nomor 0")
    page.get_by_role("searchbox").fill("tidak-ada-ini")
    expect(page.locator(".shelf-shown")).to_contain_text("Tidak ada artikel yang judul")
    expect(page.locator(".shelf-list table")).to_have_count(0)
    page.get_by_role("searchbox").fill("")
    expect(first).to_be_visible()


@SIZES
def test_asking_closes_the_card(visit, address, size):
    page = opened(visit(address, size))
    page.locator(".ask textarea").fill("harga beras")
    page.locator(".ask textarea").press("Enter")
    expect(page.locator(".shelf")).to_be_hidden()
    expect(page.locator(".chat blockquote").first).to_be_in_viewport()


ADD = """
import sys
sys.path.insert(0, sys.argv[1])
from fakes import WordCountEmbedder
from rag import Article, Collection
with Collection.open(sys.argv[2], embedder=WordCountEmbedder()) as collection:
    collection.add(Article("baru.txt", "Kabar paling baru", "Banjir besar melanda kota Demak.", "Antara", published="2026-01-01", language="id"))
"""


def test_what_another_process_adds_is_shown_and_answered_within_two_seconds(visit, address, held, folder):
    page = opened(visit(address))
    page.evaluate(
        """() => { window.seen = null; new MutationObserver(() => {
          if (!window.seen && document.querySelector('.shelf-list a')?.textContent === 'Kabar paling baru') window.seen = Date.now();
        }).observe(document.body, {subtree: true, childList: true, characterData: true}); }"""
    )
    tests = str(__file__).rpartition("/")[0]
    subprocess.run([sys.executable, "-c", ADD, tests, str(folder)], check=True)
    added = page.evaluate("Date.now()")
    try:
        expect(page.locator(".shelf-list a").first).to_have_text("Kabar paling baru")
        assert page.evaluate("window.seen") - added < 2000
        expect(page.locator(".masthead .ready")).to_contain_text("64 articles")
        assert chart(page, "By year")["2026"] == 1
        ask(page, "banjir Demak")
        expect(page.locator(".chat blockquote").first).to_contain_text("melanda kota Demak")
    finally:
        held.remove("baru.txt")


def test_a_closed_card_asks_for_nothing(visit, address):
    page = visit(address, last=True)
    page.clock.install()
    page.reload()
    calls = []
    page.on("request", lambda request: calls.append(request.url) if "/run/" in request.url else None)
    page.locator(".shelf-toggle").click()
    for _ in range(2):
        with page.expect_request(lambda request: "/run/" in request.url):
            page.clock.run_for(1000)
    page.locator(".shelf-toggle").click()
    expect(page.locator(".shelf")).to_be_hidden()
    before = len(calls)
    page.clock.run_for(10_000)
    assert len(calls) == before


def test_hostile_articles_are_only_text(visit, serve):
    page = opened(visit(serve(PageCollection([*HOSTILE]))))
    expect(page.locator(".shelf-list tbody tr")).to_have_count(len(HOSTILE))
    for inert in ("script", "img", "iframe", "svg", "form", "h1", "details details", "object", "link", "style", "input"):
        assert page.locator(f".shelf-list {inert}, .shelf-counts {inert}").count() == 0, inert
    assert page.evaluate("window.harm") is None
    page.locator(".shelf-list a").first.click()
    expect(page.locator(".reader article")).to_contain_text("Serangan nomor 1000")
    assert page.evaluate("window.harm") is None


def test_while_preparing_the_card_says_so_and_then_fills(visit, serve):
    ready = threading.Event()
    opening = Opening(lambda tell: ready.wait() and PageCollection([VISIT, DOHA]))
    opening.start()
    page = visit(serve(opening))
    page.locator(".shelf-toggle").click()
    expect(page.locator(".shelf-shown")).to_contain_text("being prepared")
    ready.set()
    expect(page.locator(".shelf-list tbody tr")).to_have_count(2)


@pytest.mark.parametrize(
    "form",
    [None, 7, "", "x", "[", "[]", "{}", '["a", "newest", -1, {}]', '["a", "DROP", 0, {}]', '[1, "newest", 0, {}]', '["", "newest", 1e9, {}]',
     "[" * 2000, '["\\ud800", "title", 0, {}]', '["", "newest", 0]', '["", "newest", 0, []]', '["", "newest", 0, {"years": 2022}]',
     '["", "newest", 0, {"years": "x"}]', '["", "newest", 0, {"languages": "<b>"}]', '["", "newest", 0, {"ids": "a"}]',
     '["", "newest", 0, {"sources": "\\ud800"}]'],
)
def test_whatever_a_browser_asks_for_gets_a_list(form):
    opening = Opening.ready(PageCollection([VISIT]))
    opening.wait()
    assert Asked.parse(form).start == 0 and re.search(r"<table", shelf(opening, form, "en")[1] + "<table")
    assert "1 to 1 of 1" in shelf(opening, json.dumps(["", "newest", 50, {}]), "en")[1]


@pytest.mark.parametrize("article_id", ["seeds/a.txt", "عربي/مقال (1).txt", "x", "%", "\ud800", "a#b?c&d=\"'<>"])
def test_an_articles_link_leads_back_to_its_id_and_no_other_form_does(article_id):
    assert whole_article(whole_href(article_id)) == article_id and Reference.parse(whole_href(article_id)) is None
    for wrong in (article_id + "/ ", whole_href(article_id).removeprefix("#read="), whole_href(article_id) + "/", "#read=%2", "#read=%41", "#read="):
        assert whole_article(wrong) is None
