"""Crops of passages: what is asked stands in what should be found, and each batch is as its description says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from training.crops import (  # noqa: E402
    LEFT_OUT,
    RUN,
    RUNS_IN_BATCH,
    SHORTEST,
    SWITCHED,
    SWITCHED_PASSAGES,
    UNTRANSLATED_SHARE,
    Crops,
    answers,
    crop_of,
    cropped,
    make_crops,
    neighbourhoods,
    passages_of,
    spaced,
    switched_crop_of,
)
from training.languages import Language  # noqa: E402
from training.pairs import Pair  # noqa: E402
from training.questions import Question  # noqa: E402
from training.switching import Switching  # noqa: E402

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=2, max_size=60).map(" ".join).filter(spaced)

NO_WORDS = Switching({}, {}, {})


class Capitals:
    """Switches into one language, "de": the same words in capitals."""

    def language(self, source, chance):
        return "de"

    def switched(self, text, source, language, chance):
        return text.upper()


@given(WORDS, st.integers(0, 2**32))
def test_a_crop_is_words_of_the_text_in_their_order_and_the_rest_is_the_others(text, seed):
    query, rest = cropped(text, random.Random(seed))
    assert query and len(query.split()) <= 10
    waiting = iter(text.split())
    assert all(word in waiting for word in query.split())
    taken = len(text.split()) - len(rest.split())
    assert len(query.split()) <= taken <= 10


def test_scripts_without_spaces_are_cut_between_characters():
    text = "俄罗斯总统普京在莫斯科会见了来访的代表团并就地区局势交换了意见" * 2
    query, rest = cropped(text, random.Random(4))
    assert 1 <= len(query) <= 20 and set(query) <= set(text) and len(rest) < len(text)


@given(st.integers(0, 2**32))
def test_a_crop_leads_to_its_passage_or_to_the_translation_of_it(seed):
    own = " ".join(f"satu{i}" for i in range(30))
    pair = Pair(own, " ".join(f"one{i}" for i in range(30)), "id", "made up")
    crop = crop_of(pair, random.Random(seed))
    asked = own if crop.query.startswith("satu") else pair.target
    assert set(crop.query.split()) <= set(asked.split())
    if asked == pair.target:
        assert crop.passage == own
    else:
        assert crop.passage in (own, pair.target) or set(crop.passage.split()) <= set(own.split()) - set(crop.query.split())


def test_ways_come_as_often_as_they_should():
    pair = Pair(" ".join(f"satu{i}" for i in range(30)), " ".join(f"one{i}" for i in range(30)), "id", "made up")
    chance = random.Random(9)
    crops = [crop_of(pair, chance) for _ in range(4_000)]
    into = sum(crop.query.startswith("satu") and crop.passage == pair.target for crop in crops) / 4_000
    back = sum(crop.query.startswith("one") for crop in crops) / 4_000
    assert abs(into - 0.35) < 0.03 and abs(back - 0.25) < 0.03
    lengths = [len(cropped(pair.text, chance)[0].split()) for _ in range(4_000)]
    assert abs(sum(lengths) / 4_000 - 6.5 * (1 - LEFT_OUT)) < 0.2


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_passages_cover_the_pairs_of_each_source_in_order(lengths):
    pairs = [Pair(f"kata{i} " * n, f"word{i} " * n, "id", "a" if i < 30 else "b") for i, n in enumerate(lengths)]
    found = list(passages_of(pairs))
    places = [[i for i, pair in enumerate(pairs) if pair.text in passage.text.replace("  ", " ") + " "] for passage in found]
    assert all(len(passage.text) >= SHORTEST for passage in found)
    assert all(len({pairs[i].source for i in some}) == 1 for some in places if some)
    starts = [passage.text.split()[0] for passage in found]
    assert len(set(starts)) == len(starts) and starts == sorted(starts, key=lambda word: int(word[4:]))


@given(st.integers(1, 70), st.integers(0, 1000))
def test_neighbourhoods_order_every_row_once_and_begin_with_the_nearest(count, seed):
    vectors = torch.nn.functional.normalize(torch.randn(count, 4, generator=torch.Generator().manual_seed(seed)), dim=-1)
    order = neighbourhoods(vectors, seed)
    assert sorted(order) == list(range(count))
    run = order[:RUN]
    similar = vectors @ vectors[run[0]]
    assert sorted(similar[run].tolist()) == sorted(similar.topk(len(run)).values.tolist())


def test_batches_are_runs_of_one_list_without_a_passage_twice():
    language = Language("id", 10, 1.0)
    pairs = [Pair(f"kalimat nomor {i} tentang kota dan sungai", f"sentence number {i} about towns and rivers", "id", "s") for i in range(400)]
    questions = [Question(f"apa {i}?", f"jawaban {i // 2} yang ada di dalam berita hari ini dan kemarin juga di kota") for i in range(80)]
    found = answers(questions)
    assert len(found) == 40 and all(pair.text == pair.target for pair in found)
    crops = make_crops({language: pairs}, {"facqa_id": found}, {"facqa_id": "id"}, NO_WORDS, seed=3)
    assert len(crops) == len(list(passages_of(pairs))) + 40
    of_answers = 0
    for _ in range(300):
        batch = next(crops)
        assert 0 < len(batch) <= RUN * RUNS_IN_BATCH and len({crop.passage for crop in batch}) == len(batch)
        kinds = {"berita" in crop.passage or "jawaban" in crop.passage for crop in batch}
        assert len(kinds) == 1
        of_answers += kinds.pop()
    assert abs(of_answers / 300 - UNTRANSLATED_SHARE) < 0.1


def test_the_same_seed_gives_the_same_batches():
    some = [Pair(f"kata {i} " * 12, f"word {i} " * 12, "id", "s") for i in range(50)]
    first, second = (Crops({"id": some}, {"id": 1.0}, 5, {"id": "id"}, NO_WORDS) for _ in range(2))
    assert [next(first) for _ in range(5)] == [next(second) for _ in range(5)]


def test_one_side_of_a_switched_crop_is_in_other_words():
    chance, text = random.Random(2), " ".join(f"one{i}" for i in range(30))
    crops = [switched_crop_of(text, "en", Capitals(), chance) for _ in range(4_000)]
    assert all(crop.query.isupper() != crop.passage.isupper() and crop.passage.lower() == text for crop in crops)
    for crop in crops:
        waiting = iter(text.split())
        assert all(word in waiting for word in crop.query.lower().split())
    assert abs(sum(crop.passage.isupper() for crop in crops) / 4_000 - SWITCHED_PASSAGES) < 0.03
    assert switched_crop_of(text, "en", NO_WORDS, chance).passage == text


def test_only_lists_with_a_source_are_switched_and_as_often_as_they_should():
    some = [Pair(f"kata {i} " * 12, f"kata {i} " * 12, "id", "s") for i in range(50)]
    named, other = Crops({"a": some}, {"a": 1.0}, 5, {"a": "en"}, Capitals()), Crops({"a": some}, {"a": 1.0}, 5, {}, Capitals())
    switched = [any(crop.query.isupper() or crop.passage.isupper() for crop in next(named)) for _ in range(400)]
    assert abs(sum(switched) / 400 - SWITCHED) < 0.08
    assert not any(crop.query.isupper() or crop.passage.isupper() for _ in range(50) for crop in next(other))
