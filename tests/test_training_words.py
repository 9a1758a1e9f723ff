"""Dictionaries: every entry of a file that was written by hand is read, and nothing else."""

import gzip
import string

from hypothesis import given
from hypothesis import strategies as st

from training.freedict import PIVOTS, entries, freedict_pairs
from training.mixture import WORDS_SHARE, translation_streams
from training.mueller import mueller_pairs
from training.pairs import Pair
from training.vocabulary import normalizer
from training.wordlists import thinned, word_pairs

DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
LETTERS = st.text(string.ascii_letters, min_size=1, max_size=12)
ENGLISH_ARABIC = {
    "Addis Ababa": "Addis Ababa /ˈadɪs/\nأديس أبابا\n",
    "Aback": "Aback /ɐbˈak/\n1. إلى الخلف\n2. إلى الوراء\n",
    "empty": "empty /x/\n",
}
GERMAN_RUSSIAN = {
    "Antarktis": "Antarktis /ant/ <n, fem>\nАнтарктида, Антарктика\nKontinent der Erde\n",
    "Anteil": "Anteil <n>\nдоля\n",
}
MUELLER = {
    "abandon": "abandon\n   [x]\n   1. _v.\n      1) покидать, оставлять, бросать\n      2) _refl. to abandon\n      oneself to it склоняться\n"
    "   2. _n. _книж. развязность (о\nлицах); = abandonment\n",
    "booklet": "booklet\n   [x] _n. брошюра; тонкая маленькая книжка в обложке\n",
    "week": "week\n   [wi:k] _n.\n   1) неделя; in a week в недельный срок, через неделю\n   10)срок\n",
    "a week": "a week\n   = per week\n",
    "_v.": "_v.\n   verb глагол\n",
}
GERMAN_ENGLISH = {"Antarktis": "Antarktis /ant/ <n>\nAntarctica (continent), Antarctic\n", "Haus": "Haus\nhouse\n"}


def written(folder, name, content):
    """A dictionary in the form of dictd."""
    text, lines = b"", ["00databaseshort\tA\tA"]
    for headword, entry in content.items():
        lines.append(f"{headword}\t{in_64(len(text))}\t{in_64(len(entry.encode()))}")
        text += entry.encode()
    (folder / f"{name}.index").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / f"{name}.dict.dz").write_bytes(gzip.compress(text))


def in_64(number):
    digits = DIGITS[number % 64]
    while number := number // 64:
        digits = DIGITS[number % 64] + digits
    return digits


def test_every_sense_of_an_entry_is_a_pair(tmp_path):
    written(tmp_path, "freedict-eng-ara", ENGLISH_ARABIC)
    assert list(freedict_pairs("ar", tmp_path)) == [
        ("أديس أبابا", "Addis Ababa"),
        ("إلى الخلف", "Aback"),
        ("إلى الوراء", "Aback"),
    ]
    assert list(freedict_pairs("de", tmp_path)) == list(freedict_pairs("th", tmp_path)) == []


def test_russian_meets_english_in_german_and_definitions_are_left_out(tmp_path):
    written(tmp_path, "freedict-deu-rus", GERMAN_RUSSIAN)
    written(tmp_path, "freedict-deu-eng", GERMAN_ENGLISH)
    assert list(freedict_pairs("ru", tmp_path)) == [("Антарктида", "Antarctica")]


def test_stress_marks_and_tildes_between_words_go_and_every_pivot_leads_to_russian(tmp_path):
    written(tmp_path, "freedict-eng-hin", {"during": "during /x/\nके~दौरान\n"})
    assert list(freedict_pairs("hi", tmp_path)) == [("के दौरान", "during")]
    for code in PIVOTS["ru"]:
        written(tmp_path, f"freedict-{code}-rus", {f"word of {code}": "headword\nдо\u0301м\n"})
        written(tmp_path, f"freedict-{code}-eng", {f"word of {code}": f"headword\nhouse in {code}\n"})
    assert list(freedict_pairs("ru", tmp_path)) == [("дом", f"house in {code}") for code in PIVOTS["ru"]]


def test_muellers_translations_are_what_is_russian_alone_between_commas(tmp_path):
    written(tmp_path, "mueller7", MUELLER)
    assert list(mueller_pairs("ru", tmp_path)) == [
        ("покидать", "abandon"),
        ("оставлять", "abandon"),
        ("развязность", "abandon"),
        ("брошюра", "booklet"),
        ("неделя", "week"),
        ("срок", "week"),
    ]
    assert list(mueller_pairs("ar", tmp_path)) == list(mueller_pairs("ru", tmp_path / "none")) == []


def test_a_definition_in_other_letters_than_the_languages_is_no_word(monkeypatch):
    rows = [("de grondstof", "malt"), ("солод", "malt"), ("麦芽", "malt")]
    monkeypatch.setattr("training.wordlists.SOURCES", (("", "some", lambda language: rows),))
    assert [pair.text for pair in word_pairs("ru")] == ["солод"]
    assert [pair.text for pair in word_pairs("zh")] == ["麦芽"]
    assert [pair.text for pair in word_pairs("nl")] == [text for text, _ in rows]


def test_a_large_list_is_thinned_all_over_and_a_small_one_is_not():
    large, small = ([Pair(f"{name}{i}", "x", "de", name) for i in range(count)] for name, count in (("large", 95), ("small", 10)))
    found = thinned([*large, *small], 10)
    assert [large.index(pair) for pair in found if pair.source == "large"] == [0, 9, 19, 28, 38, 47, 57, 66, 76, 85]
    assert [pair for pair in found if pair.source == "small"] == small
    assert thinned([], 10) == []


@given(st.dictionaries(LETTERS, LETTERS, min_size=1, max_size=200))
def test_whatever_was_written_is_read(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("words")
    written(folder, "freedict-spa-eng", {word: f"{word}\n{english}\n" for word, english in content.items()})
    assert list(entries(folder, "spa-eng")) == [(word, [english]) for word, english in content.items()]


def test_words_of_each_language_have_a_stream_by_its_weight():
    from training.languages import LANGUAGES

    class Tokenizer:
        def __call__(self, texts, **_):
            return {"input_ids": [[1, 2, 3] for _ in texts]}

    class Numbers(dict):
        def number(self, text):
            return self.setdefault(text, len(self))

    languages = [language for language in LANGUAGES if language.code in ("ar", "ru")]
    pairs = {language: [Pair(f"{language.code} {i}", f"text {i}", language.code, "x") for i in range(30)] for language in languages}
    words = {"ar": [Pair(f"a{i}", f"w{i}", "ar", "x") for i in range(400)], "ru": [Pair(f"r{i}", f"w{i}", "ru", "x") for i in range(100)], "th": []}
    shares = {stream.name: stream.share for stream in translation_streams(pairs, words, Tokenizer(), Numbers())}
    weights = {language.code: language.weight for language in languages}
    expected = {"ar": weights["ar"] * 20, "ru": weights["ru"] * 10}
    for code, weight in expected.items():
        assert abs(shares[f"words {code}"] - WORDS_SHARE * weight / sum(expected.values())) < 1e-9
    assert "words th" not in shares


def test_marks_that_few_texts_write_are_no_part_of_a_word_and_letters_stay_apart():
    plain = normalizer().normalize_str
    assert plain("سُجِّلَتْ") == "سجلت" and plain("كـــتاب") == "كتاب"
    assert plain("Größe Йод") == "große иод"
    assert len({plain(letter) for letter in "اأإآ"}) == 4


@given(st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئةى ", max_size=40), st.randoms(use_true_random=False))
def test_arabic_text_is_read_alike_with_and_without_its_vowels(text, chance):
    marked = "".join(letter + chance.choice(["", "\u064e", "\u0650", "\u0651\u064f", "\u0652", "\u0640"]) for letter in text)
    assert normalizer().normalize_str(marked) == normalizer().normalize_str(text)
