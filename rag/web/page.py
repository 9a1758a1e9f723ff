"""The page: a chat over a collection whose answers are quotes, beside the articles they stand in."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported; nothing may leave this machine
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr  # noqa: E402

from rag.errors import QuestionError, RagError  # noqa: E402
from rag.settings import QUESTION_CHARACTERS_MAX  # noqa: E402
from rag.web.api import AT_ONCE, add_api  # noqa: E402
from rag.web.escaping import md_escape  # noqa: E402
from rag.web.guard import OwnOriginOnly  # noqa: E402
from rag.web.opening import Opening, Phase  # noqa: E402
from rag.web.reader import add_reader  # noqa: E402
from rag.web.render import answer_markdown, masthead_html, problem_markdown  # noqa: E402
from rag.web.strings import EXAMPLES, LANGUAGES, TEXTS, language_of, say  # noqa: E402
from rag.web.theme import CSS, HEAD, theme  # noqa: E402

_log = logging.getLogger(__name__)

_WAITING_MAX = 64
_STATE_EVERY_SECONDS = 0.2

# Brings the newest question to the top, so that the first citation is on screen however long the answer is.
_SHOW_NEWEST = """() => requestAnimationFrame(() => {
  const question = [...document.querySelectorAll('.chat .user-row')].at(-1), log = question?.closest('[role=log]');
  if (log) log.scrollTop += question.getBoundingClientRect().top - log.getBoundingClientRect().top;
})"""

Messages = list[dict[str, Any]]


def build_page(opening: Opening) -> gr.Blocks:
    """The page over the collection that `opening` brings; no server is started."""
    words = gr.I18n(**translations())

    def respond(typed: str, messages: Messages, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, Messages]]:
        question = event.value["text"] if event.target is chat else typed
        if not question.strip():
            yield gr.skip(), gr.skip()
            return
        language = _language(request)
        messages = [*messages, {"role": "user", "content": md_escape(question).strip()}]
        waits = [] if opening.wait(0) else [{"role": "assistant", "content": say("answer.waits", language)}]
        yield "", messages + waits
        yield gr.skip(), [*messages, {"role": "assistant", "content": answer(opening, question, language)}]

    async def show_state(request: gr.Request) -> AsyncIterator[str]:
        language, shown = _language(request), None
        while True:
            state = opening.state
            if state != shown:
                searched = await asyncio.to_thread(opening.collection().searched) if state.phase is Phase.READY else None
                yield masthead_html(state, searched, language)
                shown = state
            if state.phase in (Phase.READY, Phase.FAILED):
                return
            await asyncio.sleep(_STATE_EVERY_SECONDS)

    with gr.Blocks(title="Kutip", analytics_enabled=False, fill_height=True, delete_cache=(3600, 3600)) as page:
        add_reader(opening)
        masthead = gr.HTML(masthead_html(None, None, LANGUAGES[0]))
        chat = gr.Chatbot(
            label=words("chat"),
            show_label=False,
            placeholder=words("welcome"),
            examples=[{"text": example} for example in EXAMPLES],
            layout="panel",
            autoscroll=False,
            latex_delimiters=[],
            line_breaks=False,
            buttons=[],
            feedback_options=None,
            scale=1,
            min_height=260,
            elem_classes=["chat"],
        )
        box = gr.Textbox(
            label=words("question"),
            show_label=False,
            placeholder=words("placeholder"),
            submit_btn=words("ask"),
            max_length=QUESTION_CHARACTERS_MAX,
            autofocus=True,
            elem_classes=["ask"],
        )
        gr.on(
            # One event for both ways to ask, so that two questions never write the chat at once; the later one waits.
            [box.submit, chat.example_select],
            respond,
            [box, chat],
            [box, chat],
            trigger_mode="always_last",
            concurrency_limit=AT_ONCE,
            concurrency_id="ask",
            api_visibility="private",
        )
        chat.change(None, None, None, js=_SHOW_NEWEST, api_visibility="private")
        page.load(show_state, None, masthead, concurrency_limit=None, show_progress="hidden", api_visibility="private")
        add_api(opening)
    return page.queue(max_size=_WAITING_MAX)


def answer(opening: Opening, question: str, language: str) -> str:
    """What the chat says to `question`: an answer, or in calm words why there is none."""
    try:
        return answer_markdown(opening.collection().ask(question), language)
    except QuestionError as error:
        return problem_markdown("error.question", str(error), language)
    except RagError as error:
        return problem_markdown("error", str(error), language)
    except Exception:  # a reader can do nothing with a traceback; whoever runs the page can
        _log.exception("A question failed")
        return say("error.unexpected", language)


def translations() -> dict[str, dict[str, str]]:
    """The texts by language, as Gradio translates them in the browser."""
    return {language: {key: text[language] for key, text in TEXTS.items()} for language in LANGUAGES}


def launch_options(host: str) -> dict[str, Any]:
    """What every launch of the page passes: its look, its limits, and nothing that leaves the machine."""
    from starlette.middleware import Middleware

    return {
        "server_name": f"[{host}]" if ":" in host else host,
        "theme": theme(),
        "css": CSS,
        "head": HEAD,
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
        "max_file_size": "1mb",
        "prevent_thread_lock": True,
        "app_kwargs": {"middleware": [Middleware(OwnOriginOnly, host=host)]},
    }


def _language(request: gr.Request) -> str:
    return language_of(request.headers.get("accept-language"))
