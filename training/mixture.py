"""The streams of a run and the vectors their texts should land on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np
import torch

from training.languages import Language
from training.pairs import Pair, samples
from training.streams import Stream, shares
from training.student import LONGEST, Student, encode
from training.teacher import Teacher

WORDS_SHARE = 0.2
"""Of the samples; a word has a tenth of the tokens of a sentence."""
ENGLISH_SHARE = 0.07
"""English itself, so that the student does not forget it."""
QUESTIONS_SHARE = 0.08
QUESTIONS_OF_A_LANGUAGE = 4_000
"""Translated questions come more often than they occur: in documentation few sentences are one."""
TOKENISED_AT_ONCE = 4_096
LOCAL_SHARE = 0.3
"""Of the second stage, for the languages that are taught through Indonesian."""


class Targets:
    """Numbers for target texts, and their vectors: the teacher's for English, `given` ones for the rest."""

    def __init__(self, teacher: Teacher) -> None:
        self._teacher = teacher
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []
        self._given: torch.Tensor | None = None

    def number(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return self._numbers[text]

    def give(self, vectors: torch.Tensor) -> np.ndarray:
        """Numbers of vectors that do not come from the teacher; they lie behind all texts, so this comes last."""
        self._given = vectors
        return np.arange(len(self._texts), len(self._texts) + len(vectors))

    def vectors(self, numbers: np.ndarray) -> torch.Tensor:
        """(numbers, dimension) float32, in their order."""
        known = numbers < len(self._texts)
        found = torch.zeros(len(numbers), self._teacher.dimension)
        if known.any():
            found[torch.from_numpy(known)] = self._teacher.vectors([self._texts[i] for i in numbers[known]])
        if not known.all() and self._given is not None:
            found[torch.from_numpy(~known)] = self._given[numbers[~known] - len(self._texts)].float()
        return found


def translation_streams(pairs: dict[Language, list[Pair]], words: dict[str, list[Pair]], tokenizer, targets: Targets) -> list[Stream]:
    """One stream of texts and one of `words`, by code, for each language translated into English, one of questions, one of English."""
    found = {language: list(samples(some)) for language, some in pairs.items() if language.through == "en" and some}
    weights = {language.code: language.weight for language in found}
    part = shares({language.code: len(some) for language, some in found.items()}, weights)
    rest = 1 - WORDS_SHARE - ENGLISH_SHARE - QUESTIONS_SHARE
    streams = [_stream(language.code, some, tokenizer, targets, rest * part[language.code]) for language, some in found.items()]
    asked = [question for language, some in pairs.items() if language.through == "en" for question in questions(some)]
    if asked:
        streams.append(_stream("questions", asked, tokenizer, targets, QUESTIONS_SHARE))
    known = {code: some for code, some in words.items() if some and code in weights}
    for code, share in shares({code: len(some) for code, some in known.items()}, weights).items():
        streams.append(_stream(f"words {code}", known[code], tokenizer, targets, WORDS_SHARE * share))
    english = sorted({sample.target for some in found.values() for sample in some})
    return [*streams, _stream("en", [Pair(text, text, "en", "") for text in english], tokenizer, targets, ENGLISH_SHARE)]


def questions(pairs: Iterable[Pair]) -> list[Pair]:
    """The first QUESTIONS_OF_A_LANGUAGE pairs whose English side asks something."""
    return list(islice((pair for pair in pairs if pair.target.rstrip().endswith("?")), QUESTIONS_OF_A_LANGUAGE))


def local_stream(pairs: dict[Language, list[Pair]], tokenizer, targets: Targets, student: Student) -> Stream | None:
    """Texts of local languages; the target is what `student` now makes of their Indonesian side. None without such texts."""
    local = [sample for language, some in pairs.items() if language.through != "en" for sample in samples(some)]
    if not local:
        return None
    numbers = targets.give(encode(student, _rows(tokenizer, (pair.target for pair in local))))
    return Stream("local", _rows(tokenizer, (pair.text for pair in local)), numbers, LOCAL_SHARE)


def _stream(name: str, found: list[Pair], tokenizer, targets: Targets, share: float) -> Stream:
    return Stream(name, _rows(tokenizer, (pair.text for pair in found)), np.array([targets.number(pair.target) for pair in found]), share)


def _rows(tokenizer, texts: Iterable[str]) -> list[np.ndarray]:
    """Token ids, int32; a few thousand texts at a time, since the tokenizer's own lists take ten times the memory."""
    waiting, rows = iter(texts), []
    while batch := list(islice(waiting, TOKENISED_AT_ONCE)):
        rows += [np.array(ids, np.int32) for ids in tokenizer(batch, truncation=True, max_length=LONGEST)["input_ids"]]
    return rows
