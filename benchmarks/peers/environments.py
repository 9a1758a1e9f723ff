"""A virtual environment for each peer, with the versions of its file in `requirements`; a finished one is used again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "requirements"
TORCH = "torch==2.13.0"
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
FINISHED = "finished"


def environment(name: str, work: Path) -> Path:
    """The Python of the environment of `name`, made if it is not there.  Raises CalledProcessError with pip's words."""
    folder, wanted = work / "env" / name, REQUIREMENTS / f"{name}.txt"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done, mark = folder / FINISHED, hashlib.sha256(wanted.read_bytes()).hexdigest()
    if not (done.is_file() and done.read_text(encoding="ascii") == mark):
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        _install_torch(python)
        _pip(python, "-r", str(wanted))
        done.write_text(mark, encoding="ascii")
    return python


def versions(name: str, packages: Sequence[str]) -> dict[str, str]:
    """Of `packages` as pinned for the environment of `name`, or as installed in this one if that is empty."""
    if not name:
        return {package: importlib.metadata.version(package) for package in packages}
    lines = [TORCH, *(REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()]
    pinned = dict(line.split("==") for line in lines if "==" in line)
    return {package: pinned[package] for package in packages}


def _install_torch(python: Path) -> None:
    """Plain torch on Linux brings gigabytes of CUDA; the wheels for the CPU come from an index of their own."""
    if sys.platform == "linux":
        try:
            return _pip(python, "--timeout", "5", "--retries", "0", "--index-url", CPU_WHEELS, TORCH)
        except subprocess.CalledProcessError:
            pass
    _pip(python, TORCH)


def _pip(python: Path, *arguments: str) -> None:
    call = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(call, check=True, capture_output=True, text=True)
