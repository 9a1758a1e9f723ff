"""The model as it is bundled: the layers' matrices in int8, the word table in four bits, everything else in float16.

    model.safetensors                  norms, biases, positions; NAME.inputs (columns,), largest absolute values of a layer's inputs
    layers.int8.safetensors            the matrices of the layers: NAME int8 (rows, columns), NAME.scales float32 (rows, groups)
    word_embeddings.int4.safetensors   rows uint8 (pieces, dimension / 2), scales float16 (pieces, 1); rag/embedding/weights.py widens them

The rest is a sentence-transformers folder like any other: mean pooling, unit length.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from rag.embedding.weights import AT_ONCE, INPUTS, LAYERS_FILE, LEVELS, TABLE_FILE

TABLE = "embeddings.word_embeddings.weight"
GROUP = 96
"""Values of a layer's row that share a scale. One scale a row lets single texts fall to a cosine of .993 to the float
model, groups of 96 to .999."""
FITTED = 4
"""Times that a row's scale and its values are fitted to each other."""
LARGEST_FILE = 48_000_000
LARGEST_FOLDER = 60_000_000
"""Bytes: what a clone should have to fetch."""

MODULES = (
    ("", "sentence_transformers.models.Transformer"),
    ("1_Pooling", "sentence_transformers.models.Pooling"),
    ("2_Normalize", "sentence_transformers.models.Normalize"),
)


def quantised(matrix: Tensor, groups: int) -> tuple[Tensor, Tensor]:
    """int8 values (rows, columns) and scales (rows, groups): value = int8 * scale of its group, rounded to the nearest."""
    parts = matrix.float().unflatten(1, (groups, -1))
    scales = parts.abs().amax(-1) / 127
    values = torch.round(parts / scales.clamp_min(1e-12)[..., None]).to(torch.int8)
    return values.flatten(1).contiguous(), scales.contiguous()


def in_four_bits(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows uint8 (n, m / 2) and scales float32 (n, 1); `table` float32 (n, m), m even.

    A scale begins as the root of the row's mean square, and is then in turn what fits the nearest LEVELS best (least squares).
    """
    middles = (LEVELS[1:] + LEVELS[:-1]) / 2
    numbers, scales = np.empty(table.shape, np.uint8), np.empty((len(table), 1), np.float32)
    for at in range(0, len(table), AT_ONCE):
        rows = table[at : at + AT_ONCE]
        scale = np.sqrt(np.square(rows).mean(1, keepdims=True))
        for _ in range(FITTED):
            found = np.searchsorted(middles, rows / np.maximum(scale, 1e-12)).astype(np.uint8)
            scale = (LEVELS[found] * rows).sum(1, keepdims=True) / np.square(LEVELS[found]).sum(1, keepdims=True)
        numbers[at : at + AT_ONCE], scales[at : at + AT_ONCE] = found, scale
    return numbers[:, ::2] | numbers[:, 1::2] << 4, scales


def pack(source: Path, target: Path, inputs: Mapping[str, Tensor]) -> None:
    """Writes the bundle of the BertModel and tokenizer in `source`, with what `largest_inputs` says of it; raises ValueError where it is
    larger than allowed."""
    weights = {name.removeprefix("bert."): value for name, value in load_file(source / "model.safetensors").items()}
    (target / "1_Pooling").mkdir(parents=True, exist_ok=True)
    rows, scales = in_four_bits(weights.pop(TABLE).float().numpy())
    save_file({"rows": torch.from_numpy(rows), "scales": torch.from_numpy(scales).half()}, target / TABLE_FILE)
    layers: dict[str, Tensor] = {}
    rest = {f"{name}{INPUTS}": value.half() for name, value in inputs.items()}
    for name, value in weights.items():
        if name.startswith("encoder.layer.") and value.ndim == 2:
            layers[name], layers[f"{name}.scales"] = quantised(value, value.shape[1] // GROUP)
        elif not name.startswith("pooler."):
            rest[name] = value.half().contiguous()
    save_file(layers, target / LAYERS_FILE)
    save_file(rest, target / "model.safetensors", metadata={"format": "pt"})
    _write_settings(source, target, len(rows))
    _check_size(target)


def _write_settings(source: Path, target: Path, pieces: int) -> None:
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    _write(target / "config.json", config | {"vocab_size": pieces, "dtype": "float16"})
    _write(target / "modules.json", [{"idx": i, "name": str(i), "path": path, "type": kind} for i, (path, kind) in enumerate(MODULES)])
    _write(target / "sentence_bert_config.json", {"max_seq_length": 256, "do_lower_case": False})
    pooling = {"word_embedding_dimension": config["hidden_size"], "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}
    _write(target / "1_Pooling" / "config.json", pooling)
    shutil.copyfile(source / "tokenizer_config.json", target / "tokenizer_config.json")
    # Without the spaces and line ends of a readable file, a third of a tokenizer's bytes.
    # Where training cut texts is no property of the model.
    content = json.loads((source / "tokenizer.json").read_text(encoding="utf-8")) | {"truncation": None}
    (target / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _check_size(folder: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    if max(sizes.values()) > LARGEST_FILE or sum(sizes.values()) > LARGEST_FOLDER:
        raise ValueError(f"The bundle is too large: {sum(sizes.values()):,} bytes in all, {sizes}. Give the languages fewer pieces.")
