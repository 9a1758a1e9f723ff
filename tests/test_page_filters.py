"""The filter that an answer was confined to, in a real browser: it stands with every answer and with every honest no."""

from __future__ import annotations

import pytest
from browser import PHONE, WIDE, ask, fits
from page_articles import ATTACKS
from playwright.sync_api import expect

from rag.filters import Filters
from rag.types import Answer, Reason
from rag.web.escaping import one_line
from rag.web.parts import VALUES_SHOWN, filter_parts, less, named_part, without_phrase
from rag.web.render import answer_markdown

pytest_plugins = ("page_browser",)


@pytest.mark.parametrize(
    ("size", "locale", "says"),
    [
        (WIDE, "en-US", "Filter: from January 2020 on language Indonesian"),
        (PHONE, "id-ID", "Penyaring: sejak Januari 2020 bahasa Indonesia"),
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
    attacks = [one for one in ATTACKS if '"' not in one]
    batches = [attacks[first : first + VALUES_SHOWN] for first in range(0, len(attacks), VALUES_SHOWN)]
    for number, batch in enumerate([*batches, [*attacks, "x"]], 1):  # more of them than are shown one by one are a part together
        ask(page, "Siapa didampingi Haniyeh " + " ".join(f'article:"{attack}"' for attack in batch))
        shown = page.locator(".chat .bot").last.locator(".filter")
        expect(page.locator(".chat .filter")).to_have_count(number)
        parts = shown.locator("button").all_text_contents()
        assert len(parts) == (len(batch) if batch in batches else 1), batch
        for attack, part in zip(batch, parts, strict=False):
            assert one_line(attack).strip() in one_line(part), attack
        assert shown.locator(":not(p):not(span):not(button)").count() == 0, batch
    assert page.evaluate("window.harm") is None


def test_each_value_is_a_part_unless_there_are_many():
    many = Filters(until="2023-12-31", sources=tuple("abcdefgh"), articles=("x.txt", "y.txt"), languages=("id",))
    assert [(part.name, part.words) for part in filter_parts(many, "en")] == [
        ("until", "until 31 December 2023"),
        ("sources", "source a or b or c and 5 more"),
        ("languages-0", "language Indonesian"),
        ("articles-0", "article x.txt"),
        ("articles-1", "article y.txt"),
    ]
    assert [part.words for part in filter_parts(many, "id")][:2] == ["sampai 31 Desember 2023", "sumber a atau b atau c dan 5 lagi"]
    assert [part.words for part in filter_parts(Filters(sources=("=Tribun", "x")), "en")] == ["source exactly “Tribun”", "source x"]
    assert filter_parts(Filters(), "en") == []
    assert "class" not in answer_markdown(Answer("?", Reason.NOTHING_CLOSE), "en")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("since", Filters(since="2020")),
        ("sources", Filters(sources=("a", "b"))),
        ("sources-1", Filters(sources=("b",))),
        ("articles-0", Filters(articles=("x",))),
        ("articles-7", Filters()),
        ("languages", Filters()),
        ("until", Filters()),
        ("since-0", Filters(since="2020")),
        ("__class__", Filters()),
        ("sources-١", Filters()),
        ("sources--1", Filters()),
    ],
)
def test_a_part_is_named_and_taken_out(name, part):
    filters = Filters(since="2020", sources=("a", "b"), articles=("x",))
    assert named_part(filters, name) == part
    left = less(filters, part)
    assert left.over(part).to_dict().keys() == filters.to_dict().keys()
    assert set(left.sources) | set(part.sources) == {"a", "b"} and less(left, part) == left


@pytest.mark.parametrize(
    ("question", "number", "left"),
    [
        ('harga "beras Cianjur" naik lang:id', 0, "harga beras Cianjur naik"),
        ("“satu dua” dan «tiga»", 1, "“satu dua” dan tiga"),
    ],
)
def test_quotation_marks_are_taken_off_and_the_words_stay(question, number, left):
    assert without_phrase(question, number) == left
    with pytest.raises(IndexError):
        without_phrase(question, 2)
