"""What is only for measuring, by hash, so that none of it is ever trained on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path

SHARED = 10
"""Words in a row that two texts have by quoting, not by chance."""
FINGERPRINT = 12
"""Bytes of a text's hash: among millions of texts two different ones do not meet."""


def normal(text: str) -> str:
    """Texts that differ only in case, punctuation and spacing are the same."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def fingerprint(text: str) -> bytes:
    return hashlib.blake2b(normal(text).encode(), digest_size=FINGERPRINT).digest()


class HeldOut:
    """The questions of every set, the passages that answer them, and the sentence pairs of `bitext`.

    Questions and passages of a file with `train` in its name may be trained on where no other split has them, too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.questions = frozenset(fingerprint(text) for text in _questions(folder))
        self.passages = frozenset(fingerprint(text) for text in _passages(folder))
        self.sentences = frozenset(fingerprint(text) for text in _sentences(folder))

    def question(self, text: str, passage: str) -> bool:
        """Is this question, or the passage that answers it, part of a measurement?"""
        return fingerprint(text) in self.questions or fingerprint(passage) in self.passages

    def quotes(self, text: str) -> bool:
        """Does `text` have SHARED words in a row with an answering passage or a test sentence? Shorter ones are not seen."""
        return not self._quotable.isdisjoint(_runs(text))

    @cached_property
    def _quotable(self) -> frozenset[int]:
        return frozenset(run for text in chain(_passages(self._folder), _sentences(self._folder)) for run in _runs(text))

    def holds(self, texts: Iterable[str]) -> bool:
        """Is one of `texts` a question, an answering passage or a test sentence?"""
        found = {fingerprint(text) for text in texts}
        return not (found.isdisjoint(self.questions) and found.isdisjoint(self.passages) and found.isdisjoint(self.sentences))


def _runs(text: str) -> Iterator[int]:
    """Hashes of all SHARED words in a row."""
    words = normal(text).split()
    return (hash(" ".join(words[at : at + SHARED])) for at in range(len(words) - SHARED + 1))


def _questions(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("queries*.jsonl")):
        if "train" not in path.name:
            yield from (row["text"] for row in json_lines(path))


def _passages(folder: Path) -> Iterator[str]:
    for qrels in sorted(folder.rglob("qrels*.jsonl")):
        if "train" in qrels.name:
            continue
        wanted = {row["corpus-id"] for row in json_lines(qrels)}
        for corpus in sorted(qrels.parent.glob("corpus*.jsonl")):
            yield from (row["text"] for row in json_lines(corpus) if row["_id"] in wanted)


def _sentences(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "bitext").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from line.split("\t")[:2]


def json_lines(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
