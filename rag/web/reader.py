"""The side panel: a citation's article, scrolled to the marked quote; of a very long one a part around the quote."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import gradio as gr

from rag.errors import ArticleNotFound, RagError
from rag.types import Article, Span
from rag.web.asks import Asks
from rag.web.citing import Reference, whole_article
from rag.web.opening import Opening
from rag.web.reader_script import SCRIPT
from rag.web.render import View, article_html, notice_html
from rag.web.speaking import spoken
from rag.web.strings import say
from rag.web.tools import Tools, copied_quote, same_article
from rag.web.wording import error_words

_log = logging.getLogger(__name__)

REACH = 60_000
"""Characters shown before and after a place: an hour's reading, and still a page that every browser scrolls smoothly."""

_SLACK = 10_000
"""How many characters fewer may be shown so that a part begins and ends between paragraphs."""

_BORDERS = ("\n", " ")


def part_around(text: str, place: int) -> Span:
    """The part of `text` to show around `place`: all of a short one, else from paragraph to paragraph, or at least word to word."""
    return Span(_opening(text, place - REACH), _closing(text, place + REACH))


def _opening(text: str, place: int) -> int:
    if place <= _SLACK:
        return 0
    borders = (text.find(border, place, place + _SLACK) for border in _BORDERS)
    return next((border + 1 for border in borders if border >= 0), place)


def _closing(text: str, place: int) -> int:
    if place + _SLACK >= len(text):
        return len(text)
    borders = (text.rfind(border, place - _SLACK, place) for border in _BORDERS)
    return next((border for border in borders if border >= 0), place)


def reading(collection: Asks, link: str, language: str, at: object = None, others: object = None) -> str:
    """The panel's HTML for the link of a citation or of an article, whoever wrote the link; `at` is the place to show instead of the quote.

    `others` are the links of all citations of the answer: those in the same article are marked too.
    """
    reference, whole = Reference.parse(link), whole_article(link)
    if reference is None and whole is None:
        return notice_html(say("reader.malformed", language), language)
    try:
        article = collection.article(reference.article_id if reference else whole)
    except ArticleNotFound:
        return notice_html(say("reader.removed", language), language)
    view = _view(article, reference, language, at, others) if reference else _whole_view(article, link, at)
    return article_html(article, language, view)


def _whole_view(article: Article, link: str, at: object) -> View:
    place = at if isinstance(at, int) and 0 <= at <= len(article.text) else None
    return View(part_around(article.text, place or 0), at=place, tools=Tools(link))


def _view(article: Article, reference: Reference, language: str, at: object, others: object) -> View:
    text = article.text
    place = at if isinstance(at, int) and 0 <= at <= len(text) else None
    unchanged = article.hash.startswith(reference.digest)
    if not unchanged or not reference.lies_in(text):
        notice = say("reader.beyond" if unchanged else "reader.changed", language)
        return View(part_around(text, place or 0), notice=notice, at=place)
    cited = same_article(reference, others, text)
    tools = Tools(reference.href, copied_quote(article, reference, language), tuple(one.href for one in cited))
    shown = View(part_around(text, place or 0), reference.quote, reference.sentence, others=tuple(one.quote for one in cited), tools=tools)
    if place is None:
        return replace(shown, part=part_around(text, (reference.sentence or reference.quote).start))
    return replace(shown, at=place, back=reference.href)


def add_reader(opening: Opening) -> None:
    """Puts the panel into the Blocks being built; it opens itself for every link `#cite=...` or `#read=...` and address of these forms."""
    with gr.Sidebar(position="right", open=False, width="var(--reader)", elem_classes=["reading"]) as panel:
        reader = gr.HTML("", html_template="${value}", js_on_load=SCRIPT, elem_classes=["reader"])

    def read(event: gr.EventData, request: gr.Request) -> tuple[str, gr.Sidebar]:
        language = spoken(request)
        try:
            shown = reading(opening.collection(), str(getattr(event, "ref", "")), language, getattr(event, "at", None), getattr(event, "others", None))
        except RagError as error:
            shown = notice_html(error_words(error, language), language, str(error))
        except Exception:  # the panel must say something; whoever runs the page can read the rest in the log
            _log.exception("An article could not be shown")
            shown = notice_html(say("error.unexpected", language), language)
        # The number makes every value a new one: opening the same place twice must scroll there twice.
        return f'<div data-opened="{time.time_ns()}">{shown}</div>', gr.Sidebar(open=True)

    reader.cite(read, None, [reader, panel], queue=False, show_progress="hidden", api_visibility="private")
    reader.done(lambda: gr.Sidebar(open=False), None, panel, queue=False, show_progress="hidden", api_visibility="private")
