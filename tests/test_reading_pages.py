"""HTML -> the article's words and what the page states; nothing invented, nothing hung."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fromstring as html_tree

from rag.reading.markup import element_text, looks_like_html
from rag.reading.pages import decode_page, fragment_text, is_page, read_page
from rag.reading.unreadable import Unreadable

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Harga beras naik - Situs</title>
<meta property="og:site_name" content="Situs Berita"><meta property="og:title" content="Harga beras naik">
<link rel="canonical" href="https://situs.id/harga-beras">{head}<style>p {{color: red}}</style><script>var rahasia = 1</script></head><body>
<nav><a href="/a">Beranda</a> <a href="/b">Politik</a></nav>
<article><h1>Harga beras naik</h1>
<p>Jakarta - Harga beras <b>naik</b> tajam di <a href="/x">pasar</a>, kata warga<br>di Jakarta yang panjang kalimatnya.</p>
<p>Tidak.</p><h2>Anak judul</h2>
<p>Pemerintah berjanji menurunkan harga dalam waktu dekat, menurut menteri perdagangan yang ditemui di kantornya.</p>
<p><a href="/y">Paragraf yang seluruhnya tautan dan cukup panjang untuk dibaca</a></p>
<p>Pemerintah berjanji menurunkan harga dalam waktu dekat, menurut menteri perdagangan yang ditemui di kantornya.</p>
<ul><li>butir satu</li><li>butir <i>dua</i></li></ul>
<table><tr><th>Kota</th><th>Harga</th></tr><tr><td>Solo</td><td>12.000</td></tr></table>
<blockquote><p>Kutipan warga yang sabar &amp; tenang.</p></blockquote></article>
<footer>Hak cipta 2019 Situs</footer></body></html>"""

BODY = """Harga beras naik

Jakarta - Harga beras naik tajam di pasar, kata warga
di Jakarta yang panjang kalimatnya.

Tidak.

Anak judul

Pemerintah berjanji menurunkan harga dalam waktu dekat, menurut menteri perdagangan yang ditemui di kantornya.

Paragraf yang seluruhnya tautan dan cukup panjang untuk dibaca

Pemerintah berjanji menurunkan harga dalam waktu dekat, menurut menteri perdagangan yang ditemui di kantornya.

butir satu
butir dua

Kota\tHarga
Solo\t12.000

Kutipan warga yang sabar & tenang."""


def test_every_paragraph_of_the_article_is_kept_and_the_rest_of_the_page_is_not():
    assert read_page(PAGE.format(head="")).text == BODY


def test_the_page_says_its_title_site_and_address_and_no_date_that_it_does_not_state():
    metadata = read_page(PAGE.format(head="")).metadata
    assert (metadata.title, metadata.source, metadata.url) == ("Harga beras naik", "Situs Berita", "https://situs.id/harga-beras")
    assert (metadata.published, metadata.published_from, metadata.language) == ("", "", "")


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("<meta property='article:published_time' content='2022-09-10T10:00:00+07:00'>", "2022-09-10"),
        ("<meta name='date' content='2022-09'>", "2022-09"),
        (
            '<script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","datePublished":"2022-09-10",'
            + '"dateModified":"2023-01-01","author":{{"@type":"Person","name":"Budi Santoso"}}}}</script>',
            "2022-09-10",
        ),
    ],
)
def test_the_date_is_the_one_of_publication_in_the_precision_of_the_page(head, published):
    page = read_page(PAGE.replace("{head}", head.replace("{{", "{").replace("}}", "}")).replace("{{", "{").replace("}}", "}"))
    assert (page.metadata.published, page.metadata.published_from) == (published, "page")
    assert "Budi" not in head or page.metadata.author == "Budi Santoso"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("windows-1251", "Президент сообщил, что цены на рис выросли."),
        ("Shift_JIS", "首相は米の価格が上がったと述べた。"),
        ("iso-8859-1", "Die „Straße“ – größer als früher."),
        ("gb2312", "总统表示，大米价格上涨。"),
        ("euc-kr", "대통령은 쌀값이 올랐다고 말했다."),
        ("utf-8", "Harga “beras” naik."),
    ],
)
def test_a_page_is_decoded_by_the_encoding_it_names(charset, text):
    codec = {"iso-8859-1": "cp1252"}.get(charset, charset)
    page = f"<html><head><meta charset={charset}><title>x</title></head><body><p>{text}</p></body></html>"
    assert text in read_page(decode_page(page.encode(codec))).text


def test_a_page_whose_stated_encoding_is_wrong_or_no_encoding_is_still_read():
    text = "Президент сообщил, что цены на рис выросли в Москве и других городах."
    for charset in ("windows-1252", "hex", "no-such", "zip"):
        assert text in decode_page(f"<meta charset={charset}><p>{text}".encode())


SPACED = st.sampled_from(
    ["kata", " ", "b.", "“c”", "<b>d</b>", "<a href=x>e</a>, ", "<i>f</i>(g)", "h&nbsp;i", "j<br>k", "l<span>m</span>n", "2<sup>3</sup>"]
)


@settings(deadline=None)
@given(st.lists(st.lists(SPACED, min_size=3, max_size=12).map("".join), min_size=1, max_size=5))
def test_the_text_of_a_page_has_the_spaces_and_marks_of_the_page(paragraphs):
    # Numbered, because trafilatura takes a paragraph that repeats another for boilerplate.
    html = "".join(f"<p>Kalimat {number} {text} akhir.</p>" for number, text in enumerate(paragraphs))
    whole = element_text(html_tree(html))
    assert " ".join(read_page(f"<html><body><article>{html}</article></body></html>").text.split()) == " ".join(whole.split())


def test_a_paragraph_that_is_said_twice_is_kept_twice():
    chorus = "<p>Kami akan terus berjuang, kata mereka.</p>"
    html = f"<html><body><div><p>Kalimat pertama.</p>{chorus}<p>Dua.</p>{chorus}<p>Tiga.</p>{chorus}</div></body></html>"
    assert read_page(html).text.count("Kami akan terus berjuang, kata mereka.") == 3


def test_where_no_article_is_found_all_that_the_page_shows_is_the_text():
    assert read_page("<html><body><div>Halo <b>dunia</b></div><script>x</script></body></html>").text == "Halo dunia"


@pytest.mark.parametrize(
    "html",
    ["", " ", "<html></html>", "<html><body><script>x()</script></body></html>", "<!-- x -->",
    "<div>" * 100_000 + "x" + "</div>" * 100_000, "<b>x" * 100_000, "<p>" + "<br>" * 300_000, "x" * 11_000_000],
    ids=["empty", "space", "bare", "script only", "comment", "deep", "unclosed", "many elements", "long"],
)  # fmt: skip
def test_a_page_without_words_or_out_of_bounds_is_refused_at_once(html):
    started = time.monotonic()
    with pytest.raises(Unreadable):
        read_page(html)
    assert time.monotonic() - started < 3


WORD = st.text("abcé中\u0436", min_size=1, max_size=5)
INLINE_TAGS = st.sampled_from(
    ["{}", "<b>{}</b>", "<a href='x y'>{}</a>", "<em>{}</em>", "<span class=k>{}</span>", "{}<!-- x -->", "<i>{}"]
)
BLOCKS = st.sampled_from(
    ["<p>{}</p>", "<div>{}</div>", "<li>{}</li>", "{}<br>", "<h2>{}</h2>", "<td>{}</td>", "<blockquote><p>{}</p></blockquote>"]
)


@given(st.lists(st.tuples(BLOCKS, st.lists(st.tuples(INLINE_TAGS, WORD), min_size=1, max_size=4)), min_size=1, max_size=6))
def test_a_fragment_keeps_every_word_in_order(blocks):
    html = "".join(block.format(" ".join(tag.format(word) for tag, word in inline)) for block, inline in blocks)
    assert re.findall(r"\w+", fragment_text(html)) == [word for _, inline in blocks for _, word in inline]


@given(st.text("ab<>/!-&;\"'= \np", max_size=100))
def test_any_fragment_is_read_or_refused(html):
    try:
        fragment_text(html)
        read_page(html)
    except Unreadable:
        pass


def test_blocks_are_paragraphs_breaks_are_lines_and_preformatted_text_stays():
    assert fragment_text("<p>a\n  b</p><p>c<br>d</p>e<br><br>f") == "a b\n\nc\nd\n\ne\n\nf"
    assert fragment_text("<pre>x\n  y</pre>z") == "x\n  y\n\nz"
    assert fragment_text("a<script>b</script>c<style>d</style> e") == "ac e"


@pytest.mark.parametrize(
    ("text", "is_html"),
    [
        ("<p>a</p><p>b</p>", True),
        ("a<br>b<br>c", True),
        ("a < b dan c > d", False),
        ("pakai <nama> dan <alamat>", False),
        ("satu <b> saja", False),
    ],
)
def test_only_several_known_tags_are_html(text, is_html):
    assert looks_like_html(text) is is_html


def test_a_whole_page_is_told_by_its_beginning():
    assert is_page("\n<!DOCTYPE html>\n<html>") and is_page("<HTML lang=id>") and is_page('<?xml version="1.0"?><!-- x --><html>')
    assert not is_page("<p>html</p>") and not is_page("Tentang <html>")
