"""The filter that an answer was confined to, in a real browser: it stands with every answer and with every honest no."""

from __future__ import annotations

import pytest
from browser import PHONE, WIDE, ask, fits
from page_articles import ATTACKS
from playwright.sync_api import expect

from rag.filters import Filters
from rag.types import Answer, Reason
from rag.web.escaping import one_line
from rag.web.render import answer_markdown
from rag.web.wording import filter_words

pytest_plugins = ("page_browser",)


@pytest.mark.parametrize(
    ("size", "locale", "says"),
    [
        (WIDE, "en-US", "Filter: from January 2020 on · language Indonesian"),
        (PHONE, "id-ID", "Penyaring: sejak Januari 2020 · bahasa Indonesia"),
    ],
    ids=["wide", "phone"],
)
def test_a_typed_filter_stands_above_the_quotes(visit, address, size, locale, says):
    page = visit(address, size, locale)
    ask(page, "Siapa didampingi Haniyeh lang:id since:2020-01")
    bot = page.locator(".chat .bot")
    expect(bot.locator(".filter")).to_have_text(says)
    quote = bot.locator("blockquote").first
    expect(quote).to_contain_text("Haniyeh didampingi")
    expect(quote.locator("a")).to_be_in_viewport()
    assert bot.locator(".filter").bounding_box()["y"] < quote.bounding_box()["y"] and fits(page)


def test_an_honest_no_says_what_it_was_confined_to(visit, address):
    page = visit(address)
    ask(page, "Siapa didampingi Haniyeh lang:ar")
    bot = page.locator(".chat .bot").last
    expect(bot.locator(".filter")).to_have_text("Filter: language Arabic")
    expect(bot).to_contain_text("The articles do not answer this.")
    ask(page, "Siapa didampingi Haniyeh lang:sw")
    expect(page.locator(".chat .bot").last).to_contain_text("No article matches the filter.")
    expect(page.locator(".chat .bot").last.locator(".filter")).to_have_text("Filter: language Swahili")
    expect(page.locator(".chat .bot").last).not_to_contain_text("Searched")
    ask(page, "Siapa didampingi Haniyeh")
    expect(page.locator(".chat .bot").last.locator("blockquote").first).to_be_visible()
    expect(page.locator(".chat .filter")).to_have_count(2)


def test_a_filter_that_cannot_be_read_says_so(visit, address):
    page = visit(address)
    ask(page, "Siapa didampingi Haniyeh since:2023-13")
    expect(page.locator(".chat .bot")).to_contain_text("its filter cannot be read")
    expect(page.locator(".chat .bot")).to_contain_text("2023-13")


def test_a_hostile_filter_is_shown_as_text(visit, address):
    page = visit(address)
    for number, attack in enumerate((one for one in ATTACKS if '"' not in one), 1):
        ask(page, f'Siapa didampingi Haniyeh article:"{attack}"')
        shown = page.locator(".chat .bot").last.locator(".filter")
        expect(page.locator(".chat .filter")).to_have_count(number)
        assert one_line(attack).strip() in one_line(shown.text_content()), attack
        assert shown.locator(":not(p):not(span)").count() == 0, attack
    assert page.evaluate("window.harm") is None


def test_of_many_values_three_are_named():
    many = Filters(until="2023-12-31", sources=("a", "b", "c", "d", "e"), articles=("x.txt", "y.txt"))
    assert filter_words(many, "en") == "until 31 December 2023 · source a or b or c and 2 more · article x.txt or y.txt"
    assert filter_words(many, "id") == "sampai 31 Desember 2023 · sumber a atau b atau c dan 2 lagi · artikel x.txt atau y.txt"
    assert filter_words(Filters(), "en") == ""
    assert "class" not in answer_markdown(Answer("?", Reason.NOTHING_CLOSE), "en")
