"""What a figure was measured on: processor, versions, memory speed and use."""

from __future__ import annotations

import os
import platform
import resource
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np

PACKAGES = ("numpy", "faiss-cpu", "tantivy")


def machine() -> str:
    """Processor, cores, system, versions and the day, in one line."""
    try:
        names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    except OSError:
        names = []
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} cores of {names[0] if names else platform.processor()}, Python {platform.python_version()}, {versions}, {date.today()}"


def memory_mb(*, peak: bool = False, mapped: bool = True) -> float:
    """Resident memory of this process, its highest so far if `peak`; without pages of files if not `mapped`."""
    if peak:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return int(fields["VmRSS" if mapped else "RssAnon"].split()[0]) / 1024


def tree_mb(folder: Path) -> float:
    """What the files of a folder hold, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def read_speed() -> float:
    """GB/s at which one thread reads memory: the best of five dot products over 256 MB."""
    numbers = np.ones(2**25, np.float64)

    def seconds() -> float:
        begin = time.perf_counter()
        np.dot(numbers, numbers)
        return time.perf_counter() - begin

    return numbers.nbytes / min(seconds() for _ in range(5)) / 1e9
