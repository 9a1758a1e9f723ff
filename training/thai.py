"""Thai words out of PyThaiNLP's data: what they mean by the Thai WordNet, and how frequent they are.

The Thai WordNet (NICT; free to use, change and pass on with its notice) names the synset of Princeton's WordNet 3.0 for each
word; Debian's package wordnet-base has that (WordNet licence). The frequencies are the Thai National Corpus's (CC0).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

PACKAGE = "pythainlp"
WORDNET = Path("/usr/share/wordnet")
PARTS_OF_SPEECH = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
SYNONYMS = 2
"""English words of a synset that are taken; the first are the most usual."""
ADJECTIVE = "("
"""Before it a word, behind it where an adjective may stand: "asleep(p)"."""


def thai_pairs(corpus: Path, wordnet: Path = WORDNET) -> Iterator[tuple[str, str]]:
    """(Thai word, English word); nothing where `wordnet` is not there. `corpus` is the package's folder of data."""
    english = {letter: _synsets(wordnet / f"data.{name}") for letter, name in PARTS_OF_SPEECH.items() if (wordnet / f"data.{name}").is_file()}
    with closing(sqlite3.connect(f"file:{corpus / 'wordnet_th.db'}?mode=ro", uri=True)) as database:
        for synset, thai in database.execute("SELECT synsetid, li FROM word_synset ORDER BY synsetid, li"):
            number, _, letter = synset.partition("-")
            for word in english.get(letter, {}).get(number, ()):
                yield thai.replace("_", " "), word


def thai_counts(corpus: Path) -> dict[str, int]:
    """How often each word occurs."""
    lines = (corpus / "tnc_freq.txt").read_text(encoding="utf-8").splitlines()
    return {word: int(count) for word, _, count in (line.partition("\t") for line in lines) if count.isdigit()}


def _synsets(path: Path) -> dict[str, list[str]]:
    """Of a data file of WordNet (wndb(5WN)): its first SYNONYMS words by the synset's number; a line begins with a blank where the licence stands."""
    found = {}
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if not line.startswith(" "):
                number, _, _, count, *words = line.split(" ", 4 + 2 * SYNONYMS)
                found[number] = [word.partition(ADJECTIVE)[0].replace("_", " ") for word in words[: 2 * min(SYNONYMS, int(count, 16)) : 2]]
    return found
