"""Exports: what is read back from each form is what the articles say, however hostile their titles."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ScriptedCollection
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag import Article, Conversation, ConversationError, export, export_file
from rag.exports.references import key_of
from rag.exports.tables import COLUMNS

TEXT = 'Kalimat pertama.\n\n  # *Kalimat* <b>kedua</b> & "ketiga".\n1. satu\n- dua\n=== \n\tempat|lima `enam` [tujuh](javascript:x)\n2022. Akhir.'
RICE = Article(
    "seeds/rice.txt", "Harga_beras & {naik} 50%", TEXT, "Harian #1", "Ani ~ Budi", "2022-09-10", "given", "https://example.org/a_b?x={1}&y=%20", "id"
)
BARE = Article("bare", "", "Tanpa judul ada juga isinya di sini dan seterusnya sampai selesai.", published="2021-03")
LATEX = {
    r"\textbackslash{}": "\\", r"\textbraceleft{}": "{", r"\textbraceright{}": "}", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^",
    r"\$": "$", r"\&": "&", r"\#": "#", r"\_": "_", r"\%": "%",
}  # fmt: skip
hostile = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        ["=1+1", "+x", "-x", "@x", "\t=x", "'=x", "''x", "}\n@misc{x,", "x\nER  - \nTY  - GEN", "\\", "{", "{{", "%", "> x", "# x", "\u2028=x", '"', '","']
    ),
)
published = st.sampled_from(["", "2022", "2022-09", "2022-09-10", "kemarin", "2022-9-1"])


def talk(*articles: Article) -> tuple[ScriptedCollection, Conversation]:
    """A conversation of one question that cites the whole of each article."""
    collection = ScriptedCollection(articles, [(one.id, 0, len(one.text)) for one in articles])
    chat = Conversation(collection)
    chat.ask("harga beras Jakarta", top_k=100)
    return collection, chat


def exported(form: str, *articles: Article) -> str:
    return export(*talk(*articles), form)


def one_line(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())


def parsed_bibtex(text: str) -> list[tuple[str, dict[str, str]]]:
    """Entries by key, by counting braces as BibTeX does."""
    entries, i = [], 0
    while (i := text.find("@", i)) >= 0:
        head = re.compile(r"@misc\{([A-Za-z0-9-]+),\n").match(text, i)
        assert head, text[i : i + 80]
        fields, i = {}, head.end()
        while text[i] != "}":
            name = re.compile(r"\s*([a-z]+) = \{").match(text, i)
            assert name, text[i : i + 80]
            start, depth, i = name.end(), 1, name.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[i], 0)
                i += 1
            fields[name[1]] = text[start : i - 1]
            assert text[i : i + 2] == ",\n"
            i += 2
        entries.append((head[1], fields))
    return entries


def from_latex(value: str) -> str:
    value = value[1:-1] if value.startswith("{") and value.endswith("}") else value
    return re.sub("|".join(map(re.escape, LATEX)), lambda match: LATEX[match[0]], value)


def parsed_ris(text: str) -> list[dict[str, str]]:
    records: list[dict[str, str]] = []
    for line in filter(None, text.split("\r\n")):
        tag, value = line[:2], line[6:]
        assert line[2:6] == "  - "
        if tag == "TY":
            records.append({})
        elif tag == "ER":
            assert value == ""
            continue
        assert tag not in records[-1]
        records[-1][tag] = value
    return records


def parsed_csv(text: str) -> list[dict[str, str]]:
    def bare(cell: str) -> str:
        return cell[1:] if re.match("'+[=+\\-@\t\r\n＝＋－＠]", cell) else cell

    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == list(COLUMNS)
    assert not any(cell[:1] in {*"=+-@＝＋－＠\t\r\n"} for row in rows for cell in row if cell)
    return [dict(zip(COLUMNS, map(bare, row), strict=True)) for row in rows[1:]]


def quotes_of(markdown: str) -> list[str]:
    """The text of each block quote, as a reader of CommonMark sees it."""
    tokens, quotes, depth = MarkdownIt("commonmark").parse(markdown), [], 0
    for token in tokens:
        assert token.type not in ("html_block", "code_block", "fence", "hr", "table_open")
        if token.type == "blockquote_open":
            depth, quotes = depth + 1, [*quotes, []]
        elif token.type == "blockquote_close":
            depth -= 1
        elif depth and token.type == "inline":
            assert {child.type for child in token.children} <= {"text", "text_special", "hardbreak", "softbreak"}
            quotes[-1].append("".join("\n" if child.type.endswith("break") else child.content for child in token.children))
        elif depth:
            assert token.type in ("paragraph_open", "paragraph_close"), token.type
    return ["\n\n".join(paragraphs) for paragraphs in quotes]


def test_markdown_reads_word_for_word() -> None:
    text = exported("md", RICE, BARE)
    assert quotes_of(text) == [TEXT, BARE.text]
    html = MarkdownIt("commonmark").render(text)
    assert (
        "<h2>harga beras Jakarta</h2>" in html
        and "<h2>Sources</h2>" in html
        and "<li>[1] Harga_beras &amp; {naik} 50%, Ani ~ Budi, Harian #1, 2022-09-10." in html
    )
    assert html.count("<a ") == 1 and RICE.hash in html and "Tanpa judul ada juga isinya di sini dan seterusnya sampai …" in html


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab \t\n*_`[]()<>&#~|!\\-+=:.)1>'\"{}$"), min_size=1, max_size=60).filter(lambda text: text.strip(" \t\n")), hostile)
def test_any_quote_is_inert_in_markdown(text: str, title: str) -> None:
    # Several empty lines, and those around the quote, are one paragraph break in Markdown.
    wanted = re.sub(r"\n[ \t]*(?:\n[ \t]*)+(?=[^ \t\n])", lambda match: "\n\n" + match[0].rpartition("\n")[2], re.sub(r"(?m)^[ \t]+$", "", text)).strip("\n")
    assert quotes_of(exported("md", Article("a", title, text))) == [wanted]


@settings(max_examples=60, deadline=None)
@given(hostile, hostile, hostile, published, hostile)
def test_csv_reads_back_the_same(title: str, source: str, author: str, date: str, url: str) -> None:
    article = Article("a", title, TEXT, source, author, date, "", url, "id")
    [row] = parsed_csv(exported("csv", article))
    assert [row[name] for name in ("title", "source", "author", "published", "url", "quote")] == [title, source, author, date, url, TEXT]
    assert (row["label"], row["start"], row["end"], row["article_hash"], row["standing"]) == ("1", "0", str(len(TEXT)), article.hash, "found")


@settings(max_examples=60, deadline=None)
@given(hostile, hostile, hostile, published)
def test_bibtex_and_ris_read_back_the_same(title: str, source: str, author: str, date: str) -> None:
    article = Article("a", title, TEXT, source, author, date, language="id")
    [(key, fields)] = parsed_bibtex(exported("bib", article))
    [record] = parsed_ris(exported("ris", article))
    dated = {"2022": ("2022", "", "2022///"), "2022-09": ("2022", "9", "2022/09//"), "2022-09-10": ("2022", "9", "2022/09/10/")}.get(date, ("", "", ""))
    told = {"title": one_line(article.heading), "author": one_line(author), "howpublished": one_line(source), "language": "id"}
    told |= {"date": date if dated[0] else "", "year": dated[0], "month": dated[1]}
    assert {name: from_latex(value) for name, value in fields.items()} == {name: value for name, value in told.items() if value}
    ris = {"TY": "GEN", "ID": key, "TI": told["title"], "AU": told["author"], "PB": told["howpublished"], "PY": dated[0], "DA": dated[2], "LA": "id"}
    assert record == {tag: value for tag, value in ris.items() if value}


def test_each_source_stands_once_with_its_address() -> None:
    collection = ScriptedCollection([RICE, BARE], [(RICE.id, 0, 10), (BARE.id, 0, 5), (RICE.id, 20, 30)])
    chat = Conversation(collection)
    chat.ask("harga beras")
    entries = parsed_bibtex(export(collection, chat, "bib"))
    assert [key for key, _ in entries] == [key_of(RICE.id), key_of(BARE.id)]
    assert entries[0][1]["url"] == "https://example.org/a_b?x=%7B1%7D&y=%20" and "author" not in entries[1][1]
    records = parsed_ris(export(collection, chat, "ris"))
    assert [record["TY"] for record in records] == ["ELEC", "GEN"] and records[0]["UR"] == RICE.url and "UR" not in records[1]
    assert "- \\[1\\] \\[3\\] Harga" in export(collection, chat, "md")


def test_keys_depend_on_the_id_alone() -> None:
    assert key_of("seeds/rice.txt") == "rice-" + key_of("seeds/rice.txt")[-8:] != key_of("other/rice.txt")
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", key_of(name)) for name in ("", "/", "ä/é.txt", "}{,", "x" * 500, "\ud800"))
    assert len({key_of(name) for name in ("a.b", "a_b", "a b", "x/a.b")}) == 4


@pytest.mark.parametrize("form", ["md", "csv", "bib", "ris"])
def test_a_quote_whose_article_has_changed_or_gone_is_not_shown(form: str) -> None:
    collection, chat = talk(RICE, BARE)
    answer = ScriptedCollection([RICE, BARE], [(RICE.id, 0, 16), (BARE.id, 0, 11)]).ask("harga", top_k=5)
    collection.articles[RICE.id] = replace(RICE, text=TEXT + " Baru.")
    del collection.articles[BARE.id]
    for text in (export(collection, chat, form), export(collection, answer, form)):
        assert "Kalimat" not in text and "Tanpa judul" not in text
        if form == "csv":
            assert [(row["standing"], row["quote"], row["sentence"], row["title"]) for row in parsed_csv(text)] == [
                ("changed", "", "", ""),
                ("removed", "", "", ""),
            ]
        elif form == "md":
            assert "\\[1\\] The article was changed since" in text and "\\[2\\] The article was removed since" in text and "## Sources" not in text
        else:
            assert text == ""


def test_one_answer_keeps_its_own_numbers_and_its_question() -> None:
    collection = ScriptedCollection([RICE, BARE], [(RICE.id, 0, 10), (BARE.id, 0, 5)])
    answer = collection.ask("harga beras", top_k=5)
    assert [(row["question"], row["label"], row["carried"]) for row in parsed_csv(export(collection, answer, "csv"))] == [("harga beras", n, "") for n in "12"]
    assert quotes_of(export(collection, answer, "md")) == [TEXT[:10], BARE.text[:5]]


def test_a_question_without_an_answer_says_so_and_carried_words_are_shown() -> None:
    collection, chat = talk(RICE)
    chat.ask("kenapa?")
    text = export(collection, chat, "md")
    assert "## kenapa?\n\nAbout: harga, beras, Jakarta\n\nNot answered: nothing in the articles" in text
    assert len(parsed_csv(export(collection, chat, "csv"))) == 1


def test_files_by_their_ending(tmp_path: Path) -> None:
    collection, chat = talk(RICE)
    for form in ("md", "csv", "bib", "ris"):
        export_file(collection, chat, tmp_path / f"chat.{form.upper()}")
        with open(tmp_path / f"chat.{form.upper()}", encoding="utf-8-sig", newline="") as file:
            assert file.read() == export(collection, chat, form)
    assert (tmp_path / "chat.CSV").read_bytes().startswith(b"\xef\xbb\xbfquestion,")
    for name in ("chat.docx", "chat"):
        with pytest.raises(ConversationError, match="md, csv, bib, ris"):
            export_file(collection, chat, tmp_path / name)
    with pytest.raises(ConversationError, match="Choose another file"):
        export_file(collection, chat, tmp_path / "no" / "chat.md")
