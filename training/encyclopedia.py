"""A hundred articles of the English Wikipedia, which gensim brings for its own tests: history, science, places, people.

Parallel texts have little of these, and passages that answer a training question are few. Wikipedia's text is CC BY-SA.
"""

from __future__ import annotations

import bz2
import importlib.util
import re
from collections.abc import Iterator

from training.pairs import Pair

ENCYCLOPEDIA = "wikipedia"
LANGUAGE = "en"
DUMP = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
SHORTEST_ARTICLE = 1_000
"""Characters of its source; shorter pages lead elsewhere or tell words apart."""
SHORTEST_SENTENCE, LONGEST_SENTENCE = 25, 500
_END = re.compile(r"(?<=[a-z0-9)”\"]{2}[.?!])\s+(?=[A-Z“\"])")
_PICTURE = re.compile(r"^\[\[(?:File|Image):.*$", re.MULTILINE)
"""A line of its own; its caption is no part of the text around it."""
_NOT_TEXT = ("=", "*", "#", ":", ";", "|", "!", "{", "}", "<")


def encyclopedia_sentences() -> list[Pair]:
    """The sentences of all articles in their order, each its own translation; none where gensim is not installed."""
    if importlib.util.find_spec("gensim") is None:
        return []
    from gensim.corpora.wikicorpus import extract_pages, filter_wiki
    from gensim.test.utils import datapath

    with bz2.open(datapath(DUMP)) as dump:
        articles = [filter_wiki(_PICTURE.sub("", source)) for _, source, _ in extract_pages(dump, ("0",)) if len(source) >= SHORTEST_ARTICLE]
    return [pair for number, article in enumerate(articles) for pair in sentences(article, f"{ENCYCLOPEDIA} {number}")]


def sentences(article: str, source: str) -> Iterator[Pair]:
    """Of running text: headings, lists and what is left of tables stay out. Where a template stood a word is missing."""
    for line in article.splitlines():
        line = re.sub(r"\(\s*[,;]?\s*\)", "", line.replace("'''", "").replace("''", ""))
        line = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(line.split()))
        if line.startswith(_NOT_TEXT):
            continue
        for sentence in _END.split(line):
            if SHORTEST_SENTENCE <= len(sentence) <= LONGEST_SENTENCE and sentence[-1:] in ".?!":
                yield Pair(sentence, sentence, LANGUAGE, source)
