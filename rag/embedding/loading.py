"""How an embedding model is found by its name."""

from __future__ import annotations

from pathlib import Path

from rag.embedding.embedder import BUNDLED, Embedder


def load_embedder(name: str) -> Embedder:
    """The bundled model, a folder packed like it (docs/model.md), or any sentence-transformers model by folder or by the name it has
    in the local hub cache.

    Raises ModelError when it is not there or is not a model that can be loaded safely.
    """
    from rag.embedding.weights import LAYERS_FILE, MODEL_FOLDER

    folder = MODEL_FOLDER if name == BUNDLED else Path(name).expanduser()
    if (folder / LAYERS_FILE).is_file() or name == BUNDLED:  # what is packed in bytes, the library would fill in at random
        from rag.embedding.bundled import BundledEmbedder

        return BundledEmbedder(folder, name if name == BUNDLED else str(folder.resolve()))
    from rag.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder.named(name)
