"""Questions and the passages that answer them, out of the `train` splits, with nothing of a validation set among them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from training.held_out import HeldOut, json_lines
from training.student import Student, encode
from training.switching import Switching

SETS = {"idk_mrc_id": "id", "facqa_id": "id", "tydiqa_goldp/en": "en"}
"""The question sets that have a `train` split, and their languages."""
SWITCHED_COPIES = {"id": 1, "en": 3}
"""Of each question, in other languages; English ones ask for passages about all the world."""
HARD_NEGATIVES = 4
SKIPPED = 1
"""The closest wrong passage is left out: it often answers as well."""


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    passage: str
    negatives: tuple[str, ...] = ()
    """Close passages that do not answer."""


def read_questions(folder: Path, held: HeldOut) -> dict[str, list[Question]]:
    """The questions of each set that may be trained on; sets that are not there are left out.

    Out stay questions that occur in a validation set and those whose passage answers a validation question, in any
    of the sets.
    """
    found: dict[str, list[Question]] = {}
    for name in SETS:
        if not (folder / name / "qrels.train.jsonl").is_file():
            continue
        corpus = {row["_id"]: row["text"] for row in json_lines(folder / name / "corpus.jsonl")}
        queries = {row["_id"]: row["text"] for row in json_lines(folder / name / "queries.train.jsonl")}
        pairs = ((queries[row["query-id"]], corpus[row["corpus-id"]]) for row in json_lines(folder / name / "qrels.train.jsonl"))
        found[name] = [Question(text, passage) for text, passage in pairs if not held.question(text, passage)]
    return found


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


def switched(questions: Iterable[Question], source: str, switching: Switching, seed: int) -> Iterator[Question]:
    """SWITCHED_COPIES of each question of the language `source`, each in the words of some other language."""
    chance = random.Random(seed)
    for question in questions:
        for _ in range(SWITCHED_COPIES[source]):
            if language := switching.language(source, chance):
                yield replace(question, text=switching.switched(question.text, source, language, chance))
