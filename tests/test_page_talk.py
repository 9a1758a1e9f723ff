"""The conversation on the page, in a real browser: follow-ups, retry, edit, undo, and what a reload or a restart leaves."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from browser import PHONE, WIDE, ask, fits
from page_articles import ARABIC, DOHA, VISIT
from page_collection import PageCollection
from playwright.sync_api import Locator, Page, expect

from rag.web.opening import Opening
from rag.web.page import build_page, launch_options

pytest_plugins = ("page_browser",)

QUESTION = "Siapa didampingi Haniyeh"
FOLLOW_UP = "dan kapan kunjungan itu?"


@pytest.fixture(scope="module")
def collection() -> PageCollection:
    return PageCollection([VISIT, DOHA, ARABIC])


@pytest.fixture(scope="module")
def address(serve, collection) -> str:
    return serve(collection)


def asked(page: Page, *questions: str) -> Page:
    """Asks one after the other, each when the one before is answered."""
    for question in questions:
        before = page.locator(".chat .user").count()
        ask(page, question)
        expect(page.locator(".chat .user")).to_have_count(before + 1)
        answered(page)
    return page


def answered(page: Page) -> Locator:
    """The last answer, once it is there."""
    expect(page.locator(".bar:not([inert])")).to_be_visible()
    expect(page.locator(".chat .bot").last.locator(".searching")).to_have_count(0)
    return page.locator(".chat .bot").last


def press(page: Page, name: str) -> None:
    button = page.locator(".bar").get_by_role("button", name=name, exact=True)
    button.click(trial=True)  # waits while the bar is inert, which the keyboard alone would not
    button.press("Enter")


def questions(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".chat .user").all_inner_texts()]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_follow_up_says_what_it_goes_on_about_and_asks_again_without_it(visit, address, size):
    page = asked(visit(address, size), QUESTION, FOLLOW_UP)
    about = answered(page).locator(".about")
    expect(about.locator("button")).to_have_text(["didampingi", "Haniyeh"])
    expect(about).to_contain_text("Still about:")
    assert fits(page)
    labels = page.locator(".chat .bot blockquote a")
    assert labels.first.inner_text() == answered(page).locator("blockquote a").first.inner_text() == "1"
    about.get_by_role("button", name="didampingi").press("Enter")
    expect(page.locator(".chat .about button")).to_have_text(["Haniyeh"])
    assert questions(page) == [QUESTION, FOLLOW_UP]
    page.locator(".chat .about button").press("Enter")
    expect(page.locator(".chat .about")).to_have_count(0)
    assert questions(page) == [QUESTION, FOLLOW_UP]


def test_only_the_last_answer_can_be_asked_again_without_a_part(visit, address):
    page = asked(visit(address), QUESTION, FOLLOW_UP, f"{QUESTION} lang:id", FOLLOW_UP)
    parts = page.locator(".chat .bot").nth(1).locator("button.part")
    expect(parts).to_have_count(2)
    for button in parts.all():
        expect(button).to_be_disabled()
    last = answered(page)
    expect(last.locator(".parts button:not(:disabled)")).to_have_text(["didampingi", "Haniyeh", "language Indonesian"])
    press(page, "Undo")
    expect(page.locator(".chat .user")).to_have_count(3)
    expect(page.locator(".chat .bot").last.locator("button.part")).to_be_enabled()


def test_two_visitors_never_see_each_other(visit, address):
    one, other = visit(address), visit(address, locale="id-ID")
    asked(one, QUESTION)
    asked(other, "Netanyahu menelepon Putin")
    asked(one, FOLLOW_UP)
    expect(answered(one).locator(".about button")).to_have_text(["didampingi", "Haniyeh"])
    asked(other, "dan siapa lagi?")
    expect(answered(other).locator(".about button")).to_have_text(["Netanyahu", "menelepon", "Putin"])
    one.reload()
    expect(one.locator(".chat .user")).to_have_text([QUESTION, FOLLOW_UP])
    other.reload()
    expect(other.locator(".chat .user")).to_have_text(["Netanyahu menelepon Putin", "dan siapa lagi?"])


def test_two_tabs_of_one_browser_are_two_conversations(visit, address):
    one = asked(visit(address), QUESTION)
    other = one.context.new_page()
    other.goto(address)
    expect(other.locator(".chat .user")).to_have_text(QUESTION)
    press(other, "New")
    expect(other.locator(".chat .user")).to_have_count(0)
    asked(other, "Netanyahu menelepon Putin")
    asked(one, FOLLOW_UP)
    expect(answered(one).locator(".about button")).to_have_text(["didampingi", "Haniyeh"])
    assert questions(other) == ["Netanyahu menelepon Putin"]


def test_a_button_that_is_pressed_twice_leaves_the_box_alone(visit, address):
    page = asked(visit(address), QUESTION)
    page.get_by_role("textbox", name="Question").fill("belum selesai ditulis")
    page.locator(".bar [name=retry]").dblclick()
    answered(page)
    expect(page.get_by_role("textbox", name="Question")).to_have_value("belum selesai ditulis")
    assert questions(page) == [QUESTION]


@pytest.mark.parametrize(("size", "locale"), [(WIDE, "en-US"), (PHONE, "id-ID")], ids=["wide", "phone"])
def test_again_edit_and_undo(visit, address, collection, size, locale):
    again, edit, leave, undo, new = ("Again", "Edit", "Leave it", "Undo", "New") if locale == "en-US" else ("Ulangi", "Ubah", "Biarkan", "Urungkan", "Baru")
    page = visit(address, size, locale)
    box = page.get_by_role("textbox", name=re.compile("Question|Pertanyaan"))
    expect(page.locator(".bar button")).to_have_count(1)
    asked(page, QUESTION, "Netanyahu menelepon Putin")
    press(page, again)
    answered(page)
    assert questions(page) == [QUESTION, "Netanyahu menelepon Putin"] and fits(page)
    press(page, edit)
    expect(box).to_have_value("Netanyahu menelepon Putin")
    expect(box).to_be_focused()
    press(page, leave)
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    press(page, edit)
    expect(box).to_have_value("Netanyahu menelepon Putin")
    expect(box).to_be_focused()
    box.fill("Lavrov di Doha dan Qatar")
    box.press("Enter")
    expect(page.locator(".chat .user").last).to_have_text("Lavrov di Doha dan Qatar")
    answered(page)
    assert questions(page) == [QUESTION, "Lavrov di Doha dan Qatar"]
    press(page, undo)
    expect(page.locator(".chat .user")).to_have_text([QUESTION])
    press(page, new)
    expect(page.locator(".chat .user")).to_have_count(0)
    expect(page.locator(".bar .notice")).not_to_be_empty()
    press(page, undo)
    expect(page.locator(".chat .user")).to_have_text([QUESTION])
    expect(page.locator(".chat blockquote mark").first).to_contain_text("Haniyeh didampingi")


def test_a_question_that_fails_can_be_asked_again_and_makes_room_for_the_next(visit, address):
    page = asked(visit(address), QUESTION, "something unexpected")
    expect(answered(page)).to_contain_text("Something went wrong")
    press(page, "Edit")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("something unexpected")
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()
    press(page, "Again")
    answered(page)
    assert questions(page) == [QUESTION, "something unexpected"]
    ask(page, "Netanyahu menelepon Putin")
    expect(page.locator(".chat .user")).to_have_text([QUESTION, "Netanyahu menelepon Putin"])
    answered(page)
    ask(page, "apa since:2023-99")
    expect(page.locator(".chat .user")).to_have_count(3)
    expect(answered(page)).to_contain_text("2023-99")
    press(page, "Undo")
    expect(page.locator(".chat .user")).to_have_text([QUESTION, "Netanyahu menelepon Putin"])


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_conversation_survives_a_restart_and_says_what_changed_since(visit, size):
    collection = PageCollection([VISIT, DOHA, ARABIC])
    first = build_page(Opening.ready(collection))
    address = first.launch(**launch_options("127.0.0.1"))[1].rstrip("/")
    page = asked(visit(address, size), f"{QUESTION} lang:id", "Netanyahu menelepon Putin", "Lavrov terbang naik pesawat mahal", FOLLOW_UP)
    kept = page.locator(".chat .bot").first.locator("blockquote").first.inner_text()
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "Haniyeh" not in stored and "Lavrov" not in stored
    first.close(verbose=False)
    collection.put(replace(DOHA, text="Naskah lain sama sekali."))
    second = build_page(Opening.ready(collection))
    try:
        second.launch(**launch_options("127.0.0.1"), server_port=int(address.rpartition(":")[2]))
        page.goto(address)
        expect(page.locator(".chat .user")).to_have_count(4)
        answers = page.locator(".chat .bot")
        assert answers.first.locator("blockquote").first.inner_text() == kept
        expect(answers.first.locator(".filter")).to_have_text("Filter: language Indonesian")
        expect(answers.nth(1)).to_contain_text("The article was changed since; the quote is not shown.")
        expect(answers.nth(1).locator("blockquote")).to_have_count(0)
        expect(answers.nth(2)).to_contain_text("Asked again, it also shows what came nearest.")
        expect(answers.nth(3).locator(".about button").first).to_be_enabled()
        assert fits(page)
        answers.nth(1).locator("a").first.click()
        expect(page.locator(".reader .notice")).to_contain_text("was changed since")
        page.keyboard.press("Escape")
        asked(page, FOLLOW_UP)
        expect(answered(page).locator("blockquote").first).to_be_visible()
    finally:
        second.close(verbose=False)


def test_what_somebody_else_wrote_into_the_browser_begins_a_new_conversation(visit, address):
    page = asked(visit(address), QUESTION)
    page.evaluate("localStorage.setItem('kutip-conversation', 'forged')")
    page.reload()
    expect(page.locator(".chat .example").first).to_be_visible()
    expect(page.locator(".chat .user")).to_have_count(0)
    asked(page, QUESTION)
    expect(answered(page).locator("blockquote").first).to_contain_text("Haniyeh")


def test_a_question_asked_before_the_page_knows_its_visitor_waits_for_that(visit, address):
    page, greetings, asks = visit(address), [], []
    page.route("**/gradio_api/run/predict*", lambda route: greetings.append(route))
    page.on("request", lambda request: asks.append(request) if '"do":"ask"' in (request.post_data or "") else None)
    page.reload()
    ask(page, QUESTION)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert greetings and not asks
    for greeting in greetings:
        greeting.continue_()
    expect(answered(page).locator("blockquote").first).to_be_visible()
    expect(page.locator(".bar summary")).to_be_visible()
    assert len(asks) == 1 and questions(page) == [QUESTION]
