"""Words that spaces do not part: the pattern cuts as maximal matching does, and every character is a piece."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

pytest.importorskip("torch")

from tokenizers import pre_tokenizers  # noqa: E402

from training.unspaced import cut_into_words, is_word, stands_alone  # noqa: E402
from training.vocabulary import FEWEST_CHARACTERS, characters, frequent_pieces, normalizer, tokenizer  # noqa: E402

HAN = "中国人民大会"
WORDS = st.sets(st.text(HAN, min_size=2, max_size=4), max_size=12)


def matched(text: str, words: set[str]) -> list[str]:
    """Maximal matching from the left, by hand."""
    found, at = [], 0
    while at < len(text):
        length = max((size for size in range(2, 6) if text[at : at + size] in words), default=1)
        found.append(text[at : at + length])
        at += length
    return found


@given(st.text(HAN, max_size=20), WORDS)
def test_the_longest_word_from_the_left_is_taken_and_other_characters_stand_alone(text, words):
    assert [part for part, _ in cut_into_words(words).pre_tokenize_str(text)] == matched(text, words)


@given(st.text("กขคงาีไ", max_size=16), st.sets(st.text("กขคงาีไ", min_size=2, max_size=4), max_size=12))
@example("ากกกกาก", {"กกก", "าก"})
@example("ไกก", {"กไ", "กก"})
def test_no_thai_word_ends_or_begins_between_a_letter_and_its_vowel(text, words):
    parts = [part for part, _ in cut_into_words(words).pre_tokenize_str(text)]
    assert "".join(parts) == text
    for before, after in zip(parts, parts[1:], strict=False):
        assert after[0] not in "าี" or before not in words, (before, after)
        assert before[-1] != "ไ" or after not in words, (before, after)


def syllables_matched(text: str, words: set[str]) -> list[str]:
    """Maximal matching of words of two and three syllables from the left, by hand; `text` has single spaces alone."""
    syllables, found, at = text.split(), [], 0
    while at < len(syllables):
        length = next((size for size in (3, 2) if " ".join(syllables[at : at + size]) in words), 1)
        found.append(" ".join(syllables[at : at + length]))
        at += length
    return found


SYLLABLES = st.sampled_from(["bệnh", "viện", "viên", "b", "nhân", "bệ"])
SPACED = st.lists(SYLLABLES, max_size=12).map(" ".join)
SPACED_WORDS = st.sets(st.lists(SYLLABLES, min_size=2, max_size=3).map(" ".join), max_size=12)


@given(SPACED, SPACED_WORDS)
def test_words_of_several_syllables_stay_whole_and_no_word_begins_or_ends_inside_a_syllable(text, words):
    assert [part for part, _ in cut_into_words(words).pre_tokenize_str(text)] == syllables_matched(text, words)


def test_two_words_are_no_word_of_two_syllables():
    cut = cut_into_words(["bệnh viện", "选举"])
    for text in ("Sky Digital", "当Sky Digital于选举Sky Digital选举", "xin chào"):
        assert not [part for part, _ in cut.pre_tokenize_str(text) if " " in part], text
    assert [part for part, _ in cut.pre_tokenize_str("(bệnh viện), bệnh  viện")] == ["(", "bệnh viện", ")", ",", "bệnh", "viện"]


@given(st.text(st.characters(exclude_categories=("Cs",)).filter(lambda sign: not stands_alone(sign) and not "\u30a1" <= sign <= "\u30fc")))
def test_other_texts_are_cut_as_bert_cuts_them(text):
    assert cut_into_words(["bệnh viện"]).pre_tokenize_str(text) == pre_tokenizers.BertPreTokenizer().pre_tokenize_str(text)


def test_katakana_stands_together_and_apart_from_other_letters():
    parts = cut_into_words(["日本", "東京都", "東京", "来た"]).pre_tokenize_str("日本のイスラエルは東京都東京にKutipへ、来たと来る。")
    assert [part for part, _ in parts] == ["日本", "の", "イスラエル", "は", "東京都", "東京", "にKutipへ", "、", "来た", "と", "来", "る", "。"]


def test_what_the_pattern_tells():
    assert [is_word(piece) for piece in ("中国", "中", "##中国", "ประเทศ", "ก", "the", "の中", "思う", "bệnh viện", "bệnh 5")] == [
        True, False, False, True, False, False, False, True, True, False,
    ]  # fmt: skip
    assert stands_alone("选") and not stands_alone("ク") and not stands_alone("ก")


def test_words_and_characters_of_the_vocabulary_are_pieces():
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "选举", "选", "举", "会", "ข", "##า", "ข่าว", "イス", "##ラ", "the", "##m"]
    made = tokenizer({piece: row for row, piece in enumerate(pieces)})
    assert made.encode("选举举会選ข่าวขา Themイスラ", add_special_tokens=False).tokens == [
        "选举", "举", "会", "[UNK]", "ข่าว", "ข", "##า", "the", "##m", "イス", "##ラ",
    ]  # fmt: skip


def test_characters_are_counted_in_texts_and_in_frequent_words():
    texts = ["选举 选举。"] * 2 + ["ก"] * FEWEST_CHARACTERS
    found = characters(texts, {"选": 7.0, "举手": 5.5, "x": 1.0})
    assert found == ["选", "ก", "##ก"], "4 + 7, 10, and 4 + 5.5 are not enough; stops are no characters"


def test_frequent_pieces_hold_no_words_that_the_pattern_would_tell():
    found = frequent_pieces(["ไปไหนมา ไปไหนมา", "中国人民 kata kata katanya"] * 50, 200)
    assert "kata" in found and not [piece for piece in found if is_word(piece) or len(piece.removeprefix("##")) == 1]


def test_vietnamese_syllables_are_told_apart_where_other_languages_lose_accents():
    reads = normalizer().normalize_str
    assert len({reads(word) for word in ("bầu", "bẩu", "bậu", "bàu", "bạu", "bảu")}) == 6
    assert reads("Thủ tướng Việt Nam thăm Đà Nẵng") == reads("Thủ tướng Việt Nam thăm Đà Nẵng"), "composed or not"
    plain = {"café": "cafe", "Größe": "große", "Muḥammad": "muhammad", "ñandú": "nandu", "naïve": "naive", "Чайковский": "чаиковск", "ê": "e", "città": "citta"}
    assert {word: reads(word) for word in plain} == plain
