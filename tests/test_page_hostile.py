"""Texts written to do harm, in a real browser: they are shown as they are, and nothing runs or leaves the machine."""

from __future__ import annotations

import random

from browser import ask
from page_articles import ATTACKS, HOSTILE, hostile
from page_collection import Mirror, PageCollection
from playwright.sync_api import expect

from rag.errors import StorageError
from rag.filters import Filters
from rag.types import Answer, Citation, Reason, Searched, Sentence, Strength, Why
from rag.web.escaping import one_line

pytest_plugins = ("page_browser",)


def test_hostile_articles_are_shown_as_text_and_do_nothing(visit, address):
    page = visit(address)
    expect(page.locator(".masthead .ready")).to_be_visible()
    harmful = (
        ":is(script, img, svg, iframe, form, input, style, link, meta, object, math, details:not(.why), h1, [style], [onerror], [onload], [srcdoc])"
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
        copied = page.locator(".reader .copy").first.get_attribute("data-copy")
        assert copied.startswith(f"Serangan nomor {number}. {attack} Selesai.\n\n— {one_line(attack).strip()} · "), attack
        page.keyboard.press("Escape")
        expect(page.locator(".reader section")).to_be_hidden()
    assert page.evaluate("window.harm") is None


def test_hostile_texts_in_near_misses_and_errors_do_nothing_either(visit, serve):
    page = visit(serve(Hostile(HOSTILE)), locale="id-ID")
    for number, attack in enumerate(ATTACKS, 1000):
        ask(page, f"serangan {attack} sama sekali tidak pernah dijawab di sini")
        bot = page.locator(".chat .bot").last
        expect(bot.locator(".near .also").last).to_be_visible()
        assert one_line(attack).strip() in one_line(bot.locator(".near .also").last.text_content()), attack
        assert one_line(attack).strip() in one_line(page.locator(".chat .user").last.text_content()), attack
        ask(page, f"rusak {attack}")
        expect(page.locator(".chat .bot").last).to_contain_text("simpanan artikel rusak")
        assert one_line(attack).strip() in one_line(page.locator(".chat .bot").last.text_content()), attack
        kinds = page.locator(".chat [data-testid] *").evaluate_all("all => [...new Set(all.map(one => one.tagName))].sort()")
        assert set(kinds) <= {"A", "BLOCKQUOTE", "BR", "BUTTON", "DETAILS", "DIV", "MARK", "P", "SPAN", "STRONG", "SUMMARY"}, (number, kinds)
        assert page.locator(".chat [data-testid] :is(button:not(.act.part), details:not(.why), .why .why)").count() == 0, number
        assert page.locator(".chat [data-testid] a:not([href^='#cite='])").count() == 0
    assert page.evaluate("window.harm") is None


class Hostile(PageCollection):
    """Answers no question, with near misses that stand in other articles too; fails on some."""

    def ask(self, question: str, *, top_k: int = 5, filters: Filters | None = None) -> Answer:
        if question.startswith("rusak "):
            raise StorageError(question)
        attack = question.removeprefix("serangan ").removesuffix(" sama sekali tidak pernah dijawab di sini")
        article = hostile(1, attack)
        best = Sentence(article.text, 0, len(article.text))
        near = Citation(1, article.text, best, article, 0, len(article.text), 0.1, Strength.WEAK, Why(0, 0, None, None, (attack,)), (attack, attack))
        return Answer(question, Reason.NOTHING_CLOSE, near_misses=(near,), searched=Searched(1, 1, (attack,), (attack, attack)))


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
