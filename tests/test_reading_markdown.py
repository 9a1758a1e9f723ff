"""Markdown -> text: no word is lost, added or moved, and what is no Markdown is left alone."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.markdown import looks_like_markdown, render
from rag.reading.unreadable import Unreadable

WORD = st.text(st.characters(categories=["Ll", "Lu", "Lo"], exclude_characters="ªº"), min_size=1, max_size=8) | st.sampled_from(
    ["snake_case_word", "2", "12.000", "al-Arouri", "juru’bicara", "AT&T", "2*3*4", "“kata”", "R&amp", "x<y", "50%", "Rp1,5"]
)
WORDS = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
INLINE = st.one_of(
    WORDS.map(lambda words: (words, words)),
    WORDS.map(lambda words: (f"**kata {words} akhir**", f"kata {words} akhir")),
    WORDS.map(lambda words: (f"*kata {words} akhir*", f"kata {words} akhir")),
    WORDS.map(lambda words: (f"_kata {words} akhir_", f"kata {words} akhir")),
    WORDS.map(lambda words: (f"[{words}](https://contoh.id/a_b*c*)", words)),
    WORDS.map(lambda words: (f"[**{words}x**](#)", f"{words}x")),
    WORDS.map(lambda words: (f"![{words}](foto.jpg)", words)),
    WORDS.map(lambda words: (f"~~kata {words} akhir~~", f"kata {words} akhir")),
    WORDS.map(lambda words: (f"<b class='x'>{words}</b>", words)),
)
LINE = st.lists(INLINE, min_size=1, max_size=4).map(lambda parts: tuple(map(" ".join, zip(*parts, strict=True))))
BLOCK = st.tuples(st.sampled_from(["", "", "# ", "### ", "> ", "- ", "7. ", "    "]), LINE)


def words_of(text):
    return re.findall(r"\S+", text)


def letters_of(text):
    return "".join(character for character in text if character.isalnum())


@given(st.lists(BLOCK, min_size=1, max_size=6))
def test_every_word_of_an_article_is_kept_in_order(blocks):
    source = "\n\n".join(prefix + line[0] for prefix, line in blocks)
    expected = [word for prefix, line in blocks for word in words_of((prefix if prefix in ("- ", "7. ") else "") + line[1])]
    assert words_of(render(source).text) == expected


@given(
    st.lists(
        st.sampled_from(
            ["kata", "Tiga ", "4", "é", "中", " ", "\n", "\n\n", "*", "**", "_", "# ", "- ", "> ", "|", "1. ", "=", "+", "!", ")"]
        )
    )
)
def test_no_letter_is_lost_whatever_the_marks(parts):
    source = "".join(parts)
    rendered = render(source)
    assert letters_of(rendered.text) == letters_of(source)
    assert sorted(letters_of(rendered.title + rendered.body)) == sorted(letters_of(source))


@given(st.text("ab \n*_#[]()<>!`~&;\\|-+=.1", max_size=200))
def test_any_marks_are_read_without_an_exception(source):
    render(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**Harakatuna.com.** Jakarta - Hamas [Ismail Haniyeh](#) ke *Rusia*.", "Harakatuna.com. Jakarta - Hamas Ismail Haniyeh ke Rusia."),
        ("satu\ndua  \ntiga\n\n\nempat", "satu\ndua\ntiga\n\n\nempat"),
        ("1986. Tahun itu\n1987. Tahun lain", "1986. Tahun itu\n1987. Tahun lain"),
        ("- satu\n- dua\n  - tiga", "- satu\n- dua\n- tiga"),
        ("> kutipan\n> panjang", "kutipan\npanjang"),
        ("| Kota | Harga |\n|------|:-----:|\n| Solo | 12.000 |", "Kota\tHarga\nSolo\t12.000"),
        ("2*3*4 dan 2**3**4 dan 2 * 3 * 4", "2*3*4 dan 2**3**4 dan 2 * 3 * 4"),
        ("snake_case_word __init__x", "snake_case_word __init__x"),
        (r"harga \*naik\* &amp; turun &copy;", "harga *naik* & turun ©"),
        ("\"lurus\" 'tunggal' -- ... (c)", "\"lurus\" 'tunggal' -- ... (c)"),
        ("<nama> halo<br>dunia <script>x=1</script> tamat", "<nama> halo\ndunia  tamat"),
        ("**KOMPAS.com**Jakarta **“Kutipan”**kata", "KOMPAS.comJakarta “Kutipan”kata"),
        ("awal <!-- catatan\n\npanjang --> akhir", "awal  akhir"),
        ("`kode * bintang`", "kode * bintang"),
        ("```python\nx = 2*3\n```\nlalu", "x = 2*3\nlalu"),
        ("~~~ bukan nama bahasa\nisi", "bukan nama bahasa\nisi"),
        ("lihat <https://contoh.id> dan [ref][1]\n\n[1]: https://contoh.id", "lihat https://contoh.id dan ref"),
    ],
)
def test_what_a_reader_sees(source, text):
    assert render(source).text == text


def test_the_heading_at_the_top_is_the_title_and_others_are_paragraphs():
    rendered = render("\n\n# Judul *besar*\n\nwritten by X\n\n## Anak judul\n\nIsi.")
    assert (rendered.title, rendered.body) == ("Judul besar", "written by X\n\nAnak judul\n\nIsi.")
    assert render("Paragraf pertama yang selesai.\n\n# Bukan judul\n\nIsi.").title == ""
    assert render("# Hanya judul").body == "Hanya judul"
    assert render("Judul\n=====\n\nIsi.").title == "Judul"


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4 = 24 dan 2**3**4", "pakai snake_case_word dan __init__", "Harga naik*\n\n* kecuali beras", "#hashtag #lain",
        "# 1 di dunia, kata dia.\nLalu pergi.", "f(**kwargs) dan g(**options)", "- satu\n- dua", "*miring* saja", "[sic](lihat catatan)",
        "a ** b ** c", "x [1] (2)", "1. satu\n2. dua", "> kutipan surat elektronik", "Skor: **", "C# dan F#",
    ],
)  # fmt: skip
def test_plain_texts_are_not_taken_for_markdown(text):
    assert not looks_like_markdown(text)


@pytest.mark.parametrize(
    "text", ["# Judul\n\nIsi", "Isi [kata](https://a.id) lain", "Isi [kata](#) lain", "**Jakarta** - isi", "Isi\n\n## Anak judul\n\nIsi"]
)
def test_clear_markdown_is_told_by_its_content(text):
    assert looks_like_markdown(text)


@pytest.mark.parametrize(
    "source", ["> " * 100_000 + "x", "- " * 100_000 + "x", "[" * 1_000_000, "![" * 500_000, "<!--" * 500_000, "<?" * 500_000]
)
def test_tangled_markdown_is_refused_at_once(source):
    started = time.monotonic()
    with pytest.raises(Unreadable):
        render(source)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "source", ["*" * 50_000, "**a" * 20_000, "`" * 100_000, "[a](" * 20_000, "|" * 100_000, "<" * 100_000, "&" * 100_000, "_a" * 20_000]
)
def test_long_runs_of_marks_take_a_bounded_time(source):
    started = time.monotonic()
    assert letters_of(render(source).text) == letters_of(source)
    looks_like_markdown(source)
    assert time.monotonic() - started < 5
