"""Across languages the words of a question count by what the words of a passage mean."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from fakes import WORDS, TranslatingEmbedder, WordCountEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import Article, Collection, Filters
from rag.embedding import words as word_vectors
from rag.embedding.bundled import BundledEmbedder
from rag.embedding.weights import read_tokenizer, read_weights
from rag.retrieval.fusion import ACROSS

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
            alike = [max(float(vectors[word.exact] @ other) for other in there) for word in parsed.question.words]
            share = sum(word.asks * one for word, one in zip(parsed.query, alike, strict=True)) / possible
            assert one.coverage == pytest.approx(share, abs=1e-5)
            if one.foreign:
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
        for question in ("Apakah harga beras naik?", "Di mana ada banjir?"):
            assert not any(one.by_meaning for one in ranked(collection, question)[1])
            assert [hit.score for hit in collection.search(question)] == [hit.score for hit in plain.search(question)]


def test_order_and_scores_agree_whatever_is_asked_for(tmp_path):
    texts = {f"a{i:02d}": f"{first.capitalize()} dan {second} di kota yang ke-{i}." for i, (first, second) in enumerate(itertools.product(WORDS[:4], repeat=2))}
    with opened(tmp_path, TranslatingEmbedder(), texts) as collection:
        for question in ("What is the price of rice?", "Was there rain and flood?"):
            hits = collection.search(question, top_k=50)
            assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
            assert [hit.passage for hit in collection.search(question, top_k=3)] == [hit.passage for hit in hits[:3]]


def test_a_word_lies_where_the_rows_of_its_pieces_do(bundled):
    weights, tokenizer = read_weights(), read_tokenizer()
    count = len(weights.packed)
    common = weights.rows(np.arange(0, count, count // word_vectors.SAMPLED)).mean(axis=0)
    for word in ("beras", "menyelenggarakan", "правительство", "حكومة", "政府"):
        wanted = (weights.rows(np.array(tokenizer.encode(word, add_special_tokens=False).ids)) - common).sum(axis=0)
        np.testing.assert_allclose(bundled.encode_words([word])[0], wanted / np.linalg.norm(wanted), atol=1e-5)
    assert not bundled.encode_words(["", " "]).any()
    assert bundled.encode_words([]).shape == (0, bundled.dimension)


def test_words_that_are_no_longer_kept_are_the_same(bundled, monkeypatch):
    words = ["beras", "rice", "banjir", "flood", "rain", "rice"]
    wanted = bundled.encode_words(words)
    monkeypatch.setattr(word_vectors, "KEPT", 3)
    few = BundledEmbedder()
    for _ in range(3):
        np.testing.assert_allclose(few.encode_words(words), wanted, atol=1e-6)
        np.testing.assert_allclose(few.encode_words(words[:2]), wanted[:2], atol=1e-6)


@pytest.mark.parametrize(("word", "translation", "other"), [("beras", "rice", "flood"), ("banjir", "flood", "rice"), ("правительство", "government", "rice")])
def test_the_bundled_model_knows_words_by_their_translations(bundled, word, translation, other):
    one, near, far = bundled.encode_words([word, translation, other])
    assert one @ near > one @ far + 0.2
