"""The bundled model: its int8 table, its speed-up, and its sentence vectors, against float32 computed here."""

from __future__ import annotations

import numpy as np
import pytest

from rag.embedding import BUNDLED, Document, load_embedder
from rag.embedding.bundled import load_bundled
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder
from rag.types import Span

TEXTS = [
    "Siapa yang mendampingi Haniyeh?", "The price of rice rose in Jakarta.", "من رافق هنية في زيارته إلى روسيا؟", "Кто позвонил Путину?",
    "Wer begleitete ihn nach Russland?", "東京大学で研究する。", "ประชาชนไปเลือกตั้ง", "대통령은 서울에 있다.", "¿Dónde está la sede?", "x " * 300,
]  # fmt: skip


@pytest.fixture(scope="module")
def embedder():
    return load_embedder(BUNDLED)


def test_the_fast_type_agrees_with_float32(embedder):
    exact = load_bundled().float()
    with_float32 = exact.encode(TEXTS)
    fast = np.stack([one.vector for one in embedder.encode_document([Document(text) for text in TEXTS])])
    assert (fast * with_float32).sum(axis=1).min() >= 0.999
    assert np.linalg.norm(fast, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_question_is_encoded_as_the_model_itself_does_it_with_its_prompt(embedder):
    try:
        for prompt in ("", "query: "):
            embedder.model.prompts["query"] = prompt
            asked = SentenceTransformerEmbedder(embedder.model, "again")
            for text in TEXTS:
                bare = embedder.model.encode_query(text)
                assert asked.encode_query(text) == pytest.approx(bare / np.linalg.norm(bare), abs=1e-6)
    finally:
        embedder.model.prompts["query"] = ""


def test_a_question_and_a_document_without_title_share_one_space(embedder):
    for text in TEXTS:
        assert embedder.encode_query(text) @ embedder.encode_document([Document(text)])[0].vector == pytest.approx(1, abs=2e-3)


def test_a_sentence_vector_is_the_mean_of_its_tokens(embedder):
    text = "Harga beras naik. Pemerintah rapat."
    spans = (Span(0, 17), Span(18, 35))
    one = embedder.encode_document([Document(text, "Berita", spans)])[0]
    features = embedder.model.preprocess([f"Berita\n{text}"])
    tokens = embedder.model[0](features)["token_embeddings"][0].float().detach().numpy()
    places = embedder.model.tokenizer([f"Berita\n{text}"], return_offsets_mapping=True)["offset_mapping"][0]
    for span, vector in zip(spans, one.sentences, strict=True):
        inside = [i for i, (start, end) in enumerate(places) if end > start and span.start <= start - 7 < span.end]
        mean = tokens[inside].mean(axis=0)
        assert mean @ vector / np.linalg.norm(mean) == pytest.approx(1, abs=1e-3)
