"""The bundled model under several runtimes: passages a second, milliseconds a question, closeness to float32.

    python -m benchmarks.runtimes [--passages 256] [--out docs/runtimes]

The same passages of 120 tokens and the same question of 12 words for each, two threads; ONNX Runtime and OpenVINO are
measured where they are installed (`pip install onnx onnxruntime openvino`). Closeness is the smallest cosine to float32
over the texts of ten languages. Loading is timed in processes of their own, beside the largest product of a layer in
float32 and bfloat16: the bound of passages in these. `--out` writes NAME.md and NAME.json.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from babel import Locale

from benchmarks.models import in_float32
from benchmarks.reporting import save
from benchmarks.speed import seconds, texts
from rag.embedding.bundled import BundledEmbedder
from rag.embedding.int8 import multiplies_bytes, quantise
from rag.embedding.weights import read_tokenizer, read_weights

THREADS = 2
TOKENS = 120
BATCH = 8
"""Passages at a time: their values fit into the processor's cache, in floats and in bytes."""
QUESTION = "Siapa yang mendampingi pemimpin itu dalam kunjungannya ke Rusia pada bulan September?"
LANGUAGES = ("id", "en", "ar", "de", "es", "ja", "ru", "th", "tr", "zh")
LOADING = """
import time
import faiss, sentence_transformers, torch
from rag.embedding import BUNDLED, Document, load_embedder
start = time.perf_counter()
embedder = load_embedder(BUNDLED)
embedder.encode_query("Siapa?")
asked = time.perf_counter()
embedder.encode_document([Document("Siapa?")])
print(asked - start, time.perf_counter() - asked)
"""
Encode = Callable[[list[str]], np.ndarray]
"""Texts to unit vectors."""


def passages(count: int) -> list[str]:
    """`count` passages of TOKENS tokens."""
    tokenizer = read_tokenizer()
    tokenizer.no_truncation()
    found = []
    for text in texts(4 * count, None):
        offsets = tokenizer.encode(text).offsets
        if len(offsets) > TOKENS:
            found.append(text[: offsets[TOKENS - 2][1]])
    return found[:count]


def many_languages() -> list[str]:
    return [" ".join(list(Locale.parse(code).territories.values())[i : i + 8]) for code in LANGUAGES for i in range(0, 200, 8)]


def loading() -> dict[str, float]:
    """Seconds after the imports: medians of five processes."""
    runs = [subprocess.run([sys.executable, "-c", LOADING], check=True, capture_output=True, text=True).stdout.split() for _ in range(5)]
    asked, passages = (statistics.median(float(run[part]) for run in runs) for part in (0, 1))
    return {"to the first question's vector, s": asked, "from there to the first passage's, s": passages}


def products() -> dict[str, float]:
    """Billions of additions and multiplications a second."""
    found = {}
    for kind in (torch.float32, torch.bfloat16):
        rows, matrix = torch.ones(BATCH * TOKENS, 384, dtype=kind), torch.ones(1536, 384, dtype=kind)
        taken = min(seconds(lambda rows=rows, matrix=matrix: torch.nn.functional.linear(rows, matrix)) for _ in range(20))
        found[f"a product in {str(kind).removeprefix('torch.')}, GFLOPS"] = 2 * rows.numel() * len(matrix) / taken / 1e9
    return found


def sentence_transformers(kind: torch.dtype) -> Encode:
    """`kind` is the type of everything; int8 that of the layers' products alone."""
    model = in_float32()
    if kind == torch.int8:
        quantise(model[0].auto_model, read_weights().inputs)
    else:
        model.to(kind)
    return lambda found: model.encode(found, batch_size=BATCH, normalize_embeddings=True)


def one_by_one() -> Encode:
    embedder = BundledEmbedder()
    return lambda found: np.stack([embedder.encode_query(text) for text in found])


def exported(folder: Path) -> Path:
    """The model as an ONNX file: ids and mask in, token vectors out."""

    class Tokens(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = in_float32()[0].auto_model
            self.bert.config._attn_implementation = "eager"

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            return self.bert(input_ids=ids, attention_mask=mask).last_hidden_state

    path = folder / "model.onnx"
    ids = torch.ones(2, 8, dtype=torch.long)
    axes = {"ids": {0: "texts", 1: "tokens"}, "mask": {0: "texts", 1: "tokens"}, "hidden": {0: "texts", 1: "tokens"}}
    torch.onnx.export(Tokens().eval(), (ids, ids), str(path), input_names=["ids", "mask"], output_names=["hidden"], dynamic_axes=axes, dynamo=False)
    return path


def batched(run: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Encode:
    """Tokenises, pads and pools around a runtime that gives token vectors."""
    tokenizer = read_tokenizer()
    tokenizer.enable_padding()

    def encode(found: list[str]) -> np.ndarray:
        rows = []
        for i in range(0, len(found), BATCH):
            batch = tokenizer.encode_batch(found[i : i + BATCH])
            ids, mask = np.array([one.ids for one in batch]), np.array([one.attention_mask for one in batch])
            hidden = run(ids, mask)
            rows.append((hidden * mask[..., None]).sum(1))
        vectors = np.concatenate(rows)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return encode


def onnx_runtime(path: Path) -> Encode:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return batched(lambda ids, mask: session.run(None, {"ids": ids, "mask": mask})[0])


def in_int8(path: Path) -> Path:
    """Matrices in int8, activations quantised as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(str(path), str(path.with_name("int8.onnx")), weight_type=QuantType.QInt8, per_channel=True)
    return path.with_name("int8.onnx")


def open_vino(path: Path, precision: str) -> Encode:
    import openvino

    settings = {"INFERENCE_NUM_THREADS": THREADS, "INFERENCE_PRECISION_HINT": precision}
    model = openvino.Core().compile_model(str(path), "CPU", settings)
    return batched(lambda ids, mask: model({"ids": ids, "mask": mask})[0])


def runtimes(folder: Path) -> Iterator[tuple[str, Encode]]:
    yield "sentence-transformers float32", sentence_transformers(torch.float32)
    yield "sentence-transformers bfloat16 (passages where it is quick)", sentence_transformers(torch.bfloat16)
    if multiplies_bytes():
        yield "sentence-transformers int8, scaled by token (passages elsewhere)", sentence_transformers(torch.int8)
    yield "numpy float32, one text at a time (questions)", one_by_one()
    if all(importlib.util.find_spec(name) for name in ("onnx", "onnxruntime")):
        path = exported(folder)
        yield "ONNX Runtime float32", onnx_runtime(path)
        yield "ONNX Runtime int8", onnx_runtime(in_int8(path))
        if importlib.util.find_spec("openvino"):
            yield "OpenVINO float32", open_vino(path, "f32")
            yield "OpenVINO bfloat16", open_vino(path, "bf16")
            yield "OpenVINO int8 file of ONNX Runtime", open_vino(in_int8(path), "f32")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=256)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(THREADS)
    long, many = passages(arguments.passages), many_languages()
    figures: dict[str, dict[str, float]] = {}
    exact: np.ndarray | None = None
    with tempfile.TemporaryDirectory() as folder:
        for name, encode in runtimes(Path(folder)):
            vectors = encode(many)
            exact = vectors if exact is None else exact
            encode(long[:32])
            rates = [len(long) / seconds(lambda encode=encode: encode(long)) for _ in range(3)]
            asked = statistics.median(1000 * seconds(lambda encode=encode: encode([QUESTION])) for _ in range(40))
            figures[name] = {"passages/s": statistics.median(rates), "question, ms": asked, "smallest cosine": float((vectors * exact).sum(1).min())}
            print(name, figures[name], flush=True)
    written = ["| runtime | passages/s | question, ms | smallest cosine to float32 |", "|---|--:|--:|--:|"]
    written += [f"| {name} | {one['passages/s']:.0f} | {one['question, ms']:.1f} | {one['smallest cosine']:.5f} |" for name, one in figures.items()]
    around = loading() | products()
    written += ["", "| the machine and the loading of the model | |", "|---|--:|", *(f"| {name} | {value:.2f} |" for name, value in around.items())]
    print("\n".join(written))
    if arguments.out:
        save(arguments.out, "\n".join([f"{THREADS} threads.", "", *written, ""]), {"threads": THREADS, "figures": figures, "around": around})


if __name__ == "__main__":
    main()
