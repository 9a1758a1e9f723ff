"""The same text in other articles is found by its words, as the Jaccard index by definition says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.answering.duplicates import SAME_SHARE, first_of_its_kind
from rag.storage.terms import pack_terms

term_sets = st.lists(st.frozensets(st.integers(0, 14), max_size=12), max_size=12)


@given(term_sets)
def test_twins_are_those_that_share_four_fifths_of_their_words(sets):
    expected: list[int] = []
    for i, one in enumerate(sets):
        twins = [j for j in range(i) if expected[j] == j and one | sets[j] and len(one & sets[j]) / len(one | sets[j]) >= SAME_SHARE]
        expected.append(twins[0] if twins else i)
    assert first_of_its_kind([pack_terms(dict.fromkeys(one, 1), frozenset()) for one in sets]) == expected
