"""Light stemming: the forms of a word are one piece, other languages stay as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from training.light import RUSSIAN_ENDINGS  # noqa: E402
from training.vocabulary import normalizer, tokenizer  # noqa: E402

READ = normalizer().normalize_str
RUSSIAN = st.text(st.sampled_from("абвгеиклмнорстухыьюя"), max_size=9)
ARABIC = st.text(st.sampled_from("ابتلوفكنيهةمسع"), max_size=9)


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        ("король короля королю Королём короле короли королей королями", "корол"), ("Россия России Россию Россией", "росс"),
        ("московский московская московской московского московских", "московск"), ("мир его его", None),
        ("دفاع الدفاع والدفاع بالدفاع للدفاع", "دفاع"), ("دولة الدولة والدولة", "دولة"), ("وزير", None), ("الم", None),
        ("Häuser casas Perros nation", None),
    ],
)  # fmt: skip
def test_forms_of_a_word_are_read_alike(forms, stem):
    assert READ(forms).split() == ([stem] * len(forms.split()) if stem else READ(forms.lower()).split())
    if not stem:
        assert len(READ(forms)) == len(forms)


def bare_russian(word: str) -> str:
    """The longest ending goes that leaves three letters."""
    fitting = [ending for ending in RUSSIAN_ENDINGS if word.endswith(ending) and len(word) - len(ending) >= 3]
    return word.removesuffix(max(fitting, key=len)) if fitting else word


@given(st.lists(RUSSIAN, max_size=5))
def test_russian_endings_go_as_letter_by_letter(words):
    assert READ(" ".join(words)) == " ".join(bare_russian(word) for word in words)


def bare_arabic(word: str) -> str:
    for prefix in sorted({f"{first}{second}ال" for first in ("", "و", "ف") for second in ("", "ب", "ك")} | {"لل", "ولل", "فلل"}, key=len, reverse=True):
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            word = word.removeprefix(prefix)
            break
    return word


@given(st.lists(ARABIC, max_size=5))
def test_arabic_articles_go_as_letter_by_letter(words):
    assert READ(" ".join(words)) == " ".join(bare_arabic(word) for word in words)


@given(st.text(st.sampled_from("aeinorst äüß漢字かなไท한국हिन्दी1.,"), max_size=30))
def test_other_letters_are_left(text):
    assert not re.search("[\u0621-\u064a\u0430-\u044f]", READ(text))
    assert READ(f"{text} короля") == f"{READ(text + ' ')}корол"


def test_what_is_taken_away_still_has_its_place_in_the_text():
    text = "Королём стал الدفاع."
    read = tokenizer({piece: row for row, piece in enumerate(["[UNK]", "[CLS]", "[SEP]", "корол", "стал", "دفاع", "."])}).encode(text)
    places = dict(zip(read.tokens, read.offsets, strict=True))
    assert text[slice(*places["корол"])].startswith("Корол") and text[slice(*places["стал"])] == "стал"
    assert text[slice(*places["دفاع"])].endswith("دفاع") and text[slice(*places["."])] == "."
