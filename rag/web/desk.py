"""The conversation on the page: one listener for everything that asks, so that two answers never write the chat at once."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import fastapi
import gradio as gr

from rag.conversing.conversation import Conversation
from rag.errors import ConversationError, QuestionError, RagError
from rag.exports.export import export
from rag.retrieval.typed_filters import split_question
from rag.settings import QUESTION_CHARACTERS_MAX
from rag.types import Answer
from rag.web.asks import Asks
from rag.web.bar import FORMS, OFFERED_MAX, Choices, bar_html, form_html
from rag.web.desk_script import SAVE, SCRIPT, SHOW_NEWEST
from rag.web.escaping import md_escape
from rag.web.opening import Opening
from rag.web.recalling import recalled_markdown
from rag.web.render import answer_markdown, problem_markdown, searching_markdown
from rag.web.speaking import browser_language, spoken
from rag.web.strings import LANGUAGES, say
from rag.web.talk import TURNS_KEPT, Talk, set_filters
from rag.web.turns import ANSWERED_AT_ONCE, ASKS, busy
from rag.web.wording import error_words

_log = logging.getLogger(__name__)

_TYPES = {"md": "text/markdown", "csv": "text/csv", "bib": "application/x-bibtex", "ris": "application/x-research-info-systems"}

Messages = list[dict[str, Any]]
Shown = dict[gr.components.Component, Any]


class Desk:
    """The bar, the filter form and what the browser keeps; `connect` joins them to the chat and the box."""

    def __init__(self, opening: Opening) -> None:
        """Puts bar and form into the Blocks being built."""
        self._opening = opening
        self._proposed: tuple[int, Choices] | None = None
        # Its secret stands in the page: it only has to be the same after a restart.
        self._kept = gr.BrowserState(None, storage_key="kutip-conversation", secret="kutip")
        self._file = gr.HTML("", html_template="${value}", js_on_load=SAVE, elem_classes=["files"])
        self._bar = gr.HTML(bar_html(Talk(), LANGUAGES[0], blank=True), html_template="${value}", js_on_load=SCRIPT, elem_classes=["desk"])
        self.form = gr.HTML(form_html(Choices(), LANGUAGES[0]), html_template="${value}", js_on_load="", elem_classes=["desk"])

    def connect(self, page: gr.Blocks, chat: gr.Chatbot, box: gr.Textbox) -> None:
        self._chat, self._box = chat, box
        self._answered = [box, chat, self._kept, self._bar, self._file]
        # Not in the queue: who only comes to look does not stand in line with the questions.
        page.load(self._greeted, self._kept, [box, self._bar], queue=False, show_progress="hidden", api_visibility="private")
        gr.on(
            [box.submit, self._bar.submit],
            self._respond,
            [box, chat, self._kept],
            self._answered,
            show_progress="hidden",  # the chat itself says that it searches
            trigger_mode="multiple",  # the script of the bar sends one at a time, and a deferred one would lose what was pressed
            concurrency_limit=ANSWERED_AT_ONCE,
            concurrency_id=ASKS,
            api_visibility="private",
        )
        chat.change(None, None, None, js=SHOW_NEWEST, api_visibility="private")

    def turned_away(self, given: list[Any], request: fastapi.Request) -> list[Any]:
        """What a visitor sees who is one too many: all as it was, the question still in the box, and a line over it that says why."""
        language = spoken(request)
        try:
            talk = Talk.read(given[2])
        except (ConversationError, IndexError):
            talk = Talk()
        return [bar_html(talk, language, busy(request)) if one is self._bar else gr.skip() for one in self._answered]

    def form_of(self, collection: Asks, language: str) -> str:
        """The form with what it proposes, looked up only when the collection has changed."""
        overview = collection.overview()
        if self._proposed is None or self._proposed[0] != overview.generation:
            self._proposed = overview.generation, Choices.of(overview, collection.browse(limit=OFFERED_MAX))
        return form_html(self._proposed[1], language)

    def _respond(self, question: str, messages: Messages, kept: object, request: gr.Request, event: gr.EventData) -> Iterator[Shown]:
        language = spoken(request)
        wish = event._data if isinstance(event._data, dict) else {}  # its own attributes fail where a box or the page sends none
        do = str(wish.get("do", "ask"))  # the box itself sends no wish
        try:
            talk, notice = Talk.read(kept), ""
        except ConversationError:
            talk, notice = Talk(), say("talk.unreadable", language)
        if talk.turns and not messages:  # just opened, with a conversation that the browser kept; a quick visitor acts before it is recalled
            talk = replace(talk, failed="", editing=False)
            for shown in self._recalled(talk, language):
                messages = shown[self._chat]
                yield {self._chat: messages}
        match do:
            case "recall":
                yield self._told(replace(talk, failed="", editing=False), language, notice)
            case "ask" if question.strip():
                yield {self._box: "", **self._waiting([*_before(messages, talk), _user(question)], talk, language)}
                yield self._asked(messages, talk, question, language)
            case "ask":
                yield {self._box: gr.skip()}
            case "retry" if talk.failed:
                yield self._waiting(messages[:-1], talk, language)
                yield self._asked(messages, talk, talk.failed, language)
            case "edit" if talk.last_question:
                talk = replace(talk, editing=talk.editing or not talk.failed)
                yield {self._box: talk.last_question, **self._told(talk, language)}
            case "keep":
                yield {self._box: "", **self._told(replace(talk, editing=False), language)}
            case "undo":
                yield from self._undone(talk, messages, language)
            case "new":
                yield {self._chat: [], self._box: "", **self._told(talk.renewed(), language, say("talk.new", language))}
            case _ if do.removeprefix("export-") in FORMS:
                yield self._exported(talk, do.removeprefix("export-"), language)
            case _:
                yield from self._changed(talk, messages, do, wish.get("filters"), language)

    def _changed(self, talk: Talk, messages: Messages, do: str, fields: object, language: str) -> Iterator[Shown]:
        """Sets another filter, or asks the last question again in another way; both at once where there is one."""
        filters, setting = talk.filters, do == "set" or do.startswith("set-")
        try:
            filters = set_filters(fields) if do == "set" else talk.unset(do.removeprefix("set-"))
        except QuestionError as error:
            yield self._told(talk, language, f"{error_words(error, language)} {error}")
            return
        if not talk.turns:
            yield self._told(replace(talk, filters=filters) if setting else talk, language)
            return
        messages = _before(messages, Talk(talk.turns, failed=talk.failed))
        yield self._waiting(messages[:-1], talk, language)
        try:
            collection = self._opening.collection()
            if setting:
                after, answer = talk.confine(collection, filters)
            elif do == "widen":
                after, answer = talk.widen(collection)
            elif do == "retry":
                after, answer = talk.retry(collection)
            else:
                after, answer = talk.drop(collection, do)
            shown = _answer_markdown(collection, after, answer, language)
        except Exception as error:
            yield {self._chat: [*messages[:-1], _bot(_problem(error, language))], **self._told(talk, language)}
            return
        yield {self._chat: [*messages[:-2], _user(after.last_question), _bot(shown)], **self._told(after, language)}

    def _asked(self, messages: Messages, talk: Talk, question: str, language: str) -> Shown:
        before = _before(messages, talk)
        try:
            collection = self._opening.collection()
            after, answer = talk.ask(collection, question)
            shown = _answer_markdown(collection, after, answer, language)
        except Exception as error:
            # A question that is edited stays until another one is answered in its place.
            before, shown = _before(messages, replace(talk, editing=False)), _problem(error, language)
            after = replace(talk, failed=question[:QUESTION_CHARACTERS_MAX])
        return {self._chat: [*before, _user(question), _bot(shown)][-2 * TURNS_KEPT :], **self._told(after, language)}

    def _undone(self, talk: Talk, messages: Messages, language: str) -> Iterator[Shown]:
        left = talk.undone()
        if not talk.last_question and left.turns:
            yield from self._recalled(left, language)
            return
        yield {self._chat: messages[:-2], **self._told(left, language)}

    def _greeted(self, kept: object, request: gr.Request) -> Shown:
        """The words of the bar and the box in the visitor's language; a conversation that was kept then asks to be recalled."""
        language = spoken(request)
        try:
            talk, notice = Talk.read(kept), ""
        except ConversationError:
            talk, notice = Talk(), say("talk.unreadable", language)
        shown: Shown = {self._bar: bar_html(replace(talk, failed="", editing=False), language, notice, recall=bool(talk.turns))}
        if language != browser_language(request):  # Gradio has put the words of the browser's language there
            shown[self._box] = gr.Textbox(label=say("question", language), placeholder=say("placeholder", language), submit_btn=say("ask", language))
        return shown

    def _recalled(self, talk: Talk, language: str) -> Iterator[Shown]:
        """Shows the conversation that the browser kept, each quote checked again."""
        if not self._opening.wait(0):
            waits = say("answer.waits", language)
            yield {self._chat: [one for turn in talk.turns for one in (_user(turn.question), _bot(waits))]}
        messages: Messages = []
        try:
            chat = Conversation(self._opening.collection(), talk.turns)
            for turn in talk.turns:
                messages += [_user(turn.question), _bot(recalled_markdown(turn, chat.resolved(turn), language))]
        except Exception as error:
            messages = [_user(talk.last_question), _bot(_problem(error, language))]
        yield {self._chat: messages, **self._told(talk, language)}

    def _exported(self, talk: Talk, form: str, language: str) -> Shown:
        try:
            collection = self._opening.collection()
            text = export(collection, Conversation(collection, talk.turns), form)
        except RagError as error:
            return self._told(talk, language, error_words(error, language))
        data = base64.b64encode(text.encode("utf-8-sig" if form == "csv" else "utf-8", "replace")).decode()
        # The number makes every value a new one: the same file may be wanted twice.
        file = f'<i hidden data-name="kutip.{form}" data-type="{_TYPES[form]}" data-text="{data}" data-at="{time.time_ns()}"></i>'
        return {self._file: file, **self._told(talk, language)}

    def _waiting(self, messages: Messages, talk: Talk, language: str) -> Shown:
        waits = searching_markdown(language) if self._opening.wait(0) else say("answer.waits", language)
        return {self._chat: [*messages, _bot(waits)], self._bar: bar_html(talk, language, busy=True)}

    def _told(self, talk: Talk, language: str, notice: str = "") -> Shown:
        return {self._kept: talk.kept(), self._bar: bar_html(talk, language, notice)}


def _before(messages: Messages, talk: Talk) -> Messages:
    """What stays in the chat when another question is asked: not one that failed, nor one that is edited."""
    messages = messages[:-2] if talk.failed else messages
    return messages[:-2] if talk.editing else messages


def _answer_markdown(collection: Asks, talk: Talk, answer: Answer, language: str) -> str:
    rare = {} if answer else collection.rare_words(answer.question)
    return answer_markdown(answer, language, talk.turns[-1].carried, rare)


def _user(question: str) -> dict[str, Any]:
    """The question without the filters typed in it, which stand as parts above the answer."""
    try:
        words, _ = split_question(question, None)
    except QuestionError:
        words = ""
    return {"role": "user", "content": md_escape(words.strip() or question).strip()}


def _bot(markdown: str) -> dict[str, Any]:
    return {"role": "assistant", "content": markdown}


def _problem(error: Exception, language: str) -> str:
    """In calm words why there is no answer."""
    if isinstance(error, RagError):
        return problem_markdown(error, language)
    # A reader can do nothing with a traceback; whoever runs the page can.
    _log.error("A question failed", exc_info=error)
    return say("error.unexpected", language)
