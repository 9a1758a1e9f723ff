"""The page in a real browser, over a small collection in memory."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from browser import PHONE, WIDE, ask, fits, tabbed
from page_articles import ARABIC, DOHA, VISIT
from page_collection import Mirror, PageCollection
from playwright.sync_api import expect

from rag.errors import StorageError
from rag.filters import Filters
from rag.types import Answer, Article, Progress, Span
from rag.web.citing import Reference
from rag.web.opening import Opening, Phase, State
from rag.web.strings import EXAMPLES

pytest_plugins = ("page_browser",)

QUESTION = "Siapa didampingi Haniyeh"

# Leafs back to the first question and opens the form of the filter, for which the chat becomes less high; where the chat stands then.
SCROLLED_AND_NARROWED = """async () => {
  const log = document.querySelector('.chat [role=log]');
  log.scrollTop = 0;
  document.querySelector('.bar .narrow').click();
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  return {form: !document.querySelector('.narrow-form').hidden, scrolled: log.scrollTop};
}"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_citation_opens_its_article_at_the_quote(visit, address, size):
    page = visit(address, size)
    ask(page, QUESTION)
    link = page.locator(".chat blockquote a").first
    expect(link).to_have_text("1")
    expect(link).to_be_in_viewport()
    expect(page.locator(".chat blockquote mark").first).to_have_text("Haniyeh didampingi Saleh al-Arouri dan Maher Saleh.")
    expect(page.locator(".chat .said").first).to_have_text("Harakatuna · 10 September 2022 (from the dateline)")
    assert fits(page)

    link.focus()
    link.press("Enter")
    mark = page.locator(".reader article mark")
    expect(mark).to_have_text("Kunjungan itu panjang. Haniyeh didampingi Saleh al-Arouri dan Maher Saleh. Mereka bertemu Lavrov.")
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()
    expect(mark.locator("strong")).to_have_text("Haniyeh didampingi Saleh al-Arouri dan Maher Saleh.")
    reader = page.locator(".reader section")
    expect(reader.get_by_role("heading")).to_have_text(VISIT.title)
    expect(reader.locator(".chip")).to_have_text("Indonesian")
    expect(reader.get_by_role("link")).to_have_attribute("href", VISIT.url)
    assert reader.locator("article").inner_text().split() == VISIT.text.split()
    assert fits(page) and page.url.endswith(link.get_attribute("href"))

    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    expect(link).to_be_focused()
    expect(page).to_have_url(re.compile(r"^[^#]*$"))
    link.click()
    expect(mark).to_be_in_viewport()
    reader.get_by_role("button", name="Close").click()
    expect(reader).to_be_hidden()
    link.click()
    expect(mark).to_be_focused()
    page.go_back()  # a phone's Back leaves the reader, not the page
    expect(reader).to_be_hidden()
    expect(link).to_be_focused()
    expect(page.locator(".chat blockquote")).not_to_have_count(0)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_tab_reaches_what_can_be_seen_and_nothing_behind_a_reader_that_covers_the_page(visit, address, size):
    page = visit(address, size)
    ask(page, QUESTION)
    page.locator(".chat blockquote a").first.press("Enter")
    expect(page.locator(".reader article mark")).to_be_focused()
    seen = [tabbed(page) for _ in range(24)]
    assert ".reader" in seen and {".chat", ".desk", ".ask"} & set(seen) == ({".chat", ".desk", ".ask"} if size == WIDE else set()), seen
    page.keyboard.press("Escape")
    expect(page.locator(".reader section")).to_be_hidden()
    expect(page.locator(".chat blockquote a").first).to_be_focused()
    seen = [tabbed(page) for _ in range(24)]
    assert {".chat", ".desk", ".ask"} <= set(seen) and ".reader" not in seen, seen


def test_the_citation_that_was_pressed_stays_where_it_was(visit, serve):
    texts = [f"Jawaban {n} tentang semua hal. " + "Kalimat lain yang cukup panjang untuk baris berikutnya. " * 9 for n in range(6)]
    page = visit(serve(Mirror(texts)))
    ask(page, "semua")
    link = page.locator(".chat blockquote a").nth(3)
    link.scroll_into_view_if_needed()
    before = link.bounding_box()["y"]
    wide = page.locator(".chat").evaluate("one => getComputedStyle(one).width")
    link.click()
    expect(page.locator(".sidebar.open")).to_be_visible()
    expect(page.locator(".chat")).to_have_css("width", re.compile(r"^[67]\d\d"))
    assert abs(link.bounding_box()["y"] - before) < 2
    page.keyboard.press("Escape")
    expect(page.locator(".sidebar.open")).to_have_count(0)
    expect(page.locator(".chat")).to_have_css("width", wide)
    assert abs(link.bounding_box()["y"] - before) < 2
    assert page.evaluate(SCROLLED_AND_NARROWED) == {"form": True, "scrolled": 0}


def test_of_a_very_long_article_the_reader_shows_a_part_and_leads_on(visit, serve):
    text = "\n".join(f"Baris {n} " + "panjang " * 9 for n in range(60_000)) + "\nHaniyeh didampingi Saleh. Ia tiba sore."
    page = visit(serve(PageCollection([Article("long.txt", "Panjang", text, language="id")])))
    ask(page, QUESTION)
    page.locator(".chat blockquote a").first.click()
    mark = page.locator(".reader article mark")
    expect(mark).to_have_text("Haniyeh didampingi Saleh. Ia tiba sore.")
    expect(mark).to_be_in_viewport()
    expect(page.locator(".reader .part")).to_contain_text("This article is long: 98% to 100% of it is shown here.")
    first = page.locator(".reader article p").first.text_content()
    page.get_by_role("button", name="Show what comes before").click()
    expect(page.locator(".reader p", has=page.locator(".here"))).to_have_text(first)
    expect(page.locator(".reader .here")).to_be_focused()
    expect(page.locator(".reader .here")).to_be_in_viewport()
    page.get_by_role("button", name="Show what comes before").click()
    expect(page.locator(".reader .part").last).to_contain_text("This article is long: 96% to 99% of it is shown here.")
    page.get_by_role("button", name="Show what comes after").click()
    expect(page.locator(".reader .part").last).to_contain_text("to 100% of it")
    expect(page.locator(".reader .here")).to_be_focused()
    page.get_by_role("link", name="Back to the quote").first.click()
    expect(mark).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".chat blockquote a").first).to_be_focused()


def test_a_deep_link_shows_the_same_in_a_fresh_tab(visit, address):
    cited = Reference(ARABIC.id, ARABIC.hash[:16], Span(0, 40), Span(0, 8))
    page = visit(f"{address}/{cited.href}", PHONE)
    mark = page.locator(".reader article mark")
    expect(mark).to_have_text(ARABIC.text[:40])
    expect(mark).to_be_focused()
    assert page.locator(".reader article p").evaluate("one => getComputedStyle(one).direction") == "rtl"
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox")).to_be_focused()


def test_a_reference_that_does_not_hold_says_so_and_marks_nothing(visit, address):
    links = (
        (Reference(DOHA.id, "0" * 16, Span(0, 9)).href, "was changed since"),
        (Reference("gone.txt", "0" * 16, Span(0, 9)).href, "is not in the collection"),
        (Reference(DOHA.id, DOHA.hash[:16], Span(5, 999_999)).href, "points outside"),
        ("#cite=../../etc/passwd", "cannot be read"),
        (Reference(DOHA.id, DOHA.hash[:16], Span(9, 20), Span(0, 9)).href, "points outside"),
        ("#cite=%3Cimg src=x onerror=alert(1)%3E", "cannot be read"),
    )
    page = visit(f"{address}/{links[0][0]}")
    for link, says in links:  # each says something else than the one before
        page.goto(f"{address}/{link}")
        expect(page.locator(".reader .notice")).to_contain_text(says)
        expect(page.locator(".reader mark")).to_have_count(0)


def test_an_article_that_changes_after_the_answer_is_not_marked(visit, address, collection):
    collection.put(Article("berita/harga.txt", "Harga", "Harga bawang mencapai rekor tertinggi."))
    page = visit(address, locale="id-ID")
    ask(page, "harga bawang rekor tertinggi")
    link = page.locator(".chat blockquote a").first
    expect(link).to_be_visible()
    collection.put(Article("berita/harga.txt", "Harga", "Harga bawang turun."))
    link.click()
    expect(page.locator(".reader .notice")).to_contain_text("sudah berubah")
    expect(page.locator(".reader article")).to_have_text("Harga bawang turun.")
    expect(page.locator(".reader mark")).to_have_count(0)
    collection.take("berita/harga.txt")
    link.click()
    expect(page.locator(".reader .notice")).to_contain_text("tidak lagi ada")


def test_no_answer_says_what_was_searched_and_offers_near_misses_as_such(visit, address):
    page = visit(address)
    ask(page, "Lavrov terbang naik pesawat mahal")
    bot = page.locator(".chat .bot")
    expect(bot).to_contain_text("The articles do not answer this.")
    expect(bot).to_contain_text("Searched: 18 articles")
    expect(bot.locator(".near")).to_contain_text("They are not an answer")
    expect(bot.locator(".near blockquote").first).to_contain_text("Lavrov")


def test_an_empty_collection_says_how_to_add(visit, serve):
    page = visit(serve(PageCollection([])))
    expect(page.locator(".masthead .ready")).to_contain_text("rag add PATH")
    ask(page, QUESTION)
    expect(page.locator(".chat .bot")).to_contain_text("rag add PATH")


def test_errors_are_calm(visit, address):
    page = visit(address)
    ask(page, "   ")
    ask(page, "something unexpected happens")
    expect(page.locator(".chat .bot")).to_contain_text("Something went wrong")
    expect(page.locator("body")).not_to_contain_text("secret")
    expect(page.locator(".chat .user")).to_have_count(1)


def test_the_page_speaks_the_browsers_language(visit, address):
    page = visit(address, PHONE, "id-ID")
    expect(page.locator(".masthead .ready")).to_contain_text("18 artikel")
    expect(page.get_by_role("textbox", name="Pertanyaan")).to_have_attribute("placeholder", re.compile("bahasa apa pun"))
    expect(page.get_by_role("button", name="Tanya", exact=True)).to_be_visible()
    expect(page.locator("button.example")).to_have_text([example.question for example in EXAMPLES])
    first = page.get_by_role("button", name=EXAMPLES[0].question)
    expect(first).to_be_in_viewport()
    assert fits(page)
    first.press("Enter")
    expect(page.locator(".chat .user")).to_have_text(EXAMPLES[0].question)
    expect(page.locator(".chat .bot .said").first).to_contain_text("10 September 2022 (dari baris tanggal)")
    expect(page.get_by_role("textbox")).to_have_value("")


def test_another_collection_gets_no_examples(visit, serve):
    page = visit(serve(PageCollection([ARABIC, DOHA])), PHONE)
    expect(page.locator("button.example")).to_have_text([example.question for example in EXAMPLES[1:4]])
    page = visit(serve(PageCollection([ARABIC])))
    expect(page.locator(".masthead .ready")).to_contain_text("1 article")
    expect(page.get_by_role("heading", name="What would you like to check?")).to_be_visible()
    expect(page.locator("button.example")).to_have_count(0)


class Slow(PageCollection):
    """Answers when it is told to."""

    may_answer = threading.Event()

    def ask(self, question: str, *, top_k: int = 5, filters: Filters | None = None) -> Answer:
        self.may_answer.wait()
        return super().ask(question, top_k=top_k, filters=filters)


def test_an_answer_that_takes_a_while_is_seen_to_be_on_its_way(visit, serve):
    slow = Slow([VISIT])
    page = visit(serve(slow), locale="id-ID")
    ask(page, QUESTION)
    expect(page.get_by_text("Mencari di artikel")).to_be_visible()
    slow.may_answer.set()
    expect(page.locator(".chat blockquote").first).to_contain_text("Haniyeh")
    expect(page.get_by_text("Mencari di artikel")).to_have_count(0)


def test_a_question_asked_while_preparing_waits_and_is_answered(visit, serve, collection):
    ready = threading.Event()

    def prepare(tell: Callable[[State], None]) -> PageCollection:
        tell(State(Phase.ADDING, Progress(1, 2, "articles", "<b>a</b>")))
        ready.wait()
        return collection

    opening = Opening(prepare)
    opening.start()
    page = visit(serve(opening))
    expect(page.locator(".masthead .preparing")).to_contain_text("adding articles, 1/2")
    ask(page, QUESTION)
    expect(page.locator(".chat .user")).to_have_text(QUESTION)
    expect(page.locator(".chat .bot")).to_contain_text("being prepared")
    ask(page, "Netanyahu menelepon Putin")
    ready.set()
    expect(page.locator(".chat blockquote").first).to_contain_text("Haniyeh")
    expect(page.locator(".chat blockquote").last).to_contain_text("Netanyahu")
    expect(page.locator(".chat .user")).to_have_count(2)
    expect(page.locator(".masthead .ready")).to_contain_text("18 articles")


def test_a_collection_that_cannot_be_opened_says_why(visit, serve):
    def prepare(tell: Callable[[State], None]) -> PageCollection:
        raise StorageError("The <database> is damaged.")

    opening = Opening(prepare)
    opening.start()
    page = visit(serve(opening), locale="id-ID")
    failed = page.locator(".masthead .failed")
    expect(failed).to_contain_text("Koleksi tidak dapat dibuka.")
    expect(failed).to_contain_text("Rincian (dalam bahasa Inggris): The <database> is damaged.")
    ask(page, QUESTION)
    expect(page.locator(".chat .bot")).to_contain_text("The <database> is damaged.")
