"""Takes one engine through its phases, each in a process of its own, and gathers the figures."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.engines import Engine
from benchmarks.peers.environments import environment
from benchmarks.peers.job import Job

ROOT = Path(__file__).parents[2]
OPENINGS = 3
"""So many processes give the median of opening, but one is enough where it takes longer than SLOW_OPENING seconds."""
SLOW_OPENING = 20.0
POOLS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS", "LANCE_CPU_THREADS", "TOKIO_WORKER_THREADS",
)  # fmt: skip
QUIET = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true", "LANCEDB_LOG": "error"}
"""Nothing is downloaded, and no engine writes a warning at every question."""
ERROR = "error"


@dataclass(frozen=True, slots=True)
class Setting:
    """What all engines of one table get alike; `limit` are the seconds that a process may take, `budget` those of one kind of question."""

    material: Path
    model: Path | None
    work: Path
    threads: int
    budget: float
    limit: float


def measure(engine: Engine, setting: Setting) -> dict[str, Any]:
    """The figures of one row; a phase that fails leaves its error there, and the later ones out where they need it."""
    try:
        python = environment(engine.environment, setting.work) if engine.environment else Path(sys.executable)
    except (subprocess.CalledProcessError, OSError) as error:
        return {ERROR: f"not installed: {_last_line(getattr(error, 'stderr', '') or str(error))}"}
    folder = setting.work / "stores" / engine.name.replace(" ", "-")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        figures = run("build", engine, python, folder, setting)
        if ERROR not in figures:
            figures |= medians(openings(lambda: run("reopen", engine, python, folder, setting)))
        if ERROR not in figures:
            figures |= run("ask", engine, python, folder, setting)
        if ERROR not in figures and setting.model is None:
            figures |= run("change", engine, python, folder, setting)
        return figures
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(phase: str, engine: Engine, python: Path, folder: Path, setting: Setting) -> dict[str, Any]:
    """The figures of one phase, or the error under ERROR."""
    told, result = setting.work / "job.json", setting.work / "result.json"
    result.unlink(missing_ok=True)
    Job(engine.adapter, phase, setting.material, folder, result, setting.model, engine.options, setting.budget).write(told)
    call = [str(python), "-m", "benchmarks.peers.worker", str(told)]
    environ = os.environ | dict.fromkeys(POOLS, str(setting.threads)) | QUIET | {"PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(call, cwd=ROOT, env=environ, timeout=setting.limit, capture_output=True, text=True, preexec_fn=_keep_to(setting.threads))
    except subprocess.TimeoutExpired:
        return {ERROR: f"{phase}: not done in {setting.limit:.0f} s"}
    if done.stderr and (done.returncode or "Traceback" in done.stderr):
        print(done.stderr[-4000:], file=sys.stderr)
    if done.returncode or not result.is_file():
        return {ERROR: f"{phase}: {_last_line(done.stderr)}"}
    return json.loads(result.read_text(encoding="utf-8"))


def openings(measured: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    found = [measured()]
    while len(found) < OPENINGS and found[0].get("process start to first answer, s", SLOW_OPENING) < SLOW_OPENING:
        found.append(measured())
    return found


def medians(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of each figure over all rows; an error in one is the error of all."""
    failed = next((row for row in rows if ERROR in row), None)
    return failed or {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def _keep_to(threads: int):
    """Keeps a process to so many cores, for some engines count those there are and not what they are told."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))[-threads:]
    return lambda: os.sched_setaffinity(0, cores)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no word"
