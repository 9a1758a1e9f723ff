"""However a collection came to be, it answers like one made at once from the articles it holds now."""

from __future__ import annotations

import random
import tempfile

from fakes import WORDS, TranslatingEmbedder, WordCountEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import Article, Collection

QUESTIONS = ("harga beras", "flood", "banjir hujan lebat", '"beras naik"', "price of rice in Jakarta", "zzz")
FILLER = ("naik", "Jakarta", "yang", "the", "pemerintah", "turun", "menaikkan", "lebat", "2023")

sentences = st.lists(st.sampled_from(WORDS + FILLER), min_size=3, max_size=14).map(lambda words: " ".join(words).capitalize() + ".")
texts = st.lists(sentences, min_size=1, max_size=30).map(" ".join)
articles = st.builds(
    Article,
    id=st.sampled_from([f"a{i}" for i in range(6)]),
    title=st.sampled_from(["", "Harga beras", "Flood"]),
    text=texts,
    language=st.sampled_from(["id", "en"]),
)
steps = st.lists(
    st.one_of(st.lists(articles, min_size=1, max_size=4, unique_by=lambda one: one.id), st.sampled_from([f"a{i}" for i in range(6)])),
    min_size=1,
    max_size=7,
)


def evidence(collection: Collection, question: str, top_k: int = 10) -> list[tuple]:
    for hit in (hits := collection.search(question, top_k=top_k)):
        assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
    return [
        (
            hit.passage.article_id,
            hit.passage.start,
            hit.passage.end,
            hit.dense_rank,
            hit.lexical_rank,
            hit.matched,
            hit.score,
            hit.dense,
            hit.lexical,
        )
        for hit in hits
    ]


def assert_same(found: list[tuple], wanted: list[tuple]) -> None:
    """Ranks are told as far as they are certain, which depends on how many candidates were needed; none is wrong."""
    assert [(*one[:3], one[5]) for one in found] == [(*one[:3], one[5]) for one in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert all(None in (a, b) or a == b for a, b in zip(one[3:5], other[3:5], strict=True))
        assert all(abs(a - b) <= 1e-6 for a, b in zip(one[6:], other[6:], strict=True))


def assert_like_fresh(collection: Collection, final: dict[str, Article]) -> None:
    with tempfile.TemporaryDirectory() as folder, Collection.open(folder, embedder=type(collection.embedder)()) as fresh:
        fresh.add(final.values())
        for question in QUESTIONS:
            assert_same(evidence(collection, question), evidence(fresh, question))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps, st.sampled_from([WordCountEmbedder, TranslatingEmbedder]))
def test_any_sequence_of_changes_equals_a_fresh_build(sequence, embedder):
    final: dict[str, Article] = {}
    with tempfile.TemporaryDirectory() as folder:
        with Collection.open(folder, embedder=embedder()) as collection:
            for step in sequence:
                if isinstance(step, list):
                    collection.add(step)
                    final.update((one.id, one) for one in step)
                elif step in final:
                    collection.remove(step)
                    del final[step]
                collection.search("beras")
            assert_like_fresh(collection, final)
            assert collection.check().problems == ()
        with Collection.open(folder, embedder=embedder()) as again:
            assert_like_fresh(again, final)


def made(number: int, dice: random.Random) -> Article:
    words = [dice.choice(WORDS[:3] + FILLER[:4]) for _ in range(dice.choice([8, 8, 30, 70]))]
    return Article(f"n{number:03d}", dice.choice(["", "Harga beras"]), " ".join(words).capitalize() + ".", language="id")


def test_phrases_of_many_articles_do_not_depend_on_the_order_of_adding(tmp_path):
    many = [made(number, random.Random(number)) for number in range(300)]
    with (
        Collection.open(tmp_path / "one", embedder=WordCountEmbedder()) as one,
        Collection.open(tmp_path / "other", embedder=WordCountEmbedder()) as other,
    ):
        one.add(many)
        other.add(many[::-1])
        for question in QUESTIONS:
            assert_same(evidence(one, question, 30), evidence(other, question, 30))


def test_more_passages_than_candidates_equal_a_fresh_build(tmp_path):
    """What an index still counts of the removed must not choose for the living."""
    dice = random.Random(7)
    final: dict[str, Article] = {}
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        for _ in range(4):
            batch = {number: made(number, dice) for number in dice.sample(range(300), 150)}
            collection.add(batch.values())
            final.update((one.id, one) for one in batch.values())
        assert_like_fresh(collection, final)
