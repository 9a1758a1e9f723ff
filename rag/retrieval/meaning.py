"""How far a passage covers a question whose words cannot stand in it, because it is written in another language.

Each word of the question counts as much as the word of the passage that is most alike in meaning: late interaction
(Khattab and Zaharia 2020, arXiv 2004.12832) of the vectors of single words, which needs no run of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rag.retrieval.bm25 import QueryWord
from rag.retrieval.question import Question
from rag.storage.reader import Snapshot
from rag.storage.terms import unpack_terms
from rag.text.words import NAME_MARK, STEM_MARK

EncodeWords = Callable[[Sequence[str]], np.ndarray]
"""Words to float32 (words, dimension), rows of unit length or zeros."""


def meant(question: Question, query: Sequence[QueryWord], passages: Sequence[bytes], snapshot: Snapshot, encode_words: EncodeWords) -> np.ndarray:
    """float64 (n,), in [0, 1]: the share of what the question asks for that each passage means.

        sum over words of asks * max over the passage's words of max(0, cosine) / sum over words of asks

    `query` are the question's words in order; `passages` are blobs of terms.py, with the terms of their titles.
    """
    rows, numbers, _, _ = unpack_terms(passages)
    terms = {number: term for number, term in snapshot.terms_of(np.unique(numbers).tolist()).items() if term[0] not in (STEM_MARK, NAME_MARK)}
    asks = np.array([word.asks for word in query])
    if not terms or not asks.any():
        return np.zeros(len(passages))
    known = np.array(sorted(terms), np.uint32)
    alike = encode_words([terms[number] for number in known.tolist()]) @ encode_words([word.exact for word in question.words]).T
    place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    exact = known[place] == numbers
    best = np.zeros((len(passages), len(asks)), np.float32)
    np.maximum.at(best, rows[exact], alike[place[exact]])
    return np.round(np.minimum(best, 1.0) @ asks / asks.sum(), 6)
