"""Articles enough to be killed, damaged and searched."""

from __future__ import annotations

import random

from fakes import WORDS

from rag import Article

FILLER = ("naik", "Jakarta", "yang", "the", "pemerintah", "turun", "menaikkan", "lebat", "2023")

COUNT = 60
"""So many of them are in a collection that is to be damaged."""


def many_articles(n: int = 300, salt: int = 0) -> list[Article]:
    """The same articles every time; another `salt` changes every third one."""
    made = []
    for number in range(n):
        dice = random.Random(number * 10 + (salt if number % 3 == 0 else 0))
        sentences = [" ".join(dice.choice(WORDS + FILLER) for _ in range(12)).capitalize() + "." for _ in range(dice.randint(1, 12))]
        made.append(Article(f"n{number:03d}", f"Judul {number}", " ".join(sentences), language="id"))
    return made
