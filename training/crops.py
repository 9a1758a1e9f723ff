"""Crops: a few words of a passage find that passage, in its own language and in the other one.

Retrievers learn so without questions (Izacard et al. 2022, arXiv 2112.09118). What it adds to distillation is names and
rare words: the mean over a passage, all that a translation asks for, hides them.

    query     neighbouring words of a passage (characters where a script has no spaces), one in ten left out
    passage   the whole passage, or its translation; in the query's own language half the time without those words
    batch     runs of neighbouring passages: what the document says next to it is the hard negative
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

from training.languages import Language
from training.pairs import Pair, joined, neighbours
from training.questions import Question
from training.streams import shares

RUN = 16
RUNS_IN_BATCH = 3
SHORTEST = 60
"""Characters of a passage, or half as many without spaces."""
WORDS = (3, 10)
CHARACTERS = (5, 20)
LEFT_OUT = 0.1
SAME_LANGUAGE, INTO_TARGET = 0.4, 0.35
"""Chances of a pair's crop: text to text, text to its translation, and otherwise the translation to the text."""
ANSWERS_SHARE = 0.3
"""Of the batches, for the passages that answer a training question: the only ones of Wikipedia and the news."""


@dataclass(frozen=True, slots=True)
class Crop:
    query: str
    passage: str


class Crops:
    """Batches of crops of `passages`, lists by name in the order of their documents, each so often as `share` says."""

    def __init__(self, passages: Mapping[str, Sequence[Pair]], share: Mapping[str, float], seed: int) -> None:
        self._passages = {name: some for name, some in passages.items() if some}
        self._share = share
        self._random = random.Random(seed)

    def __len__(self) -> int:
        return sum(map(len, self._passages.values()))

    def __next__(self) -> list[Crop]:
        """At most RUN * RUNS_IN_BATCH crops of one list; no passage is there twice."""
        names = list(self._passages)
        some = self._passages[self._random.choices(names, [self._share[name] for name in names])[0]]
        starts = [RUN * self._random.randrange(-(-len(some) // RUN)) for _ in range(RUNS_IN_BATCH)]
        chosen = dict.fromkeys(pair for start in starts for pair in some[start : start + RUN])
        return list({crop.passage: crop for crop in (crop_of(pair, self._random) for pair in chosen)}.values())


def crop_of(pair: Pair, chance: random.Random) -> Crop:
    """Words of `pair.text` and where they should lead; a pair without a translation has the same text on both sides."""
    way = chance.random()
    if pair.text == pair.target or way < SAME_LANGUAGE:
        query, rest = cropped(pair.text, chance)
        return Crop(query, rest if chance.random() < 0.5 and len(rest) > SHORTEST else pair.text)
    asked, found = (pair.text, pair.target) if way < SAME_LANGUAGE + INTO_TARGET else (pair.target, pair.text)
    return Crop(cropped(asked, chance)[0], found)


def cropped(text: str, chance: random.Random) -> tuple[str, str]:
    """Some neighbouring words of `text`, and `text` without them."""
    between = " " if spaced(text) else ""
    words = text.split() if between else list(text)
    shortest, longest = WORDS if between else CHARACTERS
    count = chance.randint(shortest, max(shortest, min(longest, len(words) // 3)))
    at = chance.randrange(max(1, len(words) - count + 1))
    taken = words[at : at + count]
    kept = [word for word in taken if chance.random() >= LEFT_OUT] or taken
    return between.join(kept).strip(" .,;:"), between.join(words[:at] + words[at + count :])


def spaced(text: str) -> bool:
    """Thai, Chinese and Japanese have a space now and then, others one after each word."""
    return text.count(" ") * 15 >= len(text)


def passages_of(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Runs of 2-5 neighbours of one source, cut everywhere (as `samples` cuts some), without the shortest."""
    for run in neighbours(pairs, passages=100):
        passage = joined(run)
        if len(passage.text) >= SHORTEST // (1 if spaced(passage.text) else 2):
            yield passage


def neighbourhoods(vectors: torch.Tensor, seed: int) -> list[int]:
    """All rows of `vectors`, (n, dimension) of unit length, so ordered that each RUN of them lies close together."""
    left = torch.ones(len(vectors), dtype=torch.bool)
    order = list(range(len(vectors)))
    random.Random(seed).shuffle(order)
    runs: list[list[int]] = []
    for i in order:
        if left[i]:
            near = (vectors @ vectors[i]).masked_fill(~left, -2.0).topk(min(RUN, int(left.sum()))).indices
            left[near] = False
            runs.append(near.tolist())
    return [i for run in runs for i in run]


def answers(questions: Iterable[Question]) -> list[Pair]:
    """The passages of `questions`, once each, as pairs without a translation."""
    return [Pair(passage, passage, "", "answers") for passage in sorted({question.passage for question in questions})]


def make_crops(pairs: Mapping[Language, Sequence[Pair]], answering: Mapping[str, Sequence[Pair]], seed: int) -> Crops:
    """Crops of the translated passages of each language by its weight, and of `answering` by their number."""
    translated = {language.code: list(passages_of(some)) for language, some in pairs.items()}
    rest = shares({code: len(some) for code, some in translated.items()}, {language.code: language.weight for language in pairs})
    total = sum(map(len, answering.values())) or 1
    part = {name: ANSWERS_SHARE * len(some) / total for name, some in answering.items()}
    return Crops({**translated, **answering}, {code: (1 - ANSWERS_SHARE) * share for code, share in rest.items()} | part, seed)
