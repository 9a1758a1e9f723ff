"""The word table as a layer of torch that leaves it in four bits: whole, it would be eight times as large and take as long to load as all else."""

from __future__ import annotations

import torch
from torch.nn.functional import embedding

from rag.embedding.weights import PAIRS, Weights


class PackedEmbedding(torch.nn.Module):
    """Token ids (…) to rows of the table (…, dimension), rounded once to the type that the model has been given."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.register_buffer("packed", torch.from_numpy(weights.packed))
        self.register_buffer("kind", torch.empty(0))
        self.scales, self.pairs = torch.from_numpy(weights.scales), torch.from_numpy(PAIRS)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        rows = embedding(self.packed[ids].int(), self.pairs).flatten(-2) * self.scales[ids]
        return rows.to(self.kind.dtype)

    def _apply(self, *arguments: object, **options: object) -> PackedEmbedding:
        """What `to`, `float` and `cuda` call: scales and pairs go with the table, but stay in float32."""
        super()._apply(*arguments, **options)
        self.scales, self.pairs = self.scales.to(self.packed.device), self.pairs.to(self.packed.device)
        return self
