"""Verses: what two translations have in common, cleaned, and nothing where the package is not."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace

import pytest

from training.pairs import Pair
from training.scripture import SCRIPTURE, aligned, scripture_pairs

ENGLISH = "In the beginning, God created the heavens and the earth."
RUSSIAN = "В начале сотворил Бог небо и землю."


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "bible.db") as database:
        database.execute("CREATE TABLE bible (id INTEGER, bbName TEXT, bNumber INTEGER, cNumber INTEGER, vNumber INTEGER, vText TEXT)")
        rows = [("4", 1, 1, verse, f"{ENGLISH} {verse}") for verse in range(1, 10)]
        rows += [("r", 1, 1, verse, f"(1:{verse}) {RUSSIAN} {verse}") for verse in range(9, 2, -1)]
        rows += [("y", 1, 1, 1, "\u200eفي البدء خلق الله السماوات والارض\u200e."), ("k", 1, 1, 1, "no translation that is asked for")]
        database.executemany("INSERT INTO bible VALUES (0, ?, ?, ?, ?, ?)", rows)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: SimpleNamespace(submodule_search_locations=[str(tmp_path)]))


def test_verses_come_in_their_order_without_numbers_and_direction_marks(package):
    assert scripture_pairs("ru") == [Pair(f"{RUSSIAN} {verse}", f"{ENGLISH} {verse}", "ru", SCRIPTURE) for verse in range(3, 10)]
    assert scripture_pairs("ru", 2) == scripture_pairs("ru")[:2]
    assert [pair.text for pair in scripture_pairs("ar")] == ["في البدء خلق الله السماوات والارض."]
    assert scripture_pairs("de") == []


def test_without_the_package_there_are_none(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert scripture_pairs("ru") == []


def test_where_verses_are_numbered_otherwise_they_are_left_out():
    english = {(1, 1, verse): ENGLISH for verse in range(1, 8)}
    own = {(1, 1, verse): RUSSIAN for verse in range(2, 8)} | {(1, 1, 4): RUSSIAN * 3, (1, 1, 5): RUSSIAN[:12], (2, 1, 1): RUSSIAN}
    assert aligned(own, english, "ru") == [Pair(RUSSIAN, ENGLISH, "ru", SCRIPTURE)] * 4
    assert aligned({}, english, "ru") == []
