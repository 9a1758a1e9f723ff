"""The model in the package as an Embedder: questions by the small forward pass, passages by sentence-transformers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding.embedder import BUNDLED, Document, Encoded
from rag.embedding.forward import Forward
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder, load_model
from rag.embedding.weights import MODEL_FOLDER, Weights, damaged, only_special, read_tokenizer, read_weights, take_parts
from rag.embedding.words import WordVectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

TABLE = "embeddings.word_embeddings.weight"
UNUSED = "pooler."
"""BertModel's head for whole sentences: the mean of the tokens takes its place."""


class BundledEmbedder:
    """Ready for a question in a fraction of a second; what passages need is loaded with the first of them."""

    def __init__(self, folder: Path = MODEL_FOLDER, name: str = BUNDLED) -> None:
        """`folder` has the form of the bundled model's. Raises ModelError where a file of it is missing or damaged."""
        self.name = name
        weights = read_weights(folder)
        self.dimension = weights.dimension
        self._folder, self._weights, self._tokenizer, self._forward = folder, weights, read_tokenizer(folder), Forward(weights)
        self.encode_words = WordVectors(self._tokenizer, self._forward.table).encode
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._passages: SentenceTransformerEmbedder | None = None

    def encode_query(self, question: str) -> np.ndarray:
        ids = self._tokenizer.encode(question).ids
        with self._asking:  # one matrix product takes all cores: several at once take twice as long as in turn
            return self._forward.vector(ids)

    def encode_document(self, documents: Sequence[Document]) -> list[Encoded]:
        return self._for_passages().encode_document(documents)

    @property
    def model(self) -> SentenceTransformer:
        """The same model as sentence-transformers has it, loaded when first asked for, to encode with: `load_bundled` gives one that can
        also be copied, saved or trained."""
        return self._for_passages().model

    def _for_passages(self) -> SentenceTransformerEmbedder:
        with self._lock:
            if self._passages is None:
                model = load_bundled(self._folder, self._tokenizer, self._weights)
                _quicken(model, self._weights.inputs, self._folder)
                self._passages = SentenceTransformerEmbedder(model, self.name)
                self._weights = self._forward.table  # the layers are held twice no longer than they are needed
            return self._passages


def load_bundled(folder: Path = MODEL_FOLDER, tokenizer: Tokenizer | None = None, weights: Weights | None = None) -> SentenceTransformer:
    """The bundled model as sentence-transformers has it. Raises ModelError like `read_weights`.

    Its large parts, the `weights` and the vocabulary of `tokenizer`, are put into an empty model, those of `folder` where none
    are given: the library would read the vocabulary twice and hold the word table in numbers of four bytes.
    """
    import torch

    from rag.embedding.table import PackedEmbedding

    weights, tokenizer = weights or read_weights(folder), tokenizer or read_tokenizer(folder)
    try:
        with _without_warnings():
            model = load_model(str(folder), config_kwargs={"vocab_size": 1}, processor_kwargs={"tokenizer_object": only_special(tokenizer)})
        take_parts(model.tokenizer.backend_tokenizer, tokenizer)
        inner = model[0].auto_model
        unknown = inner.load_state_dict({name: torch.from_numpy(value) for name, value in weights.layers.items()}, strict=False)
        missing = [name for name in unknown.missing_keys if name != TABLE and not name.startswith(UNUSED)]
        if unknown.unexpected_keys or missing:
            raise ValueError(f"its weights do not fit: {(unknown.unexpected_keys + missing)[:3]}.")
    except Exception as error:
        raise damaged(folder, error) from error
    old = inner.get_input_embeddings().weight
    inner.set_input_embeddings(PackedEmbedding(weights).to(old.device, old.dtype))
    inner.config.vocab_size = len(weights.packed)
    return model


def _quicken(model: SentenceTransformer, inputs: Mapping[str, np.ndarray], folder: Path) -> None:
    """Multiplies in int8 where the processor can, unless it is quick at bfloat16. Raises ModelError where `inputs`, of `folder`, do not fit."""
    import torch

    from rag.embedding.int8 import multiplies_bytes, quantise

    inner = model[0].auto_model
    if inner.device.type == "cpu" and inner.dtype == torch.float32 and multiplies_bytes():
        try:
            quantise(inner, inputs)
        except Exception as error:
            raise damaged(folder, error) from error


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Transformers lists the matrices that it does not find in the folder: they are filled in from our own files.

    What `load_model` asks for by the environment comes too late where a program has imported transformers before.
    """
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)
