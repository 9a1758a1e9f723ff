"""The card's HTML without a browser: every count once, every field escaped, progress and outcomes in words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from page_articles import ATTACKS

from rag import Article, Card, Count, Listing, Overview
from rag.errors import CollectionBusy
from rag.web.citing import whole_article
from rag.web.shelf_html import BARS, BARS_MAX, PAGE, counts_html, table_html
from rag.web.shelf_intake import Outcome, Stage
from rag.web.shelf_results import OUTCOMES_MAX, outcomes_html, progress_html, removed_html, restored_html
from rag.web.strings import LANGUAGES

OWN = {"section", "div", "h2", "ul", "li", "span", "i", "details", "summary", "p", "table", "thead", "tbody", "tr", "th", "td", "a", "button", "progress"}


class Tags(HTMLParser):
    """Every element and attribute that a browser would make."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names, self.attributes, self.links = set(), set(), set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value for name, value in attrs if name in ("href", "src", "action")}


def numbers(html: str) -> list[int]:
    return [int(one.replace(",", "").replace(".", "")) for one in re.findall(r'class="n">([\d,.]+)<', html)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_however_many_values_there_are_their_counts_add_up(language):
    sources = tuple(Count(f"Sumber {number}", 2000 - number) for number in range(BARS_MAX + 50))
    total = sum(one.articles for one in sources)
    html = counts_html(Overview(1, total, total, (Count("2020", total),), sources, (Count("", total),)), language)
    assert sum(numbers(html)) == 3 * total and html.count("<li") == 2 + BARS_MAX + 1
    assert html.index("<details") > html.index(f"Sumber {BARS - 1}<") and html.index(f"Sumber {BARS}<") > html.index("<details")
    assert counts_html(Overview(), language) == ""


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_from_outside_is_markup(attack):
    article = Article(attack, attack, attack, attack, attack, attack, attack, f"javascript:{attack}", attack)
    count = (Count(attack, 1),)
    overview = Overview(1, 1, 1, count, count, count)
    outcome = Outcome(attack)
    outcome.refuse(attack)
    pieces = [
        counts_html(overview, "en"), table_html(overview, Listing((Card(article, attack, 1),), 1), attack, "en", writable=True),
        outcomes_html([outcome], "en", CollectionBusy(attack, 1)), removed_html(article, "token", "en"), restored_html(article, "en"),
    ]  # fmt: skip
    for html in pieces:
        tags = Tags(html)
        assert tags.names <= OWN and not any(name.startswith("on") for name in tags.attributes), html
        assert all(whole_article(link) == attack for link in tags.links), html


def test_only_where_it_may_be_removed_an_article_has_the_button():
    listing = Listing((Card(Article("a", "A", ""), "A", 1),), 1)
    assert "remove" not in table_html(Overview(1, 1, 1), listing, "", "en").lower()
    assert 'class="tool ask-remove"' in table_html(Overview(1, 1, 1), listing, "", "en", writable=True)


@pytest.mark.parametrize(("start", "total", "turns"), [(0, 10, []), (0, 60, [25]), (25, 60, [0, 50]), (50, 60, [25])])
def test_pages_are_turned_where_there_are_others(start, total, turns):
    cards = tuple(Card(Article(str(n), "A", ""), "A", 1) for n in range(start, min(total, start + PAGE)))
    html = table_html(Overview(1, total, total), Listing(cards, total, start), "", "en")
    assert [int(one) for one in re.findall(r'data-start="(\d+)"', html)] == turns
    assert f"{start + 1} to {start + len(cards)} of {total}" in html


@pytest.mark.parametrize(
    ("stage", "language", "says"),
    [
        (Stage(), "en", "reading the files"), (Stage(3, 9, 0.2), "en", "Adding: 3 of 9 files<"), (Stage(10, 20, 30.0), "en", "about 30 s left"),
        (Stage(1000, 7000, 60.0), "id", "1.000 dari 7.000 berkas · sekitar 6 menit lagi"), (Stage(99, 100, 5.0), "id", "sekitar 1 detik lagi"),
    ],
)  # fmt: skip
def test_progress_says_count_and_time_left(stage, language, says):
    assert says in progress_html(stage, language)


def test_outcomes_are_summed_and_bounded():
    many = [Outcome(f"{number}.txt", added=1) for number in range(OUTCOMES_MAX + 3)]
    html = outcomes_html([Outcome("a.zip", 2, 1, 4, 0, True), *many], "en")
    assert f"Cancelled. What was added until then stays: {OUTCOMES_MAX + 5} added, 1 replaced by a newer text, 4 already there." in html
    assert "<li>4 more</li>" in html and html.count("<li") == OUTCOMES_MAX + 1
    assert "nothing" in outcomes_html([], "en") and "no article in it" in outcomes_html([Outcome("x")], "en")
