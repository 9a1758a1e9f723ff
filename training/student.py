"""The student's forward pass: the arithmetic of BertModel with mean pooling, without what training does not need.

Matrix products run in bfloat16 on a GPU and where the processor is quicker with it, sums and norms of vectors in
float32. On a CPU attention is written out, since the fused kernel's backward pass takes as long as all products.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from rag.embedding.sentence_transformer import fastest_dtype

LONGEST = 160
"""Tokens of a training text; longer ones are cut."""


class Student(nn.Module):
    """Six layers of MiniLM over a larger word table. `forward` takes token ids padded with 0, (texts, tokens)."""

    def __init__(self, bert: nn.Module, dtype: torch.dtype | None = None) -> None:
        """`dtype` of the matrix products; without it that in which this machine is quickest."""
        super().__init__()
        self.bert = bert
        self.dtype = dtype or _quickest()
        self.heads = bert.config.num_attention_heads
        self.epsilon = bert.config.layer_norm_eps

    def forward(self, ids: Tensor, real: Tensor) -> Tensor:
        """Unit vectors, (texts, dimension) float32; `real` is 1 for a token and 0 for padding."""
        hidden = self.tokens(ids, real).float()
        mask = real.unsqueeze(-1).float()
        return functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    def tokens(self, ids: Tensor, real: Tensor) -> Tensor:
        """The last layer's vector of each token, (texts, tokens, dimension) in `dtype`."""
        parts = self.bert.embeddings
        hidden = parts.word_embeddings(ids) + parts.position_embeddings.weight[: ids.shape[1]] + parts.token_type_embeddings.weight[0]
        hidden = self._norm(parts.LayerNorm, hidden).to(self.dtype)
        hidden_out = None if bool(real.all()) else (1.0 - real[:, None, None, :].float()).to(self.dtype) * -1e4
        for layer in self.bert.encoder.layer:
            hidden = self._layer(layer, hidden, hidden_out)
        return hidden

    def _layer(self, layer: nn.Module, hidden: Tensor, masked: Tensor | None) -> Tensor:
        own = layer.attention.self
        texts, tokens, width = hidden.shape
        weight = torch.cat([own.query.weight, own.key.weight, own.value.weight]).to(hidden.dtype)
        bias = torch.cat([own.query.bias, own.key.bias, own.value.bias]).to(hidden.dtype)
        parts = functional.linear(hidden, weight, bias).view(texts, tokens, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = attention(query, key, value, masked).transpose(1, 2).reshape(texts, tokens, width)
        hidden = self._norm(layer.attention.output.LayerNorm, hidden + _linear(layer.attention.output.dense, seen))
        inner = functional.gelu(_linear(layer.intermediate.dense, hidden))
        return self._norm(layer.output.LayerNorm, hidden + _linear(layer.output.dense, inner))

    def _norm(self, norm: nn.LayerNorm, hidden: Tensor) -> Tensor:
        return functional.layer_norm(hidden, norm.normalized_shape, norm.weight.to(hidden.dtype), norm.bias.to(hidden.dtype), self.epsilon)


@cache
def _quickest() -> torch.dtype:
    """One answer for the teacher and the student of a run, since it is timed."""
    # float16, the quickest of old GPUs, would need scaled gradients.
    return torch.bfloat16 if torch.cuda.is_available() else fastest_dtype()


def attention(query: Tensor, key: Tensor, value: Tensor, masked: Tensor | None) -> Tensor:
    if query.is_cuda:
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=masked)
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    return torch.softmax(scores if masked is None else scores + masked, -1) @ value


def _linear(module: nn.Linear, hidden: Tensor) -> Tensor:
    return functional.linear(hidden, module.weight.to(hidden.dtype), module.bias.to(hidden.dtype))


def padded(rows: Sequence[Sequence[int]], device: str | torch.device = "cpu") -> tuple[Tensor, Tensor]:
    """Token ids and which of them are real, (texts, longest)."""
    width = max(map(len, rows))
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    real = torch.zeros(len(rows), width)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.as_tensor(row)
        real[i, : len(row)] = 1
    return ids.to(device), real.to(device)


@torch.no_grad()
def encode(model: Student, rows: Sequence[Sequence[int]], batch_tokens: int = 6144) -> Tensor:
    """Unit vectors of tokenised texts in their order, (texts, dimension) float16."""
    device = next(model.parameters()).device
    vectors = torch.zeros(len(rows), model.bert.config.hidden_size, dtype=torch.float16)
    for batch in by_length(range(len(rows)), [len(row) for row in rows], batch_tokens):
        ids, real = padded([rows[i] for i in batch], device)
        vectors[torch.tensor(batch)] = model(ids, real).half().cpu()
    return vectors


def by_length(order: Iterable[int], lengths: list[int], batch_tokens: int) -> list[list[int]]:
    """`order` cut into batches of texts of about one length, at most `batch_tokens` with padding each, longest first."""
    batches: list[list[int]] = []
    batch: list[int] = []
    for i in sorted(order, key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > batch_tokens:
            batches.append(batch)
            batch = []
        batch.append(i)
    return [*batches, batch] if batch else batches
