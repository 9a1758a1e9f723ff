"""The layers in eight bits: their error against exact arithmetic, what they are told of their inputs, and what happens without them."""

from __future__ import annotations

import shutil
import weakref

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.embedding import Document
from rag.embedding.bundled import BundledEmbedder, load_bundled
from rag.embedding.int8 import ALPHA, COLUMNS, Int8Linear, Quantiser, multiplies_bytes, quantise, smoothing
from rag.embedding.weights import MODEL_FOLDER, read_weights
from rag.errors import ModelError

needs_bytes = pytest.mark.skipif(not multiplies_bytes(), reason="this processor does not multiply bytes")


@needs_bytes
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([3, 32, COLUMNS, COLUMNS + 96]), st.floats(0.01, 100), st.floats(-50, 50))
def test_a_layer_in_bytes_is_within_half_a_step_of_the_exact_product(seed, columns, spread, middle):
    chance = np.random.default_rng(seed)
    matrix, bias = chance.normal(size=(7, columns)).astype(np.float32), chance.normal(size=7).astype(np.float32)
    values = (middle + spread * chance.normal(size=(2, 5, columns)) * chance.lognormal(size=columns)).astype(np.float32)
    values[1, 4] = 0  # a token whose values are all the same
    linear = torch.nn.Linear(columns, 7)
    with torch.inference_mode():
        linear.weight.copy_(torch.from_numpy(matrix)), linear.bias.copy_(torch.from_numpy(bias))
        largest = np.abs(values).max((0, 1))
        before = values.copy()
        given = smoothing([linear], torch.from_numpy(largest))
        found = Int8Linear(linear, given, Quantiser(1 / given))(torch.from_numpy(values)).numpy()
    assert (values == before).all()
    exact = values.astype(np.float64) @ matrix.T + bias
    factors = largest.astype(np.float64) ** ALPHA / np.abs(matrix).max(0) ** (1 - ALPHA)
    met, weights = values / factors, matrix * factors
    allowed = np.zeros_like(exact)
    for at in range(0, columns, COLUMNS):
        some, rows = met[..., at : at + COLUMNS], weights[:, at : at + COLUMNS]
        step, scale = np.ptp(some, axis=-1, keepdims=True) / 255, np.abs(rows).max(1) / 127
        lost = np.abs(some).sum(-1, keepdims=True) * scale / 2
        allowed += lost + step / 2 * (np.abs(rows).sum(1) + rows.shape[1] * scale / 2)
    assert (np.abs(found - exact) <= 1.001 * allowed + 1e-5 * np.abs(values).max() * np.abs(matrix).sum(1)).all()
    assert np.sqrt(np.square(found - exact).mean()) <= 0.03 * np.sqrt(np.square(values).mean() * np.square(matrix).sum(1).mean())


@needs_bytes
def test_every_matrix_of_the_bundled_layers_is_multiplied_in_bytes():
    inner = load_bundled().float()[0].auto_model
    quantise(inner, read_weights().inputs)
    kinds = [type(layer) for layer in inner.encoder.modules() if isinstance(layer, (torch.nn.Linear, Int8Linear))]
    assert kinds == 6 * 6 * [Int8Linear]


def test_inputs_that_layers_share_are_quantised_once_and_forgotten_with_them():
    quantiser = Quantiser(torch.ones(4))
    values, equal = torch.arange(8.0).reshape(2, 4), torch.arange(8.0).reshape(2, 4)
    once = quantiser.quantised(values)
    assert quantiser.quantised(values) is once and quantiser.quantised(equal) is not once
    assert quantiser.quantised(values)[0][0].tolist() == once[0][0].tolist() == 2 * [[0, 85, 170, 255]]
    held = weakref.ref(quantiser.quantised(values)[0][0])
    assert held() is not None
    del values
    assert held() is None


@needs_bytes
@pytest.mark.parametrize("broken", [{"encoder.layer.0.attention.self.inputs": 7}, {"encoder.layer.9.intermediate.dense.inputs": 384}])
def test_inputs_that_do_not_fit_are_a_damaged_model(broken, tmp_path, monkeypatch):
    from safetensors.numpy import load_file, save_file

    monkeypatch.setattr("rag.embedding.sentence_transformer.fastest_dtype", lambda device: torch.float32)
    shutil.copytree(MODEL_FOLDER, tmp_path / "model")
    kept = load_file(MODEL_FOLDER / "model.safetensors")
    save_file(kept | {name: np.ones(length, np.float16) for name, length in broken.items()}, tmp_path / "model" / "model.safetensors")
    with pytest.raises(ModelError, match="Copy the folder again"):
        BundledEmbedder(tmp_path / "model").encode_document([Document("Siapa?")])


def test_without_the_operation_passages_are_encoded_in_floats(monkeypatch):
    def fails(*_: object) -> None:
        raise RuntimeError("onednn::qlinear_prepack() expected another argument")

    monkeypatch.setattr("rag.embedding.int8._packed", fails)
    assert not multiplies_bytes()
    embedder = BundledEmbedder()
    assert not any(isinstance(layer, Int8Linear) for layer in embedder.model.modules())
    assert embedder.encode_document([Document("Siapa yang menelepon Putin?")])[0].vector @ embedder.encode_query("Siapa yang menelepon Putin?") > 0.999


def test_the_recipe_tells_how_large_the_inputs_of_each_layer_become():
    from transformers import BertConfig, BertModel

    from training.inputs import largest_inputs

    torch.manual_seed(5)
    sizes = {"vocab_size": 40, "hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48, "max_position_embeddings": 16}
    model = BertModel(BertConfig(**sizes), add_pooling_layer=False)
    texts = [[2, 5, 9, 3], [2, 3], [2, 30, 31, 32, 33, 3]]
    found = largest_inputs(model, texts)
    with torch.inference_mode():
        hidden = [model(torch.tensor([ids]), output_hidden_states=True).hidden_states for ids in texts]
        for number, layer in enumerate(model.encoder.layer):
            wanted = torch.cat([states[number][0] for states in hidden]).abs().amax(0)
            assert torch.allclose(found[f"encoder.layer.{number}.attention.self"], wanted)
            after = [layer.attention(states[number], None)[0] for states in hidden]
            assert torch.allclose(found[f"encoder.layer.{number}.intermediate.dense"], torch.cat([one[0] for one in after]).abs().amax(0))
            own = []
            hook = layer.attention.output.dense.register_forward_pre_hook(lambda _, values, own=own: own.append(values[0][0]))
            [layer.attention(states[number], None) for states in hidden]
            hook.remove()
            assert torch.allclose(found[f"encoder.layer.{number}.attention.output.dense"], torch.cat(own).abs().amax(0))
            inner = torch.cat([layer.intermediate(one)[0] for one in after]).abs().amax(0)
            assert torch.allclose(found[f"encoder.layer.{number}.output.dense"], inner)
    assert len(found) == 3 * 4
