"""What a figure was measured on: processor, versions, time, memory speed and use.  Needs nothing but NumPy, for it runs in every peer's environment."""

from __future__ import annotations

import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

MIB = 2**20
PACKAGES = ("numpy", "faiss-cpu", "tantivy", "sentence-transformers", "torch", "gradio")


def machine() -> str:
    """Processor, cores, system, versions and the day, in one line."""
    try:
        names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    except OSError:
        names = []
    versions = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    return f"{os.cpu_count()} cores of {names[0] if names else platform.processor()}, Python {platform.python_version()}, {versions}, {date.today()}"


def _version(package: str) -> str:
    """'' where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def resident() -> float:
    """MiB of this process in memory now, files mapped into it included; the highest so far where there is no /proc."""
    return _status("VmRSS") if sys.platform == "linux" else peak()


def peak() -> float:
    """MiB of this process in memory at its highest."""
    if sys.platform == "linux":
        return _status("VmHWM")  # ru_maxrss would begin with the highest of the process that started this one
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (MIB if sys.platform == "darwin" else 1024)


def anonymous() -> float:
    """MiB of this process in memory now without the files mapped into it; all of it where there is no /proc."""
    return _status("RssAnon") if sys.platform == "linux" else resident()


@contextmanager
def highest(measure: Callable[[], float], every: float = 0.05) -> Iterator[Callable[[], float]]:
    """Samples `measure` every so many seconds; what it gives tells the highest so far.  A shorter peak can be missed."""
    seen, over = [measure()], threading.Event()

    def watch() -> None:
        while not over.wait(every):
            seen[0] = max(seen[0], measure())

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield lambda: seen[0]
    finally:
        over.set()
        watching.join()


def _status(field: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


def read_speed() -> float:
    """GB/s at which one thread reads memory: the best of five dot products over 256 MB."""
    numbers = np.ones(2**25, np.float64)
    return numbers.nbytes / min(seconds(lambda: np.dot(numbers, numbers)) for _ in range(5)) / 1e9
