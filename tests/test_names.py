"""A name is found in articles of another script or spelling, and other words are not taken for names."""

from __future__ import annotations

import pytest
from fakes import WordCountEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag import Article, Collection
from rag.text.sounds import alikeness, skeleton
from rag.text.words import name_terms

ARTICLES = [
    Article("a", "", "Kemarin Perdana Menteri Netanyahu menelepon Vladimir Putin soal nasib warga Gaza.", language="id"),
    Article("b", "", "Harga beras naik di pasar Jakarta karena kali meluap, kata para pedagang kepada wartawan.", language="id"),
    Article("c", "", "Вчера министр Лавров принял в Москве делегацию из Катара и обсудил перемирие.", language="ru"),
]


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    with Collection.open(tmp_path_factory.mktemp("names"), embedder=WordCountEmbedder()) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.mark.parametrize(
    ("question", "article", "matched"),
    [
        ("Кто позвонил Путину?", "a", "Путину"),
        ("من هو بوتين؟", "a", "بوتين"),
        ("ماذا قال نتنياهو؟", "a", "نتنياهو"),
        ("Warum rief Netanjahu an?", "a", "Netanjahu"),
        ("What did Lavrov discuss?", "c", "Lavrov"),
        ("Что говорят в Газе?", "a", "Газе"),
    ],
)
def test_a_name_is_found_in_another_script_or_spelling(collection, question, article, matched):
    hit = collection.search(question, top_k=1)[0]
    assert (hit.article.id, hit.lexical_rank) == (article, 1)
    assert matched in hit.matched


@pytest.mark.parametrize("question", ["call", "Who will call?", "kto pozvonil", "Война миров", "Gizi buruk", "Putih"])
def test_other_words_are_not_taken_for_names(collection, question):
    assert all(hit.lexical == 0 and hit.matched == () for hit in collection.search(question))


def test_names_are_capitals_inside_a_sentence():
    assert name_terms("Ibu kota. Kemarin Joko Widodo, Ma'ruf Amin dan GPS di Ünye") == ["^joko", "^widodo", "^amin", "^gps", "^unye"]


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_words_have_sounds(word, other):
    assert skeleton(word) == "" or (len(skeleton(word)) >= 2 and skeleton(word).isascii())
    assert 0 <= alikeness(word, other) <= 1
    assert alikeness(word, word) == 1
