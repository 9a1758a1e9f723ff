"""The engines of the comparison: where their adapters are, what they are installed from, and how they are set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Engine:
    """One row.  `adapter` is a module with a class `Adapter` (benchmarks/peers/protocol.py),
    `environment` names the file of its requirements, empty for this very environment; `packages` are those whose versions
    the report says.  `tables`: 1 with the model, 2 with vectors given."""

    name: str
    adapter: str
    environment: str
    packages: tuple[str, ...]
    settings: str
    options: dict[str, Any] = field(default_factory=dict)
    tables: tuple[int, ...] = (1, 2)


ADAPTERS = "benchmarks.peers.adapters"
SENTENCES = "sentence-transformers"

ENGINES = (
    Engine(
        "encoder alone", f"{ADAPTERS}.encoder", "numpy", (SENTENCES, "torch"),
        "`encode` of all passages in one call, `encode_query`; float32", tables=(1,)
    ),
    Engine(
        "NumPy + bm25s", f"{ADAPTERS}.brute", "numpy", ("numpy", "bm25s"),
        "matrix product, BM25 with Indonesian stems, reciprocal ranks; nothing but files to keep"
    ),
    Engine(
        "Kutip", f"{ADAPTERS}.kutip", "", ("faiss-cpu", "tantivy"),
        "the same float32 folder as all others, or vectors given; `search`; finding language and sentences and hashing every passage included"
    ),
    Engine(
        "Kutip as installed", f"{ADAPTERS}.kutip", "", ("faiss-cpu", "tantivy"),
        "the same model as it is in the package: the processor's fastest type for passages, the small forward pass for questions", {"bundled": True}, (1,)
    ),
    Engine(
        "txtai", f"{ADAPTERS}.txt", "txtai", ("txtai", "faiss-cpu"),
        "`hybrid=True, content=True`: FAISS (IVF from 5,001 passages on), its own BM25, SQLite; questions take turns"
    ),
    Engine(
        "LlamaIndex", f"{ADAPTERS}.llama", "llamaindex", ("llama-index-core", "llama-index-retrievers-bm25", "llama-index-vector-stores-faiss"),
        "FaissMapVectorStore over a flat index, BM25Retriever (bm25s) with Indonesian stems, QueryFusionRetriever by reciprocal ranks"
    ),
    Engine(
        "LangChain", f"{ADAPTERS}.langchain", "langchain", ("langchain-classic", "langchain-community", "langchain-huggingface"),
        "FAISS (flat) and BM25Retriever over words in small letters, EnsembleRetriever; BM25 pickled"
    ),
    Engine(
        "Haystack", f"{ADAPTERS}.haystack", "haystack", ("haystack-ai", "sentence-transformers-haystack"),
        "InMemoryDocumentStore (BM25L, cosine), both retrievers, DocumentJoiner by reciprocal ranks; saved as JSON"
    ),
    Engine(
        "ChromaDB", f"{ADAPTERS}.chroma", "chromadb", ("chromadb",),
        "PersistentClient, HNSW with defaults, cosine; vectors only: it has no hybrid search locally"
    ),
    Engine(
        "LanceDB", f"{ADAPTERS}.lance", "lancedb", ("lancedb",),
        "flat scan, as its guide advises up to 100,000 rows; full-text index without stems; RRFReranker"
    ),
    Engine("LanceDB, HNSW", f"{ADAPTERS}.lance", "lancedb", ("lancedb",), "the same with an IVF_HNSW_SQ index", {"index": True}, (2,)),
)  # fmt: skip
