"""Why a file was refused, in Indonesian: no sentence that reading has is missing, and its places are filled."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag.reading
from rag.web.shelf_reasons import _INDONESIAN, reason_words

SAYING = {"Unreadable", "BadRow", "Rejection", "_rejected", "_reject", "refuse", "append"}
SOURCES = [*Path(rag.reading.__file__).parent.glob("*.py"), Path(rag.__file__).parent / "ingest.py", Path(rag.__file__).parent / "web/shelf_intake.py"]


def sentences() -> Iterator[tuple[str, str]]:
    """Every reason in the sources, its places filled with a 7."""
    for path in SOURCES:
        package = ".".join(path.relative_to(Path(rag.__file__).parents[1]).with_suffix("").parts)
        module = importlib.import_module(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAYING:
                said = [part for one in node.args for part in ([one.body, one.orelse] if isinstance(one, ast.IfExp) else [one])]
            elif isinstance(node, ast.FunctionDef) and node.name == "_problem":
                said = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("reason", "problem"):
                said = [node.value]
            for text in (filled(one, module) for one in said):
                if len(text.replace("7", "").split()) > 1:
                    yield path.name, text


def filled(node: ast.expr, module: object) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.Name):
        value = getattr(module, node.id, "")
        return value if isinstance(value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(filled(one.value, module) or "7" if isinstance(one, ast.FormattedValue) else filled(one, module) for one in node.values)
    return ""


def test_every_reason_is_known():
    found = list(sentences())
    assert len(found) >= 45 and [one for one in found if "bahasa Inggris" in reason_words(one[1], "id")] == []
    english = {text for _, text in found}
    assert {known for known in _INDONESIAN if not any(known.split("{}")[0] in text for text in english)} == set()


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        ("is a picture, not text: save it as plain text first", "adalah gambar, bukan teks: simpan dulu sebagai teks biasa"),
        ("row 3: has no text", "baris 3: tidak berisi teks"),
        ("dalam/b c.txt is a binary file, not text", "dalam/b c.txt adalah berkas biner, bukan teks"),
        ("line 9 is no valid JSON", "baris 9 bukan JSON yang sah"),
        ("is no valid JSON: Expecting ',' delimiter in line 1, column 8", "bukan JSON yang sah: Expecting ',' delimiter di baris 1, kolom 8"),
        ("<b>{0}</b> names {x} again: only the first row counts", "<b>{0}</b> menyebut {x} lagi: hanya baris pertama yang berlaku"),
        ("never heard of", "never heard of (dalam bahasa Inggris)"),
    ],
)
def test_a_reason_is_said_in_the_readers_language(english, indonesian):
    assert reason_words(english, "id") == indonesian and reason_words(english, "en") == english


def test_a_long_reason_takes_no_time():
    assert reason_words("row 7 " * 100_000, "id").endswith("(dalam bahasa Inggris)")
