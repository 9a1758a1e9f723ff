"""Texts of the page, without a browser: escaping, quoting, references, words."""

from __future__ import annotations

import html
import inspect
import re
import string
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_articles import DOHA, VISIT
from page_collection import PageCollection

from rag import errors
from rag.errors import IndexMismatch, QuestionError, RagError, StorageError
from rag.types import Answer, Article, Citation, Reason, Searched, Sentence, Span, Strength, Why
from rag.web.citing import Reference
from rag.web.escaping import md_escape, one_line
from rag.web.guard import OwnOriginOnly
from rag.web.opening import Phase, State
from rag.web.page import examples_for
from rag.web.reader import reading
from rag.web.render import View, answer_markdown, article_html, masthead_html, notice_html, paragraphs, problem_markdown, welcome_markdown
from rag.web.strings import EXAMPLES, LANGUAGES, TEXTS, language_of, say, say_count
from rag.web.tools import Tools
from rag.web.wording import NAMES, error_words, language_name, written_date

MARKUP = st.text(st.sampled_from("\\`*_{}[]#|~$!<>&%@:/.-+=()\"'0a w\n\u202e\u2066\x00"), max_size=60)
ANYTHING = st.text(max_size=80) | MARKUP


def unescaped(markdown: str) -> str:
    """What CommonMark makes of text without mark-up: backslash escapes, then entities."""
    entities = re.sub(rf"\\([{re.escape(string.punctuation)}])", lambda match: f"&#{ord(match[1])};", markdown)
    return html.unescape(entities)


@given(ANYTHING)
def test_escaped_text_says_the_same_and_holds_no_markup(text):
    escaped = md_escape(text)
    assert unescaped(escaped) == one_line(text)
    assert not re.search(r"[<>\n\[\]]|://|%%%|@", escaped)
    assert not re.search(r"(?i)www\.", escaped)
    assert not re.search(r"[`*_{}|~$!]", re.sub(r"\\.", "", escaped))
    assert not re.match(r"\s?(?:[-+=:]|\d{1,9}[.)]|#)", escaped)


@given(ANYTHING, st.data())
def test_pieces_join_to_the_whole_and_marks_cover_exactly_their_span(text, data):
    ends = st.integers(0, len(text))
    quote, sentence = (Span(*sorted((data.draw(ends), data.draw(ends)))) for _ in range(2))
    lines = list(paragraphs(text, quote, sentence))
    assert ["".join(piece.text for piece in line) for line in lines] == [line for line in text.split("\n") if line.strip()]
    marked = "".join(piece.text for line in lines for piece in line if piece.quoted)
    assert marked.split() == "".join(line for line in _kept(text, quote)).split()


def _kept(text: str, span: Span) -> list[str]:
    """The characters of `span`, without those of blank lines."""
    kept, place = [], 0
    for line in text.split("\n"):
        a, b = max(span.start, place), min(span.end, place + len(line))
        kept += [text[a:b]] if line.strip() and a < b else []
        place += len(line) + 1
    return kept


@given(st.text(st.characters(), max_size=60).filter(bool), st.integers(0, 10**6), st.integers(1, 1000))
def test_a_reference_survives_its_link(article_id, start, length):
    reference = Reference(article_id, "0123456789abcdef", Span(start, start + length), Span(start, start + 1))
    assert Reference.parse(reference.href) == reference
    assert re.fullmatch(r"#cite=[A-Za-z0-9_.~%/-]+", reference.href)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "#cite=",
        "#cite=a",
        "#cite=../../etc/passwd",
        "#cite=a/0123456789abcdef/1",
        "#cite=a/0123456789abcdef/-1-2",
        "#cite=a/0123456789abcdef/1-99999999",
        "#cite=a/0123456789abcdef/١-٢",
        "#cite=a/0123456789ABCDEF/1-2",
        "#cite=a b/0123456789abcdef/1-2",
        "#cite=a%2fb/0123456789abcdef/1-2",
        "#cite=%zz/0123456789abcdef/1-2",
        "#cite=%ff/0123456789abcdef/1-2",
        "#cite=a/0123456789abcdef/1-2\n",
        "#cite=" + "a" * 9000 + "/0123456789abcdef/1-2",
        "javascript:alert(1)",
    ],
)
def test_no_other_form_is_a_reference(forged):
    assert Reference.parse(forged) is None


def citation(article: Article, start: int, end: int, sentence: tuple[int, int], **more: object) -> Citation:
    best = Sentence(article.text[slice(*sentence)], *sentence)
    why = Why(0.5, 0.5, 1, 1, ())
    return Citation(1, article.text[start:end], best, article, start, end, 0.5, Strength.STRONG, why, **more)


ARTICLE = Article(
    "seeds/a.txt",
    "",
    "Rusia* berkata. “Kami\nsetuju,” katanya. Selesai.",
    source="A & B",
    published="2022-09-10",
    published_from="dateline",
    language="id",
)


def test_an_answer_quotes_marks_numbers_and_names_its_source():
    one = citation(ARTICLE, 0, 48, (16, 39), also_in=("b", "c"))
    shown = answer_markdown(Answer("?", Reason.ANSWERED, (one,)), "id")
    href = Reference.of(one).href
    assert shown == (
        f'> [1]({href} "Baca di artikel")&nbsp;Rusia\\* berkata. <mark>“Kami</mark>\n>\n> <mark>setuju,” katanya.</mark> Selesai.\n\n'
        f'<span class="heading">[Rusia\\* berkata. “Kami setuju,” katanya. Selesai. …]({href})</span> '
        '<span class="said">(tanpa judul)</span><br>'
        '<span class="said">A &amp; B · 10 September 2022 (dari baris tanggal)</span> <span class="chip">Indonesia</span> '
        '<span class="strength strong">cocok kuat</span>\n\n'
        '<span class="also">Teks yang sama ada di 2 artikel lain: b, c</span>\n\n'
        '<details class="why"><summary>Mengapa bagian ini</summary>\n\n'
        "Menurut makna 0,50 (urutan 1), menurut kata 0,50 (urutan 1); tertinggi 1.\n\n</details>"
    )


def test_no_answer_says_what_was_searched_and_labels_the_near_misses():
    near = citation(ARTICLE, 0, 15, (0, 15))
    searched = Searched(5000, 1, ("id", "xx"), ("2022-09-10", "2023-12"))
    shown = answer_markdown(Answer("?", Reason.NOTHING_CLOSE, near_misses=(near,), searched=searched), "en")
    assert "The articles do not answer this." in shown
    assert "Searched: 5,000 articles, 1 passage, Indonesian, xx, 10 September 2022 to December 2023." in shown
    assert shown.index("They are not an answer") < shown.index("> [a](")
    assert "quotation marks" in answer_markdown(Answer("?", Reason.PHRASE_NOT_FOUND), "en")
    assert "rag add PATH" in answer_markdown(PageCollection([]).ask("Apa saja?"), "en")


def test_the_reader_marks_the_quote_and_emphasises_the_sentence():
    shown = article_html(ARTICLE, "en", View(Span(0, len(ARTICLE.text)), Span(7, 48), Span(16, 39)))
    assert '<p dir="auto">Rusia* <mark tabindex="-1">berkata. <strong>“Kami</strong></mark></p>' in shown
    assert '<p dir="auto"><mark tabindex="-1"><strong>setuju,” katanya.</strong> Selesai.</mark></p>' in shown
    assert '<article lang="id">' in shown and "(untitled)" in shown and "10 September 2022 (from the dateline)" in shown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil", "file:///etc/passwd", "http://", "http://[", "", "x"])
def test_only_web_addresses_become_links(url):
    assert "href" not in article_html(Article("a", "t", "x", url=url), "en", View(Span(0, 1)))
    quoted = article_html(Article("a", "t", "x", url='https://example.org/?"><script>'), "en", View(Span(0, 1)))
    assert 'href="https://example.org/?&quot;&gt;&lt;script&gt;"' in quoted


class Elements(HTMLParser):
    """The elements a browser would make, each with its attributes' names."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self.text = ""
        self.feed(shown)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {
    ("section", "aria-label"), ("header",), ("br",), ("span", "class", "tabindex"),
    ("article",), ("article", "lang"), ("span",), ("span", "class"), ("p", "class"), ("p", "dir"),
    ("p", "class", "role"), ("h2", "tabindex"), ("h2", "tabindex", "dir"),
    ("button", "type", "class", "title"), ("a", "href", "target", "rel"),
}  # fmt: skip

TOOLS = {
    ("div", "class"), ("textarea", "class", "readonly", "hidden", "rows", "aria-label"), ("span", "class", "role"),
    ("button", "type", "class", "data-copy", "data-done", "data-refused"),
    ("button", "type", "class", "data-link", "data-done", "data-refused"),
    ("button", "type", "class", "data-ref", "data-key", "title", "aria-label"),
}  # fmt: skip


@given(ANYTHING, st.sampled_from(LANGUAGES))
def test_no_foreign_text_adds_an_element_to_the_reader_or_the_head(text, language):
    article = Article(text, text, text, text, text, text, "dateline", text, text)
    tools = Tools(text, text, (text, text))
    shown = Elements(article_html(article, language, View(Span(0, len(text)), notice=text, at=0, back=text, tools=tools)))
    assert set(shown.found) <= OURS | TOOLS
    assert all(line.replace("\x00", "\ufffd") in shown.text for line in text.split("\n") if line.strip())
    assert set(Elements(notice_html(text, language, text)).found) <= OURS
    failed = Elements(masthead_html(None, None, language, RagError(text))).found
    assert failed == Elements(masthead_html(None, None, language, RagError())).found
    ready = Elements(masthead_html(State(Phase.READY), Searched(1, 1, (text,), (text, text)), language)).found
    assert ready == Elements(masthead_html(State(Phase.READY), Searched(1, 1), language)).found
    welcome = Elements(welcome_markdown([text], language))
    assert welcome.found == [("div", "class"), ("button", "class", "dir")]


def test_every_text_is_there_in_every_language_with_the_same_places():
    for key, texts in TEXTS.items():
        assert set(texts) == set(LANGUAGES), key
        assert len({tuple(sorted(re.findall(r"{\w+}", text))) for text in texts.values()}) == 1, key
        assert all(texts.values()), key
    assert all(len(names) == len(LANGUAGES) and all(names) for names in NAMES.values())
    assert len(EXAMPLES) == 5


def test_examples_are_offered_only_while_their_articles_are_there():
    assert examples_for(PageCollection([VISIT, DOHA])) == [example.question for example in EXAMPLES]
    assert examples_for(PageCollection([VISIT])) == [EXAMPLES[0].question]
    assert examples_for(PageCollection([DOHA])) == [example.question for example in EXAMPLES[1:4]]
    assert examples_for(PageCollection([ARTICLE])) == examples_for(PageCollection([])) == []


def test_every_kind_of_error_is_worded_in_every_language_and_keeps_its_message():
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, RagError)]
    assert len(kinds) >= 12 and all(f"error.{kind.__name__}" in TEXTS for kind in kinds)
    full = StorageError("disk <full> at /x")
    assert error_words(full, "id") == "Disk penuh, atau simpanan artikel rusak."
    assert error_words(type("Newer", (StorageError,), {})(""), "id") == error_words(full, "id")
    assert problem_markdown(full, "id") == (
        '<strong>Disk penuh, atau simpanan artikel rusak.</strong>\n\n<span class="said">Rincian (dalam bahasa Inggris): disk &lt;full&gt; at /x</span>'
    )
    assert problem_markdown(QuestionError("It has 2,001 characters."), "en") == (
        '<strong>The question is empty or too long, or its filter cannot be read. Please write it differently.</strong>\n\n'
        '<span class="said">Details: It has 2,001 characters.</span>'
    )
    other = IndexMismatch("model", built_with="A", asked_for="B", cure="Rebuild.")
    failed = Elements(masthead_html(None, None, "id", other)).text
    assert "Koleksi tidak dapat dibuka. Koleksi ini dibuat dengan model atau versi Kutip yang lain." in failed and str(other) in failed
    assert say("error.details", "id", problem=other) in Elements(notice_html(error_words(other, "id"), "id", str(other))).text


def refused(bound: str, allowed: frozenset[str] = frozenset(), **headers: str) -> tuple[int, str]:
    """Status and text of a request to a page that listens on `bound`; 0 when it is let through."""
    sent: list[dict] = []

    async def welcome(scope, receive, send):
        sent.extend([{"status": 0}, {"body": b""}])

    async def keep(message):
        sent.append(message)

    scope = {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    with pytest.raises(StopIteration):  # it ends without waiting for anything; no event loop, since a browser may run one here
        OwnOriginOnly(welcome, bound, allowed)(scope, None, keep).send(None)
    return sent[0]["status"], sent[1]["body"].decode()


def test_a_refusal_is_one_line_that_names_the_cure():
    assert refused("127.0.0.1", host="localhost:7860", origin="http://localhost:7860") == (0, "")
    assert refused("0.0.0.0", host="kutip.example", origin="https://kutip.example") == (0, "")
    assert refused("127.0.0.1", frozenset({"kutip.example"}), host="Kutip.example", origin="https://Kutip.example") == (0, "")
    for bound, headers, cure in (
        ("127.0.0.1", {"host": "kutip.example"}, "--allow-host"),
        ("127.0.0.1", {"host": "["}, "--allow-host"),
        ("127.0.0.1", {"host": "127.0.0.1:7860", "origin": "https://kutip.example"}, "Host header"),
        ("0.0.0.0", {"host": "127.0.0.1:7860", "origin": "null"}, "Host header"),
    ):
        status, says = refused(bound, **headers)
        assert status == 403 and says.startswith("Refused: ") and cure in says and says.count("\n") == 1


def test_half_characters_and_direction_marks_reach_neither_page_nor_link():
    odd = Article("a\ud800/\u202eb", "T\udfff\u202egnp", "Satu\ud800 dua\u2066 tiga.", "S\udc00", "A\u202e", url="javascript:alert(1)")
    one = citation(odd, 0, len(odd.text), (0, 5), also_in=("x\ud800\u202e",))
    chat = answer_markdown(Answer("?", Reason.ANSWERED, (one,)), "en")
    panel = reading(PageCollection([odd]), Reference.of(one).href, "en")
    for shown in (chat, panel):
        assert shown.encode("utf-8").decode("utf-8") == shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", chat) and "javascript:" not in panel
    assert '<mark tabindex="-1"><strong>Satu\ufffd</strong> dua' in panel


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en;q=0.3,id;q=0.8", "id"),
        ("fr", "en"),
        ("id;q=0", "en"),
        ("id;q=x,*", "en"),
    ],
)
def test_the_browser_says_the_language(header, language):
    assert language_of(header) == language


def test_dates_numbers_and_languages_are_written_out():
    assert written_date("2022-09-10", "id") == "10 September 2022"
    assert written_date("2022-08-01T10:00:00Z", "id") == "1 Agustus 2022"
    assert [written_date(date, "en") for date in ("2022", "2022-05", "2022-13", "soon", "")] == ["2022", "May 2022", "2022-13", "soon", ""]
    assert [say_count("articles", 5000, language) for language in LANGUAGES] == ["5,000 articles", "5.000 artikel"]
    assert (language_name("ar", "id"), language_name("tlh", "en")) == ("Arab", "tlh")
