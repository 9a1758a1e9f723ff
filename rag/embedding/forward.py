"""BertModel's forward pass with mean pooling, for one text, in numpy: a question needs no framework.

Importing torch takes seconds and a question is a dozen tokens, whose vector costs little more than reading the
weights once. Passages, thousands at a time, go through torch, which multiplies in fewer bits.

A token's vector is a column here: so few of them are multiplied a quarter faster on the right of the matrices as they are
stored than on the left of transposed ones, which are packed anew for each product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.embedding.weights import Weights


@dataclass(frozen=True, slots=True)
class _Layer:
    """Matrices (out, in), biases (out, 1); query, key and value one below the other."""

    attend: np.ndarray
    attend_bias: np.ndarray
    join: np.ndarray
    join_bias: np.ndarray
    after_join: tuple[np.ndarray, np.ndarray]
    inner: np.ndarray
    inner_bias: np.ndarray
    outer: np.ndarray
    outer_bias: np.ndarray
    after_outer: tuple[np.ndarray, np.ndarray]


class Forward:
    """Token ids to a unit vector. Safe for many threads: nothing is written after construction."""

    def __init__(self, weights: Weights) -> None:
        self.table = replace(weights, layers={})
        """Without the layers, which are held once, as they are multiplied."""
        self._heads = int(weights.config["num_attention_heads"])
        self._epsilon = float(weights.config["layer_norm_eps"])
        self._layers = [_layer(weights, f"encoder.layer.{number}.") for number in range(int(weights.config["num_hidden_layers"]))]
        self._positions = weights.layers["embeddings.position_embeddings.weight"] + weights.layers["embeddings.token_type_embeddings.weight"][0]
        self._norm = _norm(weights, "embeddings.LayerNorm")

    def vector(self, ids: Sequence[int]) -> np.ndarray:
        """float32 (dimension,), of unit length: the mean of the last layer's token vectors."""
        tokens = np.asarray(ids, np.int64)
        hidden = self._normed((self.table.rows(tokens) + self._positions[: len(tokens)]).T, self._norm)
        for layer in self._layers:
            hidden = self._normed(hidden + (layer.join @ self._attention(hidden, layer) + layer.join_bias), layer.after_join)
            hidden = self._normed(hidden + (layer.outer @ gelu(layer.inner @ hidden + layer.inner_bias) + layer.outer_bias), layer.after_outer)
        mean = hidden.mean(axis=1)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)

    def _attention(self, hidden: np.ndarray, layer: _Layer) -> np.ndarray:
        """(dimension, tokens): each head's value @ softmax(key.T @ query / sqrt(width)), one below the other."""
        dimension, tokens = hidden.shape
        width = dimension // self._heads
        query, key, value = (layer.attend @ hidden + layer.attend_bias).reshape(3, self._heads, width, tokens)
        scores = key.transpose(0, 2, 1) @ query / np.float32(np.sqrt(width))
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return (value @ (scores / scores.sum(axis=1, keepdims=True))).reshape(dimension, tokens)

    def _normed(self, hidden: np.ndarray, norm: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        centred = hidden - hidden.mean(axis=0)
        return centred / np.sqrt(np.square(centred).mean(axis=0) + np.float32(self._epsilon)) * norm[0] + norm[1]


def gelu(values: np.ndarray) -> np.ndarray:
    """x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2, within 5e-4 of the x * (1 + erf(x / sqrt 2)) / 2 the model
    was trained with (Hendrycks and Gimpel 2016, arXiv 1606.08415), in a third of its time."""
    grown = np.square(values)
    grown *= np.float32(0.044715 * np.sqrt(2 / np.pi))
    grown += np.float32(np.sqrt(2 / np.pi))
    grown *= values
    np.tanh(grown, out=grown)
    grown += 1
    grown *= values
    grown *= np.float32(0.5)
    return grown


def _layer(weights: Weights, prefix: str) -> _Layer:
    def matrix(name: str) -> np.ndarray:
        return weights.layers[f"{prefix}{name}.weight"]

    def bias(name: str) -> np.ndarray:
        return weights.layers[f"{prefix}{name}.bias"][:, None]

    own = [f"attention.self.{part}" for part in ("query", "key", "value")]
    join, inner, outer = "attention.output.dense", "intermediate.dense", "output.dense"
    return _Layer(
        np.concatenate([matrix(name) for name in own]), np.concatenate([bias(name) for name in own]),
        matrix(join), bias(join), _norm(weights, f"{prefix}attention.output.LayerNorm"),
        matrix(inner), bias(inner), matrix(outer), bias(outer), _norm(weights, f"{prefix}output.LayerNorm"),
    )  # fmt: skip


def _norm(weights: Weights, name: str) -> tuple[np.ndarray, np.ndarray]:
    return weights.layers[f"{name}.weight"][:, None], weights.layers[f"{name}.bias"][:, None]
