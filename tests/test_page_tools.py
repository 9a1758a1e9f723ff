"""What the side panel can do with a citation, in a real browser: copy it, copy its link, go to the answer's other ones."""

from __future__ import annotations

import re

import pytest
from browser import PHONE, WIDE, ask, fits
from page_articles import ARABIC, ATTACKS, DOHA, VISIT
from page_collection import PageCollection
from playwright.sync_api import Page, expect

from rag.types import Article, Span
from rag.web.citing import Reference
from rag.web.reader import reading
from rag.web.tools import OTHERS_MAX, QUOTE_MAX, copied_quote, same_article

pytest_plugins = ("page_browser",)

QUESTION = "Siapa didampingi Haniyeh"
QUOTE = "Kunjungan itu panjang. Haniyeh didampingi Saleh al-Arouri dan Maher Saleh. Mereka bertemu Lavrov."
START = VISIT.text.index(QUOTE)
COPIED = (
    f"{QUOTE}\n\n— Pemimpin Hamas Kunjungi Rusia · Harakatuna · 10 September 2022 (from the dateline) · https://example.org/kunjungan\n"
    f"seeds/000_85d61c4b71691643.txt, characters {START} to {START + len(QUOTE)}, version {VISIT.hash[:16]}"
)
REFUSED = "void (navigator.clipboard.writeText = () => Promise.reject(new Error('refused')))"

THRICE = Article(
    "tiga.txt",
    "Tiga kali",
    "Panen padi gagal di desa.\n"
    + "".join(f"Baris pengisi {n} yang tidak ditanya siapa pun.\n" * 4 for n in range(12))
    + "Kata petani, panen padi gagal karena kemarau.\n"
    + "".join(f"Lagi-lagi pengisi {n} yang tidak ditanya siapa pun.\n" * 4 for n in range(12))
    + "Tahun lalu panen padi gagal juga.",
    language="id",
)


def opened(page: Page, question: str) -> Page:
    """The reader at the first citation of the answer, with a clipboard that tells what it holds."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, question)
    page.locator(".chat blockquote a").first.press("Enter")
    expect(page.locator(".reader article mark:not(.other)")).to_be_focused()
    return page


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def tab_to(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name)
    for _ in range(9):
        page.keyboard.press("Shift+Tab")
        if button.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_keyboard_copies_the_quote_with_its_reference(visit, address, size):
    page = opened(visit(address, size), QUESTION)
    expect(page.locator(".reader .hop")).to_have_count(0)
    tab_to(page, "Copy quote")
    page.keyboard.press("Enter")
    expect(page.locator(".reader .copied")).to_have_text("Copied")
    expect(page.locator(".reader .copied")).to_be_in_viewport()
    assert clipboard(page) == COPIED and fits(page)
    expect(page.get_by_role("button", name="Copy quote")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".chat blockquote a").first).to_be_focused()
    page.locator(".chat blockquote a").first.click()
    expect(page.locator(".reader article mark")).to_be_focused()
    expect(page.locator(".reader .copied")).to_have_text("")


def test_where_the_clipboard_is_refused_the_older_way_copies(visit, address):
    page = opened(visit(address), QUESTION)
    page.evaluate(REFUSED)
    page.get_by_role("button", name="Copy quote").click()
    expect(page.locator(".reader .copied")).to_have_text("Copied")
    expect(page.locator(".reader .by-hand")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy quote")).to_be_focused()
    assert clipboard(page) == COPIED


def test_where_every_way_is_refused_the_text_stands_there_selected(visit, address):
    page = opened(visit(address, PHONE, "id-ID"), QUESTION)
    page.evaluate(f"{REFUSED}; document.execCommand = () => false")
    page.get_by_role("button", name="Salin kutipan").click()
    expect(page.locator(".reader .copied")).to_contain_text("salinlah sendiri")
    box = page.locator(".reader .by-hand")
    expect(box).to_be_focused()
    selected = box.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)")
    assert selected.startswith(f"{QUOTE}\n\n— ") and "10 September 2022 (dari baris tanggal)" in selected and fits(page)
    page.locator(".reader .close").click()
    page.locator(".chat blockquote a").first.click()
    expect(page.locator(".reader article mark")).to_be_focused()
    expect(box).to_be_hidden()


def test_the_link_that_is_copied_opens_exactly_this_in_a_fresh_tab(visit, address):
    page = opened(visit(f"{address}/?from=mail"), QUESTION)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".reader .copied")).to_have_text("Copied")
    link = clipboard(page)
    place = f"{START}-{START + len(QUOTE)}"
    assert link.startswith(f"{address}/?from=mail#cite=seeds%2F000_85d61c4b71691643.txt/{VISIT.hash[:16]}/{place}/")
    fresh = visit(link, PHONE)
    expect(fresh.locator(".reader article mark")).to_have_text(QUOTE)
    expect(fresh.locator(".reader article mark")).to_be_focused()
    expect(fresh.locator(".reader article mark")).to_be_in_viewport()


@pytest.mark.parametrize("place", ["40-0", "0-0", "9999999-9999999", "0-40/0-41", "0-40/9-9", "00-1x", "0-40/0-8/0-8", "%00-1", "0-1?x=1"])
def test_a_place_that_is_none_marks_nothing_and_has_nothing_to_copy(place):
    shown = reading(PageCollection([ARABIC]), f"{Reference(ARABIC.id, ARABIC.hash[:16], Span(0, 1)).href.removesuffix('0-1')}{place}", "en")
    assert ("points outside" in shown or "cannot be read" in shown) and "<mark" not in shown and "copy" not in shown


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_other_quotes_of_the_answer_are_marked_lighter_and_reached_one_by_one(visit, serve, size):
    page = opened(visit(serve(PageCollection([THRICE, DOHA])), size), "Mengapa panen padi gagal menurut petani")
    mark, other, where = (page.locator(f".reader {one}") for one in ("article mark:not(.other)", "mark.other", ".tools .said"))
    expect(mark).to_have_text("Kata petani, panen padi gagal karena kemarau.")
    expect(other).to_have_text(["Panen padi gagal di desa.", "Tahun lalu panen padi gagal juga."])
    expect(where).to_have_text("2 of 3")
    assert fits(page)
    page.get_by_role("button", name="Next quote of this answer").click()
    expect(mark).to_have_text("Tahun lalu panen padi gagal juga.")
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()
    expect(where).to_have_text("3 of 3")
    page.keyboard.press("ArrowRight")
    expect(mark).to_have_text("Panen padi gagal di desa.")
    expect(mark).to_be_in_viewport()
    page.keyboard.press("ArrowLeft")
    expect(mark).to_have_text("Tahun lalu panen padi gagal juga.")
    page.get_by_role("button", name="Copy quote").click()
    expect(page.locator(".reader .copied")).to_have_text("Copied")
    assert clipboard(page).startswith("Tahun lalu panen padi gagal juga.\n\n— Tiga kali")
    current = page.locator(".chat blockquote a[aria-current]")
    assert page.url.endswith(current.get_attribute("href"))
    page.keyboard.press("Escape")
    expect(current).to_be_focused()
    expect(page).to_have_url(re.compile(r"^[^#]*$"))


def test_only_citations_of_the_same_state_of_the_article_are_others():
    text = VISIT.text
    one, two = (Reference(VISIT.id, VISIT.hash[:16], Span(*place)) for place in ((0, 9), (20, 30)))
    beyond = Reference(VISIT.id, VISIT.hash[:16], Span(0, 999_999))
    foreign = [Reference(DOHA.id, DOHA.hash[:16], Span(0, 9)), Reference(VISIT.id, "0" * 16, Span(0, 9)), beyond]
    links = [two.href, *(other.href for other in foreign), one.href, two.href, 7, None, [], "#cite=", *ATTACKS]
    assert same_article(one, links, text) == (one, two)
    for told in (None, "x", {}, 7, [], [one.href], [two.href], [one.href] * 9, ["x"] * OTHERS_MAX + links):
        assert same_article(one, told, text) == (), told


def test_what_is_copied_is_the_quote_to_the_character():
    odd = Article("a\nb.txt", "Ju\u202edul\n", 'Satu\r\n\t"dua" <b>\u202e tiga', url="javascript:alert(1)")
    whole = Reference(odd.id, odd.hash[:16], Span(0, len(odd.text)))
    assert copied_quote(odd, whole, "id") == f"{odd.text}\n\n— Judul\na b.txt, karakter 0 sampai {len(odd.text)}, versi {odd.hash[:16]}"
    assert 'data-copy="Satu&#13;\n\t&quot;dua&quot; &lt;b&gt;' in reading(PageCollection([odd]), whole.href, "id")
    long = Article("long.txt", "", "x" * (QUOTE_MAX + 1))
    assert copied_quote(long, Reference(long.id, long.hash[:16], Span(0, QUOTE_MAX + 1)), "en") == ""
