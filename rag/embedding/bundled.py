"""The model in the package: a sentence-transformers folder whose matrices are stored in int8 and widened at load.

    model.safetensors                  norms, biases, positions, float16
    layers.int8.safetensors            the layers' matrices: NAME int8 (rows, columns), NAME.scales float32 (rows, groups)
    word_embeddings.int8.safetensors   rows int8 (pieces, dimension), scales float32 (pieces, 1)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rag.embedding.sentence_transformer import load_model
from rag.errors import ModelError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

MODEL_FOLDER = Path(__file__).parent / "model"
TABLE_FILE = "word_embeddings.int8.safetensors"
LAYERS_FILE = "layers.int8.safetensors"


def load_bundled(folder: Path = MODEL_FOLDER) -> SentenceTransformer:
    """The bundled model, ready to encode. Raises ModelError where a file is missing or damaged."""
    import torch
    from safetensors.torch import load_file

    try:
        table = load_file(folder / TABLE_FILE)
        layers = load_file(folder / LAYERS_FILE) if (folder / LAYERS_FILE).is_file() else {}
        model = load_model(str(folder), config_kwargs={"vocab_size": 1})
        inner = model[0].auto_model
        matrices = {name: widened(layers[name], layers[f"{name}.scales"]) for name in layers if not name.endswith(".scales")}
        unknown = inner.load_state_dict(matrices, strict=False).unexpected_keys
        if unknown:
            raise ValueError(f"{LAYERS_FILE} holds {unknown[0]}, which the model does not have.")
        old = inner.get_input_embeddings().weight
        rows = widened(table["rows"], table["scales"]).to(old.device, old.dtype)
    except Exception as error:
        raise ModelError(f"The bundled model cannot be loaded: {' '.join(str(error).split())[:300]} Install kutip again.") from error
    inner.set_input_embeddings(torch.nn.Embedding.from_pretrained(rows, freeze=True, padding_idx=0))
    inner.config.vocab_size = len(rows)
    return model


def widened(values: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """int8 values (n, m) times the scale of their group, scales (n, groups); float32 (n, m)."""
    scales = scales.reshape(len(values), -1)
    groups = scales.shape[1]
    return (values.float().unflatten(1, (groups, -1)) * scales[..., None]).flatten(1)
