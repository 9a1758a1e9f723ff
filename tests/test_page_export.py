"""A conversation as a file, in a real browser: each form is what rag/exports makes of it."""

from __future__ import annotations

import csv

import pytest
from browser import PHONE, WIDE, ask, fits
from page_articles import ARABIC, DOHA, VISIT
from page_collection import PageCollection
from playwright.sync_api import Page, expect

from rag.exports.export import export
from rag.web.talk import Talk

pytest_plugins = ("page_browser",)

QUESTION = "Siapa didampingi Haniyeh"


@pytest.fixture(scope="module")
def collection() -> PageCollection:
    return PageCollection([VISIT, DOHA, ARABIC])


@pytest.fixture(scope="module")
def address(serve, collection) -> str:
    return serve(collection)


def saved(page: Page, name: str) -> tuple[str, bytes]:
    """The name and the bytes of an export that is chosen from the keyboard."""
    page.locator(".bar summary").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name=name).press("Enter")
    expect(page.locator(".bar details[open]")).to_have_count(0)
    expect(page.locator(".bar summary")).to_be_focused()
    with open(download.value.path(), "rb") as file:
        return download.value.suggested_filename, file.read()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_form_is_that_of_the_library(visit, address, collection, size):
    from rag.conversing.conversation import Conversation

    page = visit(address, size)
    talk = Talk()
    for question in (QUESTION, "dan kapan kunjungan itu?"):
        ask(page, question)
        expect(page.locator(".chat .bot blockquote").last).to_be_visible()
        talk, _ = talk.ask(collection, question)
    expect(page.locator(".chat .about")).to_be_visible()
    chat = Conversation(collection, talk.turns)
    for name, form in (("Markdown", "md"), ("BibTeX", "bib"), ("RIS", "ris")):
        assert saved(page, name) == (f"kutip.{form}", export(collection, chat, form).encode())
    name, data = saved(page, "CSV")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert name == "kutip.csv" and data.startswith(b"\xef\xbb\xbf") and [row["label"] for row in rows][0] == "1"
    assert all(row["quote"] in VISIT.text + DOHA.text for row in rows)
    assert saved(page, "Markdown")[0] == saved(page, "Markdown")[0] == "kutip.md"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_choice_of_forms_is_on_screen_and_escape_closes_it(visit, address, size):
    page = visit(address, size)
    ask(page, QUESTION)
    page.locator(".bar summary").press("Enter")
    for button in page.locator(".bar .export button").all():
        expect(button).to_be_in_viewport(ratio=1)
    assert fits(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Markdown")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Markdown")).to_be_hidden()
    expect(page.locator(".bar summary")).to_be_focused()
