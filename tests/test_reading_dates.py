"""Dates as written -> ISO dates; what two people could read differently is cut to what is certain."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.datelines import DATELINE_CHARACTERS, dateline
from rag.reading.dates import parse_date

DATES = st.dates(datetime.date(1500, 1, 1), datetime.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2022", "2022"), ("2022-09", "2022-09"), ("2022-09-10", "2022-09-10"), ("20220910", "2022-09-10"), ("2022/9/10", "2022-09-10"),
        ("2022-09-10T23:59:00+07:00", "2022-09-10"), ("2022-09-10 08:00:00", "2022-09-10"),
        ("Sat, 10 Sep 2022 12:00:00 GMT", "2022-09-10"), ("10 September 2022", "2022-09-10"), ("September 10, 2022", "2022-09-10"),
        ("Sept. 10, 2022", "2022-09-10"), ("10th of September 2022", "2022-09-10"), ("September 2022", "2022-09"),
        ("10-Sep-2022", "2022-09-10"),
        ("Sabtu, 10 September 2022 12:30 WIB", "2022-09-10"), ("17 Agustus 1945", "1945-08-17"), ("31 Ogos 1957", "1957-08-31"),
        ("10. September 2022", "2022-09-10"), ("3. März 2021", "2021-03-03"), ("10 de septiembre de 2022", "2022-09-10"),
        ("10 de março de 2022", "2022-03-10"), ("1er août 2022", "2022-08-01"), ("10 settembre 2022", "2022-09-10"),
        ("10 maart 2022", "2022-03-10"), ("10 сентября 2022", "2022-09-10"), ("10 سبتمبر 2022", "2022-09-10"),
        ("2022年9月10日", "2022-09-10"),
        ("10.09.2022", "2022-09-10"), ("13/2/2022", "2022-02-13"), ("2/13/2022", "2022-02-13"), ("9/9/2022", "2022-09-09"),
        ("10/9/2022", "2022"), ("Sabtu (10/9/2022)", "2022-09-10"), ("Minggu (10/12/2023)", "2023-12-10"),
        ("Saturday 10/9/2022", "2022-09-10"), ("Sunday 10/9/2022", "2022-10-09"), ("Friday 10/9/2022", "2022"),
        ("", ""), ("kemarin", ""), ("10 menit lalu", ""), ("31/2/2022", ""), ("32 September 2022", ""), ("2022-13-01", ""),
        ("1662768000", ""),
        ("10 September 2022 - 11 September 2022", ""), ("99/99/9999", ""), ("0000", ""), ("10/0/2022", ""),
        ("0/9/2022", ""), ("2022-00-10", ""), ("2022-09-00", ""), ("10/9/22", ""), ("x" * 200, ""), ("tahun 2022", ""),
    ],
)  # fmt: skip
def test_a_date_is_what_everyone_reads_in_it(text, date):
    assert parse_date(text) == date


def test_the_language_decides_the_order_of_an_ambiguous_date():
    assert parse_date("10/9/2022", language="id") == parse_date("10/9/2022", language="de") == "2022-09-10"
    assert parse_date("10/9/2022", language="en") == "2022"


@given(DATES, st.sampled_from(["{0:%Y-%m-%d}", "{0.day} {0:%B} {0:%Y}", "{0:%B} {0.day}, {0:%Y}", "{0:%d.%m.%Y}", "{0:%Y-%m-%dT%H:%M}"]))
def test_every_day_of_the_calendar_is_read_back(date, form):
    assert parse_date(form.format(date)) == date.isoformat()


@given(DATES)
def test_an_ambiguous_date_is_the_year_alone_and_never_the_wrong_day(date):
    assert parse_date(f"{date.month}/{date.day}/{date.year}") in (date.isoformat(), str(date.year))


@given(st.text(max_size=120))
def test_any_text_is_a_date_or_none(text):
    date = parse_date(text)
    assert date == "" or datetime.date.fromisoformat(date + "-01-01"[: 10 - len(date)] if len(date) < 10 else date)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Hamas melakukan kunjungan ke Rusia, Sabtu (10/9/2022). Dia bertemu.", "2022-09-10"),
        ("kata Sergei Lavrov, Minggu (10/12/2023), dikutip dari laman", "2023-12-10"),
        ("Jakarta, 10 September 2022 - Harga beras naik.", "2022-09-10"),
        ("LONDON, Sept 10, 2022 — The price of rice rose.", "2022-09-10"),
        ("LONDON, Sept 10, 2022 (Reuters) - The price of rice rose.", "2022-09-10"),
        ("KOMPAS.com, 13/4/2021 - Harga beras naik.", "2021-04-13"),
        ("KOMPAS.com, 3/4/2021 - Harga beras yang dijual di pasar dan toko naik.", "2021-04-03"),
        ("REUTERS, 3/4/2021 - The price of rice in the market rose.", "2021"),
        ("Kuala Lumpur, 31 Ogos 2022: Perdana Menteri berkata.", "2022-08-31"),
        ("Berlin, 3. März 2021 – Die Kanzlerin sagte.", "2021-03-03"),
        ("МОСКВА, 10 сентября 2022 — Президент сообщил.", "2022-09-10"),
        ("Judul berita\n\nSabtu, 10 September 2022\n\nIsi berita.", "2022-09-10"),
        ("10 September 2022\nIsi berita.", "2022-09-10"),
        ("Israel menyerang pada 7 Oktober 2023 dan perang dimulai.", ""),
        ("He was born on 7 October 1923 in Jakarta - a small town then.", ""),
        ("Sabtu (10/9) harga naik.", ""),
        ("Minggu lalu, 2022 orang datang.", ""),
        ("x" * DATELINE_CHARACTERS + "\nJakarta, 10 September 2022 - Isi.", ""),
    ],
)
def test_a_dateline_is_a_date_beside_its_weekday_or_its_place(text, date):
    assert dateline(text) == date


def test_the_first_dateline_counts_and_its_language_may_be_given():
    assert dateline("Senin (5/9/2022) dan Selasa (6/9/2022)") == "2022-09-05"
    assert dateline("ANTARA, 3/4/2021 - Isi.", language="id") == "2021-04-03"
