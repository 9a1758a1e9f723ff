"""Bytes -> characters: round trips in many encodings, and refusals instead of lost characters."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.decoding import decode
from rag.reading.normalising import normalise
from rag.reading.unreadable import Unreadable

ARTICLES = {
    "de": "Die Bürgermeisterin erklärte, die Straße müsse für größere Fahrzeuge geöffnet werden. Das wäre schön, sagte sie über Pläne. ",
    "fr": "Le président a déclaré que la situation économique française était fragile, où les élèves étudient à l'école été comme hiver. ",
    "es": "El presidente señaló que la situación económica mejoró el año pasado. ¿Qué pasará mañana? Nadie lo sabrá jamás. ",
    "pl": "Prezydent powiedział, że żółta łódź płynęła ścieżką między źródłami, a następnie wróciła do portu późną nocą. ",
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy, řekl předseda vlády na tiskové konferenci v pondělí večer. ",
    "ru": "Президент сообщил, что переговоры пройдут в Москве на следующей неделе, передаёт корреспондент ТАСС из столицы. ",
    "el": "Ο πρωθυπουργός δήλωσε ότι η οικονομία βελτιώνεται και ότι οι εκλογές θα γίνουν τον Οκτώβριο του επόμενου έτους. ",
    "tr": "Cumhurbaşkanı, görüşmelerin önümüzdeki hafta İstanbul'da yapılacağını söyledi. Çocuklar için ışıklı bir gün. ",
    "he": "ראש הממשלה אמר כי השיחות יתקיימו בירושלים בשבוע הבא, כך דיווח העיתון היום בבוקר. ",
    "ar": "قال الرئيس إن المحادثات ستعقد في القاهرة الأسبوع المقبل وفقا لما ذكرته وكالة الأنباء الرسمية اليوم. ",
    "th": "นายกรัฐมนตรีกล่าวว่าการเจรจาจะจัดขึ้นที่กรุงเทพมหานครในสัปดาห์หน้า ตามรายงานของสำนักข่าว ",
    "ja": "首相は来週、東京で会談が行われると述べた。新聞によると、経済は回復しつつあるという。カタカナもあります。",
    "zh": "总统表示，谈判将于下周在北京举行。据报道，经济正在复苏，人民生活水平不断提高。",
    "zh-tw": "總統表示，談判將於下週在臺北舉行。據報導，經濟正在復甦，人民生活水準不斷提高。",
    "ko": "대통령은 다음 주 서울에서 회담이 열릴 것이라고 말했다. 보도에 따르면 경제가 회복되고 있다고 한다. ",
}
LEGACY = [
    *[(language, "cp1252") for language in ("de", "fr", "es")],
    *[(language, "iso8859-1") for language in ("de", "fr", "es")],
    *[(language, encoding) for language in ("pl", "cs") for encoding in ("cp1250", "iso8859-2")],
    *[("ru", encoding) for encoding in ("cp1251", "koi8_r", "iso8859-5")],
    ("el", "cp1253"), ("tr", "cp1254"), ("he", "cp1255"), ("ar", "cp1256"), ("th", "cp874"),
    ("ja", "shift_jis"), ("ja", "euc_jp"), ("zh", "gb18030"), ("zh", "gb2312"), ("zh-tw", "big5"), ("ko", "euc_kr"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "encoding"), LEGACY, ids="-".join)
def test_an_article_in_a_legacy_encoding_is_read_as_it_was_written(language, encoding):
    text = ARTICLES[language] * 8
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("language", ARTICLES)
def test_unicode_encodings_are_read_with_or_without_a_mark(language, encoding):
    assert decode(ARTICLES[language].encode(encoding)) == ARTICLES[language]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", ["de", "ru", "el", "ar"])
def test_utf16_without_a_mark_is_told_by_the_zero_bytes_of_its_spaces(language, encoding):
    assert decode(ARTICLES[language].encode(encoding)) == ARTICLES[language]


def test_the_curly_quotes_and_dashes_of_windows_survive():
    text = "“Harga beras naik” – kata warga Jakarta, ‘sangat mahal’ … "
    assert decode((text * 10).encode("cp1252")) == text * 10


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_is_never_mistaken(text):
    data = text.encode("utf-8")
    if not data.startswith((codecs.BOM_UTF8, b"%PDF", b"PK\x03\x04", b"GIF8", b"{\\rtf")):
        assert decode(data) == text


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04rest of an office document",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"\x00" * 1000,
        b"text\x00" * 100,
        codecs.BOM_UTF16_LE + b"\x00\xd8" * 3,
        codecs.BOM_UTF8 + b"abc\xff",
    ],
    ids=["all bytes", "pdf", "zip", "png", "zeros", "many NULs", "half characters", "marked but damaged"],
)
def test_binary_and_damaged_files_are_refused(data):
    with pytest.raises(Unreadable):
        decode(data)


@pytest.mark.parametrize("language", ["de", "ru", "ja", "th"])
def test_utf8_with_one_bad_byte_is_refused_instead_of_read_as_something_else(language):
    data = (ARTICLES[language] * 4).encode() + b"\xff" + (ARTICLES[language] * 4).encode()
    with pytest.raises(Unreadable, match="damaged"):
        decode(data)


def test_stray_controls_and_bidi_overrides_leave_and_line_ends_are_one():
    assert normalise("\ufeff a\x00b\r\nc\rd\u2028e\tf\x07 \u202eg\u2066h \n") == "ab\nc\nd\ne\tf gh"
    assert normalise("Cafe\u0301") == "Café"


@given(st.text())
def test_normalising_twice_is_normalising_once(text):
    assert normalise(normalise(text)) == normalise(text)
