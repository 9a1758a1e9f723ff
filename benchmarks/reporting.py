"""Tables in Markdown and bars as a picture, of figures by row and column."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.machine import machine

Figures = Mapping[str, Mapping[str, float]]
"""{row: {column: value}}; a column may be missing in a row."""


def table(figures: Figures, columns: Sequence[str], first: str) -> list[str]:
    """Markdown lines, values with one decimal."""
    written = [f"| {first} | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    for name, row in figures.items():
        written.append(f"| {name} | " + " | ".join(f"{row[column]:.1f}" if column in row else "" for column in columns) + " |")
    return written


def mean(figures: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Of each column over the rows that have it."""
    rows = list(figures)
    columns = dict.fromkeys(column for row in rows for column in row)
    return {column: float(np.mean([row[column] for row in rows if column in row])) for column in columns}


def save(out: Path, markdown: str, content: Mapping[str, object]) -> None:
    """Writes OUT.md and OUT.json, both with the machine, the versions and the day first."""
    out.with_suffix(".md").write_text(f"Measured on {machine()}.\n\n{markdown}", encoding="utf-8")
    out.with_suffix(".json").write_text(json.dumps({"machine": machine(), **content}, indent=1) + "\n", encoding="utf-8")


def bars(figures: Figures, columns: Sequence[str], path: Path, title: str) -> None:
    """Horizontal bars, one group a row, in the order given."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    height = 0.8 / len(columns)
    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.28 * len(columns) * len(figures)), layout="constrained")
    places = np.arange(len(figures))
    for i, column in enumerate(columns):
        values = [row.get(column, 0.0) for row in figures.values()]
        drawn = axes.barh(places + (i - (len(columns) - 1) / 2) * height, values, height * 0.9, label=column)
        axes.bar_label(drawn, [f"{value:.0f}" if value else "" for value in values], padding=2, fontsize=7)
    axes.set_yticks(places, list(figures))
    axes.set_ylim(len(figures) - 0.5, -0.5)
    axes.set_xlim(0, 105)
    axes.set_title(title, fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(fontsize=8, loc="outside lower center", ncols=min(4, len(columns)), frameon=False)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def growth(rows: Figures, path: Path) -> None:
    """Milliseconds of a question against the size of the collection, both on log axes, with the bound of a flat scan."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    styles = {"search p50, ms": "o-", "search p95, ms": "o:", "ask p50, ms": "s-", "nearest vectors p50, ms": "^-", "bound of a flat scan, ms": "k--"}
    for column, style in styles.items():
        points = [(row["passages"], row[column]) for row in rows.values() if column in row]
        axes.plot(*zip(*points, strict=True), style, label=column, markersize=5)
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="ms")
    axes.grid(True, which="both", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
