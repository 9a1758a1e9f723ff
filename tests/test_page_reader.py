"""Very long articles in the side panel: how much is sent, and that places and marks stay exact."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_collection import PageCollection

from rag.types import Article, Span
from rag.web.citing import Reference
from rag.web.reader import REACH, part_around, reading

LONG = Article("long.txt", "Panjang", "\n\n".join(f"Paragraf {n:06} " + "kata " * (n % 60) + f"akhir {n:06}." for n in range(27_500)), language="id")
"""Near the longest article that can be added."""

SENT_MAX = 4 * REACH


class Panel(HTMLParser):
    """What the panel shows of an article: its paragraphs, what is marked in each, and where the buttons lead."""

    def __init__(self, sent: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.marked: list[str] = []
        self.best: list[str] = []
        self.below: list[str] = []
        self.places: list[int] = []
        self._inside: list[str] = []
        self._here = False
        self.feed(sent)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        fields = dict(attributes)
        self._inside.append(tag)
        self._here |= fields.get("class") == "here"
        self.places += [int(fields["data-at"])] if "data-at" in fields else []
        if tag == "p":
            for lines in (self.lines, self.marked, self.best, self.below):
                lines.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag
        if tag == "p" and "article" not in self._inside:
            for lines in (self.lines, self.marked, self.best, self.below):
                lines.pop()

    def handle_data(self, data: str) -> None:
        if "article" in self._inside:
            self.lines[-1] += data
            self.marked[-1] += data if "mark" in self._inside else ""
            self.best[-1] += data if "strong" in self._inside else ""
            self.below[-1] += data if self._here else ""


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def kept(found: list[str]) -> list[str]:
    return [line for line in found if line]


def cited(article: Article, phrase: str, sentence: str) -> Reference:
    start = article.text.index(phrase)
    best = article.text.index(sentence, start)
    return Reference(article.id, article.hash[:16], Span(start, start + len(phrase)), Span(best, best + len(sentence)))


@pytest.fixture(scope="module")
def collection() -> PageCollection:
    return PageCollection([LONG])


@pytest.mark.parametrize("number", [0, 7, 9_000, 20_500, 27_498])
def test_of_a_very_long_article_a_part_is_sent_and_the_marks_stand_exactly(collection, number):
    assert 4_900_000 < len(LONG.text) <= 5_000_000
    quote, best = f"akhir {number:06}.\n\nParagraf {number + 1:06}", f"Paragraf {number + 1:06}"
    reference = cited(LONG, quote, best)
    part, whole = part_around(LONG.text, reference.sentence.start), len(LONG.text)
    assert part.start <= reference.quote.start < reference.quote.end <= part.end <= part.start + 2 * REACH + 20_000
    sent = reading(collection, reference.href, "en")
    assert len(sent) < SENT_MAX
    panel = Panel(sent)
    assert panel.lines == lines(LONG.text[part.start : part.end])
    assert (kept(panel.marked), kept(panel.best)) == (lines(quote), [best])
    assert part.start == 0 or LONG.text[part.start - 1] == "\n"
    assert part.end == whole or LONG.text[part.end] == "\n"
    assert panel.places == [place for place in (part.start, part.end) if place not in (0, whole)]
    assert sent.count('class="part"') == len(panel.places) > 0
    assert f"{100 * part.start // whole}% to {-(-100 * part.end // whole)}%" in sent


def test_the_buttons_lead_through_the_whole_article_without_a_gap_and_back(collection):
    reference = cited(LONG, "Paragraf 000000", "Paragraf")
    panel = Panel(reading(collection, reference.href, "en"))
    read, last = list(panel.lines), 0
    while panel.places[-1] > last:
        last = panel.places[-1]
        panel = Panel(reading(collection, reference.href, "en", at=last))
        read += kept(panel.below)
    assert read == lines(LONG.text)
    while panel.places[0] < last:
        last = panel.places[0]
        panel = Panel(reading(collection, reference.href, "en", at=last))
        above = len(panel.lines) - len(kept(panel.below))
        assert panel.lines[above:] == kept(panel.below) and panel.below[above].startswith("Paragraf")
    assert kept(panel.marked) == ["Paragraf 000000"]


@given(st.integers(0, 400_000), st.sampled_from(["", " ", "\n"]))
def test_a_part_holds_its_place_whatever_the_borders_are(place, border):
    text = ("x" * 37_123 + border) * 10
    place = min(place, len(text))
    part = part_around(text, place)
    assert 0 <= part.start <= place <= part.end <= len(text)
    assert part.end - part.start <= 2 * REACH + 20_000
    assert part.start == 0 or place - part.start >= REACH - 10_000
    assert part.end == len(text) or part.end - place >= REACH - 10_000


def test_without_any_border_the_parts_still_join():
    one = Article("one.txt", "", "".join(chr(0x4E00 + n % 7919) for n in range(500_000)))
    collection, reference = PageCollection([one]), Reference("one.txt", one.hash[:16], Span(250_000, 250_009))
    panel = Panel(reading(collection, reference.href, "en"))
    assert kept(panel.marked) == [one.text[250_000:250_009]]
    at = panel.places[-1]
    after = Panel(reading(collection, reference.href, "en", at=at))
    assert panel.lines == [one.text[panel.places[0] : at]] and panel.places[0] < 250_000 < at
    assert after.below == [one.text[at : part_around(one.text, at).end]]


def test_a_forged_place_or_a_quote_as_long_as_the_article_sends_no_more(collection):
    whole = Reference(LONG.id, LONG.hash[:16], Span(0, len(LONG.text)))
    for at in (None, -1, 10**9, "5", 1.5, [], 2_000_000):
        sent = reading(collection, whole.href, "en", at)
        assert len(sent) < SENT_MAX and ("Back to the quote" in sent) == (at == 2_000_000), at
    changed = reading(collection, Reference(LONG.id, "0" * 16, Span(0, 9)).href, "en", 2_000_000)
    assert "was changed since" in changed and "<mark" not in changed and len(changed) < SENT_MAX


def test_a_paragraph_of_blanks_takes_no_time():
    blank = Article("blank.txt", "", "kata " + " " * 1_000_000 + "\n" + " " * 1_000_000 + "\nakhir")
    assert Panel(reading(PageCollection([blank]), Reference(blank.id, blank.hash[:16], Span(0, 4)).href, "en")).marked == ["kata"]
