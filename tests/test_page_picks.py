"""The charts of the collection's card, in a real browser: a bar that is pressed confines the list to its articles, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from browser import PHONE, WIDE, fits
from fakes import WordCountEmbedder
from page_articles import ARABIC, DOHA, VISIT
from page_collection import PageCollection
from playwright.sync_api import Locator, Page, expect

from rag import Collection, Count, Overview
from rag.types import Article
from rag.web.shelf_html import BARS, counts_html
from rag.web.shelf_picks import CHARTS, VALUE_CHARACTERS_MAX, can_be_picked, picked_filters

pytest_plugins = ("page_browser",)

RARE = [Article(f"koran/{n}.txt", f"Kabar {n}", "Harga beras naik.", f"Koran {n}", published="2021-03", language="id") for n in range(9)]
SUNDAY = replace(RARE[8], id="minggu.txt", title="Kabar Minggu", source="Koran 8 Minggu")

NAMESAKES = [("Tribun", ""), ("TRIBUN", ""), ("TRIBUNNEWS.COM", ""), ("Kompas", "https://Tribun/a"), ("=Tribun", ""), ("%", "")]
"""A source and an address each, of which one holds the other."""


@pytest.fixture(scope="module")
def address(serve) -> str:
    return serve(PageCollection([VISIT, DOHA, ARABIC, *RARE, SUNDAY]))


def bar(page: Page, name: str) -> Locator:
    return page.locator(".shelf-counts").get_by_role("button", name=name)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pressed_bars_confine_the_list_until_they_are_taken_off(visit, address, size):
    page = visit(address, size)
    page.locator(".shelf-toggle").click()
    titles, only = page.locator(".shelf-list tbody a"), page.locator(".shelf-picked button")
    expect(titles).to_have_count(13)
    bar(page, "2021").press("Enter")
    expect(titles).to_have_count(10)
    expect(bar(page, "2021")).to_be_focused()
    expect(bar(page, "2021")).to_have_attribute("aria-pressed", "true")
    page.locator(".shelf-chart", has=page.get_by_role("heading", name="By source")).locator("summary").click()
    bar(page, "Koran 8 1").press("Enter")
    expect(titles).to_have_text(["Kabar 8"])
    expect(only).to_have_text(["2021", "Koran 8"])
    assert fits(page)
    page.get_by_role("searchbox").fill("tidak-ada")
    expect(page.locator(".shelf-shown")).to_contain_text("No article of this choice")
    page.get_by_role("searchbox").fill("")
    only.first.press("Enter")
    expect(only).to_have_text(["Koran 8"])
    expect(bar(page, "2021")).to_be_focused()
    bar(page, "Koran 8 1").click()
    expect(only).to_have_count(0)
    expect(titles).to_have_count(13)
    bar(page, "Arabic").click()
    expect(titles).to_have_text([ARABIC.title])


def test_the_list_holds_as_many_articles_as_the_bar_counts(tmp_path):
    others = [replace(RARE[0], id=f"{n}", source=source, url=url) for n, (source, url) in enumerate(NAMESAKES)]
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        collection.add([VISIT, DOHA, ARABIC, *RARE, SUNDAY, *others])
        overview = collection.overview()
        bars = [(chart, one) for chart in CHARTS for one in getattr(overview, chart) if one.value]
        assert {one.value for _, one in bars} >= {source for source, _ in NAMESAKES}
        for chart, one in bars:
            assert collection.browse(filters=picked_filters({chart: one.value})).total == one.articles, one


def test_only_what_a_filter_can_name_is_a_button():
    assert picked_filters({"years": "2021", "sources": "Koran 1", "languages": "id"}).to_dict() == {
        "since": "2021", "until": "2021", "sources": ["=Koran 1"], "languages": ["id"],
    }  # fmt: skip
    odd = {"years": ("", "lalu"), "languages": ("<b>",), "sources": ("\ud800", "  ", "a ", "x" * (VALUE_CHARACTERS_MAX + 1))}
    assert not any(can_be_picked(chart, value) for chart, values in odd.items() for value in values) and can_be_picked("sources", "<b>")
    html = counts_html(Overview(1, 3, 3, (Count("2021", 2), Count("", 1)), (Count("<b>", 3),), (Count("xxx", 3),)), "en")
    assert html.count("<button") == 2 and 'data-value="&lt;b&gt;"' in html
    assert BARS < len(RARE)
