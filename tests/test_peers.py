"""The comparison with peers measures what it says: arithmetic by hand, engines by one protocol, reports of what was measured."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import math
import mmap
from pathlib import Path

import numpy as np
import pytest

from benchmarks import machine
from benchmarks.peers import environments, measures, report
from benchmarks.peers.adapters import kutip
from benchmarks.peers.comparison import Comparison
from benchmarks.peers.engines import ENGINES, Engine
from benchmarks.peers.making import documents, made, ndcg, of_row
from benchmarks.peers.material import Material, load_passages, load_questions
from benchmarks.peers.protocol import Adapter, Question
from benchmarks.peers.running import ERROR, Setting, measure, medians, openings
from benchmarks.recombined import Recombined
from benchmarks.sets import Row
from rag.text.passages import passage_spans
from rag.text.sentences import sentence_spans


def unit(rows) -> np.ndarray:
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def material(count: int = 30, dimension: int = 8) -> Material:
    chance = np.random.default_rng(3)
    passages = [f"Passage {i} tells of thing{i} and of nothing else in the whole wide world." for i in range(count)]
    vectors, asked = (unit(chance.standard_normal((rows, dimension))) for rows in (count, 12))
    return Material([f"p{i}" for i in range(count)], passages, [f"What of thing{i}?" for i in range(12)], vectors, asked)


def test_percentiles_and_recall_by_hand():
    assert measures.percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.5
    assert measures.percentile(list(range(101)), 95) == 95.0
    assert measures.recall([["a", "b"], ["c", "x"], []], [["b", "a"], ["c", "d"], ["e", "f"]]) == pytest.approx((1 + 0.5 + 0) / 3)


def test_exact_neighbours_are_the_largest_cosines_in_order():
    vectors = unit([[1, 0], [0, 1], [1, 1], [-1, 0], [2, 1]])
    assert measures.exact_neighbours(vectors, unit([[1, 0], [-1, 0.1]]), 3).tolist() == [[0, 4, 2], [3, 1, 2]]


def test_calls_stop_when_their_time_is_over_and_clients_share_them():
    called: list[int] = []
    calls = [lambda i=i: called.append(i) for i in range(5)]
    assert len(measures.taken(calls, budget=-1.0)) == 1 and called == [0]
    assert len(measures.taken(calls, budget=math.inf)) == 5
    called.clear()
    assert measures.per_second(called.append, clients=4, each=6, budget=60.0) > 0
    assert sorted(called) == list(range(24))
    with pytest.raises(ZeroDivisionError):
        measures.per_second(lambda number: 1 // (number - 7), clients=4, each=6, budget=60.0)


def test_bytes_and_memory(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "one").write_bytes(b"12345")
    (tmp_path / "deep" / "two").write_bytes(b"678")
    assert machine.folder_bytes(tmp_path) == 8
    before = machine.resident()
    with mmap.mmap(-1, 2**25) as held:  # 32 MiB of new pages, whatever is free in the heap
        held.write(b"x" * 2**25)
        assert machine.resident() - before > 25 and machine.peak() >= machine.resident() - 1


def test_ndcg_by_hand():
    assert ndcg(["x", "a", "b"], {"a": 1}) == pytest.approx(1 / math.log2(3))
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))
    assert ndcg([*"0123456789", "a"], {"a": 1}) == 0.0


def test_a_document_counts_by_its_best_passage_and_large_sets_keep_what_is_relevant():
    assert documents(["a#1", "b#0", "a#0", "c#d#2"]) == ["a", "b", "c#d"]
    corpus = {f"d{i}": f"Teks nomor {i} tentang harga beras." for i in range(6)}
    row = Row("x", "id", "id", corpus, {"q1": "satu", "q2": "dua"}, {}, {"q1": {"d4": 1}, "q2": {"d5": 1, "d1": 1}})
    found = of_row(row, 4)
    assert sorted(found.material.ids) == ["d0#0", "d1#0", "d4#0", "d5#0"] and found.material.questions == ["satu", "dua"]
    assert found.ndcg([["d4#0"], ["d0#0", "d1#0", "d5#0"]]) == pytest.approx(100 * (1 + (1 / math.log2(3) + 0.5) / (1 + 1 / math.log2(3))) / 2)
    assert of_row(row, 2).material.questions == ["satu"]  # d4 and d5 are kept, but d1 is not


def test_made_passages_are_whole_passages_with_the_vectors_of_their_sentences(tmp_path):
    few, many = made(20, 3, None, tmp_path), made(60, 3, None, tmp_path)
    assert many.passages[:20] == few.passages and np.array_equal(many.vectors[:20], few.vectors) and len(many.ids) == len(many.passages) == 60
    assert all([text[one.start : one.end] for one in passage_spans(text)] == [text] for text in many.passages)
    source = Recombined.prepared(tmp_path / "base")
    known = [[source.vectors[source.sentences.index(one)] for one in map(text.__getitem__, slices(text)) if one in source.sentences] for text in few.passages]
    cosines = few.vectors @ unit([np.mean(rows, axis=0) for rows in known]).T
    assert cosines.diagonal().mean() > max(0.6, cosines.mean() + 0.1)
    assert many.asked.shape == (3, 384) and np.allclose(np.linalg.norm(many.vectors, axis=1), 1, atol=1e-5)


def slices(text: str) -> list[slice]:
    return [slice(one.start, one.end) for one in sentence_spans(text)]


def test_what_is_saved_is_what_engines_read(tmp_path):
    given = material()
    given.save(tmp_path)
    ids, passages, vectors = load_passages(tmp_path)
    assert (ids, passages) == (given.ids, given.passages) and np.array_equal(vectors, given.vectors)
    asked = load_questions(tmp_path)
    assert [one.text for one in asked] == given.questions and np.array_equal(asked[3].vector, given.asked[3])
    Material(["a"], ["b"], ["c"]).save(tmp_path / "texts")
    assert load_passages(tmp_path / "texts")[2] is None and load_questions(tmp_path / "texts")[0].vector is None


def measured(tmp_path, failing: str = "", limit: float = 60.0) -> dict:
    material().save(tmp_path / "given")
    engine = Engine("Fake engine", "tests.fake_engine", "", (), "", {"failing": failing})
    return measure(engine, Setting(tmp_path / "given", None, tmp_path, 1, 2.0, limit))


@pytest.mark.slow
def test_an_engine_goes_through_all_phases(tmp_path):
    found = measured(tmp_path)
    assert found["dense recall@10"] == 1.0 and found["questions asked"] == 12
    assert set(report.WITHOUT_ENCODER) <= set(found)
    assert all(found[column] > 0 for column in report.WITHOUT_ENCODER)
    assert found["process start to first answer, s"] > found["open and first answer, s"]
    assert not list((tmp_path / "stores").iterdir())


@pytest.mark.slow
def test_what_an_engine_lacks_or_breaks_stands_in_its_own_cell(tmp_path):
    assert measured(tmp_path / "a", "delete")["delete one, s"] == "no: nothing is ever deleted"
    assert measured(tmp_path / "b", "forgetting")["delete one, s"] == "still found afterwards"
    assert measured(tmp_path / "c", "build") == {ERROR: "build: RuntimeError: build is broken"}
    opened = measured(tmp_path / "d", "open")
    assert opened[ERROR] == "reopen: RuntimeError: open is broken" and opened["ingest, passages/s"] > 0
    assert measured(tmp_path / "e", limit=0.001) == {ERROR: "build: not done in 0 s"}


def test_openings_are_the_median_of_three_or_one_slow_one():
    name = "process start to first answer, s"
    quick, slow = iter([{name: 3.0}, {name: 1.0}, {name: 2.0}]), iter([{name: 30.0}])
    assert medians(openings(lambda: next(quick))) == {name: 2.0}
    assert medians(openings(lambda: next(slow))) == {name: 30.0}
    assert medians([{name: 1.0}, {ERROR: "no"}]) == {ERROR: "no"}


def test_kutip_with_vectors_given_is_exact_and_follows_changes(tmp_path):
    given = material()
    engine = kutip.Adapter(tmp_path / "index", None, dimension=8)
    engine.prepare()
    engine.build(given.ids, given.passages, given.vectors)
    engine.close()
    engine.open()
    exact = measures.exact_neighbours(given.vectors, given.asked, 5)
    assert [engine.nearest(vector, 5) for vector in given.asked] == [[given.ids[i] for i in row] for row in exact]
    assert engine.ask(Question("thing17", given.vectors[17]), 3)[0] == "p17"
    asked = Question("thing99", unit(np.arange(8)))
    engine.add("extra", "This one alone tells of thing99 and of nothing else in the world.", asked.vector)
    assert engine.ask(asked, 3)[0] == "extra"
    engine.cite(asked)
    engine.delete("extra")
    assert "extra" not in engine.ask(asked, 10)
    engine.close()


def test_the_bare_engine_is_exact(tmp_path):
    pytest.importorskip("bm25s")
    from benchmarks.peers.adapters import brute

    given = material()
    engine = brute.Adapter(tmp_path, None)
    engine.prepare()
    engine.build(given.ids, given.passages, given.vectors)
    engine = brute.Adapter(tmp_path, None)
    engine.open()
    exact = measures.exact_neighbours(given.vectors, given.asked, 5)
    assert [engine.nearest(vector, 5) for vector in given.asked] == [[given.ids[i] for i in row] for row in exact]
    assert engine.ask(Question("thing17", given.vectors[17]), 3)[0] == "p17"


ROWS = {
    "encoder alone": {"ingest, passages/s": 50.0, "question p50, ms": 10.0, "memory asking, MiB": 5.0},
    "Kutip": {"ingest, passages/s": 40.0, "question p50, ms": 12.0, "memory asking, MiB": 1234.5},
    "other": {"ingest, passages/s": 25.0, "question p50, ms": 11.5, "memory asking, MiB": "not known"},
    "broken": {ERROR: "build: no"},
}


def test_the_report_bolds_the_best_and_keeps_texts_and_errors():
    rows = report.beside_encoder(ROWS)
    assert rows["other"]["ingest time / encoder's"] == 2.0 and rows["other"]["p50 over the encoder's, ms"] == 1.5
    columns = {"ingest, passages/s": report.LARGER, "question p50, ms": report.SMALLER, "memory asking, MiB": report.SMALLER}
    assert report.table(rows, columns) == [
        "| engine | ingest, passages/s | question p50, ms | memory asking, MiB |",
        "|---|--:|--:|--:|",
        "| encoder alone | 50.0 | 10.0 | 5.00 |",
        "| Kutip | **40.0** | 12.0 | **1,234** |",
        "| other | 25.0 | **11.5** | not known |",
        "| broken |  |  |  |",
        "\nbroken: build: no",
    ]
    assert [report.figure(one) for one in (123456.7, 99.96, 1.234, 0.01234, 7)] == ["123,457", "100.0", "1.23", "0.012", "7"]


def test_a_comparison_is_written_after_every_engine(tmp_path):
    pytest.importorskip("matplotlib")
    engines = [one for one in ENGINES if one.name in ("Kutip", "LanceDB")]
    comparison = Comparison(engines, {"date": "2026-01-01"}, {"Kutip": {"faiss-cpu": "1"}, "LanceDB": {"lancedb": "2"}}, tmp_path / "out", {1: "Title"})
    comparison.keep(1, "Kutip", dict(ROWS["Kutip"], **{"cited answer p50, ms": 3.0, "cited answer p95, ms": 4.0}))
    written = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "## Title" in written and "**1,234**" in written and "lancedb 2" in written and "p50 3.00 ms, p95 4.00 ms" in written
    assert json.loads((tmp_path / "out.json").read_text())["tables"]["Title"]["Kutip"]["memory asking, MiB"] == 1234.5
    assert (tmp_path / "out.png").stat().st_size > 5000


def test_lines_of_code_are_those_that_prepare_build_open_and_ask():
    source = '''
class Other:
    def build(self): pass

class Adapter:
    """Not this."""
    def build(self):
        """Nor this."""
        one = 1

        # nor this
        self._two(
            one)
    def _two(self, one): return one
    def add(self):
        not_this = 1
'''
    assert report.lines_of_code(source) == 4


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_every_engine_has_an_adapter_and_pinned_requirements(engine):
    tree = ast.parse(Path(importlib.util.find_spec(engine.adapter).origin).read_text(encoding="utf-8"))
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Adapter")
    methods = {node.name for node in found.body if isinstance(node, ast.FunctionDef)}
    assert {name for name in vars(Adapter) if not name.startswith("_")} <= methods
    if engine.environment:
        lines = (environments.REQUIREMENTS / f"{engine.environment}.txt").read_text(encoding="utf-8").splitlines()
        assert all("==" in line for line in lines if not line.startswith("#"))
        assert set(environments.versions(engine.environment, engine.packages)) == set(engine.packages)


def test_a_finished_environment_is_used_again(tmp_path):
    folder = tmp_path / "env" / "numpy"
    folder.mkdir(parents=True)
    mark = hashlib.sha256((environments.REQUIREMENTS / "numpy.txt").read_bytes()).hexdigest()
    (folder / environments.FINISHED).write_text(mark, encoding="ascii")
    assert environments.environment("numpy", tmp_path).parent.parent == folder
    assert [path.name for path in folder.iterdir()] == [environments.FINISHED]
