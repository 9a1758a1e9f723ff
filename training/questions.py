"""Questions and the passages that answer them, out of the `train` splits, with nothing of a validation set among them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from training.student import Student, encode

SETS = (("idk_mrc_id", "valid"), ("facqa_id", "valid"), ("tydiqa_goldp/en", ""))
"""Folder of each question set with a `train` split, and the name its validation split has in file names."""
HARD_NEGATIVES = 4
SKIPPED = 1
"""The closest wrong passage is left out: it often answers as well."""


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    passage: str
    negatives: tuple[str, ...] = ()
    """Close passages that do not answer."""


def normal(text: str) -> str:
    """Two texts that differ only in case, punctuation and spacing are the same."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def read_questions(folder: Path) -> dict[str, list[Question]]:
    """The questions of each set that may be trained on; sets that are not there are left out.

    Out stay questions that occur in a validation set and those whose passage answers a validation question, in any
    of the sets.
    """
    held_questions, held_passages = held_out(folder)
    found: dict[str, list[Question]] = {}
    for name, _ in SETS:
        if not (folder / name / "qrels.train.jsonl").is_file():
            continue
        corpus = {row["_id"]: row["text"] for row in _rows(folder / name / "corpus.jsonl")}
        queries = {row["_id"]: row["text"] for row in _rows(folder / name / "queries.train.jsonl")}
        pairs = ((queries[row["query-id"]], corpus[row["corpus-id"]]) for row in _rows(folder / name / "qrels.train.jsonl"))
        found[name] = [
            Question(text, passage) for text, passage in pairs if normal(text) not in held_questions and normal(passage) not in held_passages
        ]
    return found


def held_out(folder: Path) -> tuple[set[str], set[str]]:
    """The normalised questions and answering passages of every set that is only for measuring."""
    questions, passages = set(), set()
    for qrels in sorted(folder.rglob("qrels*.jsonl")):
        if qrels.name == "qrels.train.jsonl":
            continue
        split = qrels.name.removeprefix("qrels").removesuffix(".jsonl")
        for queries in qrels.parent.glob("queries*.jsonl"):
            if "train" not in queries.name and (not split or queries.name == f"queries{split}.jsonl"):
                questions |= {normal(row["text"]) for row in _rows(queries)}
        wanted = {row["corpus-id"] for row in _rows(qrels)}
        for corpus in qrels.parent.glob("corpus*.jsonl"):
            passages |= {normal(row["text"]) for row in _rows(corpus) if row["_id"] in wanted}
    return questions, passages


def with_negatives(questions: list[Question], model: Student, tokenizer) -> list[Question]:
    """Each question with the passages the student takes for its answer and that are another question's.

    Only passages that answer some training question serve, so no validation passage is ever seen.
    """
    passages = sorted({question.passage for question in questions})
    places = {passage: i for i, passage in enumerate(passages)}
    vectors = encode(model, tokenizer(passages, truncation=True, max_length=160)["input_ids"]).float()
    asked = encode(model, tokenizer([question.text for question in questions], truncation=True, max_length=64)["input_ids"]).float()
    scores = asked @ vectors.T
    scores[torch.arange(len(questions)), torch.tensor([places[question.passage] for question in questions])] = -2.0
    best = scores.topk(min(SKIPPED + HARD_NEGATIVES, len(passages)), dim=1).indices[:, SKIPPED:].tolist()
    return [Question(q.text, q.passage, tuple(passages[i] for i in row)) for q, row in zip(questions, best, strict=True)]


def _rows(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
