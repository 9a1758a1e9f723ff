"""What a browser keeps of the page's conversation, what may come back from it, and what each button asks."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fakes import ScriptedCollection

from rag import Article, Conversation, ConversationError, Filters, QuestionError, Reason
from rag.catalogue import Card, Count, Listing, Overview
from rag.conversing.saving import turns_as_text
from rag.conversing.turns import Reference, Turn
from rag.types import Span, Standing, Strength
from rag.web.bar import Choices, bar_html, form_html
from rag.web.recalling import recalled_markdown
from rag.web.talk import CHARACTERS_MAX, TOP_K, TURNS_KEPT, Talk, set_filters

ARTICLE = Article("a<b>", "Judul", "Haniyeh didampingi Saleh. Rahasia redaksi.", source="Tribun", language="id")
SPAN = ("a<b>", 0, 25)


def asked(*questions: str, filters: Filters | None = None) -> tuple[Talk, ScriptedCollection]:
    collection = ScriptedCollection([ARTICLE], *[[SPAN]] * 20)
    talk = Talk(filters=filters or Filters())
    for question in questions:
        talk, _ = talk.ask(collection, question)
    return talk, collection


def test_what_is_kept_is_read_again_and_holds_no_text_of_an_article():
    talk, _ = asked("Siapa mendampingi Haniyeh lang:id", "dan pada 2023?", filters=Filters(sources=("tribun",)))
    talk = replace(talk, before=talk.turns[:1], failed="gagal", editing=True)
    kept = json.loads(json.dumps(talk.kept()))
    assert Talk.read(kept) == talk and Talk.read(None) == Talk()
    assert "Saleh" not in str(kept) and "Rahasia" not in str(kept) and "Judul" not in str(kept)


def reference(label: int = 1) -> Reference:
    return Reference("a", "0" * 64, 0, 9, Span(0, 9), 0.5, Strength.WEAK, label)


def turns(count: int, references: int = 0, question: str = "apa") -> str:
    reason = Reason.ANSWERED if references else Reason.NOTHING_CLOSE
    return turns_as_text([Turn(question, (), (), 1000, reason=reason, references=tuple(reference(n + 1) for n in range(references)))] * count)


GOOD = Talk().kept()


@pytest.mark.parametrize(
    "forged",
    [
        "", [], {}, 5, {**GOOD, "more": 1}, {**GOOD, "turns": None}, {**GOOD, "turns": "[]"}, {**GOOD, "turns": "x" * (CHARACTERS_MAX + 1)},
        {**GOOD, "turns": turns(TURNS_KEPT + 1)}, {**GOOD, "turns": turns(1, TOP_K + 1)}, {**GOOD, "before": turns(1, TOP_K + 1)},
        {**GOOD, "filters": []}, {**GOOD, "filters": None}, {**GOOD, "filters": {"since": "soon"}}, {**GOOD, "filters": {"other": "x"}},
        {**GOOD, "filters": {"articles": ["x"] * 10_001, "sources": [1]}}, {**GOOD, "failed": 1}, {**GOOD, "failed": "x" * 2001}, {**GOOD, "editing": 1},
    ],
)  # fmt: skip
def test_what_nobody_keeps_is_refused(forged):
    with pytest.raises(ConversationError):
        Talk.read(forged)


def test_what_comes_back_asks_for_no_more_than_the_page_does():
    talk = Talk.read({**GOOD, "turns": turns(3), "editing": True})
    assert {turn.top_k for turn in talk.turns} == {TOP_K} and talk.editing
    assert not Talk.read({**GOOD, "editing": True}).editing


def test_of_a_long_conversation_the_last_turns_are_kept():
    talk = Talk.read({**GOOD, "turns": turns(TURNS_KEPT)})
    after, _ = talk.ask(ScriptedCollection([ARTICLE]), "yang terakhir sekali")
    assert len(after.turns) == TURNS_KEPT and after.turns[-1].question == "yang terakhir sekali"
    large = Talk(tuple(Turn("\u3042" * 2000, (), ()) for _ in range(TURNS_KEPT)))
    assert 0 < len(Talk.read(large.kept()).turns) < TURNS_KEPT


def test_a_follow_up_carries_and_each_word_can_be_taken_out():
    talk, collection = asked("Siapa mendampingi Haniyeh", "dan pada 2023?")
    assert talk.turns[-1].carried == ("mendampingi", "Haniyeh")
    talk, answer = talk.drop(collection, "word-0")
    assert collection.asked[-1][0] == "dan pada 2023? Haniyeh" and talk.turns[-1].carried == ("Haniyeh",) and len(talk.turns) == 2
    assert [one.number for one in answer.citations] == [1]  # the same passage, the same number


def test_what_is_taken_out_of_the_filter_is_no_longer_set_either():
    talk, collection = asked("Siapa mendampingi Haniyeh lang:id", filters=Filters(since="2022", sources=("tribun", "kompas")))
    talk, _ = talk.drop(collection, "sources-0")
    assert collection.asked[-1] == ("Siapa mendampingi Haniyeh", Filters("2022", "", ("kompas",), ("id",)))
    assert talk.filters == Filters("2022", "", ("kompas",))
    talk, _ = talk.drop(collection, "languages-0")
    assert collection.asked[-1][1] == talk.filters == Filters("2022", "", ("kompas",))
    talk, _ = talk.widen(collection)
    assert collection.asked[-1][1] == talk.filters == Filters() and len(talk.turns) == 1


def test_a_filter_that_is_set_leaves_what_was_typed():
    talk, collection = asked("Siapa mendampingi Haniyeh lang:id", filters=Filters(since="2022"))
    talk, _ = talk.confine(collection, Filters(until="2023"))
    assert collection.asked[-1] == ("Siapa mendampingi Haniyeh", Filters(until="2023", languages=("id",)))
    assert talk.filters == Filters(until="2023") and talk.unset("until") == Filters() and talk.unset("nothing") == talk.filters


def test_a_phrase_becomes_words():
    talk, collection = asked('Siapa "mendampingi Haniyeh" lang:id')
    talk, _ = talk.drop(collection, "phrase-0")
    assert collection.asked[-1] == ("Siapa mendampingi Haniyeh", Filters(languages=("id",)))


@pytest.mark.parametrize("part", ["word-0", "word-99999999", "phrase-0", "phrase-9", "since", "load", "", "__init__", "word-²"])
def test_a_part_that_is_not_there_is_refused(part):
    talk, collection = asked("Siapa mendampingi Haniyeh")
    with pytest.raises(ConversationError):
        talk.drop(collection, part)
    with pytest.raises(ConversationError):
        Talk().drop(collection, part)


def test_edit_undo_and_new():
    talk, collection = asked("Siapa mendampingi Haniyeh", "dan pada 2023?")
    edited, _ = replace(talk, editing=True).ask(collection, "dan pada 2024?")
    assert [turn.question for turn in edited.turns] == ["Siapa mendampingi Haniyeh", "dan pada 2024?"] and not edited.editing
    assert talk.undone().turns == talk.turns[:1] and replace(talk, failed="x").undone().turns == talk.turns
    new = talk.renewed()
    assert (new.turns, new.last_question, new.undone().turns) == ((), "", talk.turns)
    assert new.renewed().before == talk.turns


@pytest.mark.parametrize(
    ("given", "filters"),
    [
        ({"since": "2022-01-01", "source": "tribun"}, Filters("2022-01-01", sources=("tribun",))),
        ({"language": "id", "article": "a<b>", "until": "", "other": 5}, Filters(languages=("id",), articles=("a<b>",))),
        (None, Filters()),
        ("text", Filters()),
    ],
)
def test_the_form_sets_a_filter(given, filters):
    assert set_filters(given) == filters


@pytest.mark.parametrize("given", [{"since": "soon"}, {"since": 5}, {"language": "indonesian"}, {"source": {}, "article": [1]}, {"source": "x" * 2001}])
def test_a_form_that_makes_no_sense_is_refused(given):
    with pytest.raises(QuestionError):
        set_filters(given)


def test_a_turn_is_recalled_as_it_stands_now():
    talk, collection = asked("Siapa mendampingi Haniyeh")
    turn, chat = talk.turns[0], Conversation(collection, talk.turns)
    shown = recalled_markdown(turn, chat.resolved(turn), "en")
    assert "<mark>Haniyeh didampingi Saleh.</mark>" in shown and shown.startswith("> [1](#cite=a%3Cb%3E/") and "Rahasia" not in shown
    collection.articles["a<b>"] = replace(ARTICLE, text="Berubah sama sekali, panjang sekali.")
    shown = recalled_markdown(turn, chat.resolved(turn), "en")
    assert "was changed since" in shown and "a&lt;b&gt;" in shown and "Berubah" not in shown
    del collection.articles["a<b>"]
    assert chat.resolved(turn)[0].standing is Standing.REMOVED and "sudah dihapus" in recalled_markdown(turn, chat.resolved(turn), "id")
    refused = Turn("apa lang:id", ("Lavrov",), (), filters=Filters(languages=("id",)))
    shown = recalled_markdown(refused, (), "en")
    assert "do not answer" in shown and "language Indonesian" in shown and "Lavrov" in shown


def test_bar_and_form_hold_foreign_texts_as_texts():
    harm = "\"><img src=x onerror='window.harm=1'>"
    filters = Filters(sources=(harm,), articles=(harm,))
    card = Card(replace(ARTICLE, id=harm, title=harm), harm, 1)
    choices = Choices.of(Overview(1, 1, 1, (), (Count(harm, 1),), (Count(harm, 1), Count("", 1))), Listing((card,), 1))
    for shown in (bar_html(Talk(filters=filters, failed=harm), "en", harm), form_html(choices, "id")):
        assert "<img" not in shown and "&lt;img" in shown
    assert bar_html(Talk(), "en").count("<button") == 1
