"""Kutip side by side with its peers, each in an environment of its own that this makes: same model, passages, questions, threads.

    python -m benchmarks.peers [--data FOLDER] [--set facqa_id] [--documents 1500] [--passages 100000] [--tables 1 2]
                               [--engines Kutip txtai ...] [--work build/peers] [--out docs/peers]

The first table is with the model: the set SET of FOLDER (in BEIR form, see benchmarks/sets.py), cut into Kutip's passages.
The second gives vectors with the passages and keeps every engine to one core: passages made of real sentences, see
benchmarks/recombined.py.  Each phase of an engine is a process of its own: build, open and ask once (three times), ask,
add one and delete one.  `--out` writes NAME.md, NAME.json and NAME.png, anew after each engine.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peers import report
from benchmarks.peers.comparison import COLUMNS, Comparison
from benchmarks.peers.engines import ENGINES, Engine
from benchmarks.peers.environments import versions
from benchmarks.peers.making import Validation, made, validation
from benchmarks.peers.model import plain_folder
from benchmarks.peers.running import Setting, measure


def with_model(engine: Engine, setting: Setting, judged: Validation) -> dict[str, Any]:
    figures = measure(engine, setting)
    run = figures.pop("run", None)
    if run and any(run) and any(judged.relevant):
        figures["nDCG@10"] = judged.ndcg(run)
    source = Path(importlib.util.find_spec(engine.adapter).origin)
    return figures | {"lines of code": report.lines_of_code(source.read_text(encoding="utf-8"))}


def fill(comparison: Comparison, number: int, measured: Callable[[Engine], dict[str, Any]]) -> None:
    """One table, an engine after the other."""
    for engine in comparison.engines:
        if number in engine.tables:
            begin = time.monotonic()
            comparison.keep(number, engine.name, measured(engine))
            print(f"table {number}, {engine.name}: {comparison.tables[number][engine.name]} ({time.monotonic() - begin:.0f} s)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of sets in BEIR form; `seeds/` without it")
    parser.add_argument("--set", default="facqa_id", help="the set of the first table")
    parser.add_argument("--documents", type=int, default=1500, help="of the set, the relevant ones first")
    parser.add_argument("--passages", type=int, default=100_000, help="of the second table")
    parser.add_argument("--questions", type=int, default=300, help="of the second table")
    parser.add_argument("--tables", type=int, nargs="+", choices=COLUMNS, default=list(COLUMNS))
    parser.add_argument("--engines", nargs="+", choices=[one.name for one in ENGINES], default=[one.name for one in ENGINES])
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of the first table; the second has one")
    parser.add_argument("--seconds", type=float, default=30.0, help="that one kind of question may take")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds that one phase of an engine may take")
    parser.add_argument("--work", type=Path, default=Path("build/peers"), help="environments, the model, what is measured on")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    chosen = [one for one in ENGINES if one.name in arguments.engines]
    comparison = Comparison(chosen, report.conditions(), {one.name: versions(one.environment, one.packages) for one in chosen}, arguments.out)
    if 1 in arguments.tables:
        judged = validation(arguments.data, arguments.set, arguments.documents)
        judged.material.save(work / "validation")
        counts = f"{len(judged.material.ids):,} passages, {len(judged.material.questions):,} questions"
        comparison.heads[1] = f"With the model: {judged.name}, {counts}, {arguments.threads} threads"
        setting = Setting(work / "validation", plain_folder(work / "model"), work, arguments.threads, arguments.seconds, arguments.limit)
        fill(comparison, 1, lambda engine: with_model(engine, setting, judged))
    if 2 in arguments.tables:
        made(arguments.passages, arguments.questions, arguments.data, work).save(work / "given")
        comparison.heads[2] = f"Vectors given: {arguments.passages:,} passages, {arguments.questions:,} questions, one core"
        given = Setting(work / "given", None, work, 1, arguments.seconds, arguments.limit)
        fill(comparison, 2, lambda engine: measure(engine, given))
    print(comparison.markdown())


if __name__ == "__main__":
    main()
