"""The side panel: a citation's whole article, scrolled to the marked quote."""

from __future__ import annotations

import time

import gradio as gr

from rag.errors import ArticleNotFound, RagError
from rag.web.asks import Asks
from rag.web.citing import Reference
from rag.web.opening import Opening
from rag.web.render import article_html, notice_html
from rag.web.strings import language_of, say

# Runs in the panel.  `element`, `trigger` and `watch` are Gradio's; `trigger('cite')` calls Python.
# Only `value` is watched: Gradio applies other properties before the new article is in the document.
_SCRIPT = """
window.__kutip?.abort();  // the panel can be mounted twice
const on = {signal: (window.__kutip = new AbortController()).signal};
let opener = null;
const isCite = (hash) => hash.startsWith('#cite=');
const open = (hash) => trigger('cite', {ref: hash});
const bare = () => location.pathname + location.search;
const close = () => {
  trigger('done', {});
  if (isCite(location.hash)) history.replaceState(history.state, '', bare());
  (opener?.isConnected ? opener : document.querySelector('.ask textarea'))?.focus();
};
document.addEventListener('click', (event) => {
  if (event.target.closest?.('.reader button.close')) return close();
  const link = event.target.closest?.('a[href^="#cite="]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  opener = link;
  document.querySelectorAll('a[aria-current]').forEach((one) => one.removeAttribute('aria-current'));
  link.setAttribute('aria-current', 'true');
  history.replaceState(history.state, '', bare() + link.getAttribute('href'));
  open(link.getAttribute('href'));
}, on);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing && element.closest('.sidebar')?.classList.contains('open')) close();
}, on);
window.addEventListener('hashchange', () => isCite(location.hash) && open(location.hash), on);
watch('value', () => setTimeout(() => {
  const mark = element.querySelector('mark');
  const place = mark ?? element.querySelector('h2');
  if (!place) return;
  if (mark) (mark.querySelector('strong') ?? mark).scrollIntoView({block: 'center'});
  else element.closest('.sidebar-content')?.scrollTo(0, 0);
  place.focus({preventScroll: true});
}, 50));
if (isCite(location.hash)) setTimeout(() => open(location.hash), 0);
"""


def reading(collection: Asks, link: str, language: str) -> str:
    """The panel's HTML for a citation's link, whoever wrote the link."""
    reference = Reference.parse(link)
    if reference is None:
        return notice_html(say("reader.malformed", language), language)
    try:
        article = collection.article(reference.article_id)
    except ArticleNotFound:
        return notice_html(say("reader.removed", language), language)
    if not article.hash.startswith(reference.digest):
        return article_html(article, language, notice=say("reader.changed", language))
    if not reference.lies_in(article.text):
        return article_html(article, language, notice=say("reader.beyond", language))
    return article_html(article, language, quote=reference.quote, sentence=reference.sentence)


def add_reader(opening: Opening) -> None:
    """Puts the panel into the Blocks being built; it opens itself for every link `#cite=...` and address of that form."""
    with gr.Sidebar(position="right", open=False, width="var(--reader)", elem_classes=["reading"]) as panel:
        reader = gr.HTML("", html_template="${value}", js_on_load=_SCRIPT, elem_classes=["reader"])

    def read(event: gr.EventData, request: gr.Request) -> tuple[str, gr.Sidebar]:
        language = language_of(request.headers.get("accept-language"))
        try:
            shown = reading(opening.collection(), str(getattr(event, "ref", "")), language)
        except RagError as error:
            shown = notice_html(str(error), language)
        # The number makes every value a new one: opening the same place twice must scroll there twice.
        return f'<div data-opened="{time.time_ns()}">{shown}</div>', gr.Sidebar(open=True)

    reader.cite(read, None, [reader, panel], queue=False, show_progress="hidden", api_visibility="private")
    reader.done(lambda: gr.Sidebar(open=False), None, panel, queue=False, show_progress="hidden", api_visibility="private")
