"""Sentences of an encyclopedia: running text alone, and nothing that a measurement asks for."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("torch")

from training.crops import passages_of  # noqa: E402
from training.encyclopedia import encyclopedia_sentences, sentences  # noqa: E402
from training.held_out import SHARED, HeldOut  # noqa: E402

ARTICLE = """'''Alabama''' () is a state in the southeastern region of the United States. At , Alabama has one of the longest waterways.

==Etymology==
* A list of things that are not sentences at all.
The name comes from a people, ''Albaamo'' in their language. It was written down by Mr. A. Soto in 1540, they say! Short one.
A caption without an end
"""


def test_sentences_are_the_running_text_in_its_order():
    assert [pair.text for pair in sentences(ARTICLE, "wikipedia 1")] == [
        "Alabama is a state in the southeastern region of the United States.",
        "At, Alabama has one of the longest waterways.",
        "The name comes from a people, Albaamo in their language.",
        "It was written down by Mr. A. Soto in 1540, they say!",
    ]


def test_a_passage_is_made_of_one_article():
    pairs = [pair for number in range(3) for pair in sentences(ARTICLE, f"wikipedia {number}")]
    assert all(pair.text == pair.target and pair.language == "en" for pair in pairs)
    alone = [passage for number in range(3) for passage in passages_of(sentences(ARTICLE, f"wikipedia {number}"))]
    assert list(passages_of(pairs)) == alone and len(alone) >= 3


def test_the_articles_are_those_of_the_package():
    pytest.importorskip("gensim")
    found = encyclopedia_sentences()
    assert len(found) > 10_000
    assert any("Abraham Lincoln" in pair.text for pair in found)
    assert not any("Lincoln in February 1865, about two months before his death" in pair.text for pair in found), "a caption"
    assert not any("[[" in pair.text or "{{" in pair.text for pair in found)


def test_what_quotes_a_passage_or_a_sentence_of_a_measurement_is_known(tmp_path):
    other = "The Elbe is a river that begins in the far east and flows to the North Sea."
    passage = "The Rhine is a river that begins in the Swiss canton of Graubünden and flows to the North Sea."
    (tmp_path / "set").mkdir()
    for name, rows in {
        "corpus.jsonl": [{"_id": "a", "text": passage}, {"_id": "b", "text": other}],
        "queries.jsonl": [{"_id": "q", "text": "Where does it begin?"}],
        "qrels.jsonl": [{"query-id": "q", "corpus-id": "a", "score": 1}],
    }.items():
        (tmp_path / "set" / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "bitext").mkdir()
    sentence = "Two sentences that say the same in two languages are here to be matched."
    (tmp_path / "bitext" / "some.id-en.tsv").write_text(f"Dua kalimat.\t{sentence}\n", encoding="utf-8")
    held = HeldOut(tmp_path)
    words = passage.split()
    assert held.quotes("It is said: " + " ".join(words[3 : 3 + SHARED]).upper() + ", and more.")
    assert not held.quotes(" ".join(words[3 : 3 + SHARED - 1]))
    assert not held.quotes(other)
    assert held.quotes(f"He wrote: {sentence}")
