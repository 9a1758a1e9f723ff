"""How many articles hold each rare word of a question, whether the indexes know them yet or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import WordCountEmbedder

from rag import Article, Collection, QuestionError
from rag.retrieval import rarity

ARTICLES = [
    Article("a", "Pasar", "Harga beras di Cianjur naik lagi. Banjir merendam sawah.", language="id"),
    Article("b", "Hujan", "Banjir dan hujan di Cianjur. Kata Prabowo, banjir surut.", language="id"),
    Article("c", "Prabowo", "Hujan turun di Bogor sejak pagi dan tidak berhenti.", language="id"),
]


@pytest.fixture
def collection(tmp_path: Path):
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as opened:
        opened.add(ARTICLES)
        yield opened


def test_articles_are_counted_by_word_and_stop_words_are_not(collection: Collection) -> None:
    counted = collection.rare_words("Apakah banjir di Cianjur kata PRABOWO dan Widodo lang:ms?")
    assert list(counted.items()) == [("Widodo", 0), ("PRABOWO", 1), ("banjir", 2), ("Cianjur", 2)]


def test_what_is_removed_or_added_since_counts_as_it_is_now(collection: Collection) -> None:
    collection.remove("b")
    collection.add([Article("d", "Baru", "Widodo di Cianjur.", language="id")])
    assert collection.rare_words("Prabowo Widodo Cianjur banjir") == {"Prabowo": 0, "Widodo": 1, "banjir": 1, "Cianjur": 2}


def test_common_words_are_left_out(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rarity, "RARE_MAX", 1)
    assert collection.rare_words("Prabowo banjir") == {"Prabowo": 1}


def test_an_empty_collection_holds_nothing(tmp_path: Path) -> None:
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        assert collection.rare_words("banjir") == {}
        with pytest.raises(QuestionError):
            collection.rare_words("")


def test_a_name_that_a_foreign_list_holds_is_counted(collection: Collection) -> None:
    collection.add([Article("d", "Telepon", "Netanyahu menelepon Putin.", language="id")])
    assert collection.rare_words("Netanyahu menelepon Putin") == {"Netanyahu": 1, "menelepon": 1, "Putin": 1}
