"""The comparison as Markdown: two tables, the settings of each engine, the machine."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.peers.engines import Engine
from benchmarks.peers.running import ERROR
from benchmarks.speed import copy_speed

USER_CODE = ("prepare", "build", "open", "ask")
Rows = Mapping[str, Mapping[str, Any]]
"""{engine: {column: a figure, or a text that says why there is none}}."""

SMALLER, LARGER = "smaller", "larger"
WITH_ENCODER = {
    "ingest, passages/s": LARGER, "ingest time / encoder's": SMALLER, "question p50, ms": SMALLER, "question p95, ms": SMALLER,
    "p50 over the encoder's, ms": SMALLER, "questions/s, 8 clients": LARGER, "process start to first answer, s": SMALLER, "peak memory adding, MiB": SMALLER,
    "memory asking, MiB": SMALLER, "disk, MiB": SMALLER, "nDCG@10": LARGER, "lines of code": SMALLER,
}  # fmt: skip
"""The columns of the first table, and which of their values is the best."""
WITHOUT_ENCODER = {
    "ingest, passages/s": LARGER, "question p50, ms": SMALLER, "question p95, ms": SMALLER, "dense recall@10": LARGER, "questions/s, 8 clients": LARGER,
    "open and first answer, s": SMALLER, "process start to first answer, s": SMALLER, "memory asking over the interpreter, MiB": SMALLER,
    "peak memory adding, MiB": SMALLER, "disk, MiB": SMALLER, "add one, s": SMALLER, "delete one, s": SMALLER,
}  # fmt: skip
BASELINES = ("encoder alone", "NumPy + bm25s")
"""Not compared: no engine that anyone could use."""


def beside_encoder(rows: Rows, encoder: str = BASELINES[0]) -> dict[str, dict[str, Any]]:
    """The rows with what each adds to the encoder: its time per passage, and at a question."""
    bare = rows.get(encoder, {})
    found = {name: dict(row) for name, row in rows.items()}
    for row in found.values():
        if isinstance(row.get("ingest, passages/s"), float) and "ingest, passages/s" in bare:
            row["ingest time / encoder's"] = bare["ingest, passages/s"] / row["ingest, passages/s"]
        if isinstance(row.get("question p50, ms"), float) and "question p50, ms" in bare:
            row["p50 over the encoder's, ms"] = row["question p50, ms"] - bare["question p50, ms"]
    return found


def lines_of_code(source: str) -> int:
    """Lines of an adapter that a user would write: of what prepares, builds, opens and asks, without blank lines, comments and docstrings."""
    made = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == "Adapter")
    bodies = [node.body for node in made.body if isinstance(node, ast.FunctionDef) and (node.name in USER_CODE or _is_private(node.name))]
    listed = source.splitlines()
    return sum(
        bool(line.strip()) and not line.strip().startswith("#")
        for body in bodies for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for line in listed[node.lineno - 1 : node.end_lineno]
    )  # fmt: skip


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def table(rows: Rows, columns: Mapping[str, str]) -> list[str]:
    """Markdown lines; the best of each column is bold, baselines and texts set aside.  A row with an error says only that."""
    best = {column: _best([row[column] for name, row in rows.items() if name not in BASELINES and _is_figure(row.get(column))], kind)
            for column, kind in columns.items()}  # fmt: skip
    written = ["| engine | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    for name, row in rows.items():
        cells = []
        for column in columns:
            value = row.get(column, "")
            shown = figure(value) if _is_figure(value) else str(value)
            cells.append(f"**{shown}**" if _is_figure(value) and value == best[column] and name not in BASELINES else shown)
        written.append(f"| {name} | " + " | ".join(cells) + " |")
    written += [f"\n{name}: {row[ERROR]}" for name, row in rows.items() if ERROR in row]
    return written


def cited(rows: Rows) -> list[str]:
    """What an engine takes for a whole answer and not only for the passages."""
    taken = {name: [figure(row[f"cited answer {share}, ms"]) for share in ("p50", "p95")] for name, row in rows.items() if "cited answer p50, ms" in row}
    return [f"{name}, a whole answer with quotes, marked sentence and verdict: p50 {p50} ms, p95 {p95} ms.\n" for name, (p50, p95) in taken.items()]


def figure(value: float) -> str:
    """With three digits that count, and commas; a whole number as it is."""
    if isinstance(value, int):
        return f"{value:,}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def _best(values: Sequence[float], kind: str) -> float | None:
    return None if not values else min(values) if kind == SMALLER else max(values)


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def settings(engines: Sequence[Engine], versions: Mapping[str, Mapping[str, str]]) -> list[str]:
    written = ["| engine | versions | set up as |", "|---|---|---|"]
    for engine in engines:
        listed = ", ".join(f"{package} {version}" for package, version in versions[engine.name].items())
        written.append(f"| {engine.name} | {listed} | {engine.settings} |")
    return written


def conditions() -> dict[str, float]:
    """Was the machine quiet, and how fast: the load is that of the minute before."""
    return {"load": round(os.getloadavg()[0], 2), "memory copy, GB/s": round(copy_speed(), 1)}
