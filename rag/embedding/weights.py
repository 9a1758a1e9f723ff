"""The files of the bundled model, read without any framework. Matrices are stored in few bits with scales and widened here.

    model.safetensors                  norms, biases, positions, float16
    layers.int8.safetensors            the layers' matrices: NAME int8 (rows, columns), NAME.scales float32 (rows, groups)
    word_embeddings.int6.safetensors   rows uint8 (pieces, dimension * 3 / 4), scales float32 (pieces, 1)
    tokenizer.json, config.json        as every BERT folder has them

A row of the word table has values of six bits, -31 to 31 with 32 added, four in three bytes, the first in the lowest bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL_FOLDER = Path(__file__).parent / "model"
TABLE_FILE = "word_embeddings.int6.safetensors"
LAYERS_FILE = "layers.int8.safetensors"


@dataclass(frozen=True, slots=True)
class Weights:
    """`packed` uint8 (pieces, dimension * 3 / 4) unpacked and times `scales` float32 (pieces, 1) is the word table; `layers`
    has everything else by BertModel's names, float32."""

    packed: np.ndarray
    scales: np.ndarray
    layers: Mapping[str, np.ndarray]
    config: Mapping[str, object]

    @property
    def dimension(self) -> int:
        return self.packed.shape[1] * 4 // 3

    def rows(self, ids: np.ndarray) -> np.ndarray:
        """Rows of the word table, float32 (ids, dimension)."""
        return unpacked(self.packed[ids]) * self.scales[ids]

    def table(self) -> np.ndarray:
        """All of them, float32 (pieces, dimension)."""
        return self.rows(np.arange(len(self.packed)))


def read_weights(folder: Path = MODEL_FOLDER) -> Weights:
    """Raises ModelError where a file is missing or is not what it should be."""
    from safetensors.numpy import load_file

    try:
        table, stored, rest = (load_file(folder / name) for name in (TABLE_FILE, LAYERS_FILE, "model.safetensors"))
        layers = {name: widened(stored[name], stored[f"{name}.scales"]) for name in stored if not name.endswith(".scales")}
        layers |= {name: np.asarray(value, np.float32) for name, value in rest.items()}
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return Weights(table["rows"], table["scales"].reshape(-1, 1), layers, config)
    except Exception as error:  # what a damaged file makes the readers raise is theirs to choose
        raise damaged(error) from error


def read_tokenizer(folder: Path = MODEL_FOLDER) -> Tokenizer:
    """Cuts texts to the model's window. Raises ModelError like `read_weights`."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"])
        tokenizer.no_padding()
        return tokenizer
    except Exception as error:
        raise damaged(error) from error


def damaged(error: Exception) -> ModelError:
    return ModelError(f"The bundled model cannot be loaded: {' '.join(str(error).split())[:300]} Install kutip again.")


def unpacked(packed: np.ndarray) -> np.ndarray:
    """int8 values (n, m), -31 to 31, of uint8 (n, m * 3 / 4)."""
    first, second, third = (packed[:, i::3] for i in range(3))
    values = np.empty((len(packed), packed.shape[1] // 3, 4), np.int8)
    values[..., 0] = first & 63
    values[..., 1] = first >> 6 | (second & 15) << 2
    values[..., 2] = second >> 4 | (third & 3) << 4
    values[..., 3] = third >> 2
    values -= 32
    return values.reshape(len(packed), 4 * values.shape[1])


def widened(values: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """int8 values (n, m) times the scale of their group, scales (n, groups); float32 (n, m)."""
    count, groups = scales.shape
    return (values.reshape(count, groups, -1) * scales[..., None]).reshape(values.shape)
