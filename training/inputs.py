"""The largest values of the inputs of the model's matrices, by which rag/embedding/int8.py evens out the two."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import torch
from torch import Tensor
from transformers import BertModel

LOOKED_AT = 4
"""Texts of each source of each language that are looked at."""
SHARED = ".query"
"""Keys and values have the same inputs: one name for the three."""


def largest_inputs(model: BertModel, texts: Iterable[list[int]]) -> dict[str, Tensor]:
    """The largest absolute values of each column over all tokens of `texts`, token ids, by the layer's name; float32 (columns,)."""
    found: dict[str, Tensor] = {}

    def look(name: str, _layer: torch.nn.Module, values: tuple[Tensor]) -> None:
        largest = values[0].abs().flatten(0, -2).amax(0)
        found[name] = torch.maximum(found.get(name, largest), largest)

    layers = {
        name.removesuffix(SHARED): layer for name, layer in model.encoder.named_modules(prefix="encoder")
        if isinstance(layer, torch.nn.Linear) and not name.endswith((".key", ".value"))
    }  # fmt: skip
    hooks = [layer.register_forward_pre_hook(partial(look, name)) for name, layer in layers.items()]
    model.eval()
    with torch.inference_mode():
        for ids in texts:  # one by one: what stands in place of missing tokens is no value that matters
            model(torch.tensor([ids], device=model.device))
    for hook in hooks:
        hook.remove()
    return {name: largest.cpu() for name, largest in found.items()}
