"""Sentences and paragraphs; in the examples a bar marks each place where a sentence ends and another begins."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import count_words, paragraphs, sentence_spans

SEEDS = Path(__file__).parent.parent / "seeds"

EXAMPLES = """
Ia tinggal di Jl. Sudirman No. 5. | Rumahnya besar.
Ir. H. Joko Widodo tiba. | K.H. Ahmad Dahlan menyambut.
PT. Maju Jaya Tbk. membeli Kab. Bogor. | Selesai.
Prof. Dr. dr. Siti, drg. Ani dan Budi, S.H., M.Si. hadir. | Ia pulang.
Harganya Rp. 75.000 atau Rp 75.000. | Naik 12,5 persen pukul 09.30 WIB.
Pada tgl. 5 Mei, lihat hlm. 12. | Begitulah.
Beras, gula, dll. | Semua naik.
Surat a.n. Budi d.a. Jl. Mawar s.d. besok u.p. Ani. | Terima kasih.
Sabtu (10/9/2022). | Dia pergi.
Abad ke-6 M. | Di sana ia lahir.
Mr. Smith met Mrs. Jones and Ms. Lee at St. Paul. | They left.
Gen. Lee and Col. Hall vs. Sen. Rand, Rep. Cox, etc. | It ended.
Use it, e.g. This one, i.e. That one. | Done.
The U.S. Army and the U.K. Government agreed. | Peace came.
On Jan. 5 and Feb. 6 it rained. | It stopped.
He said no. | She agreed.
J. K. Rowling menulis. | Bukunya laku.
Es war am 3. Oktober, z.B. Berlin, bzw. Bonn usw. | Danach kam Nr. 5 mit ca. 20 Leuten.
El Sr. García y la Sra. Ruiz viven en EE. UU. | Son felices.
M. Dupont et Mme. Curie parlent. | Ils rient.
Он жил в г. Москва на ул. Ленина. | Там было 5 млн. Человек.
В 2022 г. | Москва росла, т.е. Она строилась и т.д. | Всё.
Harakatuna.com. Jakarta - Hamas datang. | Dia pergi.
TRIBUNNEWS.COM - Menteri pergi. | Ia membaca detik.com. | Lalu tidur.
"Pergi!" tegasnya. | Dia marah.
"Mengapa?" tanya Ani. | "Tidak tahu."
“Saya datang.” | (Ia pulang.) | Dia tidur.
"Itu benar," ujarnya. | "Kami siap."|Dia pergi.
Begitu dikatakannya.|"Kata itu salah," ujarnya.
„Ich komme.“ | Dann ging er.
« Je viens. » | Il part.
他来了。|他走了！|真的吗？|是。
「行く。」と言った。|彼は帰った。
هل جاء؟ | نعم جاء.
वह आया। | वह गया।
یہ ہے۔ | وہ ہے۔
Ini... bukan itu. | Baiklah... | Dia pergi.
Usianya 30 tahun.[1] | Ia lahir di Jakarta.[2][3]
1. Beras naik. | 2. Gula turun.
""".strip().splitlines()


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


def paragraph_texts(text: str) -> list[str]:
    return [text[paragraph.start : paragraph.end] for paragraph in paragraphs(text)]


def headings(text: str) -> list[str]:
    return [text[paragraph.start : paragraph.end] for paragraph in paragraphs(text) if paragraph.heading]


@pytest.mark.parametrize("example", EXAMPLES)
def test_sentences_end_where_the_bars_are(example: str) -> None:
    text = example.replace(" | ", " ").replace("|", "")
    assert sentences(text) == [sentence.strip() for sentence in example.split("|")]


def test_offsets_count_from_the_start_of_the_text() -> None:
    text = "Satu pergi. Dua tinggal. Tiga pulang."
    assert [(span.start, span.end) for span in sentence_spans(text, 11, 25)] == [(12, 24)]


def test_a_sentence_goes_on_over_a_break_in_the_first_seed() -> None:
    found = sentences((SEEDS / "000_85d61c4b71691643.txt").read_text(encoding="utf-8"))
    assert sum("juru bicara\n\nHamis, dilaporkan" in sentence for sentence in found) == 1
    assert sum("perdamaian\n\nekonomi pada rakyat" in sentence for sentence in found) == 1


def test_the_subheading_of_the_second_seed_is_one() -> None:
    text = (SEEDS / "003_254a55fc44b6ca34.txt").read_text(encoding="utf-8")
    # Without the line above it, which is boilerplate and not the business of sentences.
    assert headings(text[text.index("Sergei Lavrov: Tindakan") :]) == ["Sergei Lavrov: Tindakan Hamas Bukan Tanpa Sebab"]


def test_a_title_and_a_subtitle_are_headings_a_list_is_not() -> None:
    assert headings("Judul Berita\nAnak Judul\nPresiden pergi ke Bandung hari ini.") == ["Judul Berita", "Anak Judul"]
    assert headings("Beras\nGula\nMinyak\nTelur\nSemua harga naik hari ini.") == []
    assert headings("Dia pergi.\n\nTamat") == []


def test_each_item_of_a_list_is_its_own_paragraph() -> None:
    assert paragraph_texts("Harga naik:\n- beras\n- gula\nSemua mahal.") == ["Harga naik:", "- beras", "- gula", "Semua mahal."]


def test_lines_wrapped_at_one_width_are_one_paragraph() -> None:
    text = (
        "Menteri Luar Negeri Rusia mengatakan pihaknya berkomunikasi dengan Prof.\n"
        "Dr. Budi di Doha. Dalam pidato itu ia mengatakan pula bahwa pemerintah\n"
        "Rusia hendak berunding lagi pada bulan depan di kota yang sama itu juga.\n"
        "Ia pulang pada hari Senin.\n"
        "\n"
        "Perundingan itu selesai."
    )
    assert len(paragraph_texts(text)) == 2
    assert [sentence.split()[-1] for sentence in sentences(text)] == ["Doha.", "juga.", "Senin.", "selesai."]


def test_one_paragraph_a_line_stays_apart() -> None:
    text = "Menteri itu pergi ke Doha.\nIa berbicara di depan orang banyak dalam sebuah forum yang besar.\nLalu pulang."
    assert paragraph_texts(text) == text.split("\n")


def test_thai_sentences_end_at_spaces_of_long_runs() -> None:
    phrase = "รัฐบาลกล่าวว่าราคาข้าวสูงขึ้นเพราะภัยแล้ง"  # 41 characters: three of them and two spaces pass 100
    assert len(phrase) == 41
    assert sentences(" ".join([phrase] * 2)) == [" ".join([phrase] * 2)]
    assert sentences(" ".join([phrase] * 6)) == [" ".join([phrase] * 3)] * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Harga beras naik 12,5 persen.", 5),
        ("한국어는 띄어쓰기를 한다.", 3),
        ("大米价格上涨", 3),  # six characters
        ("大米价格上涨了", 4),  # seven
        ("iPhone を買う", 3),  # one word and three characters
        ("字 字 字 字", 4),  # never less than the words between spaces
    ],
)
def test_words_of_a_text(text: str, words: int) -> None:
    assert count_words(text) == words


PIECES = st.sampled_from(
    ["\n", "\n\n", " ", ". ", '." ', '"', "“", "”", "«", "»", "。", "！", "؟ ", "।", "?", "... ", ", ", "- ", "(", ")", "[1]"]
    + ["Dr. ", "3. ", "kata ", "Jakarta ", "Judul Berita\n", "U.S. ", "a.b", "B", "漢字", "ไทย", "e\u0301", "\u0301"]
    + ["👨\u200d👩", "\ud800", "\r\n", "\x1f"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@given(TEXTS)
def test_sentences_are_trimmed_in_order_and_lose_nothing(text: str) -> None:
    at = 0
    for span in sentence_spans(text):
        assert not text[at : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip() != ""
        at = span.end
    assert not text[at:].strip()


@given(TEXTS)
def test_no_word_is_cut(text: str) -> None:
    spans = sentence_spans(text)
    for one, following in pairwise(spans):
        assert one.end < following.start or not (text[one.end - 1].isalnum() and text[following.start].isalnum())


@given(TEXTS, st.integers(0, 300))
def test_parts_have_at_least_the_words_of_the_whole(text: str, cut: int) -> None:
    assert len(text.split()) <= count_words(text) <= count_words(text[:cut]) + count_words(text[cut:])
