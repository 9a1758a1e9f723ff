"""Tables, JSON and front matter -> rows of values."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.front_matter import split_front_matter
from rag.reading.metadata import Metadata, body, folded, language_code, web_address
from rag.reading.metadata import given as given_metadata
from rag.reading.rows import BadRow, Row, csv_rows, json_rows, jsonl_rows
from rag.reading.unreadable import Unreadable

VALUE = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n,;\"\t'"), max_size=30)


@given(st.lists(st.tuples(VALUE, VALUE), max_size=6), st.sampled_from(",;\t|"))
def test_a_table_is_read_back_with_any_delimiter(values, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("Judul", "Isi"), *values])
    expected = [value for value in values if any(map(str.strip, value))]
    assert [(row.values["judul"], row.values["isi"]) for row in csv_rows(out.getvalue())] == expected


def test_rows_are_counted_as_a_spreadsheet_does_and_a_bad_one_does_not_end_the_table():
    rows = list(csv_rows("title,text\na,b\n\nc,d,e\nf,g\n"))
    assert [row.place for row in rows] == ["row 2", "row 4", "row 5"]
    assert isinstance(rows[1], BadRow) and "3 values" in rows[1].reason


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", 'text\n"never closed', 'text\n"a"b\n', "text\n" + "x" * 10_000_000, "title\nx\n"])
def test_a_table_without_a_text_column_or_with_broken_quotation_is_refused(text):
    with pytest.raises(Unreadable):
        list(csv_rows(text))


def test_rows_before_a_field_of_ten_megabytes_are_read():
    rows = csv_rows('text\nbaik\n"' + "x" * 10_000_000 + '"\n')
    assert next(rows).values == {"text": "baik"}
    with pytest.raises(Unreadable, match="row 3"):
        next(rows)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ([{"text": "a"}, {"Body": "b"}], ["a", "b"]),
        ({"articles": [{"isi": "a"}]}, ["a"]),
        ({"status": "ok", "Results": [{"content": "a"}]}, ["a"]),
        ({"title": "t", "artikel": "a", "items": [{"text": "no"}]}, ["a"]),
        ({"text": ["a", "b"]}, ["a\n\nb"]),
        ([], []),
    ],
)
def test_the_articles_of_a_json_file(value, texts):
    assert [body(row.values) for row in json_rows(json.dumps(value))] == texts


@pytest.mark.parametrize("text", ["", "{", "[1,", "3", '"a"', "[" * 100_000, '{"a":' * 100_000, "[" + "9" * 10_000 + "]", "\x00"])
def test_json_that_is_broken_or_too_deep_is_refused(text):
    with pytest.raises(Unreadable):
        list(json_rows(text))


def test_a_bad_line_of_jsonl_or_a_bare_value_is_told_by_its_place():
    rows = list(jsonl_rows('{"text": "a"}\n\n{bad\n[1]\n' + "[" * 100_000 + '\n{"text": "b"}'))
    assert [(type(row), row.place) for row in rows] == [
        (Row, "line 1"),
        (BadRow, "line 3"),
        (BadRow, "line 4"),
        (BadRow, "line 5"),
        (Row, "line 6"),
    ]
    assert [type(row) for row in json_rows('[1, {"text": "a"}]')] == [BadRow, Row]


def test_the_values_of_columns_in_english_and_indonesian():
    row = {"ID": 7, "Judul ": " Harga\nnaik ", "sumber": {"name": "Antara"}, "penulis": ["Budi",
    {"name": "Ani"}], "TANGGAL": "17 Agustus 2022",
           "link": "https://a.id/x", "bahasa": "Indonesia"}  # fmt: skip
    assert given_metadata(folded(row)) == Metadata("7", "Harga naik", "Antara", "Budi, Ani", "2022-08-17", "given",
    "https://a.id/x", "id")
    assert given_metadata({"date": "kemarin", "url": "javascript:alert(1)", "language": "??"}) == Metadata()
    assert given_metadata({"date": "10/9/2022", "lang": "id"}).published == "2022-09-10"
    with pytest.raises(Unreadable, match="title"):
        given_metadata({"title": "x" * 3000})


def test_known_values_win_and_the_date_keeps_its_origin():
    page = Metadata(title="t", author="a", published="2020", published_from="page")
    assert Metadata(title="T").over(page) == Metadata(title="T", author="a", published="2020", published_from="page")
    assert Metadata(published="2022", published_from="given").over(page).published_from == "given"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("id", "id"),
        ("ID", "id"),
        ("en-US", "en"),
        ("pt_BR", "pt"),
        ("ind", "id"),
        ("eng", "en"),
        ("in", "id"),
        ("Indonesian", "id"),
        ("bahasa Inggris", "en"),
        ("Jerman", "de"),
        ("xx", ""),
        ("", ""),
        ("x" * 99, ""),
    ],
)
def test_languages_by_code_or_name(name, code):
    assert language_code(name) == code


def test_only_web_addresses_are_links():
    assert web_address("https://a.id/x?y#z") == "https://a.id/x?y#z"
    assert [web_address(url) for url in ("javascript:x", "data:text/html,x", "//a.id", "http://[", "a b", "file:///etc")] == [""] * 6


def test_front_matter_keeps_values_as_written():
    found = split_front_matter('---\ntitle: "Harga: naik"\ndate: 2022-09\nid: 012\nauthor: [Budi, Ani]\n---\n\nIsi\n---\nlagi')
    assert found.values == {"title": "Harga: naik", "date": "2022-09", "id": "012", "author": ["Budi", "Ani"]}
    assert found.rest == "\n\nIsi\n---\nlagi"


@pytest.mark.parametrize(
    "text", ["Isi\n---\nlagi", "---\nSebuah paragraf di bawah garis.\n---\nIsi", "---\n", "---\na: b\n", "--- a\nb: c\n---\n"]
)
def test_a_rule_is_no_front_matter(text):
    assert split_front_matter(text).values == {} and split_front_matter(text).rest == text


@pytest.mark.parametrize(
    "yaml", ["title: [a", "title: a\n b: : c", "a: !!python/object/apply:os.system ['x']\nb: *nobody", 'a: "\\x"', "a: " + "[" * 10_000]
)
def test_broken_front_matter_is_refused_naming_the_line(yaml):
    with pytest.raises(Unreadable, match="front matter"):
        split_front_matter(f"---\n{yaml}\n---\nIsi")


def test_yaml_can_neither_run_code_nor_grow():
    assert split_front_matter("---\na: !!python/object/apply:os.getcwd []\n---\n").values == {"a": []}
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    values = split_front_matter(f"---\n{bomb}title: t\nauthor: *i\n---\nIsi").values
    assert given_metadata(folded(values)).title == "t"
