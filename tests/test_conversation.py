"""Conversations: which questions carry a topic over, what is carried, which number a passage has, what a file keeps."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ScriptedCollection, WordCountEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import Article, Collection, Conversation, ConversationError, Filters, QuestionError, Reason, Standing, Strength
from rag.conversing.followups import Link, read
from rag.conversing.saving import BYTES_MAX, read_turns, turns_as_text, turns_from_text, write_turns
from rag.conversing.topic import carried_over
from rag.conversing.turns import Reference, Turn
from rag.types import Span

CONNECTED = """
dan pada 2023? | What about Lavrov? | bagaimana dengan Lavrov? | Kalau Lavrov? | Dan di Rusia? | Lalu bagaimana reaksi Israel? | and in 2022? | Siapa lagi?
Macam mana dengan Rusia? | Was ist mit Lawrow? | ¿Y en Rusia? | а что с Лавровым? | وماذا عن روسيا؟ | And how many people died?
"""
POINTING = """
who accompanied him? | Kapan kunjungan itu? | Apa tujuan kunjungan itu? | berapa jumlah korban gempa tersebut?
 Berapa jumlah korbannya? | What did he say about the ceasefire? | siapa dia | Bila lawatan itu berlaku?
Siapa yang mendampinginya ke Rusia? | Kapan dia bertemu Putin? | Apa alasan kunjungan dia ke Rusia? | When was it? | how many people died there?
Who is he? | Wer begleitete ihn? | Кто его сопровождал? | what did they discuss? | Mengapa mereka bertemu? | Explain the purpose of his visit
Was sagte er dort?
"""
LITTLE = "Why? | kenapa? | 2023? | Apa katanya? | When? | ¿Quién lo acompañó?"
ALONE = """
Siapa yang mendampingi Haniyeh ke Rusia? | harga beras | Apa itu Hamas? | apa itu inflasi? | berapa harga beras di pasar itu?
Who is Lavrov? | Wer ist Lawrow? | Что такое ХАМАС? | ما هي حماس؟
What temperature should sourdough bread be baked at? | Lalu lintas di Jakarta macet di mana? | Is there a ceasefire in Gaza? | Lavrov? | siapa lavrov?
Is it true that Russia met Hamas? | How long does it take to fly to Moscow? | Kalau banjir datang, apa yang harus dilakukan warga Jakarta?
¿Qué día fue la visita a Rusia? | Did Haniyeh say he would visit Moscow? | Apa penyebabnya banjir Jakarta? | Dan berapa harga beras di Surabaya?
kapan haniyeh berkunjung ke rusia saat dia sakit | "seorang juru bicara" dia | What did Russia say? | Where was Haniyeh when the talks took place there?
Siapa saja yang menemani Ismail Haniyeh dalam kunjungan tersebut? | Siapa presiden Indonesia pada 2022? | Ismail Haniyeh said he would come, to whom?
"""
LINKS = {Link.CONNECTED: CONNECTED, Link.POINTS_BACK: POINTING, Link.SAYS_LITTLE: LITTLE, Link.ALONE: ALONE}
ARTICLE = Article("a", "Judul", "abcdefghij" * 10, language="id")
OTHER = Article("b", "Lain", "klmnopqrst" * 10, language="id")


def split(text: str) -> list[str]:
    return [one.strip() for one in text.replace("\n", "|").split("|") if one.strip()]


def talk(*spans: list[tuple[str, int, int]]) -> tuple[Conversation, ScriptedCollection]:
    collection = ScriptedCollection([ARTICLE, OTHER], *spans)
    return Conversation(collection), collection


@pytest.mark.parametrize(("question", "link"), [(question, link) for link, text in LINKS.items() for question in split(text)])
def test_how_a_question_hangs_on_the_one_before(question: str, link: Link) -> None:
    assert read(question, ("id",)).link is link


TOPIC = ("kunjungan", "Haniyeh", "10", "September", "2022")


@pytest.mark.parametrize(
    ("question", "carried"),
    [
        ("Siapa yang mendampinginya?", TOPIC),
        ("dan pada 2023?", ("kunjungan", "Haniyeh")),
        ("dan pada 12 Oktober 2023?", ("kunjungan", "Haniyeh")),
        ("dan pada Oktober?", ("kunjungan", "Haniyeh", "2022")),
        ("bagaimana dengan kunjungan Haniyeh?", ("10", "September", "2022")),
        ("Siapa yang mendampingi Lavrov?", ()),
    ],
)
def test_what_is_carried(question: str, carried: tuple[str, ...]) -> None:
    assert carried_over(read(question, ("id",)), TOPIC) == carried


def test_follow_ups_are_retrieved_with_the_topic_and_shown_as_typed() -> None:
    chat, collection = talk(*[[("a", 0, 5)]] * 6)
    typed = "Kapan Haniyeh mengunjungi Rusia pada 2022? | dan pada 2023? | bagaimana dengan Lavrov? | Apa katanya? | harga beras Surabaya | kenapa?"
    for question in split(typed):
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
    chat, _ = talk()
    for path in (tmp_path, tmp_path / "no" / "chat.json"):
        with pytest.raises(ConversationError, match="Choose another file"):
            chat.save(path)
    assert list(tmp_path.iterdir()) == []
