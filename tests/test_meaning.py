"""Across languages the words of a question count by what the words of a passage mean."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from fakes import WORDS, TranslatingEmbedder, WordCountEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import Article, Collection, Filters
from rag.answering.evidence import confidence, confidence_of
from rag.embedding import words as word_vectors
from rag.embedding.bundled import BundledEmbedder
from rag.embedding.weights import read_tokenizer, read_weights
from rag.retrieval.fusion import ACROSS, weights_of
from rag.retrieval.meaning import is_foreign
from rag.retrieval.question import parse_question
from rag.retrieval.search import query_words
from rag.text.words import passage_terms, words

TEXTS = {
    "beras": "Harga beras naik lagi di Jakarta minggu lalu.",
    "banjir": "Hujan lebat dan banjir di Jakarta minggu lalu.",
    "lain": "Pemerintah membuka jalan baru di Jakarta minggu lalu.",
}


def opened(folder, embedder, texts=TEXTS, language="id") -> Collection:
    collection = Collection.open(folder, embedder=embedder)
    collection.add(Article(name, "", text, language=language) for name, text in texts.items())
    return collection


@pytest.fixture(scope="module")
def bundled() -> BundledEmbedder:
    return BundledEmbedder()


def ranked(collection: Collection, question: str):
    with collection._asking(question, Filters(), 10) as found:
        return found[0], found[1].passages


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.sampled_from((*WORDS, "the", "of", "what", "Jakarta", "zzz")), min_size=2, max_size=8))
def test_coverage_is_the_share_of_what_is_asked_for_that_the_words_mean(tmp_path_factory, asked):
    embedder = TranslatingEmbedder()
    with opened(tmp_path_factory.mktemp("c"), embedder) as collection:
        parsed, passages = ranked(collection, "What is " + " ".join(asked))
        vectors = {word.exact: embedder.encode_words([word.exact])[0] for word in parsed.question.words}
        possible = sum(word.asks for word in parsed.query)
        for one in (one for one in passages if one.by_meaning):
            there = [embedder.encode_words([word])[0] for word in re.findall(r"\w+", TEXTS[one.article_id].casefold())]
            held = {term for terms in passage_terms(TEXTS[one.article_id], "id") for term in terms}
            alike = [1 if held & set(word.terms) else max(float(vectors[word.exact] @ other) for other in there) for word in parsed.question.words]
            share = sum(word.asks * one for word, one in zip(parsed.query, alike, strict=True)) / possible
            assert one.coverage == pytest.approx(share, abs=1e-5)
            assert one.score == pytest.approx(ACROSS.dense * max(0, one.dense) + ACROSS.lexical * one.lexical + ACROSS.coverage * share, abs=1e-5)


def test_a_translation_is_found_that_shares_no_word_and_no_vector(tmp_path):
    """The vectors of these passages say nothing about English words; their words do."""
    with opened(tmp_path, TranslatingEmbedder()) as collection:
        assert collection.search("What is the price of rice?")[0].article.id == "beras"
        assert collection.search("What about the flood and the rain?")[0].article.id == "banjir"


def test_the_sentence_is_marked_that_means_what_is_asked(tmp_path):
    text = "Hujan lebat di Jakarta sejak pagi. Harga beras naik lagi minggu ini. Pemerintah diam saja."
    with opened(tmp_path, TranslatingEmbedder(), {"a": text}) as collection:
        assert collection.ask("What is the price of rice?").citations[0].sentence.text == "Harga beras naik lagi minggu ini."
        assert collection.ask("Was there rain?").citations[0].sentence.text == "Hujan lebat di Jakarta sejak pagi."


def test_what_no_word_means_is_refused(tmp_path):
    with opened(tmp_path, TranslatingEmbedder(), {"beras": TEXTS["beras"], "banjir": TEXTS["banjir"]}) as collection:
        assert not collection.ask("Who won the match in London?").citations
        assert collection.ask("What is the price of rice?").citations


def test_within_a_language_nothing_is_weighed_by_meaning(tmp_path):
    with opened(tmp_path, TranslatingEmbedder()) as collection, opened(tmp_path / "plain", WordCountEmbedder()) as plain:
        for question in ("Apakah harga beras naik?", "Di mana ada banjir?", "harga beras Jakarta", "banjir"):
            assert not any(one.by_meaning for one in ranked(collection, question)[1])
            assert [hit.score for hit in collection.search(question)] == [hit.score for hit in plain.search(question)]


def test_order_and_scores_agree_whatever_is_asked_for(tmp_path):
    texts = {f"a{i:03d}": f"{' dan '.join(some).capitalize()} di kota yang ke-{i}." for i, some in enumerate(itertools.product(WORDS[:5], repeat=3))}
    with opened(tmp_path, TranslatingEmbedder(), texts) as collection:
        for question in ("What is the price of rice?", "Was there rain and flood?", "Was it 7 or 11 who saw the flood?"):
            hits = collection.search(question, top_k=100)
            assert len(hits) == 100 and [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
            for few in (3, 16, 40):
                found = collection.search(question, top_k=few)
                assert found == [replace(hit, **ranks(one)) for hit, one in zip(hits[:few], found, strict=True)]


def ranks(hit) -> dict[str, int | None]:
    """They are told as far as they are certain, which depends on how many candidates were needed."""
    return {"dense_rank": hit.dense_rank, "lexical_rank": hit.lexical_rank}


def test_a_name_that_sounds_alike_stands_there(bundled, tmp_path):
    texts = {"a": "Pertemuan itu dihadiri Presiden Putin dan para menteri.", "b": "Pertemuan itu dihadiri Presiden Jokowi dan para menteri."}
    with opened(tmp_path, bundled, texts) as collection:
        for question in ("Где был Путин?", "أين كان بوتين؟"):
            first, second = ranked(collection, question)[1]
            assert (first.article_id, first.by_meaning) == ("a", True) and first.coverage > second.coverage + 0.3


def test_of_words_that_the_model_only_spells_nothing_is_made(bundled, tmp_path):
    assert not bundled.encode_words(["κυβερνηση", "მთავრობა", "ממשלה"]).any()
    with opened(tmp_path, bundled, {"a": "Pertemuan itu dihadiri Presiden Putin.", "b": "Harga beras naik."}) as collection:
        assert not any(one.by_meaning for one in ranked(collection, "Πού ήταν ο πρόεδρος Πούτιν;")[1])
        assert all(one.by_meaning for one in ranked(collection, "Where was President Putin?")[1])


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.sampled_from((*WORDS, "Jakarta", "minggu", "zzz", "qqq")), min_size=1, max_size=8, unique=True))
def test_a_cosine_counts_less_where_most_of_what_is_asked_is_unknown(tmp_path_factory, asked):
    embedder = TranslatingEmbedder()
    with opened(tmp_path_factory.mktemp("c"), embedder) as collection:
        parsed, passages = ranked(collection, " ".join(asked))
        asks = {word.exact: one.asks for word, one in zip(parsed.question.words, parsed.query, strict=True)}
        share = sum(value for word, value in asks.items() if word in embedder.words) / sum(asks.values())
        told = 1.0 if share >= 0.5 else max(0.4, 2 * share)
        for one in (one for one in passages if not one.by_meaning):
            cosine = embedder.encode_query(" ".join(asked)) @ embedder.encode_query(TEXTS[one.article_id])
            assert one.dense == pytest.approx(float(cosine), abs=2e-3), "passages are kept in float16"
            weights = weights_of(parsed.question.spoken)
            assert one.score == pytest.approx(weights.dense * told * one.dense + weights.lexical * one.lexical + weights.coverage * one.coverage, abs=1e-6)
            assert confidence_of(one) == confidence(told * one.dense, one.coverage, same_language=one.same_language)


def test_a_name_counts_in_a_question_that_the_model_only_spells(bundled, tmp_path):
    texts = {"a": "President Putin met the ministers in Moscow on Monday.", "b": "The price of rice rose again.", "c": "Heavy rain closed the roads."}
    with opened(tmp_path, bundled, texts, "en") as collection:
        assert collection.ask("Πού ήταν ο πρόεδρος Πούτιν;").citations[0].article.id == "a"


def test_a_word_with_digits_tells_nothing_about_the_language(bundled, tmp_path):
    with opened(tmp_path, bundled, {"a": "Flu burung H5N1 menyebar di Jakarta pada 2023.", "b": "Harga beras naik."}) as collection:
        assert not bundled.encode_words(["h5n1"]).any()
        for question, told in (("Apa itu H5N1?", 1.0), ("H5N1", 1.0), ("Πού εξαπλώνεται η γρίπη H5N1;", 0.4)):
            assert {one.told for one in ranked(collection, question)[1]} == {told}


def test_words_decide_in_a_language_that_the_model_does_not_know(bundled, tmp_path):
    texts = {
        "rice": "Η τιμή του ρυζιού ανέβηκε ξανά αυτή την εβδομάδα στην αγορά.",
        "flood": "Η πλημμύρα έκλεισε τους δρόμους της πόλης μετά από τη βροχή.",
        "match": "Ο αγώνας έληξε χωρίς νικητή μπροστά σε άδειες κερκίδες.",
    }
    with opened(tmp_path, bundled, texts, "el") as collection:
        assert collection.ask("Πόσο ανέβηκε η τιμή του ρυζιού;").citations[0].article.id == "rice"
        assert not collection.ask("Ποιος βραβεύτηκε στην αγορά της Αθήνας;"), "whose cosines with all three are high"


@pytest.mark.parametrize(
    ("language", "question", "foreign"),
    [
        ("id", "Who won the match?", True), ("id", "harga beras naik", False), ("id", "rice price growth", True), ("", "Who sold rice?", True),
        ("", "Siapa yang menjual beras?", False), ("jv", "Siapa yang menjual beras?", False), ("th", "Who won the match?", False), ("id", "ราคาข้าว", False),
        ("nb", "Hva skjedde i Oslo?", False), ("no", "Who won the match?", True), ("id", "大米的价格是多少", True),
    ],
)  # fmt: skip
def test_what_counts_as_another_language(language, question, foreign):
    parsed = parse_question(question, [language])
    known = {term: (i, 1) for i, term in enumerate(term for word in words("yang menjual harga beras naik", ["id"]) for term in word.terms)}
    assert is_foreign(language, parsed, query_words(parsed, known, 3)) == foreign


def test_a_word_lies_where_the_rows_of_its_pieces_do(bundled):
    weights, tokenizer = read_weights(), read_tokenizer()
    count = len(weights.packed)
    common = weights.rows(np.arange(0, count, count // word_vectors.SAMPLED)).mean(axis=0)
    for word in ("beras", "menyelenggarakan", "правительство", "حكومة", "政府"):
        wanted = (weights.rows(np.array(tokenizer.encode(word, add_special_tokens=False).ids)) - common).sum(axis=0)
        np.testing.assert_allclose(bundled.encode_words([word])[0], wanted / np.linalg.norm(wanted), atol=1e-5)
    assert not bundled.encode_words(["", " ", "కవిత", "አዲስ"]).any(), "letters that it does not know mean nothing"
    assert bundled.encode_words([]).shape == (0, bundled.dimension)


def test_words_that_are_no_longer_kept_are_the_same(bundled, monkeypatch):
    asked = ["beras", "rice", "banjir", "flood", "rain", "rice"]
    wanted = bundled.encode_words(asked)
    monkeypatch.setattr(word_vectors, "KEPT", 3)
    few = BundledEmbedder()
    for _ in range(3):
        np.testing.assert_allclose(few.encode_words(asked), wanted, atol=1e-6)
        np.testing.assert_allclose(few.encode_words(asked[:2]), wanted[:2], atol=1e-6)


@pytest.mark.parametrize(
    ("word", "translation", "other"),
    [
        ("beras", "rice", "flood"), ("banjir", "flood", "rice"), ("правительство", "government", "rice"),
        ("اسراييل", "israel", "rice"), ("الاسراييل", "israel", "rice"),
    ],
)
def test_the_bundled_model_knows_words_by_their_translations(bundled, word, translation, other):
    one, near, far = bundled.encode_words([word, translation, other])
    assert one @ near > one @ far + 0.2
