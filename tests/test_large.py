"""Above so many passages the best are no longer certain: what is found is still true, and nearly all of it the best."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from fakes import WordCountEmbedder

from rag import Article, Collection
from rag.retrieval import candidates, search

COMMON = ("beras", "harga", "rumah", "tahun", "kota", "untuk", "kepada", "dengan")
RARE = [f"{first}{middle}{last}" for first in "bdgkmp" for middle in ("ara", "elo", "iri", "ona", "usu") for last in ("kan", "rang", "tas", "ming")]


def article(number: int) -> Article:
    """Three sentences of words of which some are common and some are rare."""
    dice = random.Random(number)
    sentences = [" ".join([*dice.choices(COMMON, k=6), *dice.choices(RARE, k=4)]).capitalize() + "." for _ in range(3)]
    return Article(f"n{number:03d}", "", " ".join(sentences), language="id")


def question(number: int) -> str:
    dice = random.Random(-1 - number)
    return " ".join([*dice.sample(COMMON, 3), *dice.sample(RARE, 4)])


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    with Collection.open(tmp_path_factory.mktemp("large") / "index", embedder=WordCountEmbedder()) as made:
        made.add(article(number) for number in range(600))
        yield made


@pytest.fixture
def large(monkeypatch):
    """From here on every collection is a large one."""
    monkeypatch.setattr(search, "CERTAIN_TO", 100)


def keys(hits) -> list[tuple[str, int]]:
    return [(hit.passage.article_id, hit.passage.start) for hit in hits]


def test_what_is_found_has_the_scores_and_ranks_it_has_with_certainty(collection, monkeypatch):
    for number in range(25):
        monkeypatch.setattr(search, "CERTAIN_TO", 100)
        some = collection.search(question(number))
        monkeypatch.setattr(search, "CERTAIN_TO", 10**9)
        monkeypatch.setattr(search, "CANDIDATES", 1024)
        found = collection.search(question(number), top_k=600)
        every = {key: (place, hit) for place, (key, hit) in enumerate(zip(keys(found), found, strict=True))}
        monkeypatch.undo()
        lexical = sorted((round(hit.lexical, 6) for _, hit in every.values()), reverse=True)
        places = []
        for key, hit in zip(keys(some), some, strict=True):
            place, certain = every[key]
            places.append(place)
            assert replace(hit, dense_rank=None, lexical_rank=None) == replace(certain, dense_rank=None, lexical_rank=None)
            assert hit.lexical_rank in (None, 1 + lexical.index(round(hit.lexical, 6)))
        assert places == sorted(places)


def test_nearly_all_of_the_first_ten_are_the_first_ten(collection, monkeypatch):
    shares = []
    for number in range(40):
        certain = keys(collection.search(question(number)))
        monkeypatch.setattr(search, "CERTAIN_TO", 100)
        shares.append(len(set(certain) & set(keys(collection.search(question(number))))) / 10)
        monkeypatch.undo()
    assert np.mean(shares) > 0.95


def test_a_question_of_common_words_alone_is_answered(collection, large):
    assert len(collection.search(" ".join(COMMON[:3]))) == 10
    assert collection.search(COMMON[0])


@pytest.mark.parametrize("gives", [[], [0.3], [0.0, 0.0], [0.001, 0.002, 0.5], [0.2] * 5, [0.01, 0.02, 0.03, 0.9]])
def test_words_that_say_little_are_left_out_and_counted(gives):
    words = [candidates._Asked((f"w{i}",), (f"~w{i}", f"~v{i}"), share, 0.0) for i, share in enumerate(gives)]
    terms, groups, rest = candidates._estimating(words)
    left_out = [word for word in words if word.stems[0] not in terms]
    assert rest == pytest.approx(sum(word.share for word in left_out)) and rest <= candidates.LITTLE * sum(gives)
    assert all(terms[stem] == word.share for word in words if word not in left_out for stem in word.stems) and not groups
    assert not gives or not sum(gives) or terms
