"""What may be trained on, and in which order it is seen."""

from __future__ import annotations

import json
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.held_out import HeldOut, fingerprint
from training.mixture import QUESTIONS_OF_A_LANGUAGE, questions
from training.pairs import Pair, joined, samples, usable
from training.questions import read_questions
from training.streams import Stream, pools, shares
from training.student import by_length

TEXTS = ["Kapan PBB terbentuk?", "kapan pbb terbentuk ?", "Di mana Soekarno lahir?", "When was it built?", "Berapa tinggi Monas?", "Siapa presiden pertama?"]


def written(folder, name, splits: dict[str, list[tuple[int, int]]], passages: list[str]) -> None:
    """A set of questions: `splits` has (question, passage) numbers."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    lines(folder / name / "corpus.jsonl", [{"_id": f"p{i}", "text": text} for i, text in enumerate(passages)])
    for split, pairs in splits.items():
        lines(folder / name / f"queries.{split}.jsonl", [{"_id": f"{split}{q}", "text": TEXTS[q]} for q, _ in pairs])
        lines(folder / name / f"qrels.{split}.jsonl", [{"query-id": f"{split}{q}", "corpus-id": f"p{p}", "score": 1} for q, p in pairs])


def lines(path, rows) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@given(train=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=8), valid=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=4))
def test_no_question_and_no_passage_of_a_measurement_is_trained_on(tmp_path_factory, train, valid):
    folder = tmp_path_factory.mktemp("eval")
    passages = [f"Passage {i}, number {i}." for i in range(5)]
    written(folder, "facqa_id", {"train": train, "valid": []}, passages)
    written(folder, "idk_mrc_id", {"valid": valid, "train": []}, [text.upper() for text in passages])
    held = HeldOut(folder)
    found = {(one.text, one.passage) for one in read_questions(folder, held)["facqa_id"]}
    asked = {" ".join(TEXTS[q].lower().replace("?", " ").split()) for q, _ in valid}
    taken = {p for _, p in valid}
    assert found == {(TEXTS[q], passages[p]) for q, p in train if " ".join(TEXTS[q].lower().replace("?", " ").split()) not in asked and p not in taken}


def test_a_test_sentence_is_held_out_however_it_is_written(tmp_path):
    (tmp_path / "bitext").mkdir()
    (tmp_path / "bitext" / "tatoeba.id-en.tsv").write_text("Aku mengerti.\tI get it.\n", encoding="utf-8")
    held = HeldOut(tmp_path)
    assert held.holds(["other", "i get   IT!"]) and held.holds(["aku mengerti"]) and not held.holds(["I get it all."])
    assert fingerprint("Aku mengerti.") == fingerprint("aku  mengerti")


@given(count=st.integers(1, 60), passages=st.integers(0, 100))
def test_samples_are_the_sentences_and_runs_of_neighbours(count, passages):
    pairs = [Pair(f"kalimat {i}", f"sentence {i}", "id", "a" if i < count // 2 else "b") for i in range(count)]
    found = list(samples(pairs, passages))
    assert [one for one in found if one in pairs] == pairs
    for one in found:
        if one not in pairs:
            first = next(i for i, pair in enumerate(pairs) if one.target.startswith(pair.target + " "))
            run = next(pairs[first : first + n] for n in range(2, 6) if joined(pairs[first : first + n]) == one)
            assert len({pair.source for pair in run}) == 1


def test_the_same_english_is_cut_into_the_same_passages_in_every_language():
    english = [f"sentence {i}" for i in range(200)]
    cuts = [{one.target for one in samples([Pair(f"{word} {text}", text, word, "s") for text in english])} for word in ("id", "ru")]
    assert cuts[0] == cuts[1] and len(cuts[0]) > len(english)


def test_what_is_not_text_is_left_out():
    assert usable("Harga beras naik.", "The price of rice rose.")
    assert not usable("OK", "OK") and not usable("x = y[3] + {4}", "set x") and not usable("a" * 901, "long")


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=4), first=st.integers(0, 5), seed=st.integers(0, 9))
def test_a_pool_follows_from_its_number_and_every_sample_comes_once_a_round(sizes, first, seed):
    streams = [Stream(str(i), [[i + 1] * (1 + j % 7) for j in range(size)], np.arange(size) + 100 * i, 1 / len(sizes)) for i, size in enumerate(sizes)]
    twice = [list(islice(pools(streams, start, 64, seed, 64), 3)) for start in (0, first)]
    if first <= 2:
        same = [[(batch.rows, batch.targets.tolist()) for batch in pool] for pool in (twice[0][first], twice[1][0])]
        assert same[0] == same[1]
    for stream in streams:
        assert sorted(stream.draw(0, len(stream.rows), seed)) == list(range(len(stream.rows)))


@given(lengths=st.lists(st.integers(1, 50), max_size=80), limit=st.integers(50, 400))
def test_batches_hold_every_text_once_and_never_too_many_tokens(lengths, limit):
    batches = by_length(range(len(lengths)), lengths, limit)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[i] for i in batch) <= limit for batch in batches)


def test_questions_are_what_the_english_side_asks_and_no_language_floods_the_others():
    pairs = [Pair(f"teks {i}", f"text {i}{'?' if i % 2 else '.'} ", "id", "") for i in range(2 * QUESTIONS_OF_A_LANGUAGE + 10)]
    assert questions(pairs) == pairs[1::2][:QUESTIONS_OF_A_LANGUAGE] and questions(pairs[:4]) == [pairs[1], pairs[3]]


def test_shares_follow_the_square_root_of_the_size():
    assert shares({"id": 400, "jv": 100, "none": 0}, {"id": 1.0, "jv": 2.0, "none": 1.0}) == pytest.approx({"id": 0.5, "jv": 0.5})
