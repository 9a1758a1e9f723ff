"""How an embedding model is found by its name."""

from __future__ import annotations

from rag.embedding.embedder import BUNDLED, Embedder


def load_embedder(name: str) -> Embedder:
    """The bundled model, or any sentence-transformers model by folder or by the name it has in the local hub cache.

    Raises ModelError when it is not there or is not a model that can be loaded safely.
    """
    if name == BUNDLED:
        from rag.embedding.bundled import BundledEmbedder

        return BundledEmbedder()
    from rag.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder.named(name)
