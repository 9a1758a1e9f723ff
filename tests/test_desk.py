"""What the page's own listener answers, step by step and without a browser."""

from __future__ import annotations

from types import SimpleNamespace

import fastapi
import gradio as gr
import pytest
from page_articles import DOHA, VISIT
from page_collection import PageCollection

from rag.web.desk import Desk
from rag.web.opening import Opening

QUESTIONS = ("Siapa didampingi Haniyeh", "Netanyahu menelepon Putin")


@pytest.fixture(scope="module")
def desk() -> Desk:
    made = Desk(Opening.ready(PageCollection([VISIT, DOHA])))
    with gr.Blocks() as page:
        made.connect(page, gr.Chatbot(), gr.Textbox())
    return made


def does(desk: Desk, messages: list, kept: object, question: str = "", **wish: object) -> tuple[list, object]:
    """The chat and what the browser keeps after one wish."""
    request = gr.Request(fastapi.Request({"type": "http", "headers": [], "query_string": b""}))
    for shown in desk._respond(question, messages, kept, request, SimpleNamespace(_data=wish)):
        messages, kept = shown.get(desk._chat, messages), shown.get(desk._kept, kept)
    return messages, kept


def asked(desk: Desk) -> tuple[list, object]:
    messages, kept = [], None
    for question in QUESTIONS:
        messages, kept = does(desk, messages, kept, question, do="ask")
    return messages, kept


@pytest.mark.parametrize("wish", [{"do": "set", "filters": {"language": "id"}}, {"do": "undo"}, {"do": "retry"}, {"do": "new"}, {"do": "export-md"}], ids=str)
def test_who_acts_before_the_conversation_is_recalled_loses_none_of_it(desk, wish):
    _, kept = asked(desk)
    recalled, unchanged = does(desk, [], kept, do="recall")
    assert [one["content"] for one in recalled if one["role"] == "user"] == list(QUESTIONS) and unchanged == kept
    assert does(desk, [], kept, **wish) == does(desk, recalled, kept, **wish)


def test_a_question_asked_before_the_conversation_is_recalled_comes_after_it(desk):
    _, kept = asked(desk)
    messages, _ = does(desk, [], kept, "Lavrov", do="ask")
    assert [one["content"] for one in messages if one["role"] == "user"] == [*QUESTIONS, "Lavrov"]
