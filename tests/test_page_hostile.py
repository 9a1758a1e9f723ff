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


class Generous(PageCollection):
    """Cites all that it finds."""

    def ask(self, question: str, *, top_k: int = 5, filters: Filters | None = None) -> Answer:
        return super().ask(question, top_k=len(HOSTILE), filters=filters)


def visible(text: str) -> str:
    return one_line(text).strip()


def test_hostile_articles_are_shown_as_text_and_do_nothing(visit, serve):
    page = visit(serve(Generous(HOSTILE)))
    expect(page.locator(".masthead .ready")).to_be_visible()
    harmful = (
        ":is(script, img, svg, iframe, form, input, style, link, meta, object, math, details:not(.why), h1, [style], [onerror], [onload], [srcdoc])"
    )
    ask(page, "serangan nomor")
    bot = page.locator(".chat .bot")
    expect(bot.locator("blockquote")).to_have_count(len(ATTACKS))
    assert bot.locator(f"[data-testid=bot] {harmful}").evaluate_all("all => all.map(one => one.outerHTML.slice(0, 200))") == []
    assert {link[:6] for link in bot.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")} == {"#cite="}
    for number, attack in enumerate(ATTACKS, 1000):
        quote, heading = (bot.locator(kind).nth(number - 1000) for kind in ("blockquote", ".heading"))
        expect(quote).to_contain_text(f"Serangan nomor {number}.")
        assert visible(attack) in one_line(quote.text_content()), attack
        assert visible(attack) in one_line(heading.text_content()), attack
        quote.locator("a").click()
        expect(page.locator(".reader article mark").first).to_contain_text(f"Serangan nomor {number}.")
        assert page.locator(".reader article p").all_text_contents() == HOSTILE[number - 1000].text.split("\n"), attack
        assert page.locator(f".reader section {harmful}, .reader section :is(a, article button)").count() == 0, attack
        copied = page.locator(".reader .copy").first.get_attribute("data-copy")
        assert copied.startswith(f"Serangan nomor {number}. {attack} Selesai.\n\n— {visible(attack)} · "), attack
    assert page.evaluate("window.harm") is None


def test_hostile_texts_in_near_misses_and_errors_do_nothing_either(visit, serve):
    page = visit(serve(Hostile(HOSTILE)), locale="id-ID")
    bot, user = page.locator(".chat .bot").last, page.locator(".chat .user").last
    for number, pair in enumerate(zip(ATTACKS[::2], [*ATTACKS[1::2], ATTACKS[0]], strict=True)):
        ask(page, f"serangan {pair[0]} {pair[1]} sama sekali tidak pernah dijawab di sini")
        expect(page.locator(".chat .near")).to_have_count(number + 1)
        also, asked = bot.locator(".near .also").all_text_contents(), one_line(user.text_content())
        for attack in map(visible, pair):
            assert attack in asked and any(attack in one_line(one) for one in also), attack
        for attack in pair:
            ask(page, f"rusak {attack}")
            expect(user).to_contain_text(f"rusak {visible(attack)[:12]}")
            expect(bot).to_contain_text("simpanan artikel rusak")
            assert visible(attack) in one_line(user.text_content()) and visible(attack) in one_line(bot.text_content()), attack
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
        attacks = tuple(attack for attack in ATTACKS if attack in question)
        near = tuple(self._near(number, attack) for number, attack in enumerate(attacks, 1))
        return Answer(question, Reason.NOTHING_CLOSE, near_misses=near, searched=Searched(1, 1, attacks, attacks))

    @staticmethod
    def _near(number: int, attack: str) -> Citation:
        article = hostile(number, attack)
        best, why = Sentence(article.text, 0, len(article.text)), Why(0, 0, None, None, (attack,))
        return Citation(number, article.text, best, article, 0, len(article.text), 0.1, Strength.WEAK, why, (attack, attack))


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
        lines = [visible(line) for line in text.split("\n")]
        assert visible(quote) == f"{number} {' '.join(filter(None, lines))}", text
        assert visible(heading) == visible(text), text
