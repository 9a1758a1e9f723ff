"""What a file keeps of a conversation, and what is refused as one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fakes import ScriptedCollection
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import Conversation, ConversationError, Filters, Reason, Strength
from rag.conversing.saving import BYTES_MAX, read_turns, turns_as_text, turns_from_text, write_turns
from rag.conversing.turns import Reference, Turn
from rag.types import Span

texts = st.text(st.characters(), min_size=1, max_size=30)
words = st.lists(texts, max_size=5).map(tuple)


@st.composite
def references(draw: st.DrawFn, label: int) -> Reference:
    start, first, last, end = sorted(draw(st.lists(st.integers(0, 10_000), min_size=4, max_size=4, unique=True)))
    hash_ = draw(st.text("0123456789abcdef", min_size=64, max_size=64))
    score = draw(st.floats(allow_nan=False, allow_infinity=False))
    return Reference(draw(texts), hash_, start, end, Span(first, last), score, draw(st.sampled_from(Strength)), label)


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    cited = tuple(draw(references(label)) for label in range(1, draw(st.integers(0, 3)) + 1))
    reason = Reason.ANSWERED if cited else draw(st.sampled_from([one for one in Reason if one is not Reason.ANSWERED]))
    filters = st.builds(Filters, since=st.sampled_from(["", "2021", "2021-05"]), languages=st.sampled_from([(), ("id",), ("id", "en")]))
    return Turn(draw(texts), draw(words), draw(words), draw(st.integers(1, 100)), draw(filters), draw(filters), reason, cited)


@settings(max_examples=60, deadline=None)
@given(st.lists(turns(), max_size=4).map(tuple))
def test_a_saved_conversation_is_read_as_it_was(tmp_path_factory: pytest.TempPathFactory, kept: tuple[Turn, ...]) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.json"
    assert turns_from_text(turns_as_text(kept)) == kept
    write_turns(path, kept)
    assert read_turns(path) == kept
    assert [one.name for one in path.parent.glob(".round-trip*")] == []


def whole() -> dict:
    citation = {"label": 1, "article_id": "a", "article_hash": "0" * 64, "start": 0, "end": 9, "sentence": [0, 9], "score": 0.5, "strength": "strong"}
    return {
        "kutip_conversation": 1,
        "turns": [
            {"question": "x", "carried": [], "topic": [], "top_k": 5, "filters": {}, "carried_filters": {}, "reason": "answered", "citations": [citation]}
        ],
    }


TURN, CITATION = ("turns", 0), ("turns", 0, "citations", 0)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("kutip_conversation",), 2), (("kutip_conversation",), True), (("turns",), {}), (("turns",), [1]), ((*TURN, "question"), ""),
        ((*TURN, "question"), "x" * 2001), ((*TURN, "question"), 1), ((*TURN, "carried"), [1]), ((*TURN, "carried"), ["x"] * 65), ((*TURN, "top_k"), 0),
        ((*TURN, "top_k"), True), ((*TURN, "reason"), "nothing_close"), ((*TURN, "reason"), "because"), ((*TURN, "citations"), []),
        ((*TURN, "filters"), {"since": "soon"}), ((*TURN, "filters"), {"__class__": "x"}), ((*TURN, "filters"), {"languages": "id"}),
        ((*CITATION, "label"), 0), ((*CITATION, "label"), 10**30), ((*CITATION, "article_hash"), "Z" * 64), ((*CITATION, "start"), -1),
        ((*CITATION, "start"), 9), ((*CITATION, "end"), 10**9), ((*CITATION, "sentence"), [0, 10]), ((*CITATION, "sentence"), ["0", 9]),
        ((*CITATION, "score"), float("nan")), ((*CITATION, "score"), "high"), ((*CITATION, "strength"), "sure"), ((*CITATION, "article_id"), None),
    ],
)  # fmt: skip
def test_a_file_with_a_wrong_value_is_refused(place: tuple, value: object, tmp_path: Path) -> None:
    data = whole()
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    path = tmp_path / "chat.json"
    path.write_text(json.dumps(whole()))
    assert len(read_turns(path)) == 1
    path.write_text(json.dumps(data))
    refused(path)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe{", b"[" * 100_000, b"{}", b"null", b'{"kutip_conversation": ' + b"9" * 5000 + b"}", b" " * (BYTES_MAX + 1)])
def test_a_file_that_is_no_conversation_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_bytes(data)
    refused(tmp_path / "chat.json")


@pytest.mark.parametrize("text", ["", "null", "[]", "[" * 9999, '{"kutip_conversation": 2, "turns": []}', '{"kutip_conversation": 1, "turns": [{}]}'])
def test_a_text_that_is_no_conversation_is_refused(text: str) -> None:
    with pytest.raises(ConversationError, match="Begin a new one"):
        turns_from_text(text)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    refused(tmp_path)
    refused(tmp_path / "absent.json")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe")


def refused(path: Path) -> None:
    with pytest.raises(ConversationError) as error:
        read_turns(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value) and len(str(error.value)) < 500


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    chat = Conversation(ScriptedCollection([]))
    for path in (tmp_path, tmp_path / "no" / "chat.json"):
        with pytest.raises(ConversationError, match="Choose another file"):
            chat.save(path)
    assert list(tmp_path.iterdir()) == []
