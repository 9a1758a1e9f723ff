"""The page in a real browser, over a small collection in memory."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from browser import FLAGS, find_browser
from page_articles import ARABIC, ATTACKS, DOHA, HOSTILE, VISIT
from page_collection import PageCollection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag.errors import RagError
from rag.types import Answer, Article, Citation, Progress, Reason, Searched, Sentence, Span, Strength, Why
from rag.web.citing import Reference
from rag.web.escaping import one_line
from rag.web.opening import Opening, Phase, State
from rag.web.page import build_page, launch_options
from rag.web.strings import EXAMPLES

WIDE, PHONE = (1280, 800), (390, 844)
QUESTION = "Siapa didampingi Haniyeh"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[object], str]]:
    """Serves a page over a collection, or over one that is still opening; gives its address."""
    pages = []

    def start(over: object) -> str:
        page = build_page(over if isinstance(over, Opening) else Opening.ready(over))
        pages.append(page)
        return page.launch(**launch_options("127.0.0.1"))[1].rstrip("/")

    yield start
    for page in pages:
        page.close(verbose=False)


@pytest.fixture(scope="session")
def collection() -> PageCollection:
    return PageCollection([VISIT, DOHA, ARABIC, *HOSTILE])


@pytest.fixture(scope="session")
def address(serve, collection) -> str:
    return serve(collection)


@pytest.fixture
def visit(chromium) -> Iterator[Callable[..., Page]]:
    """Opens an address as a fresh visitor; afterwards no script may have failed and no request have left the machine."""
    foreign, broken, contexts = [], [], []

    def go(address: str, size: tuple[int, int] = WIDE, locale: str = "en-US") -> Page:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale=locale, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: foreign.append(request.url) if not is_local(request.url) else None)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("dialog", lambda dialog: broken.append(dialog.message))
        page.goto(address)
        expect(page.get_by_role("textbox")).to_be_visible()
        return page

    yield go
    for context in contexts:
        context.close()
    assert (foreign, broken) == ([], [])


def is_local(url: str) -> bool:
    return re.match(r"(?:https?|wss?)://127\.0\.0\.1[:/]|(?:data|blob):", url) is not None


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox").fill(question)
    page.get_by_role("textbox").press("Enter")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


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
    assert "#" not in page.url
    link.click()
    expect(mark).to_be_in_viewport()
    reader.get_by_role("button", name="Close").click()
    expect(reader).to_be_hidden()


def test_a_deep_link_shows_the_same_in_a_fresh_tab(visit, address):
    cited = Reference(ARABIC.id, ARABIC.hash[:16], Span(0, 40), Span(0, 8))
    page = visit(f"{address}/{cited.href}", PHONE)
    mark = page.locator(".reader article mark")
    expect(mark).to_have_text(ARABIC.text[:40])
    expect(mark).to_be_focused()
    assert page.locator(".reader article p").evaluate("one => getComputedStyle(one).direction") == "rtl"
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox")).to_be_focused()


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (Reference(DOHA.id, "0" * 16, Span(0, 9)).href, "was changed since"),
        (Reference("gone.txt", "0" * 16, Span(0, 9)).href, "is not in the collection"),
        (Reference(DOHA.id, DOHA.hash[:16], Span(5, 999_999)).href, "points outside"),
        (Reference(DOHA.id, DOHA.hash[:16], Span(9, 20), Span(0, 9)).href, "points outside"),
        ("#cite=../../etc/passwd", "cannot be read"),
        ("#cite=%3Cimg src=x onerror=alert(1)%3E", "cannot be read"),
    ],
)
def test_a_reference_that_does_not_hold_says_so_and_marks_nothing(visit, address, link, says):
    page = visit(f"{address}/{link}")
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


def test_hostile_articles_are_shown_as_text_and_do_nothing(visit, address):
    page = visit(address)
    expect(page.locator(".masthead .ready")).to_be_visible()
    harmful = (
        ":is(script, img, svg, iframe, form, input, style, link, meta, object, math, details, h1, [style], [onerror], [onload], [srcdoc])"
    )
    for number, attack in enumerate(ATTACKS, 1000):
        ask(page, f"serangan nomor {number}")
        bot = page.locator(".chat .bot").last
        expect(bot.locator("blockquote").first).to_contain_text(f"Serangan nomor {number}.")
        assert one_line(attack).strip() in one_line(bot.locator("blockquote").first.text_content()), attack
        assert one_line(attack).strip() in one_line(bot.locator(".heading").first.text_content()), attack
        assert bot.locator(f"[data-testid=bot] {harmful}").evaluate_all("all => all.map(one => one.outerHTML.slice(0, 200))") == [], attack
        assert {link[:6] for link in bot.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")} == {"#cite="}
        link = bot.locator("blockquote a").first
        link.click()
        expect(page.locator(".reader article mark").first).to_contain_text(f"Serangan nomor {number}.")
        assert page.locator(".reader article p").all_text_contents() == HOSTILE[number - 1000].text.split("\n"), attack
        assert page.locator(f".reader section {harmful}, .reader section :is(a, article button)").count() == 0, attack
        page.keyboard.press("Escape")
        expect(page.locator(".reader section")).to_be_hidden()
    assert page.evaluate("window.harm") is None


class Mirror(PageCollection):
    """Answers with given texts, each as quote, title and source of an article."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__([])
        self._texts = texts

    def ask(self, question: str, *, top_k: int = 5) -> Answer:
        cited = []
        for number, text in enumerate(self._texts, 1):
            cut = random.Random(number).randint(0, len(text))
            article = Article(str(number), text, text, text)
            best = Sentence(text[cut:], cut, len(text))
            cited.append(Citation(number, text, best, article, 0, len(text), 1.0, Strength.STRONG, Why(1, 1, 1, 1, ())))
        return Answer(question, Reason.ANSWERED, tuple(cited), searched=Searched(1, 1))


def test_random_texts_are_shown_exactly(visit, serve):
    chance = random.Random(20221)
    parts = [
        *"\\`*_{}[]()#|~$!<>&%@:/.-+='\"^ 0a€字ש",
        "**",
        "__",
        "](",
        "![",
        "```",
        "$$",
        "%%%",
        "LATEX_BLOCK_0",
        "http://",
        "www.",
        "a@b.co",
    ]
    parts += [
        "[a](b)",
        "![a](http://b/c)",
        "<b>",
        "</p>",
        "<!--",
        "&amp;",
        "&#60;",
        "1. ",
        "- ",
        "> ",
        "===",
        "---",
        "\n",
        "~~",
        ":smile:",
        "    ",
        "\u202e",
        "<br>",
        "kata ",
    ]
    texts = ["x" + "".join(chance.choices(parts, k=chance.randint(1, 25))) for _ in range(200)]
    page = visit(serve(Mirror(texts)))
    ask(page, "semua")
    expect(page.locator(".chat .heading")).to_have_count(len(texts))
    seen = page.locator(".chat .bot").evaluate(
        """bot => ({kinds: [...new Set([...bot.querySelectorAll('blockquote *, .heading *')].map(one => one.tagName))].sort(),
                    quotes: [...bot.querySelectorAll('blockquote')].map(one => one.textContent),
                    headings: [...bot.querySelectorAll('.heading')].map(one => one.textContent)})"""
    )
    assert seen["kinds"] == ["A", "MARK", "P"]
    for number, (text, quote, heading) in enumerate(zip(texts, seen["quotes"], seen["headings"], strict=True), 1):
        lines = [one_line(line).strip() for line in text.split("\n")]
        assert one_line(quote).strip() == f"{number} {' '.join(filter(None, lines))}", text
        assert one_line(heading).strip() == one_line(text).strip(), text


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
    expect(page.get_by_role("button", name=EXAMPLES[0])).to_be_in_viewport()
    assert page.locator("button.example").count() == 5 and fits(page)
    page.get_by_role("button", name=EXAMPLES[0]).click()
    expect(page.locator(".chat .user")).to_have_text(EXAMPLES[0])
    expect(page.locator(".chat .bot .said").first).to_contain_text("10 September 2022 (dari baris tanggal)")


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
        raise RagError("The <index> was built with another model.")

    opening = Opening(prepare)
    opening.start()
    page = visit(serve(opening))
    expect(page.locator(".masthead .failed")).to_contain_text("The <index> was built")
    ask(page, QUESTION)
    expect(page.locator(".chat .bot")).to_contain_text("The <index> was built")
