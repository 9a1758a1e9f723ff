"""Thai words: their English by the synsets of two WordNets, and how frequent they are."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace

import pytest

from training.pairs import Pair
from training.thai import thai_counts, thai_pairs

NOUNS = """  1 This software and database is being provided to you
08050678 14 n 04 government 0 authorities 0 regime 0 government_of_old 1 005 @ 07965085 n 0000 | the organization
00001740 03 n 01 entity 0 003 ~ 00001930 n 0000 | that which is
"""
ADJECTIVES = "00014490 00 a 01 asleep(p) 0 001 ! 00014858 a 0101 | in a state of sleep\n"


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "corpus").mkdir()
    with sqlite3.connect(tmp_path / "corpus" / "wordnet_th.db") as database:
        database.execute("CREATE TABLE word_synset (synsetid text, li text)")
        rows = [("08050678-n", "รัฐบาล"), ("00014490-a", "หลับ"), ("00001740-n", "สิ่ง_ที่มีอยู่"), ("99999999-n", "ไม่มี"), ("00001740-v", "หายใจ")]
        database.executemany("INSERT INTO word_synset VALUES (?, ?)", rows)
    (tmp_path / "data.noun").write_text(NOUNS, encoding="ascii")
    (tmp_path / "data.adj").write_text(ADJECTIVES, encoding="ascii")
    (tmp_path / "corpus" / "tnc_freq.txt").write_text("ที่\t30\nรัฐบาล\t20\nbroken\n", encoding="utf-8")
    return tmp_path / "corpus"


def test_a_word_means_the_first_english_words_of_its_synset(corpus):
    assert sorted(thai_pairs(corpus, corpus.parent)) == [
        ("รัฐบาล", "authorities"), ("รัฐบาล", "government"), ("สิ่ง ที่มีอยู่", "entity"), ("หลับ", "asleep"),
    ]  # fmt: skip
    assert list(thai_pairs(corpus, corpus / "nowhere")) == []


def test_the_package_gives_words_and_frequencies(corpus, monkeypatch):
    from training import frequent, wordlists

    spec = SimpleNamespace(submodule_search_locations=[str(corpus.parent)])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec if name == "pythainlp" else None)
    monkeypatch.setattr(wordlists, "thai_pairs", lambda folder: thai_pairs(folder, corpus.parent))
    assert thai_counts(corpus) == {"ที่": 30, "รัฐบาล": 20}
    assert frequent.frequencies("th") == {"ที่": 0.6, "รัฐบาล": 0.4}
    assert Pair("รัฐบาล", "government", "th", "thai-wordnet") in wordlists.word_pairs("th")
    assert [pair for pair in wordlists.word_pairs("de") if pair.source == "thai-wordnet"] == []
