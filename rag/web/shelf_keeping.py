"""Changing the collection from its card, where that was asked for: files dropped in, articles removed and brought back."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import gradio as gr

from rag.catalogue import Removed
from rag.errors import RagError
from rag.web.opening import Opening
from rag.web.shelf_intake import Intake
from rag.web.shelf_results import outcomes_html, problem_html, progress_html, refusal_html, removed_html, restored_html
from rag.web.speaking import browser_language, spoken
from rag.web.strings import say

_log = logging.getLogger(__name__)

FILES_MAX = 500
UPLOAD_BYTES_MAX = 256 * 2**20
"""Of all files that are dropped at once."""

_UNDO_MAX = 100
_UPLOADS_AT_ONCE = 4
_LOOK_EVERY_SECONDS = 0.25

# Runs beside the list.  A row's button first asks; what is asked stands hidden in the row.
_SCRIPT = """
window.__kutipKeep?.abort();  // it can be mounted twice
const on = {signal: (window.__kutipKeep = new AbortController()).signal, capture: true};
const ask = (cell, asking) => {
  cell.querySelector('.sure').hidden = !asking;
  cell.querySelector(asking ? '.keep-it' : '.ask-remove').focus();
};
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('.shelf button');
  const cell = button?.closest('.keep');
  if (cell && button.matches('.ask-remove')) ask(cell, true);
  if (cell && button.matches('.keep-it')) ask(cell, false);
  if (cell && button.matches('.remove')) trigger('takeout', {id: cell.dataset.id});
  if (button?.matches('.undo')) trigger('putback', {token: button.dataset.token});
}, on);
// Gradio names the field for files in English only; what is written on it says more.
document.addEventListener('focusin', (event) => {
  if (event.target.matches?.('.shelf-drop .upload-container')) event.target.ariaLabel = document.querySelector('.shelf-drop label').innerText.trim();
}, on);
document.addEventListener('keydown', (event) => {
  const cell = event.key === 'Escape' && event.target.closest?.('.keep');
  if (!cell || cell.querySelector('.sure').hidden) return;
  event.preventDefault();
  ask(cell, false);
}, on);
watch('value', () => {
  document.dispatchEvent(new CustomEvent('shelf-changed'));
  (element.querySelector('.undo') ?? document.querySelector('.shelf-finder input'))?.focus();
});
"""


class Undo:
    """What was removed lately, each under a token that only the browser knows that removed it."""

    def __init__(self) -> None:
        self._removed: OrderedDict[str, Removed] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, removed: Removed) -> str:
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._removed[token] = removed
            while len(self._removed) > _UNDO_MAX:
                self._removed.popitem(last=False)
        return token

    def take(self, token: object) -> Removed | None:
        with self._lock:
            return self._removed.pop(token, None) if isinstance(token, str) else None


def add_keeping(page: gr.Blocks, opening: Opening) -> None:
    """Puts what changes the collection into the Blocks being built, above the list."""
    words = gr.I18n()
    drop = gr.File(label=words("shelf.drop"), file_count="multiple", height=72, elem_classes=["shelf-drop"])
    status = gr.HTML("", html_template="${value}", elem_classes=["shelf-said"])
    cancel = gr.Button(words("shelf.cancel"), visible=False, size="sm", elem_classes=["shelf-cancel"])
    note = gr.HTML("", html_template="${value}", js_on_load=_SCRIPT, elem_classes=["shelf-said"])
    running: dict[str, Intake] = {}
    undo = Undo()

    async def add(files: list[str] | None, request: gr.Request) -> AsyncIterator[tuple[object, object, object]]:
        language, session = spoken(request), str(request.session_hash)
        if not files:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        if len(files) > FILES_MAX:
            await asyncio.to_thread(_discard, files)
            yield refusal_html(say("shelf.too_many", language, n=len(files), most=FILES_MAX)), None, gr.skip()
            return
        try:
            intake = await asyncio.to_thread(lambda: Intake(opening.collection(), map(Path, files)))
        except RagError as error:
            yield problem_html(error, language), None, gr.skip()
            return
        running[session] = intake
        intake.start()
        shown = None
        try:
            while not intake.finished:
                if intake.stage != shown:
                    shown = intake.stage
                    yield progress_html(shown, language), gr.File(value=None, visible=False), gr.Button(visible=True)
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
        finally:  # a visitor who leaves ends this, not the adding
            running.pop(session, None)
        yield outcomes_html(intake.outcomes, language, intake.problem), gr.File(value=None, visible=True), gr.Button(visible=False)

    def stop(request: gr.Request) -> None:
        intake = running.get(str(request.session_hash))
        if intake is not None:
            intake.cancel()

    def take_out(event: gr.EventData, request: gr.Request) -> str:
        return _said(lambda: _remove(opening, undo, getattr(event, "id", None), spoken(request)), spoken(request))

    def put_back(event: gr.EventData, request: gr.Request) -> str:
        return _said(lambda: _restore(opening, undo, getattr(event, "token", None), spoken(request)), spoken(request))

    def dressed(request: gr.Request) -> tuple[object, object]:
        language = spoken(request)
        if language == browser_language(request):  # Gradio has put these words there itself
            return gr.skip(), gr.skip()
        return gr.File(label=say("shelf.drop", language)), gr.Button(say("shelf.cancel", language))

    private = {"show_progress": "hidden", "api_visibility": "private"}
    drop.upload(add, drop, [status, drop, cancel], concurrency_limit=_UPLOADS_AT_ONCE, **private)
    page.load(dressed, None, [drop, cancel], queue=False, **private)
    cancel.click(stop, None, None, queue=False, **private)
    note.takeout(take_out, None, note, queue=False, **private)
    note.putback(put_back, None, note, queue=False, **private)


def _remove(opening: Opening, undo: Undo, article_id: object, language: str) -> str:
    removed = opening.collection().remove(str(article_id))
    return removed_html(removed.article, undo.keep(removed), language) if removed else removed_html(None, "", language)


def _restore(opening: Opening, undo: Undo, token: object, language: str) -> str:
    removed = undo.take(token)
    if removed is None:
        return restored_html(None, language)
    try:
        done = opening.collection().restore(removed)
    except RagError as error:  # the way back stays open
        return problem_html(error, language) + removed_html(removed.article, undo.keep(removed), language)
    return restored_html(removed.article if done else None, language)


def _said(change: Callable[[], str], language: str) -> str:
    try:
        return change()
    except RagError as error:
        return problem_html(error, language)
    except Exception:  # a reader can do nothing with a traceback; whoever runs the page can
        _log.exception("The collection could not be changed")
        return refusal_html(say("error.unexpected", language))


def _discard(files: list[str]) -> None:
    for file in files:
        Path(file).unlink(missing_ok=True)
