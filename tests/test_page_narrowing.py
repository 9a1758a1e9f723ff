"""Filters as parts and as a form, and the honest no, in a real browser."""

from __future__ import annotations

import pytest
from browser import PHONE, WIDE, ask, fits
from page_articles import ARABIC, DOHA, VISIT
from page_collection import PageCollection
from playwright.sync_api import Locator, Page, expect

pytest_plugins = ("page_browser",)

QUESTION = "Siapa didampingi Haniyeh"
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


@pytest.fixture(scope="module")
def address(serve) -> str:
    return serve(PageCollection([VISIT, DOHA, ARABIC]))


def opened(page: Page) -> Locator:
    """The form of the filter, opened from the keyboard."""
    expect(page.locator(".masthead .ready")).to_be_visible()
    button = page.locator(".bar").get_by_role("button", name="Filter")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    form = page.get_by_role("form", name="Ask only articles")
    expect(form.get_by_label("From")).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    return form


def parts(page: Page) -> Locator:
    return page.locator(".chat .bot").last.locator(".filter button")


@SIZES
def test_what_the_form_sets_is_shown_and_asked_until_it_is_taken_off(visit, address, size):
    page = visit(address, size)
    form = opened(page)
    form.get_by_label("From").fill("2022-01-01")
    form.get_by_label("Until").fill("2022-12-31")
    form.get_by_label("Source").fill("hara")
    form.get_by_label("Language").select_option("id")
    assert fits(page)
    form.get_by_role("button", name="Apply").press("Enter")
    expect(form).to_be_hidden()
    expect(page.locator(".bar").get_by_role("button", name="Filter")).to_be_focused()
    everything = ["from 1 January 2022 on", "until 31 December 2022", "source hara", "language Indonesian"]
    expect(page.locator(".bar .set button")).to_have_text(everything)
    assert fits(page)
    ask(page, QUESTION)
    expect(parts(page)).to_have_text(everything)
    expect(page.locator(".chat .bot blockquote").first).to_contain_text("Haniyeh didampingi")
    ask(page, "Netanyahu menelepon Putin")
    expect(page.locator(".chat .bot").last).to_contain_text("The articles do not answer this.")
    page.locator(".bar .set button").nth(2).press("Enter")
    expect(parts(page)).to_have_text([everything[0], everything[1], everything[3]])
    parts(page).nth(1).press("Enter")
    expect(page.locator(".bar .set button")).to_have_text([everything[0], everything[3]])
    expect(page.locator(".chat .bot").last.locator("blockquote").first).to_contain_text("Netanyahu menelepon Putin")
    page.reload()
    expect(page.locator(".bar .set button")).to_have_text([everything[0], everything[3]])
    form = opened(page)
    expect(form.get_by_label("From")).to_have_value("2022-01-01")
    expect(form.get_by_label("Language")).to_have_value("id")
    form.get_by_role("button", name="Clear").press("Enter")
    expect(page.locator(".bar .set")).to_have_count(0)
    expect(parts(page)).to_have_count(0)
    expect(page.locator(".chat .user")).to_have_count(2)


def test_the_form_proposes_what_is_there_and_one_article_can_be_chosen(visit, address):
    page = visit(address)
    form = opened(page)
    expect(form.locator("datalist#sources option")).to_have_count(2)
    expect(form.locator("datalist#articles option")).to_have_text([VISIT.title, DOHA.heading, ARABIC.title])
    expect(form.get_by_label("Language").locator("option")).to_have_text(["any", "Arabic", "Indonesian"])
    form.get_by_label("Article").fill(DOHA.id)
    form.get_by_label("Article").press("Enter")
    expect(page.locator(".bar .set button")).to_have_text([f"article {DOHA.id}"])
    ask(page, "Rusia dan perwakilan Hamas")
    expect(page.locator(".chat .bot blockquote").first).to_contain_text("Sergei Lavrov")
    expect(page.locator(".chat .bot .heading")).to_have_count(1)


def test_a_form_of_no_sense_says_so_and_escape_closes_it(visit, address):
    page = visit(address)
    form = opened(page)
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    form = opened(page)
    form.get_by_label("From").fill("2023-01-01")
    form.get_by_label("Until").fill("2022-01-01")
    form.get_by_role("button", name="Apply").click()
    expect(page.locator(".bar .notice")).to_contain_text("No date is both since 2023-01-01 and until 2022-01-01")
    expect(page.locator(".bar .set")).to_have_count(0)


@SIZES
def test_the_box_stays_in_sight_beside_the_form(visit, address, size):
    page = visit(address, size)
    for _ in range(2):
        expect(page.locator(".ask")).to_be_in_viewport(ratio=1)
        opened(page)
        expect(page.locator(".ask")).to_be_in_viewport(ratio=1)
        assert page.locator(".chat").bounding_box()["height"] >= 140
        page.keyboard.press("Escape")
        ask(page, f"{QUESTION} lang:id since:2020 source:hara")
        expect(parts(page)).to_have_count(3)
        expect(page.locator(".chat .user").last).to_have_text(QUESTION)


def test_quotation_marks_are_a_part_too(visit, address):
    page = visit(address)
    ask(page, '"didampingi Haniyeh" siapa')
    expect(parts(page)).to_have_text(["exactly “didampingi Haniyeh”"])
    parts(page).press("Enter")
    expect(page.locator(".chat .user")).to_have_text("didampingi Haniyeh siapa")
    expect(page.locator(".chat .bot .filter")).to_have_count(0)


@SIZES
def test_an_honest_no_counts_and_widens(visit, address, size):
    page = visit(address, size)
    ask(page, "Siapa didampingi Haniyeh menurut Prabowo lang:ar since:2020")
    bot = page.locator(".chat .bot")
    expect(bot).to_contain_text("No article matches the filter.")
    expect(parts(page)).to_have_text(["from 2020 on", "language Arabic"])
    counted = "“menurut” in none, “prabowo” in none, “siapa” in none, “didampingi” in 1 article, “haniyeh” in 1 article."
    expect(bot).to_contain_text(f"The question's words in all articles: {counted}")
    widen = page.get_by_role("button", name="Ask all articles")
    expect(widen).to_be_in_viewport()
    assert fits(page)
    widen.press("Enter")
    expect(page.locator(".chat .bot blockquote").first).to_contain_text("Haniyeh didampingi")
    expect(page.locator(".chat .user")).to_have_text("Siapa didampingi Haniyeh menurut Prabowo")
    expect(page.locator(".chat .filter")).to_have_count(0)
    ask(page, "Lavrov terbang naik pesawat mahal")
    bot = page.locator(".chat .bot").last
    expect(bot).to_contain_text("Searched: 3 articles")
    expect(bot).to_contain_text("“lavrov” in 2 articles")
    expect(bot.locator(".near blockquote a")).to_have_text(["a", "b"])
    expect(bot.locator(".widen")).to_have_count(0)
