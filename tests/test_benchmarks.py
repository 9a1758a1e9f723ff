"""The yardstick measures what it says: sets are found and paired, runs are exact, baselines follow their formula."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.baselines import WhitespaceBM25
from benchmarks.choosing import Candidates, best_weights, fitted, grid, rates
from benchmarks.dense import main as dense_main
from benchmarks.late import rarity, reordered, share_alike
from benchmarks.models import Alone, matched
from benchmarks.reporting import mean, table
from benchmarks.sets import Bitext, bitexts, document_sentences, rows
from tests.fakes import WordCountEmbedder

CORPUS = [{"_id": "a", "title": "Beras", "text": "harga beras naik"}, {"_id": "b", "title": "", "text": "gempa di laut"}]


def lines(path, found) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in found), encoding="utf-8")


@pytest.fixture
def data(tmp_path):
    for name, text in (("de", "Der Reis"), ("id", "Beras")):
        lines(tmp_path / "pairs" / f"corpus.{name}.jsonl", [{"_id": "p", "text": text}])
        lines(tmp_path / "pairs" / f"queries.{name}.jsonl", [{"_id": "q", "text": f"{text}?"}])
    lines(tmp_path / "pairs" / "qrels.jsonl", [{"query-id": "q", "corpus-id": "p", "score": 1}])
    lines(tmp_path / "news_id" / "corpus.jsonl", CORPUS)
    for split in ("train", "valid"):
        lines(tmp_path / "news_id" / f"queries.{split}.jsonl", [{"_id": f"{split}1", "text": split, "answers": ["x"]}, {"_id": "none", "text": "no qrels"}])
        lines(tmp_path / "news_id" / f"qrels.{split}.jsonl", [{"query-id": f"{split}1", "corpus-id": "b", "score": 1}])
    lines(tmp_path / "beir" / "en" / "corpus.jsonl", CORPUS)
    lines(tmp_path / "beir" / "en" / "queries.jsonl", [{"_id": "q", "text": "earthquake"}])
    (tmp_path / "beir" / "en" / "qrels").mkdir()
    (tmp_path / "beir" / "en" / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t0\nq\tb\t2\n", encoding="utf-8")
    (tmp_path / "bitext").mkdir()
    (tmp_path / "bitext" / "news.id-en.tsv").write_text("satu\tone\tx\ndua\ttwo\n", encoding="utf-8")
    return tmp_path


def test_every_set_is_found_and_languages_are_paired(data):
    found = {row.name: row for row in rows(data)}
    assert list(found) == ["beir/en", "news_id", "pairs.de-de", "pairs.de-id", "pairs.id-de", "pairs.id-id"]
    assert found["beir/en"].relevant == {"q": {"b": 2}} and found["beir/en"].language == "en"
    assert found["news_id"].questions == {"valid1": "valid"} and found["news_id"].corpus == {"a": "Beras\nharga beras naik", "b": "gempa di laut"}
    assert found["pairs.de-id"].corpus == {"p": "Beras"} and found["pairs.de-id"].questions == {"q": "Der Reis?"}
    assert list(bitexts(data)) == [Bitext("news.id-en", ["satu", "dua"], ["one", "two"])]


def test_sentences_of_a_document_stand_beside_those_of_its_translation(tmp_path):
    rice, quake, short = "The price of rice went up in every market again.", "An earthquake struck the sea off the northern coast.", "Nobody was hurt."
    english = [f"{rice} {quake}", f"{quake} {short}", f"{rice} {rice}", rice]
    german = [
        "Der Preis für Reis stieg wieder auf jedem Markt. Ein Beben erschütterte das Meer vor der nördlichen Küste.",
        "Ein Beben erschütterte das Meer vor der nördlichen Küste. Niemand wurde verletzt.",
        "Der Preis für Reis stieg wieder auf jedem Markt.",
    ]
    for language, texts in (("en", english), ("de", german)):
        lines(tmp_path / "pairs" / f"corpus.{language}.jsonl", [{"_id": f"p{i}", "text": text} for i, text in enumerate(texts)])
    first, second = german[0].split(". ")
    wanted = Bitext("pairs sentences.de-en", [f"{first}.", second, second], [rice, quake, quake])
    assert list(document_sentences(tmp_path)) == [wanted]
    assert list(document_sentences(tmp_path, 2)) == [Bitext(wanted.name, wanted.left[:2], wanted.right[:2])]
    assert list(document_sentences(tmp_path / "nothing")) == []
    # As many sentences as in English, but the first takes a seventh of the document where it takes three quarters there.
    unlike = [german[0], "Ein Beben. Das sagten die Leute an der nördlichen Küste in jedem Haus."]
    lines(tmp_path / "pairs" / "corpus.de.jsonl", [{"_id": f"p{i}", "text": text} for i, text in enumerate(unlike)])
    assert next(document_sentences(tmp_path)).right == [rice, quake]


WORDS = st.lists(st.sampled_from(["beras", "rice", "gempa", "naik"]), min_size=1, max_size=6).map(" ".join)


@given(texts=st.lists(WORDS, min_size=1, max_size=6), question=WORDS)
def test_the_baseline_is_bm25(texts, question):
    got = WhitespaceBM25({str(i): text for i, text in enumerate(texts)}).scores(question)
    average = sum(len(text.split()) for text in texts) / len(texts)
    for i, text in enumerate(texts):
        wanted = 0.0
        for word in set(question.split()):
            holding = sum(word in other.split() for other in texts)
            count, length = text.split().count(word), len(text.split())
            wanted += math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5)) * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / average))
        assert got.get(str(i), 0.0) == pytest.approx(wanted)


@given(texts=st.lists(WORDS, min_size=1, max_size=6), question=WORDS)
def test_a_model_alone_is_the_cosine_with_every_document(texts, question):
    embedder = WordCountEmbedder()
    got = Alone(embedder, {str(i): text for i, text in enumerate(texts)}).scores(question)
    asked = embedder.encode_query(question)
    for i, text in enumerate(texts):
        assert got[str(i)] == pytest.approx(float(asked @ embedder.encode_query(text)), abs=1e-6)


def test_the_report_of_a_model_alone_is_that_of_its_cosines(data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.dense.load_embedder", lambda name: WordCountEmbedder())
    monkeypatch.setattr("sys.argv", ["dense", "--data", str(data), "--out", str(tmp_path / "dense")])
    dense_main()
    found = json.loads((tmp_path / "dense.json").read_text(encoding="utf-8"))
    embedder = WordCountEmbedder()
    for one in rows(data):
        vectors = Alone(embedder, one.corpus)
        gains = []
        for number, text in one.questions.items():
            order = list(vectors.scores(text))
            gains.append(sum(1 / math.log2(place + 2) for place, name in enumerate(order) if name in one.relevant[number]))
        assert found["sets"][one.name]["dense"] == pytest.approx(100 * np.mean(gains)), one.name
        assert ("BM25 whitespace" in found["sets"][one.name]) == (one.asked == one.language)
    assert found["sentences"] == {"news.id-en": dict(zip(("there", "back"), matched(embedder, next(iter(bitexts(data)))), strict=True))}
    assert "| news.id-en |" in (tmp_path / "dense.md").read_text(encoding="utf-8") and "news.id-en" in capsys.readouterr().out


def test_sentences_are_matched_both_ways():
    bitext = Bitext("x", ["beras", "gempa", "gempa"], ["beras beras", "gempa", "rice"])
    there, back = matched(WordCountEmbedder(), bitext)
    assert there == pytest.approx(100 * 2 / 3) and back == pytest.approx(100 * 2 / 3)


def test_a_table_and_its_mean():
    figures = {"one": {"x": 1.0, "y": 2.0}, "two": {"x": 3.0}}
    assert mean(figures.values()) == {"x": 2.0, "y": 2.0}
    assert table(figures, ("x", "y"), "row") == ["| row | x | y |", "|---|--:|--:|", "| one | 1.0 | 2.0 |", "| two | 3.0 |  |"]
    assert np.isfinite(list(mean(figures.values()).values())).all()


@st.composite
def ranked(draw):
    """The candidates of one question with scores of few values, so that many are equal."""
    many = draw(st.integers(1, 30))
    column = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=many, max_size=many).map(np.array)
    documents = np.array(draw(st.lists(st.integers(0, 14), min_size=many, max_size=many)))
    right = draw(st.sets(st.integers(0, 14)))
    relevant = np.array([number in right for number in documents.tolist()])
    return Candidates("row", "USUAL", draw(column), draw(column), draw(column), np.full(many, "SAME_LANGUAGE"), documents, relevant, len(right) + 1)


def test_late_interaction_is_the_best_cosine_of_each_token_by_what_it_asks():
    idf = rarity([[1, 5, 2], [1, 6, 5, 2], [1, 7, 2]])
    assert idf == pytest.approx({1: 0, 2: 0, 5: np.log(1 + 1.5 / 2.5), 6: np.log(1 + 2.5 / 1.5), 7: np.log(1 + 2.5 / 1.5)})
    question, passage = np.eye(3)[[0, 1, 2]], np.array([[0.6, 0.8, 0.0], [1.0, 0.0, 0.0]])
    assert share_alike(question, passage, np.array([1.0, 3.0, 0.0])) == pytest.approx((1 * 1.0 + 3 * 0.8) / 4)
    assert share_alike(question, passage, np.zeros(3)) == 0
    assert reordered(np.array([0.9, 0.5, 0.8]), np.array([0.1, 1.0]), 0.8) == pytest.approx([0.98, 1.3, -0.2])


@given(ranked(), st.sampled_from(grid()))
def test_the_gain_of_weights_is_that_of_the_documents_in_the_order_of_their_best_passage(one, weights):
    best: dict[int, tuple[float, int]] = {}
    for place, (number, score) in enumerate(zip(one.documents.tolist(), one.scores(weights).tolist(), strict=True)):
        best[number] = min(best.get(number, (9.0, 0)), (-score, place))
    order = sorted(best, key=best.__getitem__)[:10]
    relevant = set(one.documents[one.relevant].tolist())
    gained = sum(1 / math.log2(rank + 1) for rank, number in enumerate(order, 1) if number in relevant)
    assert one.ndcg(weights) == pytest.approx(gained / sum(1 / math.log2(rank + 1) for rank in range(1, min(one.wanted, 10) + 1)))


def test_weights_of_the_grid_add_up_and_the_best_are_no_worse_than_any():
    chance = np.random.default_rng(3)
    asked = [
        Candidates("row", "USUAL", *chance.random((3, 20)), np.full(20, "SAME_LANGUAGE"), np.arange(20), np.arange(20) == n % 20, 1)  # fmt: skip
        for n in range(20)
    ]
    weights, value = best_weights(asked)
    assert all(sum((one.dense, one.lexical, one.coverage)) == pytest.approx(1) and min(one.dense, one.lexical, one.coverage) >= 0 for one in grid())
    assert value == pytest.approx(max(100 * np.mean([one.ndcg(each) for one in asked]) for each in grid()))
    assert weights in grid()


def test_the_factors_of_confidence_refuse_one_of_twenty_and_tell_what_answers():
    pytest.importorskip("sklearn")
    chance = np.random.default_rng(5)
    first = []
    for _ in range(400):
        relevant = np.arange(10) == chance.integers(5)
        first.append((chance.random((10, 2)) * 0.5 + 0.4 * relevant[:, None], relevant))
    factors = fitted(first)
    refused, answered = rates(first, factors)
    assert min(factors[:2]) > 0 > factors[2]
    assert refused == pytest.approx(5, abs=0.5)
    assert answered < 50
