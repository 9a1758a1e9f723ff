"""Crops: a few words of a passage find that passage, in its own language and in the other one.

Retrievers learn so without questions (Izacard et al. 2022, arXiv 2112.09118). What it adds to distillation is names and
rare words: the mean over a passage, all that a translation asks for, hides them.

    query     neighbouring words of a passage (characters where a script has no spaces), one in ten left out
    passage   the whole passage, or its translation; in the query's own language half the time without those words
    switched  of a passage without a translation, in English or Indonesian: one side in the words of another language
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
from training.switching import Switching

RUN = 16
RUNS_IN_BATCH = 3
SHORTEST = 60
"""Characters of a passage, or half as many without spaces."""
WORDS = (3, 10)
CHARACTERS = (5, 20)
LEFT_OUT = 0.1
SAME_LANGUAGE, INTO_TARGET = 0.4, 0.35
"""Chances of a pair's crop: text to text, text to its translation, and otherwise the translation to the text."""
UNTRANSLATED_SHARE = 0.6
"""Of the batches, for the passages that answer a training question and those of an encyclopedia: the only ones of Wikipedia and the news."""
SWITCHED = 0.65
"""Of those batches, and of their crops those that lead from words of the passage's own language to a switched passage."""
SWITCHED_PASSAGES = 0.25


@dataclass(frozen=True, slots=True)
class Crop:
    query: str
    passage: str


class Crops:
    """Batches of crops of `passages`, lists by name in the order of their documents, each so often as `share` says.

    Those named in `sources`, with their languages, are switched in SWITCHED of their batches.
    """

    def __init__(
        self, passages: Mapping[str, Sequence[Pair]], share: Mapping[str, float], seed: int, sources: Mapping[str, str], switching: Switching
    ) -> None:
        self._passages = {name: some for name, some in passages.items() if some}
        self._share = share
        self._sources, self._switching = sources, switching
        self._random = random.Random(seed)

    def __len__(self) -> int:
        return sum(map(len, self._passages.values()))

    def __next__(self) -> list[Crop]:
        """At most RUN * RUNS_IN_BATCH crops of one list; no passage is there twice."""
        names = list(self._passages)
        name = self._random.choices(names, [self._share[name] for name in names])[0]
        some = self._passages[name]
        starts = [RUN * self._random.randrange(-(-len(some) // RUN)) for _ in range(RUNS_IN_BATCH)]
        chosen = dict.fromkeys(pair for start in starts for pair in some[start : start + RUN])
        source = self._sources.get(name)
        if source and self._random.random() < SWITCHED:
            crops = [switched_crop_of(pair.text, source, self._switching, self._random) for pair in chosen]
        else:
            crops = [crop_of(pair, self._random) for pair in chosen]
        return list({crop.passage: crop for crop in crops}.values())


def crop_of(pair: Pair, chance: random.Random) -> Crop:
    """Words of `pair.text` and where they should lead; a pair without a translation has the same text on both sides."""
    way = chance.random()
    if pair.text == pair.target or way < SAME_LANGUAGE:
        query, rest = cropped(pair.text, chance)
        return Crop(query, rest if chance.random() < 0.5 and len(rest) > SHORTEST else pair.text)
    asked, found = (pair.text, pair.target) if way < SAME_LANGUAGE + INTO_TARGET else (pair.target, pair.text)
    return Crop(cropped(asked, chance)[0], found)


def switched_crop_of(text: str, source: str, switching: Switching, chance: random.Random) -> Crop:
    """Words of `text`, which is in `source`, and the text, one of the two in the words of another language if there is one."""
    query, _ = cropped(text, chance)
    language = switching.language(source, chance)
    if language is None:
        return Crop(query, text)
    if chance.random() < SWITCHED_PASSAGES:
        return Crop(query, switching.switched(text, source, language, chance))
    return Crop(switching.switched(query, source, language, chance) or query, text)


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


def make_crops(
    pairs: Mapping[Language, Sequence[Pair]], untranslated: Mapping[str, Sequence[Pair]], sources: Mapping[str, str], switching: Switching, seed: int
) -> Crops:
    """Crops of the translated passages of each language by its weight, and of `untranslated`, whose languages `sources` names."""
    translated = {language.code: list(passages_of(some)) for language, some in pairs.items()}
    rest = shares({code: len(some) for code, some in translated.items()}, {language.code: language.weight for language in pairs})
    part = shares({name: len(some) for name, some in untranslated.items()}, dict.fromkeys(untranslated, 1.0))
    both = {code: (1 - UNTRANSLATED_SHARE) * share for code, share in rest.items()} | {name: UNTRANSLATED_SHARE * share for name, share in part.items()}
    return Crops({**translated, **untranslated}, both, seed, sources, switching)
