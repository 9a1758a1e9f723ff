"""From a file to its article: the text, what leaves it for the metadata, and which value wins."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.reading import Source, find_sources, read_source
from rag.reading.normalising import normalise
from rag.reading.opening import Opening, without_opening
from rag.settings import ARTICLE_CHARACTERS_MAX
from rag.types import Article, Rejection

REPOSITORY = Path(__file__).resolve().parent.parent
SEEDS = REPOSITORY / "seeds"
FIRST, SECOND = "000_85d61c4b71691643.txt", "003_254a55fc44b6ca34.txt"


def read(tmp_path, name, content, **more):
    folder = tmp_path / "f"
    folder.mkdir(exist_ok=True)
    for file, data in {name: content, **more}.items():
        (folder / file).write_bytes(data if isinstance(data, bytes) else data.encode())
    sources = [one for one in find_sources(folder)[1] if isinstance(one, Source) and one.path == name]
    return [result for source in sources for result in read_source(source)]


def read_one(tmp_path, name, content, **more):
    (article,) = read(tmp_path, name, content, **more)
    assert isinstance(article, Article), article
    return article


def words(text):
    return re.findall(r"[^\W_]+", text)


def seeds(folder):
    return {article.id: article for source in find_sources(folder, label="seeds")[1] for article in read_source(source)}


def test_the_first_seed_is_shown_as_words_without_marks():
    source = (SEEDS / FIRST).read_text("utf-8")
    article = seeds(SEEDS)[f"seeds/{FIRST}"]
    assert article.title == "Pemimpin Hamas Kunjungi Rusia Bahas Perjuangan Palestina"
    assert (article.source, article.author, article.language) == ("Harakatuna.com", "Harakatuna", "id")
    assert (article.published, article.published_from) == ("2022-09-10", "dateline")
    body = source.partition("written by Harakatuna")[2].strip()
    assert article.text == body.replace("**", "").replace("*", "").replace("](#)", "").replace("[", "")
    assert article.text.startswith("Harakatuna.com. Jakarta - Hamas Ismail Haniyeh melakukan kunjungan ke Rusia, Sabtu (10/9/2022). Dia")


def test_the_second_seed_is_unchanged_and_has_no_title():
    article = seeds(SEEDS)[f"seeds/{SECOND}"]
    assert article.text == (SEEDS / SECOND).read_text("utf-8")
    assert (article.title, article.author, article.source) == ("", "", "TRIBUNNEWS.COM")
    assert (article.published, article.published_from) == ("2023-12-10", "dateline")


def test_the_side_file_of_the_seeds_changes_no_text_and_states_what_the_files_state(tmp_path):
    for name in (FIRST, SECOND):
        shutil.copy(SEEDS / name, tmp_path / name)
    bare, described = seeds(tmp_path), seeds(SEEDS)
    assert {key: (a.text, a.title, a.author, a.published) for key, a in bare.items()} == {
        key: (a.text, a.title, a.author, a.published) for key, a in described.items()
    }
    assert all(article.source.casefold() in article.text.casefold() for article in described.values())
    assert not any(isinstance(one, Rejection) for one in find_sources(SEEDS)[1])


def test_a_plain_text_stays_as_it_is(tmp_path):
    text = "Harga 2 * 3 * 4 dan snake_case_word\n* catatan kaki\n#hashtag\n\n\n\n   menjorok  \n- butir\n<nama> & x"
    article = read_one(tmp_path, "a.txt", "\r\n" + text.replace("\n", "\r\n") + "\r\n")
    assert (article.text, article.title, article.author) == (text, "", "")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("ab *_#\n-"), max_size=200),
    st.sampled_from(["a.txt", "a.md", "a.html"]),
)
def test_any_text_is_an_article_in_normal_form_or_told(tmp_path, text, name):
    (result,) = read(tmp_path, name, text)
    if isinstance(result, Article):
        assert result.text == normalise(result.text) != ""
    else:
        assert result.name == f"f/{name}" and result.reason


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["By", "Oleh:", "Budi", "Santoso", "harga", "naik.", "Jakarta", "\n", "\n\n", "Judul", "2022"]), min_size=1)
)
def test_every_word_of_a_text_file_is_in_its_text_or_its_author(tmp_path, parts):
    source = " ".join(parts)
    (article,) = read(tmp_path, "a.txt", source)
    if isinstance(article, Article):
        byline = words("By Oleh") if article.author else []
        assert set(words(source)) <= {*words(article.text), *words(article.author), *byline}


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("written by Harakatuna", "Harakatuna"), ("By John Smith", "John Smith"),
        ("BY JOHN SMITH AND JANE DOE", "JOHN SMITH AND JANE DOE"),
        ("Oleh: Budi", "Budi"), ("Oleh Budi Santoso", "Budi Santoso"), ("Penulis : Ani, S.Pd.", "Ani, S.Pd."),
        ("Reporter: Ahmad bin Ali", "Ahmad bin Ali"),
        ("Laporan Wartawan Tribunnews.com, Rina Ayu", "Rina Ayu"), ("Laporan: Tim Redaksi", "Tim Redaksi"),
        ("Von Anna Müller und Jan de Vries", "Anna Müller und Jan de Vries"),
        ("Por Juan Pérez", "Juan Pérez"), ("Par Jean-Luc d’Arc", ""), ("Автор: Иван Петров", "Иван Петров"),
        ("بقلم: أحمد علي", "أحمد علي"), ("作者：王小明", "王小明"),
        ("By Monday the rain had stopped", ""), ("By the river", ""), ("By Accident", ""), ("Oleh karena itu", ""),
        ("By John Smith, 10 May 2022", ""),
        ("By 2030 Jakarta will sink", ""), ("Penulis: siapa saja boleh menulis", ""), ("Von Berlin nach Paris", ""),
        ("Reporter:", ""), ("Byron Katie", ""),
        ("By John Smith said that.", ""), ("Author: https://x.id", ""),
    ],
)  # fmt: skip
def test_a_byline_is_a_line_of_its_own_that_names_somebody(line, author):
    text = f"Harga Beras Naik\n\n{line}\n\nJakarta - Harga beras naik di pasar."
    expected = Opening("Harga Beras Naik\n\nJakarta - Harga beras naik di pasar.", author) if author else Opening(text, "")
    assert without_opening(text, title="", author="") == expected


def test_a_byline_below_the_first_paragraph_or_of_somebody_else_stays():
    text = "Harga beras naik di pasar, kata menteri.\nOleh: Budi\nIsi."
    assert without_opening(text, title="", author="").text == text
    assert without_opening("Oleh: Budi\nIsi.", title="", author="Ani").text == "Oleh: Budi\nIsi."
    assert without_opening("Oleh: Budi\nIsi.", title="", author="Budi Santoso").text == "Isi."
    assert without_opening("Oleh: Budi", title="", author="").text == "Oleh: Budi"
    assert without_opening("By Reuters\nIsi.", title="T", author="") == Opening("Isi.", "Reuters")


def test_a_title_that_the_first_line_repeats_leaves_the_text(tmp_path):
    side = "file,title\na.txt,Harga “Beras” Naik\n"
    assert read_one(tmp_path, "a.txt", 'HARGA "BERAS" NAIK\n\nIsi.', **{"articles.csv": side}).text == "Isi."
    assert read_one(tmp_path, "a.txt", "Harga lain\n\nIsi.", **{"articles.csv": side}).text == "Harga lain\n\nIsi."


def test_values_of_the_side_file_win_over_front_matter_and_that_over_the_heading(tmp_path):
    text = "---\ntitle: Depan\nauthor: Budi\ndate: 2021-05-06\nid: x7\n---\n# Judul\n\nSabtu (10/9/2022) isi."
    article = read_one(tmp_path, "a.md", text)
    assert (article.id, article.title, article.author, article.published, article.published_from) == (
        "x7",
        "Depan",
        "Budi",
        "2021-05-06",
        "given",
    )
    assert article.text == "Judul\n\nSabtu (10/9/2022) isi."
    described = read_one(tmp_path, "a.md", text, **{"articles.csv": "file,title,id\na.md,Judul,y8\n"})
    assert (described.id, described.title, described.author, described.text) == ("y8", "Judul", "Budi", "Sabtu (10/9/2022) isi.")


def test_a_page_saved_as_txt_is_read_as_a_page(tmp_path):
    page = "<!doctype html><html><head><title>Judul</title></head><body><p>Isi yang <b>tebal</b>.</p></body></html>"
    assert read_one(tmp_path, "a.txt", page).text == read_one(tmp_path, "a.html", page).text == "Isi yang tebal."


def test_rows_are_articles_named_by_their_hash_or_id(tmp_path):
    rows = [
        {"text": "Isi satu", "title": "T"},
        {"id": "x", "text": "<p>Isi <b>dua</b></p><p>lagi</p>"},
        {"id": "y", "text": "**Isi** [tiga](#)"},
        {"id": "y", "text": "Isi tiga"},
        {"id": "x", "text": "lain"},
        {"title": "kosong"},
        {"text": " \n "},
        {"text": "Isi satu", "title": "T"},
        {"text": "\ud800 setengah"},
    ]
    results = read(tmp_path, "a.json", json.dumps(rows))
    articles = [one for one in results if isinstance(one, Article)]
    assert [(one.id, one.text) for one in articles] == [
        (f"f/a.json#{articles[0].hash[:12]}", "Isi satu"),
        ("x", "Isi dua\n\nlagi"),
        ("y", "Isi tiga"),
    ]
    assert [one.reason.split(":")[0][:6] for one in results if isinstance(one, Rejection)] == ["item 5", "item 6", "item 7", "item 9"]


def test_a_date_given_as_column_front_matter_or_page_is_marked_as_such(tmp_path):
    assert read_one(tmp_path, "a.csv", "text,date\nisi,10/9/2022\n").published == "2022"
    assert read_one(tmp_path, "a.csv", "text,date\nisi,kemarin\n").published_from == ""
    page = read_one(
        tmp_path, "a.html",
        "<html><head><meta property='article:published_time' content='2022-09-10'></head><body><p>isi</p></body></html>"
    )
    assert (page.published, page.published_from) == ("2022-09-10", "page")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b""), ("a.txt", b" \n\t"), ("a.txt", b"\x00" * 50), ("a.txt", bytes(range(256)) * 9),
        ("a.txt", b"!!! ---"), ("a.md", b"---\n"),
        ("a.txt", b"x" * (ARTICLE_CHARACTERS_MAX + 1)), ("a.md", b"---\na: [b\n---\nIsi"), ("a.html", b"<p></p>"),
        ("a.html", b"<div>" * 99_999 + b"x"),
        ("a.json", b"["), ("a.json", b"[" * 99_999), ("a.jsonl", b"["), ("a.csv", b"a,b\n1,2\n"), ("a.csv", b'text\n"x'), ("a.csv", b""),
        ("a.csv", b"text\n" + b"x" * 10_000_000), ("a.txt", b"%PDF-1.4"),
        ("a.json", b'[{"text": "' + b"x" * (ARTICLE_CHARACTERS_MAX + 1) + b'"}]'),
    ],
    ids=range(19),
)  # fmt: skip
def test_a_file_without_a_readable_article_is_told_in_a_line(tmp_path, name, content):
    (result,) = read(tmp_path, name, content)
    assert isinstance(result, Rejection) and result.name == f"f/{name}"
    assert result.reason and "\n" not in result.reason and len(result.reason) < 300


def test_nothing_heavy_is_imported_before_it_is_needed():
    heavy = ("trafilatura", "lxml", "charset_normalizer", "markdown_it", "yaml", "babel")
    code = f"import sys, rag.reading; print([module for module in {heavy} if module in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True).stdout.strip() == "[]"
