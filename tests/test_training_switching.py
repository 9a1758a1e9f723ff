"""Switched words: what a dictionary gives, nothing more, and names in the letters of the language."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.inflection import PREFIXES, inflected
from training.pairs import Pair
from training.questions import SWITCHED_COPIES, Question, switched
from training.spelling import BEGINNING, SPELT, spelt
from training.switching import CHOICES, Switching

GERMAN = {
    "king": ["König", "Herrscher", "Fürst", "Regent"],
    "to found": ["gründen"],
    "solar system": ["Sonnensystem"],
    "prisoner of war": ["Kriegsgefangener"],
    "air": ["Luft"],
    "is it?": ["nicht wahr"],
}
TEXTS = {"de": ["der Fürst, und der König!", "ein König", "der Herrscher"], "id": ["raja itu"]}


def in_russian() -> Switching:
    return Switching({"ru": [Pair("жить", "live", "ru", "made up")]}, {"ru": ["жить"]}, {"ru": 1.0})


@pytest.fixture
def switching(monkeypatch):
    monkeypatch.setattr("training.switching.FEWEST", 1)
    monkeypatch.setattr("training.switching.REPLACED", 1.0)
    words = {"de": [Pair(word, english, "de", "made up") for english, some in GERMAN.items() for word in some], "id": [Pair("raja", "a king", "id", "made up")]}
    return Switching(words, TEXTS, {"de": 3.0, "id": 1.0})


def test_words_are_found_by_their_stem_and_the_commonest_translations_are_chosen(switching):
    chance = random.Random(1)
    found = {switching.switched("kings", "en", "de", chance) for _ in range(200)}
    assert found == {"König", "Fürst", "Herrscher"} and len(found) == CHOICES
    assert switching.switched("the city was founded", "en", "de", chance) == "city gründen"


def test_an_expression_is_replaced_as_a_whole_and_what_nobody_knows_stays(switching):
    assert switching.switched("with their Solar System, quarks", "en", "de", random.Random(1)) == "Sonnensystem , quarks"
    assert switching.switched("a prisoner of the wars", "en", "de", random.Random(1)) == "Kriegsgefangener"


def test_a_question_mark_is_no_word(switching):
    assert switching.switched("quarks?", "en", "de", random.Random(1)) == "quarks ?"


def test_indonesian_goes_through_english(switching):
    chance = random.Random(1)
    assert switching.switched("raja rajanya di air", "id", "en", chance) == "king king di air"
    assert switching.switched("raja", "id", "de", chance) in {"König", "Fürst", "Herrscher"}


def test_a_language_is_chosen_by_its_weight_and_never_the_text_own(switching):
    chance = random.Random(5)
    assert {switching.language("id", chance) for _ in range(50)} == {"de", "en"}
    german = [switching.language("en", chance) for _ in range(2_000)].count("de")
    assert abs(german / 2_000 - 0.75) < 0.05
    assert Switching({}, {}, {}).language("en", chance) is None and Switching({}, {}, {}).language("id", chance) is None


def test_names_are_kept_in_latin_letters_and_spelt_in_others(switching, monkeypatch):
    monkeypatch.setattr("training.switching.NAMES", 1.0)
    chance = random.Random(2)
    assert switching.switched("Meanwhile Stephen King lived", "en", "de", chance).split()[-3:] == ["Stephen", "King", "lived"]
    monkeypatch.setattr("training.inflection.INFLECTED", 0.0)
    assert in_russian().switched("Meanwhile Tesla lived", "en", "ru", chance).split()[-2:] == ["Тесла", "жить"]


@given(
    st.lists(st.sampled_from(["Lives", "live", "of", "King", "Ünal", "7", ",", "مرحبا", "_"]) | st.text(max_size=6), max_size=12).map(" ".join),
    st.integers(0, 2**32),
)
def test_any_text_can_be_switched(text, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.switching.FEWEST", 1)
        out = in_russian().switched(text, "en", "ru", random.Random(seed))
    russian = {letter for way in SPELT["ru"].values() for letter in way} | set("житьёэй")
    assert {letter for letter in out.lower() if letter not in text.lower()} <= russian | {" "}


def test_chinese_words_are_counted_though_nothing_parts_them(monkeypatch):
    monkeypatch.setattr("training.switching.FEWEST", 1)
    words = [Pair(word, "government", "zh", "made up") for word in ("官家", "政", "政府机关", "官府", "政府")]
    known = Switching({"zh": words}, {"zh": ["中国政府机关说", "政府的政策"]}, {"zh": 1.0})
    chance = random.Random(1)
    assert {known.switched("government", "en", "zh", chance) for _ in range(200)} >= {"政府", "政府机关"}
    assert "政" not in {known.switched("government", "en", "zh", chance) for _ in range(200)}


@given(st.from_regex("[A-Z][a-z]{0,14}", fullmatch=True), st.sampled_from(sorted(SPELT)), st.integers(0, 2**32))
def test_a_name_has_only_letters_of_its_language(name, language, seed):
    letters = {letter for way in SPELT[language].values() for letter in way} | set("".join(BEGINNING[language].values()))
    out = spelt(name, language, random.Random(seed))
    assert set(out.lower()) <= letters - {" ", "-"} and len(out) <= 3 * len(name)


@pytest.mark.parametrize(
    ("name", "russian", "arabic"),
    [
        ("Boston", "Бостон", "بوستون"),
        ("Miller", "Милер", "ميلر"),
        ("Tesla", "Тесла", "تسلا"),
        ("Obama", "Обама", "أوباما"),
        ("France", "Франс", "فرانس"),
        ("Eastern", "Истерн", "إيسترن"),
    ],
)
def test_names_as_newspapers_write_them_are_among_the_ways(name, russian, arabic):
    chance = random.Random(3)
    assert russian in {spelt(name, "ru", chance) for _ in range(100)}
    assert arabic in {spelt(name, "ar", chance) for _ in range(200)}


def test_each_question_gets_copies_with_its_passage_and_its_negatives(switching):
    question = Question("Who was the king?", "A passage.", ("another",))
    found = list(switched([question], "en", switching, seed=1))
    assert len(found) == SWITCHED_COPIES["en"] and {(copy.passage, copy.negatives) for copy in found} == {("A passage.", ("another",))}
    assert all("king" not in copy.text for copy in found)
    assert list(switched([question], "en", Switching({}, {}, {}), seed=1)) == []


def test_words_come_in_the_forms_sentences_have_them_in(monkeypatch):
    monkeypatch.setattr("training.inflection.INFLECTED", 1.0)
    chance = random.Random(1)
    assert {inflected("ملك", "ar", chance) for _ in range(300)} == {prefix + "ملك" for prefix in PREFIXES}
    assert inflected("الملك", "ar", chance) == "الملك" and inflected("König", "de", chance) == "König" and inflected("a b", "ru", chance) == "a b"
    pytest.importorskip("pymorphy3")
    singular = {"король", "короля", "королю", "королём", "короле"}
    assert {inflected("король", "ru", chance) for _ in range(300)} == singular | {"короли", "королей", "королям", "королями", "королях"}
    assert {inflected("США", "ru", chance) for _ in range(50)} == {"США"}
    assert {"читал", "читает"} <= {inflected("читать", "ru", chance) for _ in range(500)} and "читающая" not in {
        inflected("читать", "ru", chance) for _ in range(500)
    }
    assert {inflected("Москва", "ru", chance) for _ in range(300)} >= {"Москва", "Москвы", "Москве", "Москву", "Москвой"}


def test_without_the_dictionary_of_forms_a_word_stays_as_it_is(monkeypatch):
    monkeypatch.setattr("training.inflection.INFLECTED", 1.0)
    monkeypatch.setattr("training.inflection._analyzer", lambda: None)
    assert inflected("неведомослово", "ru", random.Random(1)) == "неведомослово"
