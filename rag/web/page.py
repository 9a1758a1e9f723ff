"""The page: a chat over a collection whose answers are quotes, beside the articles they stand in."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported; nothing may leave this machine
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "100"  # it keeps a record of each call, and goes through all of them after every error

import gradio as gr  # noqa: E402

from rag.errors import RagError  # noqa: E402
from rag.settings import FILE_BYTES_MAX, QUESTION_CHARACTERS_MAX  # noqa: E402
from rag.web import desk_style  # noqa: E402
from rag.web.api import add_api  # noqa: E402
from rag.web.asks import Asks  # noqa: E402
from rag.web.desk import Desk  # noqa: E402
from rag.web.door import Door  # noqa: E402
from rag.web.forgetting import forget_finished  # noqa: E402
from rag.web.guard import OwnOriginOnly  # noqa: E402
from rag.web.local_files import only_local_files  # noqa: E402
from rag.web.opening import Opening, Phase, State  # noqa: E402
from rag.web.reader import add_reader  # noqa: E402
from rag.web.render import masthead_html, welcome_markdown  # noqa: E402
from rag.web.shelf import add_shelf  # noqa: E402
from rag.web.shelf_guard import BoundedUploads  # noqa: E402
from rag.web.shelf_keeping import UPLOAD_BYTES_MAX  # noqa: E402
from rag.web.shelf_theme import SHELF_HEAD  # noqa: E402
from rag.web.speaking import spoken  # noqa: E402
from rag.web.streams import Streams, WatchedStreams  # noqa: E402
from rag.web.strings import EXAMPLES, LANGUAGES, TEXTS, say  # noqa: E402
from rag.web.theme import CSS, HEAD, theme  # noqa: E402
from rag.web.turns import Turns  # noqa: E402

_QUEUED_MAX = 1000
"""Calls of every kind; questions have their own, lower limit."""

_SESSIONS_KEPT = 200
"""Gradio keeps some 60 kB of the components for each visitor, of the last so many; the page needs none of it, the browser has it all."""

_STATE_EVERY_SECONDS = 0.2

# The questions to begin with are buttons inside the chat's Markdown, which can carry no action of their own; they go the
# way of a typed question, through the box, so that two questions never write the chat at once.
_PICK = """
window.__kutipPick?.abort();  // the component can be mounted twice
document.addEventListener('click', (event) => {
  const example = event.target.closest?.('.chat button.example');
  const box = document.querySelector('.ask textarea'), ask = document.querySelector('.ask .submit-button');
  if (!example || !box || !ask) return;
  box.value = example.textContent;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  requestAnimationFrame(() => ask.click());
}, {signal: (window.__kutipPick = new AbortController()).signal});
"""


def build_page(opening: Opening, *, writable: bool = False) -> gr.Blocks:
    """The page over the collection that `opening` brings, which it may change if `writable`; no server is started."""
    words = gr.I18n(**translations())

    async def show_state(request: gr.Request) -> AsyncIterator[tuple[str, Any, Any]]:
        language, shown = spoken(request), None
        while True:
            state = opening.state
            if state != shown:
                yield await asyncio.to_thread(_overview, opening, desk, state, language)
                shown = state
            if state.phase in (Phase.READY, Phase.FAILED):
                return
            await asyncio.sleep(_STATE_EVERY_SECONDS)

    with gr.Blocks(title="Kutip", analytics_enabled=False, fill_height=True, delete_cache=(3600, 3600)) as page:
        add_reader(opening)
        masthead = gr.HTML(masthead_html(None, None, LANGUAGES[0]), html_template="${value}", js_on_load=_PICK)
        add_shelf(page, opening, masthead, writable=writable)
        chat = gr.Chatbot(
            label=words("chat"),
            show_label=False,
            placeholder=words("welcome"),
            layout="panel",
            autoscroll=False,
            latex_delimiters=[],
            line_breaks=False,
            buttons=[],
            feedback_options=None,
            scale=1,
            height=260,  # with `scale` it fills what the rest leaves; any more would push the box off a small screen
            min_height=260,
            elem_classes=["chat"],
        )
        desk = Desk(opening)
        box = gr.Textbox(
            label=words("question"),
            show_label=False,
            placeholder=words("placeholder"),
            submit_btn=words("ask"),
            max_length=QUESTION_CHARACTERS_MAX,
            autofocus=True,
            elem_classes=["ask"],
        )
        desk.connect(page, chat, box)
        page.load(show_state, None, [masthead, chat, desk.form], concurrency_limit=None, show_progress="hidden", api_visibility="private")
        add_api(opening)
    only_local_files(page)
    forget_finished(page.queue(max_size=_QUEUED_MAX))
    page.streams = Streams()
    page.turns = Turns(page, desk.turned_away, page.streams)
    return page


def examples_for(collection: Asks) -> list[str]:
    """The questions to begin with whose articles are all in the collection: to any other one they would be riddles."""
    held = {article_id: _holds(collection, article_id) for example in EXAMPLES for article_id in example.about}
    return [example.question for example in EXAMPLES if all(held[article_id] for article_id in example.about)]


def _holds(collection: Asks, article_id: str) -> bool:
    try:
        return bool(collection.article(article_id))
    except RagError:
        return False


def _overview(opening: Opening, desk: Desk, state: State, language: str) -> tuple[str, Any, Any]:
    """The head of the page, and once it is known what can be asked the chat's welcome and the form of the filter."""
    if state.phase not in (Phase.READY, Phase.FAILED):
        return masthead_html(state, None, language), gr.skip(), gr.skip()
    try:
        collection = opening.collection()
        head, examples = masthead_html(state, collection.searched(), language), examples_for(collection)
        form = desk.form_of(collection, language)
    except RagError as error:
        return masthead_html(state, None, language, error), gr.skip(), gr.skip()
    return head, gr.Chatbot(label=say("chat", language), placeholder=welcome_markdown(examples, language)), form


def translations() -> dict[str, dict[str, str]]:
    """The texts by language, as Gradio translates them in the browser."""
    return {language: {key: text[language] for key, text in TEXTS.items()} for language in LANGUAGES}


def launch_options(host: str, allowed: frozenset[str] = frozenset(), *, writable: bool = False) -> dict[str, Any]:
    """What every launch of the page passes: its look, its limits, and nothing that leaves the machine."""
    from starlette.middleware import Middleware

    return {
        "server_name": f"[{host}]" if ":" in host else host,
        "theme": theme(),
        "css": CSS + desk_style.CSS,
        "head": HEAD + desk_style.HEAD + SHELF_HEAD,
        "i18n": gr.I18n(**translations()),
        "footer_links": ["api"],
        "share": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "quiet": True,
        "state_session_capacity": _SESSIONS_KEPT,
        "max_file_size": FILE_BYTES_MAX,
        "prevent_thread_lock": True,
        "app_kwargs": {
            "middleware": [
                Middleware(OwnOriginOnly, host=host, allowed=allowed),
                Middleware(BoundedUploads, bytes_max=UPLOAD_BYTES_MAX if writable else 0),
                Middleware(Door),
                Middleware(WatchedStreams),
            ]
        },
    }
