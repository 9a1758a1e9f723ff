"""The bundled model as a folder that every engine loads like any other of sentence-transformers: float32, no table apart."""

from __future__ import annotations

from pathlib import Path

import torch

from rag.embedding.bundled import load_bundled
from rag.embedding.weights import MODEL_FOLDER, read_weights


def plain_folder(folder: Path) -> Path:
    """Writes the model to `folder`, unless it is there already."""
    if not (folder / "modules.json").is_file():
        model, weights = load_bundled().float(), read_weights(MODEL_FOLDER)
        inner = model[0].auto_model  # its values have been through bfloat16
        inner.load_state_dict({name: torch.from_numpy(value) for name, value in weights.layers.items()}, strict=False)
        inner.set_input_embeddings(torch.nn.Embedding.from_pretrained(torch.from_numpy(weights.table())))
        half = folder.with_name(f"{folder.name}.part")
        model.save_pretrained(str(half), safe_serialization=True)
        half.rename(folder)
    return folder
