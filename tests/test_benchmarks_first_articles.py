"""Our own questions about the two first articles: their answers stand there, and the count counts."""

from __future__ import annotations

from types import SimpleNamespace

from benchmarks.first_articles import QUESTIONS, SEEDS, Own, counts, judged, read


def test_every_answer_stands_in_an_article_and_no_question_comes_twice():
    texts = [path.read_text(encoding="utf-8") for path in SEEDS.glob("*.txt")]
    asked = read(QUESTIONS)
    assert len(texts) == 2 and len({own.question for own in asked}) == len(asked) == 54
    assert all(any(own.answer in text for text in texts) for own in asked)
    assert {own.kind for own in asked if own.answer} == {"answer"} and {own.kind for own in asked if not own.answer} == {"other", "near"}


def test_a_citation_counts_where_the_answer_stands():
    cited = [SimpleNamespace(quote=quote, sentence=SimpleNamespace(text=text)) for quote, text in (("a b", "a"), ("c d", "d"), ("e", "e"), ("f", "f"))]
    given = SimpleNamespace(citations=cited)
    wanted = {"b": (True, True, False), "d": (False, True, True), "c": (False, True, False), "f": (False, False, False)}
    for answer, expected in wanted.items():
        assert tuple(judged(Own("answer", "?", answer), given).values()) == expected
    nothing = SimpleNamespace(citations=[])
    assert tuple(judged(Own("answer", "?", "a"), nothing).values()) == (False, False, False)


def test_refusals_and_hits_are_counted_by_kind():
    asked = [(Own("answer", "1", "x"), {"first": True}), (Own("answer", "2", "x"), {"first": False}), (Own("near", "3", ""), {"refused": True})]
    assert counts(asked) == ["answer: first 1 of 2", "near: refused 1 of 1"]
