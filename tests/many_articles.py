"""Adds articles to a collection in a process of its own, for the tests that kill it: python many_articles.py FOLDER."""

from __future__ import annotations

import random
import sys

from fakes import WORDS, WordCountEmbedder

from rag import Article, Collection, ingest

FILLER = ("naik", "Jakarta", "yang", "the", "pemerintah", "turun", "menaikkan", "lebat", "2023")


def many_articles(n: int = 300, salt: int = 0) -> list[Article]:
    """The same articles every time; another `salt` changes every third one."""
    made = []
    for number in range(n):
        dice = random.Random(number * 10 + (salt if number % 3 == 0 else 0))
        sentences = [" ".join(dice.choice(WORDS + FILLER) for _ in range(12)).capitalize() + "." for _ in range(dice.randint(1, 12))]
        made.append(Article(f"n{number:03d}", f"Judul {number}", " ".join(sentences), language="id"))
    return made


def main(folder: str, salt: int) -> None:
    ingest.BATCH_ARTICLES = 20
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        print("adding", flush=True)
        collection.add(many_articles(salt=salt))
        print("added", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
