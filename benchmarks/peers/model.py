"""The bundled model as a folder that every engine loads like any other of sentence-transformers: float32, no table apart."""

from __future__ import annotations

from pathlib import Path

import torch

from benchmarks.models import in_float32
from rag.embedding.weights import read_weights


def plain_folder(folder: Path) -> Path:
    """Writes the model to `folder`, unless it is there already."""
    if not (folder / "modules.json").is_file():
        model = in_float32()
        model[0].auto_model.set_input_embeddings(torch.nn.Embedding.from_pretrained(torch.from_numpy(read_weights().table())))
        half = folder.with_name(f"{folder.name}.part")
        model.save_pretrained(str(half), safe_serialization=True)
        half.rename(folder)
    return folder
