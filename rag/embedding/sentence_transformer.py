"""Any sentence-transformers model as an Embedder."""

from __future__ import annotations

import os
import threading
import timeit
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding.embedder import Document, Encoded
from rag.errors import ModelError
from rag.types import Span

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

BATCH_BYTES = 10_240
"""Padded tokens in one forward pass times the bytes of a number: large enough to fill the processor's matrix units, small enough for its cache."""
CLEARLY = 1.25
"""Less, and what else the machine does would choose, from one loading to the next."""


class SentenceTransformerEmbedder:
    """Encodes with a sentence-transformers model, with the model's own prompts for queries and documents.

    A sentence's vector is the mean of its token vectors in the passage's own forward pass, so marking the best
    sentence costs nothing at question time; the model must give token vectors and have a fast tokenizer for it.
    """

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        self.name = name
        self.model = model
        # A router sends queries and documents to different modules; it knows the way only inside its own method.
        self._routed = any(type(module).__name__ == "Router" for module in model)
        self._query_prompt = _query_prompt(model)
        self.dimension = int(model.get_embedding_dimension() or len(self.encode_query("dimension")))
        tokenizer = getattr(model, "tokenizer", None)
        self._tokenizer = tokenizer if getattr(tokenizer, "is_fast", False) else None
        self._prompt = _document_prompt(model)
        self._batch_tokens = BATCH_BYTES // next((values.dtype.itemsize for values in model.parameters()), 4)
        self._reading = threading.Lock()  # the tokenizer is told anew for each batch how to pad it

    @classmethod
    def named(cls, name: str) -> SentenceTransformerEmbedder:
        """A model folder or a name in the local hub cache; only safetensors weights, never code from the folder."""
        folder = Path(name).expanduser()
        try:
            model = load_model(str(folder) if folder.is_dir() else name)
        except Exception as error:  # the library raises a dozen kinds, all of which mean the same here
            reason = " ".join(str(error).split())[:300]
            raise ModelError(
                f"The model {name!r} cannot be loaded: {reason} Give a sentence-transformers folder with safetensors "
                f"weights, or a name that is in the local hub cache (nothing is downloaded)."
            ) from error
        return cls(model, str(folder.resolve()) if folder.is_dir() else name)

    def encode_query(self, question: str) -> np.ndarray:
        if self._routed:
            return _unit(np.asarray(self.model.encode_query(question, show_progress_bar=False), dtype=np.float32))
        # What `encode_query` does for one text, without its sorting and batching, which cost more than a millisecond.
        return _unit(self._forward([question], self._query_prompt)["sentence_embedding"].float().cpu().numpy()[0])

    def encode_document(self, documents: Sequence[Document]) -> list[Encoded]:
        texts = [f"{document.title}\n{document.text}" if document.title else document.text for document in documents]
        encoded: list[Encoded | None] = [None] * len(texts)
        for batch in self._batches(texts):
            output = self._forward([texts[i] for i in batch], self._prompt)
            vectors = _unit(output["sentence_embedding"].float().cpu().numpy())
            sentences = self._sentence_vectors(output, [documents[i] for i in batch], [texts[i] for i in batch])
            for row, i in enumerate(batch):
                encoded[i] = Encoded(vectors[row], sentences[row])
        return [one for one in encoded if one is not None]

    def _forward(self, texts: Sequence[str], prompt: str | None) -> dict[str, torch.Tensor]:
        import torch

        with torch.inference_mode():
            with self._reading:
                features = self.model.preprocess(list(texts), prompt=prompt)
            return self.model({key: value.to(self.model.device) if hasattr(value, "to") else value for key, value in features.items()})

    def _batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Indexes of `texts`, longest first, so that a batch holds texts of one length and little padding."""
        limit = self.model.max_seq_length or 512
        lengths = [min(limit, 2 + len(text.encode()) // 4) for text in texts]
        batch: list[int] = []
        for i in sorted(range(len(texts)), key=lambda i: -lengths[i]):
            if batch and (len(batch) + 1) * lengths[batch[0]] > self._batch_tokens:
                yield batch
                batch = []
            batch.append(i)
        if batch:
            yield batch

    def _sentence_vectors(self, output: dict[str, torch.Tensor], documents: Sequence[Document], texts: Sequence[str]) -> list[np.ndarray]:
        """Mean token vector of each sentence, (n, dimension) for each document."""
        import torch

        none = [np.zeros((0, self.dimension), np.float32)] * len(documents)
        tokens = output.get("token_embeddings")
        if self._tokenizer is None or tokens is None or tokens.ndim != 3 or tokens.shape[2] != self.dimension:
            return none
        prompt = self._prompt or ""
        with self._reading:
            places = self._tokenizer(
                [prompt + text for text in texts], return_offsets_mapping=True, truncation=True, max_length=tokens.shape[1],
                padding="max_length", return_tensors="np",
            )["offset_mapping"]  # fmt: skip
        if places.shape[1] != tokens.shape[1]:
            return none
        width = max(len(document.sentences) for document in documents)
        weights = np.zeros((len(documents), width, tokens.shape[1]), np.float32)
        for row, (document, text) in enumerate(zip(documents, texts, strict=True)):
            shift = len(prompt) + len(text) - len(document.text)
            _fill(weights[row], places[row], document.sentences, shift)
        pooled = torch.bmm(torch.from_numpy(weights), tokens.float().cpu()).numpy()
        return [_unit(pooled[row, : len(document.sentences)]) for row, document in enumerate(documents)]


def _fill(weights: np.ndarray, places: np.ndarray, sentences: Sequence[Span], shift: int) -> None:
    """weights[s, t] = 1 where token t lies in sentence s; `places` is (tokens, 2), special tokens being empty."""
    starts, real = places[:, 0] - shift, places[:, 1] > places[:, 0]
    for s, sentence in enumerate(sentences):
        weights[s] = real & (starts >= sentence.start) & (starts < sentence.end)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Rows divided by their length; a row of zeros stays."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def _query_prompt(model: SentenceTransformer) -> str | None:
    prompts = getattr(model, "prompts", None) or {}
    return prompts.get("query", prompts.get(getattr(model, "default_prompt_name", None))) or None


def _document_prompt(model: SentenceTransformer) -> str | None:
    prompts = getattr(model, "prompts", None) or {}
    return next((prompts[key] for key in ("document", "passage", "corpus") if prompts.get(key)), None)


def load_model(path: str, **more: object) -> SentenceTransformer:
    """The model in the processor's fastest exact-enough type; pooling and what follows it run in float32."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = SentenceTransformer(
        path, device=device, local_files_only=True, trust_remote_code=False,
        model_kwargs={"dtype": fastest_dtype(device), "use_safetensors": True}, **more,
    )  # fmt: skip
    for module in list(model)[1:]:
        module.float()
    model[0].register_forward_hook(_widen_tokens)
    return model.eval()


def fastest_dtype(device: str = "cpu") -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware and is CLEARLY times as quick at it, else float32 (float16 is ten times slower on a CPU).

    Some know the instructions and are quicker without them.
    """
    import torch

    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    knows = any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return torch.bfloat16 if knows and CLEARLY * _seconds(torch.bfloat16) < _seconds(torch.float32) else torch.float32


def _seconds(dtype: torch.dtype) -> float:
    """Of multiplying a passage's tokens with a layer's matrix, the best of five times."""
    import torch

    rows, matrix = torch.ones(128, 384, dtype=dtype), torch.ones(1536, 384, dtype=dtype)
    with torch.inference_mode():
        return min(timeit.repeat(lambda: torch.nn.functional.linear(rows, matrix), number=1, repeat=5))


def _widen_tokens(_module: object, _inputs: object, output: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    if output.get("token_embeddings") is not None:
        output["token_embeddings"] = output["token_embeddings"].float()
    return output
