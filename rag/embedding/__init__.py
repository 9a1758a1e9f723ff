"""Texts to unit vectors: the Embedder protocol, the bundled model, any sentence-transformers model."""

from rag.embedding.embedder import BUNDLED, Document, Embedder, Encoded
from rag.embedding.loading import load_embedder

__all__ = ["BUNDLED", "Document", "Embedder", "Encoded", "load_embedder"]
