"""What has been measured so far, written out anew after each engine, so that an interruption loses one at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers import report
from benchmarks.peers.engines import Engine
from benchmarks.peers.picture import picture
from benchmarks.reporting import save

COLUMNS = {1: report.WITH_ENCODER, 2: report.WITHOUT_ENCODER}


@dataclass(slots=True)
class Comparison:
    """`tables` are {table: {engine: figures}}, `heads` their titles; `out` is where NAME.md, NAME.json and NAME.png go."""

    engines: Sequence[Engine]
    conditions: Mapping[str, float]
    versions: Mapping[str, Mapping[str, str]]
    out: Path | None = None
    heads: dict[int, str] = field(default_factory=dict)
    tables: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def keep(self, number: int, name: str, figures: dict[str, Any]) -> None:
        rows = self.tables.setdefault(number, {}) | {name: figures}
        self.tables[number] = report.beside_encoder(rows) if number == 1 else rows
        if self.out:
            tables = {self.heads[one]: rows for one, rows in self.tables.items()}
            save(self.out, self.markdown(), {"conditions": self.conditions, "versions": self.versions, "tables": tables})
            picture(self.tables, self.out.with_suffix(".png"))

    def markdown(self) -> str:
        written = ["; ".join(f"{name} {value}" for name, value in self.conditions.items()) + ".", ""]
        for number, rows in self.tables.items():
            written += [f"## {self.heads[number]}", "", *report.table(rows, COLUMNS[number]), "", *report.cited(rows)]
        return "\n".join([*written, "## Versions and settings", "", *report.settings(self.engines, self.versions), ""])
