"""Sources -> articles: each kind of file by its parser, then one way for all from a text to an `Article`."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator

from rag.reading.datelines import dateline
from rag.reading.decoding import decode
from rag.reading.front_matter import split_front_matter
from rag.reading.markdown import looks_like_markdown, render
from rag.reading.markup import looks_like_html
from rag.reading.metadata import Metadata, body, given
from rag.reading.normalising import LINE_ENDS, SURROGATES, normalise, one_line, plain_words
from rag.reading.opening import without_opening
from rag.reading.pages import decode_page, fragment_text, is_page, read_page
from rag.reading.rows import BadRow, Row, csv_rows, json_rows, jsonl_rows
from rag.reading.sources import Source
from rag.reading.unreadable import Unreadable
from rag.settings import ARTICLE_CHARACTERS_MAX
from rag.types import Article, Rejection

ID_DIGITS = 12
"""How much of the content hash names a row that has no id."""

_ROWS = {"csv": csv_rows, "json": json_rows, "jsonl": jsonl_rows}


def read_source(source: Source) -> Iterator[Article | Rejection]:
    """The articles of `source`: one of a text, Markdown file or page, one for each row of a table or JSON file.

    Bad content is a `Rejection`, never an exception.  An article's id is the given one, else that of the source, with
    `#` and the beginning of the content hash for a row.  A row that equals an earlier one is passed over.
    """
    try:
        described = given(dict(source.described))
        if source.kind in _ROWS:
            yield from _read_rows(source, described)
        else:
            yield _read_text(source, described)
    except Unreadable as reason:
        yield Rejection(source.id, str(reason))


def _read_text(source: Source, described: Metadata) -> Article:
    data = source.load()
    if source.kind == "page":
        return _page(decode_page(data), source.id, described)
    text = LINE_ENDS.sub("\n", decode(data))
    if is_page(text):
        return _page(text, source.id, described)
    return _document(text, source.id, described, is_markdown=source.kind == "markdown")


def _page(html: str, article_id: str, described: Metadata) -> Article:
    page = read_page(html)
    return _article(page.text, article_id, described.over(page.metadata))


def _document(text: str, article_id: str, described: Metadata, *, is_markdown: bool) -> Article:
    """A text file: its front matter, then Markdown where it is said or clear to be."""
    try:
        front = split_front_matter(text)
    except Unreadable:
        if is_markdown:
            raise
        # In a plain text two lines of dashes need not mean anything.
        return _article(text, article_id, described)
    known = described.over(given(front.values))
    if is_markdown or front.values or looks_like_markdown(front.rest):
        return _markdown(front.rest, article_id, known)
    return _article(front.rest, article_id, known)


def _markdown(text: str, article_id: str, known: Metadata) -> Article:
    rendered = render(text)
    title = one_line(rendered.title)
    # A heading that the title says otherwise stays where it is: its words would be nowhere.
    is_title = not known.title or plain_words(known.title) == plain_words(title)
    return _article(rendered.body if is_title else rendered.text, article_id, known.over(Metadata(title=title)))


def _read_rows(source: Source, described: Metadata) -> Iterator[Article | Rejection]:
    seen: dict[str, str] = {}
    for row in _ROWS[source.kind](decode(source.load())):
        if isinstance(row, BadRow):
            yield Rejection(source.id, f"{row.place} {row.reason}")
            continue
        try:
            article = _row_article(row, source.id, described)
        except Unreadable as reason:
            yield Rejection(source.id, f"{row.place}: {reason}")
            continue
        # Rows can be many and large: what they say is remembered by its hash.
        digest = _digest(article)
        if article.id not in seen:
            seen[article.id] = digest
            yield article
        elif seen[article.id] != digest:
            yield Rejection(source.id, f"{row.place} has the id {article.id} of an earlier row but says something else")


def _row_article(row: Row, source_id: str, described: Metadata) -> Article:
    text = body(row.values)
    if not text:
        raise Unreadable("has no text")
    known = described.over(given(row.values))
    if is_page(text):
        article = _page(text, "", known)
    elif looks_like_html(text):
        article = _article(fragment_text(text), "", known)
    elif looks_like_markdown(text):
        article = _markdown(text, "", known)
    else:
        article = _article(text, "", known)
    return article if article.id else dataclasses.replace(article, id=f"{source_id}#{article.hash[:ID_DIGITS]}")


def _article(text: str, article_id: str, known: Metadata) -> Article:
    """The article of `text`, of which only its title line and its byline line go; a given id counts before `article_id`.

    Raises `Unreadable` for a text without a word or letter, too long, or with half a character in it.
    """
    text = normalise(text)
    if len(text) > ARTICLE_CHARACTERS_MAX:
        raise Unreadable(f"has more than {ARTICLE_CHARACTERS_MAX:,} characters: split it into articles")
    if SURROGATES.search(text) or any(SURROGATES.search(value) for value in dataclasses.astuple(known)):
        raise Unreadable("holds half a character (a lone surrogate): write it again as UTF-8")
    opening = without_opening(text, title=known.title, author=known.author)
    if not any(character.isalnum() for character in opening.text):
        raise Unreadable("has no words")
    known = known.over(Metadata(author=one_line(opening.author)))
    if not known.published and (date := dateline(opening.text, language=known.language)):
        known = known.over(Metadata(published=date, published_from="dateline"))
    return Article(
        id=known.id or article_id,
        title=known.title,
        text=normalise(opening.text),
        source=known.source,
        author=known.author,
        published=known.published,
        published_from=known.published_from,
        url=known.url,
        language=known.language,
    )


def _digest(article: Article) -> str:
    return hashlib.sha256(repr(article).encode("utf-8", "surrogatepass")).hexdigest()
