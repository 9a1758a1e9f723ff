"""Conversations: what each question is asked with, what retry, edit and undo leave, which number a passage has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ScriptedCollection, WordCountEmbedder

from rag import Article, Collection, Conversation, ConversationError, Filters, QuestionError, Reason, Standing

ARTICLE = Article("a", "Judul", "abcdefghij" * 10, language="id")
OTHER = Article("b", "Lain", "klmnopqrst" * 10, language="id")


def talk(*spans: list[tuple[str, int, int]]) -> tuple[Conversation, ScriptedCollection]:
    collection = ScriptedCollection([ARTICLE, OTHER], *spans)
    return Conversation(collection), collection


def test_follow_ups_are_retrieved_with_the_topic_and_shown_as_typed() -> None:
    chat, collection = talk(*[[("a", 0, 5)]] * 6)
    typed = "Kapan Haniyeh mengunjungi Rusia pada 2022? | dan pada 2023? | bagaimana dengan Lavrov? | Apa katanya? | harga beras Surabaya | kenapa?"
    for question in typed.split(" | "):
        assert chat.ask(question).question == question
    assert [text for text, _ in collection.asked] == [
        "Kapan Haniyeh mengunjungi Rusia pada 2022?",
        "dan pada 2023? Haniyeh mengunjungi Rusia",
        "bagaimana dengan Lavrov? Haniyeh mengunjungi Rusia 2023",
        "Apa katanya? Haniyeh mengunjungi Rusia 2023 Lavrov",
        "harga beras Surabaya",
        "kenapa? harga beras Surabaya",
    ]
    assert chat.turns[1].carried == ("Haniyeh", "mengunjungi", "Rusia") and chat.turns[4].carried == ()


def test_a_first_question_carries_nothing_and_nothing_is_carried_when_told_so() -> None:
    chat, collection = talk(*[[("a", 0, 5)]] * 3)
    chat.ask("kenapa?")
    chat.ask("harga beras Jakarta")
    chat.ask("dan pada 2023?", carry=False)
    assert [text for text, _ in collection.asked] == ["kenapa?", "harga beras Jakarta", "dan pada 2023?"]


def test_a_name_that_a_foreign_list_of_stop_words_holds_is_carried() -> None:
    chat, _ = talk(*[[("a", 0, 5)]] * 2)
    chat.ask("Netanyahu menelepon Putin")
    chat.ask("dan kapan?")
    assert chat.turns[1].carried == ("Netanyahu", "menelepon", "Putin")


def test_at_most_eight_words_are_carried_and_the_question_stays_within_its_length() -> None:
    chat, collection = talk(*[[("a", 0, 5)]] * 3)
    chat.ask("satelit " + " ".join(f"kata{n}" for n in range(20)))
    chat.ask("kenapa?" + " " * 1980)
    assert len(chat.turns[1].carried) == 8 and len(collection.asked[1][0]) <= 2000


def test_drop_asks_again_without_a_word_and_it_stays_dropped() -> None:
    chat, collection = talk(*[[("a", 0, 5)]] * 4)
    chat.ask("kunjungan Haniyeh")
    chat.ask("kenapa?")
    assert chat.drop("haniyeh").question == "kenapa?"
    chat.ask("di mana?")
    assert [text for text, _ in collection.asked[2:]] == ["kenapa? kunjungan", "di mana? kunjungan"]
    assert len(chat.turns) == 3 and chat.turns[1].carried == ("kunjungan",)
    with pytest.raises(ConversationError, match="'beras'.*kunjungan"):
        chat.drop("beras")


def test_filters_are_carried_over_until_others_are_given() -> None:
    chat, collection = talk(*[[("a", 0, 5)]] * 6)
    chat.ask("kunjungan Haniyeh lang:id since:2022")
    chat.ask("kenapa?")
    assert (chat.turns[1].filters, chat.turns[1].carried_filters) == (Filters(since="2022", languages=("id",)),) * 2
    chat.ask("dan pada 2023?")
    chat.ask("di mana? source:tribun")
    chat.drop("lang")
    chat.ask("harga beras Jakarta")
    chat.ask("kapan?", filters=Filters(until="2021"))
    assert [filters for _, filters in collection.asked[2:]] == [
        Filters(languages=("id",)),
        Filters(sources=("tribun",), languages=("id",)),
        Filters(sources=("tribun",)),
        Filters(),
        Filters(until="2021"),
    ]
    assert collection.asked[3][0] == "di mana? kunjungan Haniyeh 2023"


def test_retry_edit_and_undo() -> None:
    chat, collection = talk([("a", 0, 5)], [("a", 10, 15)], [("a", 10, 15)], [("b", 0, 5)], [("b", 5, 9)])
    chat.ask("kunjungan Haniyeh", top_k=1)
    chat.ask("kenapa?")
    chat.retry()
    assert [text for text, _ in collection.asked[1:]] == ["kenapa? kunjungan Haniyeh"] * 2 and len(chat.turns) == 2
    assert chat.undo().question == "kenapa?" and [turn.question for turn in chat.turns] == ["kunjungan Haniyeh"]
    chat.ask("di mana?")
    assert chat.edit(0, "harga beras").question == "harga beras"
    assert [turn.question for turn in chat.turns] == ["harga beras"] and chat.turns[0].top_k == 1
    for number in (1, -1):
        with pytest.raises(ConversationError, match=f"turn {number}"):
            chat.edit(number, "harga beras")
    chat.undo()
    for again in (chat.undo, chat.retry, lambda: chat.drop("x")):
        with pytest.raises(ConversationError, match="Ask a question first"):
            again()


def test_the_last_question_is_asked_again_of_other_articles() -> None:
    chat, collection = talk()
    chat.ask("Siapa mendampingi Haniyeh lang:id source:tribun")
    chat.ask("dan pada 2023? until:2024")
    chat.again(Filters(languages=("id",)))
    assert collection.asked[-1] == ("dan pada 2023? mendampingi Haniyeh", Filters(languages=("id",)))
    last = chat.turns[-1]
    assert (len(chat.turns), last.question, last.carried_filters) == (2, "dan pada 2023?", Filters(languages=("id",)))
    chat.again(Filters(), 'dan "pada" 2024? lang:en')
    assert collection.asked[-1] == ('dan "pada" 2024? mendampingi Haniyeh', Filters())
    chat.edit(1, "dan pada 2025?", filters=Filters(languages=("ms",)))
    assert collection.asked[-1][1] == Filters(languages=("ms",))
    with pytest.raises(ConversationError, match="Nothing was asked"):
        talk()[0].again(Filters())


def test_a_question_that_fails_leaves_the_conversation_as_it_was() -> None:
    chat, _ = talk([("a", 0, 5)])
    chat.ask("harga beras")
    for bad in ("", "x" * 2001, "harga since:soon"):
        with pytest.raises(QuestionError):
            chat.ask(bad)
    assert [turn.question for turn in chat.turns] == ["harga beras"]


def test_a_passage_keeps_its_number() -> None:
    chat, collection = talk(
        [("a", 0, 10), ("b", 0, 10)],
        [("b", 0, 10), ("a", 20, 30)],
        [("a", 0, 35), ("b", 50, 60)],
        [("a", 0, 5), ("a", 5, 10), ("a", 10, 20)],
    )
    for question in ("satu dua", "tiga empat", "lima enam", "tujuh delapan"):
        chat.ask(question)
    # A merged quote has the first number of what it holds; of two that share a number the second gets the next.
    assert [list(turn.labels.values()) for turn in chat.turns] == [[1, 2], [2, 3], [1, 4], [1, 5, 6]]
    collection.spans = [[("a", 0, 10)]]
    collection.articles["a"] = replace(ARTICLE, text="anything else, and longer")
    chat.ask("sembilan sepuluh")
    assert chat.turns[-1].labels == {1: 7}


def test_numbers_stay_through_retry() -> None:
    chat, _ = talk([("a", 0, 10)], [("b", 0, 10), ("a", 50, 60)], [("a", 50, 60), ("b", 20, 30)])
    for question in ("satu dua", "tiga empat"):
        chat.ask(question)
    chat.retry()
    assert chat.turns[-1].labels == {1: 3, 2: 4}


@pytest.fixture
def collection(tmp_path: Path):
    with Collection.open(tmp_path / "index", embedder=WordCountEmbedder()) as opened:
        opened.add([Article("rice", "Harga beras", "Harga beras naik lagi di Jakarta. Pemerintah menahan harga beras.", language="id"),
                    Article("flood", "Banjir", "Banjir melanda kota itu pada 2022. Hujan turun sehari.", language="id")])  # fmt: skip
        yield opened


def test_a_question_that_stands_on_its_own_is_answered_as_without_a_conversation(collection: Collection) -> None:
    chat = collection.conversation()
    chat.ask("banjir dan hujan di kota")
    assert chat.ask("Berapa harga beras di Jakarta?") == collection.ask("Berapa harga beras di Jakarta?")


def test_a_topic_alone_is_no_answer(collection: Collection) -> None:
    chat = collection.conversation()
    assert chat.ask("Kapan hujan dan banjir melanda kota?")
    answer = chat.ask("Siapa sutradaranya?")
    assert not answer and answer.reason is Reason.NOTHING_CLOSE and answer.near_misses[0].article.id == "flood"
    assert chat.turns[-1].references == () and chat.ask("kapan?")


def test_quotes_are_resolved_when_they_are_read(collection: Collection, tmp_path: Path) -> None:
    chat = collection.conversation()
    chat.ask("harga beras naik")
    chat.ask("banjir dan hujan")
    chat.save(tmp_path / "chat.json")
    kept = (tmp_path / "chat.json").read_text(encoding="utf-8")
    assert not any(quote.quote in kept for turn in chat.turns for quote in chat.resolved(turn))
    again = Conversation.load(collection, tmp_path / "chat.json")
    assert again.turns == chat.turns
    for turn in again.turns:
        for quote in again.resolved(turn):
            text = collection.article(quote.reference.article_id).text
            assert (quote.standing, quote.quote) == (Standing.FOUND, text[quote.reference.start : quote.reference.end])
    collection.add(Article("rice", "Harga beras", "Harga beras turun.", language="id"))
    collection.remove("flood")
    for turn in again.turns:
        for quote in again.resolved(turn):
            assert (quote.standing, quote.quote, quote.article) == ({"rice": Standing.CHANGED, "flood": Standing.REMOVED}[quote.reference.article_id], "", None)
    again.ask("kenapa?")
    assert again.turns[-1].carried == ("banjir", "hujan")
