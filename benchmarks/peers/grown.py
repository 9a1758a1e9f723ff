"""Passages and vectors in any number out of some thousand real sentences, the vocabulary growing with them.

    passage    some sentences drawn at random; a word that only one or two sentences hold becomes another one in every
               round through the sentences (Heaps' law), so that a collection ten times as large has many more words
    vector     of a passage: the mean of its sentences' vectors plus noise, so that no two are alike
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from functools import partial
from pathlib import Path

import numpy as np

from rag.text.passages import passage_spans
from rag.text.sentences import sentence_spans

SEEDS = Path(__file__).parents[2] / "seeds"
SENTENCES = 6
LEAST, MOST = 8, 20
"""Words of a sentence."""
NOISE = 0.3
"""Length of the noise beside the mean, before both are brought to unit length."""
CHANGED = 0.3
"""Of the rare words this share is changed in a round."""
RARE = 2
WORD = re.compile(r"\w{4,}")
SYLLABLES = [consonant + vowel for consonant in "bdghjklmnprst" for vowel in "aeiou"]


def sentences(data: Path | None, most: int) -> list[str]:
    """Up to `most` different sentences of a length that makes passages of Kutip's size: of the Indonesian corpora under
    `data`, else of `seeds/`."""
    paths = sorted(data.rglob("*_id/corpus.jsonl")) if data is not None else []
    texts = [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    texts = texts or [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    found = (" ".join(text[one.start : one.end].split()) for text in texts for one in sentence_spans(text))
    listed = list(dict.fromkeys(one for one in found if LEAST <= len(one.split()) <= MOST and len(passage_spans(one)) == 1))
    return [listed[i] for i in sorted(np.random.default_rng(0).permutation(len(listed))[:most])]


def picks(count: int, seed: int, pool: int) -> np.ndarray:
    """int (count, SENTENCES): the sentences of each passage.  The first passages of a larger collection are a smaller one."""
    return np.random.default_rng(seed).integers(pool, size=(count, SENTENCES))


def passages(count: int, seed: int, pool: Sequence[str]) -> Iterator[str]:
    counts = Counter(word for one in pool for word in set(WORD.findall(one)))
    rare = {word for word, held in counts.items() if held <= RARE}
    for number, places in enumerate(picks(count, seed, len(pool)).tolist()):
        text, turn = " ".join(pool[place] for place in places), number * SENTENCES // len(pool)
        yield WORD.sub(partial(_other, rare, turn), text) if turn else text


def vectors(count: int, seed: int, base: np.ndarray) -> np.ndarray:
    """float32 (count, dimension), unit rows: row i is of passage i, `base` holds the sentences' vectors."""
    chance = np.random.default_rng([seed, 1])
    found = np.empty((count, base.shape[1]), np.float32)
    for start in range(0, count, 10_000):
        places = picks(count, seed, len(base))[start : start + 10_000]
        noise = chance.standard_normal((len(places), base.shape[1]), np.float32) * (NOISE / np.sqrt(base.shape[1]))
        rows = base[places].mean(axis=1) + noise
        found[start : start + len(rows)] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def _other(rare: Set[str], turn: int, found: re.Match[str]) -> str:
    word = found[0]
    changed = word in rare and (sum(map(ord, word)) * 31 + turn * 17) % 100 < 100 * CHANGED
    return word + _syllables(turn) if changed else word


def _syllables(number: int) -> str:
    written = ""
    while number:
        number, digit = divmod(number, len(SYLLABLES))
        written += SYLLABLES[digit]
    return written
