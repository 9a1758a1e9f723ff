"""The files of the bundled model, read without any framework. Matrices are stored in few bits with scales and widened here.

    model.safetensors                  norms, biases, positions, float16; NAME.inputs (columns,), largest absolute values of a layer's inputs
    layers.int8.safetensors            the layers' matrices: NAME int8 (rows, columns), NAME.scales float32 (rows, groups)
    word_embeddings.int4.safetensors   rows uint8 (pieces, dimension / 2), scales float16 (pieces, 1)
    tokenizer.json, config.json        as every BERT folder has them

A row of the word table has the numbers of LEVELS, four bits each, two in a byte, the first in the lower half.
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
TABLE_FILE = "word_embeddings.int4.safetensors"
_POSITIVE = (0.1284, 0.3881, 0.6568, 0.9423, 1.2562, 1.6180, 2.0690, 2.7326)
LEVELS = np.array([-level for level in reversed(_POSITIVE)] + [*_POSITIVE], np.float32)
"""The 16 values that normally distributed ones are rounded to with the least squared error (Max 1960, doi 10.1109/TIT.1960.1057548)."""
PAIRS = np.stack([np.tile(LEVELS, 16), np.repeat(LEVELS, 16)], axis=1)
"""The two values of each byte, float32 (256, 2)."""
_PARTS = PAIRS.view(np.complex64)[:, 0]
"""The same as the parts of a complex number, so that one look-up finds both."""
AT_ONCE = 1_024
"""Rows that are widened at a time: what lies between fits into the processor's cache."""
LAYERS_FILE = "layers.int8.safetensors"
INPUTS = ".inputs"


@dataclass(frozen=True, slots=True)
class Weights:
    """`packed` uint8 (pieces, dimension / 2) as LEVELS, times `scales` float32 (pieces, 1), is the word table; `layers` has
    everything else by BertModel's names, float32. `inputs` has the largest absolute values that came to each column of a linear
    layer when the model was made, float32 (columns,), by its name or the name of the layers around it that share them."""

    packed: np.ndarray
    scales: np.ndarray
    layers: Mapping[str, np.ndarray]
    inputs: Mapping[str, np.ndarray]
    config: Mapping[str, object]

    @property
    def dimension(self) -> int:
        return self.packed.shape[1] * 2

    def rows(self, ids: np.ndarray | slice) -> np.ndarray:
        """Rows of the word table, float32 (ids, dimension)."""
        return _PARTS[self.packed[ids]].view(np.float32) * self.scales[ids]

    def table(self) -> np.ndarray:
        """All of them, float32 (pieces, dimension)."""
        table = np.empty((len(self.packed), self.dimension), np.float32)
        for at in range(0, len(table), AT_ONCE):
            some = slice(at, at + AT_ONCE)
            table[some] = self.rows(some)
        return table


def read_weights(folder: Path = MODEL_FOLDER) -> Weights:
    """Raises ModelError where a file is missing or is not what it should be."""
    from safetensors.numpy import load_file

    try:
        table, stored, rest = (load_file(folder / name) for name in (TABLE_FILE, LAYERS_FILE, "model.safetensors"))
        layers = {name: widened(stored[name], stored[f"{name}.scales"]) for name in stored if not name.endswith(".scales")}
        rest = {name: np.asarray(value, np.float32) for name, value in rest.items()}
        inputs = {name.removesuffix(INPUTS): rest.pop(name) for name in list(rest) if name.endswith(INPUTS)}
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return Weights(table["rows"], table["scales"].astype(np.float32).reshape(-1, 1), layers | rest, inputs, config)
    except Exception as error:  # what a damaged file makes the readers raise is theirs to choose
        raise damaged(folder, error) from error


def read_tokenizer(folder: Path = MODEL_FOLDER) -> Tokenizer:
    """Cuts texts to the model's window. Raises ModelError like `read_weights`."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"])
        tokenizer.no_padding()
        return tokenizer
    except Exception as error:
        raise damaged(folder, error) from error


def only_special(tokenizer: Tokenizer) -> Tokenizer:
    """One with no other words than the special tokens of `tokenizer`, under the same ids."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece

    special = tokenizer.get_added_tokens_decoder()
    small = Tokenizer(WordPiece({token.content: number for number, token in special.items()}, unk_token="[UNK]"))
    small.add_special_tokens(list(special.values()))
    return small


def take_parts(small: Tokenizer, tokenizer: Tokenizer) -> None:
    """Lets one of `only_special` read texts as `tokenizer` does, with a padding and truncation of its own.

    The two share the vocabulary and the pattern that cuts words, which take a third of a second to read.
    """
    for part in ("model", "normalizer", "pre_tokenizer", "post_processor", "decoder"):
        setattr(small, part, getattr(tokenizer, part))


def damaged(folder: Path, error: Exception) -> ModelError:
    which, cure = ("The bundled model", "Install kutip again.") if folder == MODEL_FOLDER else (f"The model {str(folder)!r}", "Copy the folder again.")
    return ModelError(f"{which} cannot be loaded: {' '.join(str(error).split())[:300]} {cure}")


def widened(values: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """int8 values (n, m) times the scale of their group, scales (n, groups); float32 (n, m)."""
    count, groups = scales.shape
    return (values.reshape(count, groups, -1) * scales[..., None]).reshape(values.shape)
