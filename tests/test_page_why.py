"""Why a passage was found: folded away under it, in words and numbers."""

from __future__ import annotations

import pytest
from browser import PHONE, ask, fits
from page_articles import ATTACKS, DOHA, VISIT
from page_collection import PageCollection
from playwright.sync_api import expect

from rag.types import Why
from rag.web.escaping import md_escape
from rag.web.why import WORDS_NAMED, why_markdown

pytest_plugins = ("page_browser",)


def test_each_quote_unfolds_why_it_was_found(visit, serve):
    page = visit(serve(PageCollection([VISIT, DOHA])), PHONE)
    ask(page, "Siapa didampingi Haniyeh")
    why = page.locator(".chat details.why").first
    expect(why.locator("p")).to_be_hidden()
    why.locator("summary").press("Enter")
    expect(why.locator("p")).to_have_text("Shared words: didampingi, haniyeh. By meaning 0.67 (place 1), by words 0.67 (place 1); 1 is the most.")
    assert fits(page)
    page.reload()
    expect(page.locator(".chat blockquote").first).to_be_visible()
    expect(page.locator(".chat details.why")).to_have_count(0)


@pytest.mark.parametrize(
    ("why", "says"),
    [
        (Why(0.618, 0.4, 3, None, ("beras", "harga")), "Kata yang sama: beras, harga. Menurut makna 0,62 (urutan 3), menurut kata 0,40; tertinggi 1."),
        (Why(0, 0, None, None, (), True), "Kata-kata dalam tanda kutip ada di sini."),
        (Why(0, 0, None, None, ()), ""),
    ],
)
def test_it_says_what_is_known(why, says):
    assert "".join(why_markdown(why, "id")[1:2]) == md_escape(says)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_words_are_escaped_and_many_are_cut(attack):
    _, said, end = why_markdown(Why(0, 0, None, None, (attack,) * 50), "en")
    assert said == md_escape("Shared words: " + ", ".join([attack] * WORDS_NAMED) + " ….").strip() and end == "</details>"
