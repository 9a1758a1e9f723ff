"""The comparison as a picture: a panel for each figure that matters most, bars on a log axis."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PANELS = (
    (1, "p50 over the encoder's, ms"), (1, "ingest, passages/s"), (1, "questions/s, 8 clients"), (1, "process start to first answer, s"),
    (2, "question p50, ms"), (2, "ingest, passages/s"), (2, "open and first answer, s"), (2, "memory asking over the interpreter, MiB"),
)  # fmt: skip
"""(table, column)."""
TITLES = {1: "with the model", 2: "vectors given"}
OURS, THEIRS = "#b5482a", "#8a94a0"
LEAST = 0.01
"""A log axis has no zero: what is smaller is drawn as this."""


Tables = Mapping[int, Mapping[str, Mapping[str, Any]]]
"""{table: {engine: {column: figure or text}}}."""


def title_of(number: int, column: str) -> str:
    return f"{column} ({TITLES[number]})"


def figures_of(number: int, column: str, tables: Tables) -> dict[str, float]:
    """By engine; a text gets no bar."""
    return {name: row[column] for name, row in tables.get(number, {}).items() if isinstance(row.get(column), int | float)}


def picture(tables: Tables, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import NullFormatter

    drawn = [(title_of(*panel), values) for panel in PANELS if (values := figures_of(*panel, tables))]
    rows = max(1, -(-len(drawn) // 2))
    figure, axes = pyplot.subplots(rows, 2, figsize=(11, 2.9 * rows), layout="constrained", squeeze=False)
    for place, (title, values) in zip(axes.flat, drawn, strict=False):
        colours = [OURS if name.startswith("Kutip") else THEIRS for name in values]
        bars = place.barh(list(values), [max(value, LEAST) for value in values.values()], color=colours)
        place.bar_label(bars, [f"{value:,.3g}" if value < 1000 else f"{value:,.0f}" for value in values.values()], padding=2, fontsize=7)
        place.set_xscale("log")
        place.xaxis.set_minor_formatter(NullFormatter())  # over less than a decade they would be written over each other
        place.margins(x=0.15)
        place.invert_yaxis()
        place.tick_params(labelsize=8)
        place.set_title(title, fontsize=9, loc="left")
        place.spines[["top", "right"]].set_visible(False)
    for place in list(axes.flat)[len(drawn) :]:
        place.set_axis_off()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
