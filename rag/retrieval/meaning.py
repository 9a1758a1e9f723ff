"""How far a passage covers a question whose words cannot stand in it, because it is written in another language.

Each word of the question that does not stand there, nor a name that sounds like it, counts as much as the word of the
passage that is most alike in meaning: late interaction (Khattab and Zaharia 2020, arXiv 2004.12832) of the vectors of
single words, which needs no run of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
import regex

from rag.embedding.embedder import Embedder
from rag.retrieval.bm25 import QueryWord
from rag.retrieval.question import Question
from rag.storage.reader import Snapshot
from rag.storage.terms import unpack_terms
from rag.text.stop_words import has_list, list_language
from rag.text.words import NAME_MARK, STEM_MARK

EncodeWords = Callable[[Sequence[str]], np.ndarray]
"""Words to float32 (words, dimension), rows of unit length or zeros."""
PAIRED = frozenset({"ko", "th", "lo", "km", "my"})
"""Languages whose words the lexical side has as pairs of letters, which mean nothing; those of Chinese do."""
KNOWN_FROM = 0.5
"""Of what a question asks for, by its words' idf."""
TOLD_LEAST = 0.4
"""With less, more of what the articles answer is refused; with more, more is answered that they do not (half of the validation questions in Greek)."""
_PAIRED_LETTERS = regex.compile(r"[\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


def is_foreign(language: str, question: Question, query: Sequence[QueryWord]) -> bool:
    """Whether a question is asked in another language than `language`, and both have words that can be compared.

    Where the question's words do not tell, or `language` has no list of such words: whether the collection lacks most
    of what is asked for.
    """
    if language in PAIRED or any(_PAIRED_LETTERS.search(word.written) for word in question.words):
        return False
    if question.spoken and has_list(language):
        return list_language(language) not in question.spoken
    known = sum(word.asks for word in query if word.exact is not None or word.stems)
    return known < sum(word.asks for word in query) / 2


def told_by(question: Question, query: Sequence[QueryWord], languages: Sequence[str], embedder: Embedder) -> tuple[float, EncodeWords | None]:
    """What an embedder that knows words can tell of a question: how much its cosines count, in [TOLD_LEAST, 1], and its
    `encode_words` where it knows most of what is asked for and one of `languages`, those of the collection, is foreign.

    In a script that it only spells, as Greek, every passage has a high cosine: names in common and the words say more.
    Words with digits, as H5N1, are spelled in every language and tell nothing about it.
    """
    encode_words = getattr(embedder, "encode_words", None)
    if encode_words is None:
        return 1.0, None
    told = [(word.exact, one.asks) for word, one in zip(question.words, query, strict=True) if not any(map(str.isdigit, word.exact))]
    asks = np.array([asks for _, asks in told])
    known = asks[encode_words([word for word, _ in told]).any(axis=1)].sum() if told else 0.0
    if known < KNOWN_FROM * asks.sum():
        return max(TOLD_LEAST, float(known / (KNOWN_FROM * asks.sum()))), None
    return 1.0, encode_words if any(is_foreign(language, question, query) for language in languages) else None


def meant(question: Question, query: Sequence[QueryWord], passages: Sequence[bytes], snapshot: Snapshot, encode_words: EncodeWords) -> np.ndarray:
    """float64 (n,), in [0, 1]: `share_meant` of each passage; `query` are the question's words in order, `passages` blobs
    of terms.py, with the terms of their titles."""
    rows, numbers, _, _ = unpack_terms(passages)
    terms = {number: term for number, term in snapshot.terms_of(np.unique(numbers).tolist()).items() if term[0] not in (STEM_MARK, NAME_MARK)}
    exact = np.array(sorted(terms), np.uint32)
    alike = alikeness_of([terms[number] for number in exact.tolist()], question, encode_words)
    forms = [{word.exact, *word.stems} for word in query]
    bounds = np.searchsorted(rows, np.arange(len(passages) + 1))
    shares = np.zeros(len(passages))
    for i in range(len(passages)):
        own = numbers[bounds[i] : bounds[i + 1]]
        there = set(own.tolist())
        shares[i] = share_meant(query, alike[np.isin(exact, own)], [place for place, known in enumerate(forms) if known & there])
    return shares


def alikeness_of(words: Sequence[str], question: Question, encode_words: EncodeWords) -> np.ndarray:
    """float64 (words, words of the question): cosines, none below 0."""
    asked = encode_words([word.exact for word in question.words])
    # In float64, so that what a word is worth does not depend on which others stand beside it.
    return np.clip(encode_words(words).astype(np.float64) @ asked.astype(np.float64).T, 0.0, 1.0)


def share_meant(query: Sequence[QueryWord], alike: np.ndarray, held: Collection[int]) -> float:
    """The share of what the question asks for that a text means, in [0, 1].

        sum over words of asks * max over the text's words of `alike` / sum over words of asks

    `alike` float64 (words of the text, words of the question); those of the question whose places are in `held` stand there.
    """
    asks = np.array([word.asks for word in query])
    best = alike.max(axis=0, initial=0.0)
    best[list(held)] = 1.0
    return round(float(best @ asks / asks.sum()), 6) if asks.any() else 0.0
