"""When what was found counts as an answer."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Collection
from rag.answering.evidence import ANSWERS_FROM, BY_CHANCE, FEW, OTHER_LANGUAGE, confidence

SEEDS = Path(__file__).parents[1] / "seeds"
cosines, shares = st.floats(-1, 1), st.floats(0, 1)


@given(cosines, cosines, shares, shares, st.booleans())
def test_more_of_either_never_makes_it_less_likely(cosine, nearer, coverage, more, same):
    low, high = sorted((cosine, nearer))
    less, most = sorted((coverage, more))
    assert confidence(low, less, same_language=same) <= confidence(high, most, same_language=same)


@given(st.floats(BY_CHANCE, 1), shares)
def test_it_is_logistic_in_both(cosine, coverage):
    a, b, c = OTHER_LANGUAGE
    assert confidence(cosine, coverage, same_language=False) == pytest.approx(1 / (1 + math.exp(-a * cosine - b * coverage - c)))


@given(st.floats(-1, math.nextafter(BY_CHANCE, 0)), st.floats(0, math.nextafter(FEW, 0)))
def test_one_name_of_many_in_a_passage_about_something_else_is_no_answer_across_languages(cosine, coverage):
    assert confidence(cosine, coverage, same_language=False) < ANSWERS_FROM


@given(st.floats(0, 1))
def test_all_that_is_asked_for_is_an_answer_in_any_language(cosine):
    """A name alone has no language, and no cosine that tells much."""
    assert confidence(cosine, 1.0, same_language=False) >= ANSWERS_FROM


def test_a_year_alone_answers_nothing(tmp_path):
    """An article of September 2022 tells nothing about the World Cup of that year."""
    with Collection.open(tmp_path) as collection:
        collection.add(SEEDS)
        assert not collection.ask("Who won the World Cup in 2022?").citations
        assert collection.ask("Where did Haniyeh travel in 2022?").citations
