"""The bundled model: its small forward pass, its fast type, and its sentence vectors, against float32 sentence-transformers."""

from __future__ import annotations

import itertools
import math
import random
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from babel import Locale, localedata
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.embedding import BUNDLED, Document, load_embedder
from rag.embedding.bundled import BundledEmbedder, load_bundled
from rag.embedding.forward import gelu
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder
from rag.embedding.weights import MODEL_FOLDER, Weights
from rag.errors import ModelError
from rag.types import Span

TEXTS = [
    "Siapa yang mendampingi Haniyeh?", "The price of rice rose in Jakarta.", "من رافق هنية في زيارته إلى روسيا؟", "Кто позвонил Путину?",
    "Wer begleitete ihn nach Russland?", "東京大学で研究する。", "ประชาชนไปเลือกตั้ง", "대통령은 서울에 있다.", "¿Dónde está la sede?", "x " * 300,
]  # fmt: skip


def sentences(count: int) -> list[str]:
    """So many texts in some sixty languages: names of countries, languages and months, a dozen in each."""
    found: list[str] = []
    for code in itertools.cycle(sorted(code for code in localedata.locale_identifiers() if "_" not in code)[::4]):
        locale, chance = Locale.parse(code), random.Random(f"{code}{len(found)}")
        names = [*locale.territories.values(), *locale.languages.values(), *locale.months["format"]["wide"].values()]
        found.append(" ".join(chance.choices(names, k=chance.randint(1, 12))))
        if len(found) == count:
            return found


@pytest.fixture(scope="module")
def embedder():
    return load_embedder(BUNDLED)


@pytest.fixture(scope="module")
def bundled():
    """The same model through sentence-transformers, in bfloat16 where that is quick."""
    return SentenceTransformerEmbedder(load_bundled(), BUNDLED)


@pytest.fixture(scope="module")
def many():
    return [*TEXTS, *sentences(1000)]


@pytest.fixture(scope="module")
def wanted(many):
    """Unit vectors of `many` in float32, (texts, dimension)."""
    return load_bundled().float().encode(many, normalize_embeddings=True)


def test_the_small_forward_pass_agrees_with_sentence_transformers(embedder, many, wanted):
    got = np.stack([embedder.encode_query(text) for text in many])
    assert (got * wanted).sum(axis=1).min() >= 0.9995


def test_the_fast_type_agrees_with_float32(embedder, many, wanted):
    fast = np.stack([one.vector for one in embedder.encode_document([Document(text) for text in many])])
    assert (fast * wanted).sum(axis=1).min() >= 0.999
    assert np.linalg.norm(fast, axis=1) == pytest.approx(1, abs=1e-5)


@given(arrays(np.float32, 20, elements=st.floats(-12, 12, width=32)))
def test_gelu_is_the_published_formula_and_close_to_x_times_the_normal_distribution(values):
    found, xs = gelu(values), values.tolist()
    assert found == pytest.approx([x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2 for x in xs], abs=2e-6)
    assert found == pytest.approx([x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in xs], abs=5e-4)


def test_a_question_needs_no_framework():
    code = (
        "import sys; from rag.embedding import BUNDLED, load_embedder; v = load_embedder(BUNDLED).encode_query('Siapa?');"
        "print(v.shape, [name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "(384,) []"


@settings(max_examples=30)
@given(st.lists(st.integers(0, 255), min_size=1, max_size=12), st.data())
def test_the_packed_table_gives_the_rows_of_the_whole_one(some, data):
    import torch

    from rag.embedding.table import PackedEmbedding

    packed = np.random.default_rng(some).integers(0, 256, (len(some), 4), np.uint8)
    weights = Weights(packed, np.array(some, np.float32)[:, None] / 7, {}, {}, {})
    ids = data.draw(st.lists(st.lists(st.integers(0, len(some) - 1), min_size=3, max_size=3), min_size=1, max_size=3))
    wanted, table = weights.table()[ids], PackedEmbedding(weights)
    assert (table(torch.tensor(ids)).numpy() == wanted).all()
    rounded = table.to(torch.bfloat16)(torch.tensor(ids))
    assert (rounded == torch.from_numpy(wanted).to(torch.bfloat16)).all() and rounded.dtype == torch.bfloat16
    assert (table.float()(torch.tensor(ids)).numpy() == wanted).all()


def test_passages_are_read_as_questions_are_and_padding_them_pads_no_question(many):
    embedder = BundledEmbedder()
    before = [embedder._tokenizer.encode(text).ids for text in many]
    reader = embedder.model.tokenizer
    padded = reader(many, padding="max_length", truncation=True, max_length=64)["input_ids"]
    assert {len(ids) for ids in padded} == {64}
    assert reader(many, truncation=True)["input_ids"] == before == [embedder._tokenizer.encode(text).ids for text in many]


def test_loading_the_model_for_passages_says_nothing():
    code = "import transformers; from rag.embedding import BUNDLED, Document, load_embedder; load_embedder(BUNDLED).encode_document([Document('Siapa?')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "" and "MISSING" not in done.stderr and "LOAD REPORT" not in done.stderr


@pytest.mark.parametrize("name", ["layers.int8.safetensors", "model.safetensors", "word_embeddings.int4.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_file_of_the_model_is_named_as_such(name, tmp_path):
    shutil.copytree(MODEL_FOLDER, tmp_path / "model")
    (tmp_path / "model" / name).write_bytes(b"\x00" * 100)
    with pytest.raises(ModelError, match=re.escape(str(tmp_path / "model")) + ".*Copy the folder again"):
        BundledEmbedder(tmp_path / "model")


def test_a_damaged_file_of_the_bundled_model_asks_to_install_it_again(tmp_path, monkeypatch):
    monkeypatch.setattr("rag.embedding.weights.MODEL_FOLDER", tmp_path)
    with pytest.raises(ModelError, match="The bundled model .*Install kutip again"):
        BundledEmbedder(tmp_path)


def test_a_folder_packed_like_the_bundled_model_is_read_as_that_is(embedder, many, wanted, tmp_path):
    shutil.copytree(MODEL_FOLDER, tmp_path / "model")
    own = load_embedder(str(tmp_path / "model"))
    assert own.name == str((tmp_path / "model").resolve()) != embedder.name == BUNDLED
    assert (own.encode_query(many[0]) == embedder.encode_query(many[0])).all()
    encoded = np.stack([one.vector for one in own.encode_document([Document(text) for text in many])])
    assert (encoded * wanted).sum(axis=1).min() >= 0.999


def test_a_question_is_encoded_as_the_model_itself_does_it_with_its_prompt(bundled):
    try:
        for prompt in ("", "query: "):
            bundled.model.prompts["query"] = prompt
            asked = SentenceTransformerEmbedder(bundled.model, "again")
            for text in TEXTS:
                bare = bundled.model.encode_query(text)
                assert asked.encode_query(text) == pytest.approx(bare / np.linalg.norm(bare), abs=1e-6)
    finally:
        bundled.model.prompts["query"] = ""


def test_eight_threads_get_the_vectors_of_one(embedder, bundled):
    for model in (embedder, bundled):
        alone = np.stack([model.encode_query(text) for text in TEXTS])
        with ThreadPoolExecutor(8) as threads:
            together = np.stack(list(threads.map(model.encode_query, TEXTS * 8)))
        assert np.allclose(together, np.tile(alone, (8, 1)), atol=1e-6)


def test_threads_that_share_a_model_get_the_passages_and_sentences_of_one(embedder):
    documents = [[Document(text, sentences=(Span(0, 5), Span(5, len(text))))] for text in TEXTS]
    alone = [embedder.encode_document(some)[0] for some in documents]
    with ThreadPoolExecutor(4) as threads:
        together = [found[0] for found in threads.map(embedder.encode_document, documents * 12)]
    for one, other in zip(together, alone * 12, strict=True):
        assert np.allclose(one.vector, other.vector, atol=1e-6) and np.allclose(one.sentences, other.sentences, atol=1e-6)


def test_a_question_and_a_document_without_title_share_one_space(embedder):
    for text in TEXTS:
        assert embedder.encode_query(text) @ embedder.encode_document([Document(text)])[0].vector == pytest.approx(1, abs=2e-3)


def test_a_sentence_vector_is_the_mean_of_its_tokens(bundled):
    text = "Harga beras naik. Pemerintah rapat."
    spans = (Span(0, 17), Span(18, 35))
    one = bundled.encode_document([Document(text, "Berita", spans)])[0]
    features = bundled.model.preprocess([f"Berita\n{text}"])
    tokens = bundled.model[0](features)["token_embeddings"][0].float().detach().numpy()
    places = bundled.model.tokenizer([f"Berita\n{text}"], return_offsets_mapping=True)["offset_mapping"][0]
    for span, vector in zip(spans, one.sentences, strict=True):
        inside = [i for i, (start, end) in enumerate(places) if end > start and span.start <= start - 7 < span.end]
        mean = tokens[inside].mean(axis=0)
        assert mean @ vector / np.linalg.norm(mean) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("knows", "seconds", "wanted"), [(True, 1.0, "bfloat16"), (True, 1.8, "float32"), (True, 3.0, "float32"), (False, 1.0, "float32")])
def test_passages_take_bfloat16_where_the_processor_is_quicker_with_it(knows, seconds, wanted, monkeypatch):
    import torch

    from rag.embedding import sentence_transformer

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": knows}, raising=False)
    monkeypatch.setattr(sentence_transformer, "_seconds", lambda dtype: seconds if dtype == torch.bfloat16 else 2.0)
    assert sentence_transformer.fastest_dtype() == getattr(torch, wanted)
    monkeypatch.undo()
    assert 0 < sentence_transformer._seconds(torch.float32) < 1
