"""Sets to measure on: folders in BEIR form, and sentence pairs.

    corpus[.LANGUAGE].jsonl            _id, title, text
    queries[.LANGUAGE|.SPLIT].jsonl    _id, text
    qrels[.SPLIT].jsonl                query-id, corpus-id, score      (or qrels/SPLIT.tsv with the same columns)
    bitext/NAME.XX-YY.tsv              a sentence in XX and in YY on each line

Languages with files of their own are paired with each other, every question language with every passage language.
A folder without languages in its file names carries its language in its own: `facqa_id`, `tydiqa_goldp/en`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.text.sentences import sentence_spans

MOST_SENTENCES = 2_000
"""Every one is compared with every other."""
SHORTEST = 40
"""Characters of an English sentence that is matched, where sentences come out of documents."""
AS_LONG = 1.5
"""A sentence and its translation take shares of their documents that differ by this factor at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One set and language pair: documents by id, questions by id, and the relevant documents of each question.

    `answers` are the words that answer a question, where the set names them.
    """

    name: str
    asked: str
    language: str
    corpus: dict[str, str]
    questions: dict[str, str]
    answers: dict[str, list[str]]
    relevant: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Bitext:
    """Sentences and their translations in the same order."""

    name: str
    left: list[str]
    right: list[str]


def rows(data: Path) -> Iterator[Row]:
    """Every set under `data`; `train` splits are not measured on."""
    for folder in sorted({path.parent for path in data.rglob("corpus*.jsonl")}):
        name = folder.relative_to(data).as_posix() if folder != data else folder.name
        corpora = {_suffix(path): path for path in sorted(folder.glob("corpus*.jsonl"))}
        for split, qrels in _splits(folder):
            if "" in corpora:
                language = re.split(r"[_/]", name)[-1]
                queries = folder / (f"queries.{split}.jsonl" if (folder / f"queries.{split}.jsonl").is_file() else "queries.jsonl")
                yield _row(name, language, language, corpora[""], queries, qrels)
                continue
            for asked in sorted(_suffix(path) for path in folder.glob("queries.*.jsonl")):
                for language, corpus in corpora.items():
                    yield _row(f"{name}.{asked}-{language}", asked, language, corpus, folder / f"queries.{asked}.jsonl", qrels)


def bitexts(data: Path, sentences: int = MOST_SENTENCES) -> Iterator[Bitext]:
    """The sentence pairs under `data`, at most so many of each file."""
    for path in sorted(data.rglob("*.tsv")):
        if re.fullmatch(r".+\.[a-z]{2,3}-[a-z]{2,3}", path.stem):
            pairs = [line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line][:sentences]
            yield Bitext(path.stem, [left for left, _ in pairs], [right for _, right in pairs])


def document_sentences(data: Path, sentences: int = MOST_SENTENCES) -> Iterator[Bitext]:
    """Sentences of documents that a set has in several languages, beside those in English; at most so many of each language.

    Only of documents cut into as many sentences in both, and only those of SHORTEST characters in English that take
    about as much of their document in both: such sentences are taken for translations of each other.
    """
    for path in sorted(data.rglob("corpus.en.jsonl")):
        english = {one["_id"]: one["text"] for one in json_lines(path)}
        for translated in sorted(path.parent.glob("corpus.*.jsonl")):
            if translated != path:
                pairs = [pair for one in json_lines(translated) if one["_id"] in english for pair in _aligned(one["text"], english[one["_id"]])][:sentences]
                name = f"{path.parent.relative_to(data).as_posix()} sentences.{_suffix(translated)}-en"
                yield Bitext(name, [left for left, _ in pairs], [right for _, right in pairs])


def _aligned(left: str, right: str) -> list[tuple[str, str]]:
    both = [[text[span.start : span.end].strip() for span in sentence_spans(text)] for text in (left, right)]
    if len(both[0]) != len(both[1]):
        return []
    shares = [(len(one) / len(left), len(other) / len(right)) for one, other in zip(*both, strict=True)]
    alike = [max(pair) <= AS_LONG * min(pair) for pair in shares]
    return [(one, other) for one, other, fits in zip(*both, alike, strict=True) if fits and len(other) >= SHORTEST]


def _row(name: str, asked: str, language: str, corpus: Path, queries: Path, qrels: list[tuple[str, str, int]]) -> Row:
    relevant: dict[str, dict[str, int]] = {}
    for question, document, score in qrels:
        if score > 0:
            relevant.setdefault(question, {})[document] = score
    found = [one for one in json_lines(queries) if one["_id"] in relevant]
    documents = {one["_id"]: "\n".join(part for part in (one.get("title"), one["text"]) if part) for one in json_lines(corpus)}
    return Row(
        name, asked, language, documents, {one["_id"]: one["text"] for one in found}, {one["_id"]: one.get("answers", []) for one in found},
        {one["_id"]: relevant[one["_id"]] for one in found},
    )  # fmt: skip


def _splits(folder: Path) -> Iterator[tuple[str, list[tuple[str, str, int]]]]:
    for path in sorted(folder.glob("qrels*.jsonl")):
        if _suffix(path) != "train":
            yield _suffix(path), [(one["query-id"], one["corpus-id"], int(one["score"])) for one in json_lines(path)]
    for path in sorted((folder / "qrels").glob("*.tsv")):
        if path.stem != "train":
            with path.open(encoding="utf-8", newline="") as file:
                yield path.stem, [(one["query-id"], one["corpus-id"], int(one["score"])) for one in csv.DictReader(file, delimiter="\t")]


def _suffix(path: Path) -> str:
    return path.name.split(".")[1] if path.name.count(".") > 1 else ""


def json_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
