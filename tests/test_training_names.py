"""Names in another script: told by their sounds, by how frequent they are, and by what the translations have."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

pytest.importorskip("torch")

from training import frequent, names  # noqa: E402
from training.names import name_pairs  # noqa: E402
from training.pairs import Pair  # noqa: E402

RUSSIAN = {"янукович": 1e-4, "меркель": 1e-5, "саркози": 1e-5, "хотел": 1e-4, "найду": 1e-5, "войны": 1e-4, "медведев": 1e-4, "ли": 1e-3, "томас": 1e-5}
ENGLISH = {
    "hotel": 1e-4, "naidu": 1e-6, "li": 1e-4, "merkel": 1e-6, "yanukovych": 2e-7, "sarkozy": 1e-9, "thomas": 1e-4, "tomas": 1e-6, "medvedev": 1e-6,
    "voiny": 1e-6,
}  # fmt: skip
KNOWN = (("hôtel", "hotel"), ("война", "war"), ("медведь", "bear"), ("Фома", "Thomas"), ("кот", "thomas"))


@pytest.fixture
def counted(monkeypatch):
    words = {"ru": RUSSIAN, "en": ENGLISH, "ar": RUSSIAN}
    for module in (frequent, names):
        monkeypatch.setattr(module, "frequencies", lambda language: words[language])


def pairs(*both):
    return [Pair(text, english, "ru", "book") for text, english in both]


def found(*texts, known=KNOWN):
    return {pair.text: pair.target for pair in name_pairs("ru", pairs(*known), pairs(*texts))}


def test_a_word_of_no_dictionary_that_sounds_as_an_english_name_is_that_name(counted):
    assert found() == {"янукович": "yanukovych", "меркель": "merkel", "найду": "naidu", "томас": "thomas"}, (
        "no ordinary word, form, short word or rarity; the more frequent spelling, and one that a dictionary has as a name, too"
    )
    assert {pair.source for pair in name_pairs("ru", pairs(*KNOWN), [])} == {"names"} and name_pairs("ar", [], []) == []


def test_translations_that_have_another_word_tell_that_it_is_no_name(counted):
    assert "найду" not in found(("Я найду его.", "I will find him."))
    assert "найду" in found(("Найду пришёл.", "Naidu came."), ("Найду", "He"), ("Я вижу Найду.", "I see Naidu."))
    assert "меркель" in found(("Меркель!", "The Merkel visit"), ("Я найду его.", "I will find him."))


@given(st.floats(1e-9, 1e-2), st.floats(1e-9, 1e-2), st.floats(0, 1))
@example(1e-4, 1e-6, 0.9)
@example(1e-4, 1e-6, 1.0)
def test_a_name_is_not_much_more_frequent_in_one_language(share, english, alikeness):
    times, most = share / english, 1000 if alikeness == 1 else 30
    assume(abs(times * 30 - 1) > 1e-6 and abs(times / most - 1) > 1e-6)
    assert names._same(alikeness, english, share) == (alikeness >= 0.8 and 1 / 30 <= times <= most)
