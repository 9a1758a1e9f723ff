"""The repository keeps its own promises: imports point down, files stay small, nothing heavy loads early."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "rag").rglob("*.py"))
LAYERS = [
    {"errors", "settings"},
    {"filters"},
    {"types"},
    {"catalogue", "inputs"},
    {"text"},
    {"reading", "embedding"},
    {"storage"},
    {"retrieval"},
    {"answering", "ingest"},
    {"rebuilding", "removing", "checking", "opening"},
    {"conversing"},
    {"exports"},
    {"collection"},
    {"web"},
    {"printing"},
    {"chatting"},
    {"cli"},
    {"__init__", "__main__"},
]
HEIGHT = {name: i for i, layer in enumerate(LAYERS) for name in layer}


def room(path: Path) -> str:
    return path.relative_to(ROOT / "rag").with_suffix("").parts[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_and_files_stay_small(path):
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 350
    here = HEIGHT[room(path)]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            parts = name.split(".")
            if parts[0] == "rag" and len(parts) > 1:
                assert HEIGHT[parts[1]] < here or parts[1] == room(path), f"{path.name} imports {name}"


def test_importing_the_library_loads_nothing_heavy():
    code = "import sys, rag; print([name for name in ('torch', 'gradio', 'faiss', 'transformers', 'sentence_transformers', 'pymilvus') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"
