"""The side panel: a citation's article, scrolled to the marked quote; of a very long one a part around the quote."""

from __future__ import annotations

import logging
import time

import gradio as gr

from rag.errors import ArticleNotFound, RagError
from rag.types import Article, Span
from rag.web.asks import Asks
from rag.web.citing import Reference
from rag.web.opening import Opening
from rag.web.render import View, article_html, notice_html
from rag.web.strings import language_of, say
from rag.web.wording import error_words

_log = logging.getLogger(__name__)

REACH = 60_000
"""Characters shown before and after a place: an hour's reading, and still a page that every browser scrolls smoothly."""

_SLACK = 10_000
"""How many characters fewer may be shown so that a part begins and ends between paragraphs."""

_BORDERS = ("\n", " ")

# Runs in the panel.  `element`, `trigger` and `watch` are Gradio's; `trigger('cite')` calls Python.
# Only `value` is watched: Gradio applies other properties before the new article is in the document.
_SCRIPT = """
window.__kutip?.abort();  // the panel can be mounted twice
const on = {signal: (window.__kutip = new AbortController()).signal};
let opener = null, shown = '', pushed = false;
const isCite = (hash) => hash.startsWith('#cite=');
const bare = () => location.pathname + location.search;
const panel = () => element.closest('.sidebar');
// Tab reaches nothing in a closed panel, and nothing behind one that covers the page.
const fence = () => {
  panel().inert = !shown;
  const covered = shown && panel().offsetWidth > innerWidth - 40;
  for (const one of panel().parentElement.children) if (one !== panel()) one.inert = covered;
};
// Beside the panel the chat gets another width: the citation that was pressed stays where it was.
const hold = () => {
  const log = opener?.isConnected && opener.closest('[role=log]');
  if (!log) return;
  const top = opener.getBoundingClientRect().top;
  const observer = new ResizeObserver(() => { log.scrollTop += opener.getBoundingClientRect().top - top; });
  observer.observe(log);
  setTimeout(() => observer.disconnect(), 1000);
};
const open = (hash) => { shown = hash; hold(); fence(); trigger('cite', {ref: hash}); };
const close = () => {
  shown = '';
  trigger('done', {});
  if (isCite(location.hash)) pushed ? history.back() : history.replaceState(history.state, '', bare());
  pushed = false;
  fence();
  (opener?.isConnected ? opener : document.querySelector('.ask textarea'))?.focus();
  hold();
};
document.addEventListener('click', (event) => {
  if (event.target.closest?.('.reader button.close')) return close();
  const more = event.target.closest?.('.reader button.more');
  if (more) return trigger('cite', {ref: shown, at: Number(more.dataset.at)});
  const link = event.target.closest?.('a[href^="#cite="]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const hash = link.getAttribute('href');
  if (!element.contains(link)) {
    opener = link;
    document.querySelectorAll('a[aria-current]').forEach((one) => one.removeAttribute('aria-current'));
    link.setAttribute('aria-current', 'true');
  }
  // One step of the history for the panel, so that a phone's Back closes it instead of leaving the page.
  if (isCite(location.hash)) history.replaceState(history.state, '', bare() + hash);
  else { history.pushState(history.state, '', bare() + hash); pushed = true; }
  open(hash);
}, on);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing && shown) close();
}, on);
window.addEventListener('hashchange', () => {
  if (isCite(location.hash)) open(location.hash);
  else if (shown) close();
}, on);
window.addEventListener('resize', fence, on);
watch('value', () => setTimeout(() => {
  const best = element.querySelector('.here') ?? element.querySelector('mark strong') ?? element.querySelector('mark');
  if (best) best.scrollIntoView({block: 'center'});
  else element.closest('.sidebar-content')?.scrollTo(0, 0);
  (best?.closest('.here, mark') ?? element.querySelector('h2'))?.focus({preventScroll: true});
}, 50));
setTimeout(() => isCite(location.hash) ? open(location.hash) : fence(), 0);
"""


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


def reading(collection: Asks, link: str, language: str, at: object = None) -> str:
    """The panel's HTML for a citation's link, whoever wrote the link; `at` is the place to show instead of the quote."""
    reference = Reference.parse(link)
    if reference is None:
        return notice_html(say("reader.malformed", language), language)
    try:
        article = collection.article(reference.article_id)
    except ArticleNotFound:
        return notice_html(say("reader.removed", language), language)
    return article_html(article, language, _view(article, reference, language, at))


def _view(article: Article, reference: Reference, language: str, at: object) -> View:
    text = article.text
    place = at if isinstance(at, int) and 0 <= at <= len(text) else None
    unchanged = article.hash.startswith(reference.digest)
    if not unchanged or not reference.lies_in(text):
        notice = say("reader.beyond" if unchanged else "reader.changed", language)
        return View(part_around(text, place or 0), notice=notice, at=place)
    if place is None:
        return View(part_around(text, (reference.sentence or reference.quote).start), reference.quote, reference.sentence)
    return View(part_around(text, place), reference.quote, reference.sentence, at=place, back=reference.href)


def add_reader(opening: Opening) -> None:
    """Puts the panel into the Blocks being built; it opens itself for every link `#cite=...` and address of that form."""
    with gr.Sidebar(position="right", open=False, width="var(--reader)", elem_classes=["reading"]) as panel:
        reader = gr.HTML("", html_template="${value}", js_on_load=_SCRIPT, elem_classes=["reader"])

    def read(event: gr.EventData, request: gr.Request) -> tuple[str, gr.Sidebar]:
        language = language_of(request.headers.get("accept-language"))
        try:
            shown = reading(opening.collection(), str(getattr(event, "ref", "")), language, getattr(event, "at", None))
        except RagError as error:
            shown = notice_html(error_words(error, language), language, str(error))
        except Exception:  # the panel must say something; whoever runs the page can read the rest in the log
            _log.exception("An article could not be shown")
            shown = notice_html(say("error.unexpected", language), language)
        # The number makes every value a new one: opening the same place twice must scroll there twice.
        return f'<div data-opened="{time.time_ns()}">{shown}</div>', gr.Sidebar(open=True)

    reader.cite(read, None, [reader, panel], queue=False, show_progress="hidden", api_visibility="private")
    reader.done(lambda: gr.Sidebar(open=False), None, panel, queue=False, show_progress="hidden", api_visibility="private")
