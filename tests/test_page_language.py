"""The language of the interface, in a real browser: the browser's, the address's, and the one that is chosen and remembered."""

from __future__ import annotations

import re

import pytest
from browser import PHONE, WIDE, ask, fits
from page_articles import DOHA, VISIT
from page_collection import PageCollection
from playwright.sync_api import Page, expect

pytest_plugins = ("page_browser",)

QUESTION = "Siapa didampingi Haniyeh"


@pytest.fixture(scope="module")
def address(serve) -> str:
    return serve(PageCollection([VISIT, DOHA]))


def speaks(page: Page, language: str, asked: int = 0) -> None:
    """Every part of the page, the reader too, where so many questions were asked before."""
    english = language == "en"
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".masthead .ready")).to_contain_text("articles" if english else "artikel")
    expect(page.get_by_role("textbox", name="Question" if english else "Pertanyaan")).to_have_attribute(
        "placeholder", re.compile("any language" if english else "bahasa apa pun")
    )
    expect(page.get_by_role("button", name="Ask" if english else "Tanya", exact=True)).to_be_visible()
    expect(page.locator(".chat .user")).to_have_count(asked)
    ask(page, f"{QUESTION} since:2022-08")
    expect(page.locator(".chat .user")).to_have_count(asked + 1)
    last = page.locator(".chat .bot").last
    expect(last.locator(".filter button")).to_have_text("from August 2022 on" if english else "sejak Agustus 2022")
    expect(last).to_contain_text("(from the dateline)" if english else "(dari baris tanggal)")
    last.locator("blockquote a").first.click()
    expect(page.locator(".reader .close")).to_have_text("Close" if english else "Tutup")
    page.keyboard.press("Escape")
    expect(page.locator(".reader section")).to_be_hidden()
    expect(page.locator(".bar [name=undo]")).to_have_text("Undo" if english else "Urungkan")
    assert fits(page)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_switch_changes_everything_and_is_remembered(visit, address, size):
    page = visit(address, size, "en-US")
    speaks(page, "en")
    page.get_by_role("link", name="Bahasa Indonesia").press("Enter")
    expect(page.locator(".chat .bot .filter button")).to_have_text("sejak Agustus 2022")
    speaks(page, "id", 1)
    page.reload()
    speaks(page, "id", 2)
    page.get_by_role("link", name="English").press("Enter")
    speaks(page, "en", 3)


def test_the_address_says_the_language_until_another_is_chosen(visit, address):
    page = visit(f"{address}/?lang=id", locale="en-US")
    speaks(page, "id")
    page.get_by_role("link", name="English").press("Enter")
    expect(page).to_have_url(re.compile(r"/$"))
    speaks(page, "en", 1)
    page.goto(f"{address}/?lang=id")
    speaks(page, "id", 2)


def test_a_language_that_the_page_does_not_speak_is_passed_over(visit, address):
    page = visit(f"{address}/?lang=<script>", locale="id-ID")
    page.context.add_cookies([{"name": "kutip_language", "value": "xx", "url": address}])
    page.reload()
    speaks(page, "id")


def test_errors_are_in_the_language_that_is_chosen(visit, address):
    page = visit(f"{address}/?lang=id", locale="en-US")
    ask(page, "something unexpected happens")
    expect(page.locator(".chat .bot")).to_contain_text("Terjadi kesalahan")
    ask(page, f"{QUESTION} since:2023-13")
    expect(page.locator(".chat .bot").last).to_contain_text("penyaringnya tidak dapat dibaca")
