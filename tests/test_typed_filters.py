"""How filters are typed in a question, and what is said of those that cannot be read."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import Filters, QuestionError
from rag.retrieval.typed_filters import typed_filters

languages = st.lists(st.sampled_from(["id", "en", "ms"]), max_size=2, unique=True).map(tuple)
dates = st.sampled_from(["", "2023", "2023-02", "2024-02-29"])
values = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters='"“”'), min_size=1, max_size=12)
spaced = st.lists(values, min_size=1, max_size=3).map(" ".join)
plain = st.lists(st.sampled_from(["Siapa", "10:30!", "https://a.id/b:c", "foo:bar", "beras?", '"harga lang:id beras"', "lang:", "a:b"]), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(plain, st.lists(spaced, max_size=3, unique=True), st.lists(spaced, max_size=2, unique=True), languages, dates, st.integers(0, 4))
def test_what_is_typed_is_read_again(question, sources, ids, languages, since, place):
    wanted = Filters(since, "", tuple(normalize("NFC", one) for one in sources), languages, tuple(normalize("NFC", one) for one in ids))
    typed = " ".join([*question[:place], str(wanted), *question[place:]])
    rest, found = typed_filters(typed)
    assert found == wanted and rest.split() == " ".join(question).split()


@pytest.mark.parametrize(
    ("typed", "rest", "wanted"),
    [
        ("banjir since:2023-01 until:2023 lang:id source:tribun", "banjir", Filters("2023-01", "2023", ("tribun",), ("id",))),
        ('article:"seeds/0001.txt" apa "exact phrase"', 'apa "exact phrase"', Filters(articles=("seeds/0001.txt",))),
        ("article:“a b” Source:x,  SOURCE:y language:EN, apa?", "apa?", Filters(sources=("x", "y"), languages=("en",), articles=("a b",))),
        ("since:2021 since:2022 apa", "apa", Filters("2022")),
        ("apa\u200b lang:\u200bid", "apa", Filters(languages=("id",))),
        ("apa since:2023?", "apa", Filters("2023")),
        ('apa source:=Tribun, source:="Tribun Jakarta" source:“=a b”', "apa", Filters(sources=("=Tribun", "=Tribun Jakarta", "=a b"))),
    ],
)
def test_typed(typed, rest, wanted):
    assert typed_filters(typed) == (rest, wanted)


@pytest.mark.parametrize(
    "question",
    [
        '"di sini lang:id tertulis"', "jam 10:30!", "https://x.id?lang:id", "xlang:id", "lang: id", 'source:" "', 'source:"a', 'source:a"b',
        "until:?", "sourcé:a", "a\nb:c",
    ],  # fmt: skip
)
def test_what_is_no_filter_stays_part_of_the_question(question):
    assert typed_filters(question) == (question, Filters())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"since": "kemarin"}, "ISO date"),
        ({"since": "2023-13"}, "ISO date"),
        ({"until": "2023-02-29"}, "ISO date"),
        ({"until": "0000"}, "ISO date"),
        ({"since": "２０２３"}, "ISO date"),
        ({"until": "2023'; DROP TABLE articles"}, "ISO date"),
        ({"since": 2023}, "no text"),
        ({"since": "2024", "until": "2023-12-31"}, "Exchange"),
        ({"languages": ("indonesian",)}, "ISO 639-1"),
        ({"languages": ("ид",)}, "ISO 639-1"),
        ({"languages": ("id') OR 1 --",)}, "ISO 639-1"),
        ({"sources": "tribun"}, "list of texts"),
        ({"sources": (None,)}, "no text"),
        ({"articles": ("a\ud800",)}, "no text"),
        ({"sources": ("x" * 2001,)}, "2,001 characters"),
        ({"sources": tuple(map(str, range(51)))}, "51 sources"),
        ({"articles": tuple(map(str, range(10_001)))}, "10,001 articles"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(wrong, says):
    with pytest.raises(QuestionError, match=says) as caught:
        Filters(**wrong)
    assert len(str(caught.value)) < 250 and str(caught.value).isprintable()


def test_empty_and_repeated_values_are_left_out():
    assert not Filters(sources=("", " "), languages=[""]) and not Filters(" ")
    assert Filters(sources=["b", "a ", "b"], languages=("ID", "id"), articles={"y", "x"}) == Filters("", "", ("b", "a"), ("id",), ("x", "y"))
    assert str(Filters("2023", "", ("a b", "c."), ("id",), ('d"e',))) == 'since:2023 source:"a b" source:"c." lang:id article:“d"e”'
    assert Filters("2023-02").first_day == "2023-02-01" and Filters(until="2024-02").last_day == "2024-02-29" and Filters(until="2024").last_day == "2024-12-31"
