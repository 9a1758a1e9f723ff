"""Passages and the boilerplate between them.  `ada(n)` is a sentence of n words, so sizes can be added up by eye."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.settings import PASSAGE_WORDS_MAX, PASSAGE_WORDS_MIN
from rag.text.boilerplate import boilerplate_spans
from rag.text.passages import CHARACTERS_MAX, count_words, passage_spans

SEEDS = Path(__file__).parent.parent / "seeds"


def ada(words: int) -> str:
    return "Ada " + "kata " * (words - 2) + "lagi."


def texts(text: str) -> list[str]:
    return [text[passage.start : passage.end] for passage in passage_spans(text)]


def sizes(text: str) -> list[int]:
    return [count_words(passage) for passage in texts(text)]


def boilerplate(text: str) -> list[str]:
    return [text[span.start : span.end] for span in boilerplate_spans(text)]


def test_a_short_article_is_one_passage() -> None:
    assert texts("Judul saja") == ["Judul saja"]
    assert texts(f"Judul\n\n{ada(30)}\n\n{ada(30)}") == [f"Judul\n\n{ada(30)}\n\n{ada(30)}"]
    assert texts("  \n ") == []


def test_short_paragraphs_are_packed_whole() -> None:
    assert sizes("\n\n".join([ada(25)] * 8)) == [100, 100]
    assert sizes("\n".join([ada(25)] * 8)) == [100, 100]


def test_a_cut_falls_between_paragraphs_where_it_can() -> None:
    first, second = f"{ada(35)} {ada(35)}", f"{ada(40)} {ada(40)}"
    assert texts(f"{first}\n\n{second}") == [first, second]


def test_a_long_paragraph_is_split_in_even_parts() -> None:
    assert sorted(sizes(" ".join([ada(20)] * 9))) == [80, 100]
    assert sizes(" ".join([ada(10)] * 16)) == [80, 80]


def test_a_small_tail_joins_its_neighbour_or_is_filled_up() -> None:
    assert sizes(f"{ada(50)} {ada(50)}\n\n{ada(8)}") == [108]
    tail = sizes(" ".join([ada(10)] * 12) + "\n\n" + ada(8))
    assert sum(tail) == 128
    assert min(tail) >= PASSAGE_WORDS_MIN - 10


def test_a_subheading_opens_the_passage_it_names() -> None:
    text = f"{ada(40)} {ada(40)}\n\nApa Kata Menteri\n\n{ada(40)} {ada(40)}"
    assert [passage.split()[0] for passage in texts(text)] == ["Ada", "Apa"]
    assert [len(passage.sentences) for passage in passage_spans(text)] == [2, 3]


def test_a_subheading_is_never_alone() -> None:
    assert texts(f"Apa Kata Menteri\n\n{ada(120)}")[0].startswith("Apa Kata Menteri\n\nAda")
    assert texts(f"{ada(60)}\n\nTamat") == [f"{ada(60)}\n\nTamat"]
    text = f"{ada(70)}\n\nJudul Satu\nAnak Judul Satu\n{ada(119)}"
    assert all(len(passage.split()) > 5 for passage in texts(text))


def test_no_passage_ends_where_a_sentence_goes_on_in_the_next_paragraph() -> None:
    broken = "Menteri " + "berkata " * 40 + "di\n\nistana negara kemarin."
    text = f"{ada(55)}\n\n{broken}\n\n{ada(60)}"
    assert sum("di\n\nistana" in passage for passage in texts(text)) == 1


def test_a_quotation_of_several_sentences_stays_whole_where_it_fits() -> None:
    quotation = "“" + " ".join([ada(18)] * 6) + "”"
    passages = texts(f"{ada(30)} {ada(30)} {quotation} {ada(30)} {ada(30)}")
    assert sum(quotation in passage for passage in passages) == 1
    assert max(map(count_words, passages)) <= PASSAGE_WORDS_MAX


def test_a_sentence_too_long_is_cut_after_a_clause() -> None:
    clause = "kata " * 39 + "kata"
    assert texts(f"{clause}; {clause}, {clause}, {clause}.") == [f"{clause}; {clause},", f"{clause}, {clause}."]
    assert sizes("kata " * 300) == [100, 100, 100]


def test_a_sentence_too_long_is_not_cut_inside_its_quotation() -> None:
    text = "kata, " * 60 + '"' + "ujar, " * 80 + 'ujar" katanya.'
    assert [passage.count('"') for passage in texts(text)] == [0, 2]


def test_chinese_is_cut_after_its_own_marks() -> None:
    clause = "字" * 59 + "，"
    assert texts(clause * 5 + "字。") == [clause * 3, clause * 2 + "字。"]
    sentence = "字" * 49 + "。"
    assert sizes(sentence * 8) == [98, 98]


def test_a_word_without_end_is_cut_at_the_character_limit() -> None:
    assert [len(passage) for passage in texts("x" * 4000)] == [CHARACTERS_MAX, CHARACTERS_MAX, 1000]
    for passage in texts("x" + "e\u0301" * 2000):
        assert not unicodedata.combining(passage[0])


@pytest.mark.parametrize(
    "line",
    """
    Baca juga: Perang di Gaza Bisa Lanjut Tahun 2024, Israel Berniat Lakukan Serangan Rutin
    Baca Juga : Harga Beras
    (Baca juga: Harga Beras)
    Baca Juga Polisi Tangkap Pelaku di Bekasi
    Simak juga Video: Harga Beras
    Lihat juga
    Read also
    Also read: The price of rice
    READ MORE: The price of rice
    Lesen Sie auch: Der Preis
    Lea también: El precio
    À lire aussi : Le prix
    Leia também: O preço
    Читайте также: Цена
    اقرأ أيضا: السعر
    اقرأ أيضًا
    Baca berita Kompas.com lainnya di Google News
    Share
    Bagikan artikel ini:
    Facebook Twitter WhatsApp
    Tweet
    - Advertisement -
    Iklan
    ADVERTISEMENT SCROLL TO CONTINUE WITH CONTENT
    """.strip().splitlines(),
)
def test_boilerplate_is_in_no_passage_and_no_passage_spans_it(line: str) -> None:
    line = line.strip()
    text = f"{ada(20)}\n{line}\n{ada(20)}"
    assert boilerplate(text) == [line]
    assert texts(text) == [ada(20), ada(20)]


@pytest.mark.parametrize(
    "line",
    [
        "Baca juga buku itu, katanya, karena penting.",
        "Baca juga Alquran setiap hari.",
        "Lihat juga ke belakang, pintanya.",
        "Facebook mengumumkan laba.",
        "Share prices rose on Monday.",
        "Iklan rokok dilarang.",
        "Read more books, he said.",
        "Watch the video of the attack.",
        "Dia membaca berita di Google News setiap hari.",
    ],
)
def test_ordinary_sentences_stay(line: str) -> None:
    assert boilerplate(f"{ada(20)}\n{line}\n{ada(20)}") == []
    assert boilerplate(f"{ada(20)} {line} {ada(20)}") == []


def test_titles_under_a_bare_baca_juga_go_with_it() -> None:
    assert boilerplate(f"{ada(9)}\n\nBaca Juga:\n\nPolisi Tangkap Pelaku\n\n{ada(9)}") == ["Baca Juga:", "Polisi Tangkap Pelaku"]
    assert boilerplate(f"Baca juga:\n- Harga Naik\n- Polisi Datang\n{ada(9)}") == ["Baca juga:", "- Harga Naik", "- Polisi Datang"]


def test_the_second_seed() -> None:
    text = (SEEDS / "003_254a55fc44b6ca34.txt").read_text(encoding="utf-8")
    assert [line.split()[2] for line in boilerplate(text)] == ["Perang", "Netanyahu"]
    assert texts(text)[0].startswith("TRIBUNNEWS.COM - Menteri")
    assert texts(text)[-1].startswith("Sergei Lavrov: Tindakan Hamas Bukan Tanpa Sebab\nDalam pidatonya")
    assert all(PASSAGE_WORDS_MIN <= size <= PASSAGE_WORDS_MAX for size in sizes(text))


PIECES = st.sampled_from(
    ["\n", "\n\n", " ", ". ", '." ', '"', "“", "”", "«", "»", "「", "」", "。", "Dr. ", "3. ", "kata ", "Jakarta ", "漢字", "bin-1を"]
    + ["ไทยยาว " * 30, "字" * 500, "x" * 2000, "kata " * 60, "Kata ini panjang. " * 10, "Subjudul Pendek\n", "Baca juga: X Y\n", "Share\n"]
    + ["e\u0301", "\u0301", "\u0e33", "👨\u200d👩", "\ud800", "\x1f", "\r\n", "؟ ", "- ", ", ", "; ", "?", "... ", "(", ")", "[1]"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@settings(deadline=None)
@given(TEXTS)
def test_passages_and_boilerplate_are_disjoint_trimmed_and_lose_nothing(text: str) -> None:
    passages = passage_spans(text)
    spans = sorted([(one.start, one.end) for one in passages] + [(one.start, one.end) for one in boilerplate_spans(text)])
    assert all(one[1] <= following[0] for one, following in pairwise(spans))
    at = 0
    for start, end in spans:
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        at = end
    assert not text[at:].strip()
    assert [one.start for one in passages] == sorted(one.start for one in passages)


@settings(deadline=None)
@given(TEXTS)
def test_no_passage_is_too_long_and_its_sentences_fill_it(text: str) -> None:
    for passage in passage_spans(text):
        written = text[passage.start : passage.end]
        assert len(written.split()) <= count_words(written) <= PASSAGE_WORDS_MAX
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (passage.start, passage.end)
        assert sum(one.end - one.start for one in passage.sentences) <= CHARACTERS_MAX
        for one, following in pairwise(passage.sentences):
            assert not text[one.end : following.start].strip()


@settings(deadline=None)
@given(st.lists(st.sampled_from(["kata", "Jakarta", "12,5", "a.b", "x" * 40, '"ya"', "ini.", "itu;"]), max_size=400))
def test_spaced_text_is_cut_only_at_spaces(words: list[str]) -> None:
    text = " ".join(words)
    assert " ".join(texts(text)) == text


@pytest.mark.parametrize("unit", ["x", "字", "kata ", "kata, ", "Ada. ", "Beras\n", '"Ya." ', "e\u0301", ". (", "“", "ไทย ", " \n"])
def test_work_grows_with_the_text_and_no_faster(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: the characters whose words are counted, in a text and in one four times as long."""

    def work(text: str) -> int:
        characters = 0

        def counting(part: str) -> int:
            nonlocal characters
            characters += len(part)
            return count_words(part)

        monkeypatch.setattr("rag.text.passages.count_words", counting)
        passage_spans(text)
        return characters

    small = work(unit * (20_000 // len(unit)))
    assert work(unit * (80_000 // len(unit))) <= 4.2 * small + 2 * CHARACTERS_MAX


def test_ten_megabytes_on_one_line_end() -> None:
    passages = passage_spans("x" * 10_000_000)
    assert len(passages) == -(-10_000_000 // CHARACTERS_MAX)
