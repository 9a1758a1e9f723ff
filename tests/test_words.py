"""Words, BM25 from counts, and fusion, against formulas worked out here."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.retrieval.bm25 import EXACT_WEIGHT, K1, B, lexical_scores, query_word
from rag.retrieval.fusion import ACROSS, LEARNED, USUAL, fuse, weights_of
from rag.retrieval.index import TITLE_WEIGHT
from rag.retrieval.question import parse_question, phrase_pattern
from rag.storage.terms import pack_terms, unpack_terms
from rag.text.words import passage_terms, words


def test_exact_forms_and_stems():
    assert passage_terms("Kunjungan Café", "id") == (["kunjungan", "cafe"], ["~kunjung", "~cafe"])
    assert passage_terms("東京大学", "ja")[0] == ["東京", "京大", "大学"]
    assert [word.exact for word in words("हिन्दी में")] == ["हिन्दी", "में"]


@given(st.text(max_size=200))
def test_terms_are_single_words_and_stable_under_composition(text):
    exact, stems = passage_terms(text, "id")
    assert len(exact) == len(stems)
    assert all(term and not any(letter.isspace() for letter in term) for term in exact + stems)
    assert passage_terms(unicodedata.normalize("NFC", text), "id")[0] == passage_terms(unicodedata.normalize("NFD", text), "id")[0]


@given(st.dictionaries(st.integers(1, 2**32 - 1), st.integers(1, 500)), st.frozensets(st.integers(1, 2**32 - 1), max_size=5))
def test_packed_terms_come_back(counts, title):
    rows, ids, tf, in_title = unpack_terms([pack_terms(counts, title), pack_terms({7: 1}, frozenset())])
    first = rows == 0
    assert dict(zip(ids[first].tolist(), tf[first].tolist(), strict=True)) == {**dict.fromkeys(title, 0), **counts}
    assert set(ids[first][in_title[first] == 1].tolist()) == set(title)


def test_scores_follow_the_formula():
    known = {"harga": (1, 3), "~harga": (2, 4), "beras": (3, 1), "~beras": (4, 1)}
    query = [query_word("harga", "harga", ("~harga",), known, 10, 1.0), query_word("beras", "beras", ("~beras",), known, 10, 1.0)]
    found = lexical_scores(query, [pack_terms({1: 2, 2: 3}, frozenset({4}))], [8], 12.0)
    norm = K1 * (1 - B + B * 8 / 12)
    sat = lambda tf: tf / (tf + norm)  # noqa: E731
    idf = [math.log(1 + (10 - n + 0.5) / (n + 0.5)) for n in (4, 1)]
    harga = EXACT_WEIGHT * sat(2) + (1 - EXACT_WEIGHT) * sat(3)
    beras = (1 - EXACT_WEIGHT) * TITLE_WEIGHT
    assert found.score[0] == pytest.approx((idf[0] * harga + idf[1] * beras) / sum(idf))
    assert found.coverage[0] == pytest.approx(1.0)


@pytest.mark.parametrize("weights", [USUAL, LEARNED, ACROSS])
def test_fusion_is_a_convex_combination_that_grows_with_each_side(weights):
    assert fuse(np.array([0.5, -0.5]), np.array([0.2, 0.2]), np.array([0.4, 1.0]), weights) == pytest.approx(
        [weights.dense * 0.5 + weights.lexical * 0.2 + weights.coverage * 0.4, weights.lexical * 0.2 + weights.coverage]
    )
    assert pytest.approx(1.0) == weights.dense + weights.lexical + weights.coverage == fuse(*np.ones((3, 1)), weights)[0]


def test_only_a_question_that_is_surely_english_weighs_as_one():
    for text, weights in (("When was the bridge built?", LEARNED), ("Kapan jembatan itu dibangun?", LEARNED), ("jembatan", USUAL), ("Wann war das?", USUAL)):
        assert weights_of(parse_question(text, ("id", "en")).spoken) is weights


def test_questions_are_bounded_and_phrases_are_found():
    for bad in ("", "   ", "?!", "a" * 2001, "\u200b"):
        with pytest.raises(QuestionError):
            parse_question(bad, ("id",))
    assert parse_question('apa "juru bicara" dan “Haniyeh” itu?', ("id",)).phrases == ("juru bicara", "Haniyeh")
    assert phrase_pattern("juru bicara").search("seorang Juru\nbicara Hamis")
    assert not phrase_pattern("juru").search("jurus")
    assert phrase_pattern("a.b").search("a.b") and not phrase_pattern("a.b").search("axb")


ASKED_IN = [
    ("Netanyahu menelepon Putin", "", "Netanyahu menelepon Putin"),
    ("netanyahu menelepon putin", "", "netanyahu menelepon putin"),
    ("putin menelepon netanyahu", "", "putin menelepon netanyahu"),
    ("Kapan Putin ke Iran?", "id", "Putin Iran"),
    ("SIAPA YANG MENDAMPINGI PUTIN", "id", "MENDAMPINGI PUTIN"),
    ("Dimanakah Putin lahir, dan dari kota manakah Netanyahu?", "id", "Putin lahir kota Netanyahu"),
    ("who called Putin?", "en", "called Putin"),
    ("Wer begleitete Haniyeh?", "de", "begleitete Haniyeh"),
    ("De ce a sunat Netanyahu pe Putin?", "ro", "sunat Netanyahu Putin"),
    ("Cât de puțin a durat?", "ro", "durat"),
    ("卢克·坎克利贡献了多少次擒抱？", "zh", ""),
    ("Kompas kata Will Smith", "id", "Kompas Will Smith"),
]


@pytest.mark.parametrize(("text", "language", "says"), ASKED_IN)
def test_no_name_and_no_single_word_of_a_foreign_list_decides_what_a_question_says(text, language, says):
    question = parse_question(text, ("id",))
    assert question.spoken == set(language.split())
    heavy = [word.written for word, weight in zip(question.words, question.weights, strict=True) if weight == 1.0]
    assert heavy == says.split() or not says
