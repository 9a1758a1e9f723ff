"""The values Kutip passes around: frozen, without behaviour that reads or writes anything."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from rag.filters import Filters

HEADING_WORDS = 10


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]`: `start` and `end` count Unicode characters, not bytes."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its body exactly as it is quoted, and what is known about it.

    Unknown metadata is the empty string; nothing is guessed.  `published` is an ISO date of any precision
    (`2022`, `2022-09`, `2022-09-10`); `published_from` says who said so: `given` (by the person who added it),
    `page` (the file's own metadata) or `dateline` (a date in its first lines).  `language` is an ISO 639-1 code.
    """

    id: str
    title: str
    text: str
    source: str = ""
    author: str = ""
    published: str = ""
    published_from: str = ""
    url: str = ""
    language: str = ""

    @property
    def hash(self) -> str:
        """SHA-256 of `text`, in hexadecimal: what a citation's offsets are relative to."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def heading(self) -> str:
        """The title; for an article without one, its first words and an ellipsis."""
        if self.title:
            return self.title
        words = self.text[:400].split()
        return " ".join(words[:HEADING_WORDS])[:120] + " …" if words else self.id


@dataclass(frozen=True, slots=True)
class Passage:
    """A contiguous span of whole sentences of an article: `article.text[start:end] == text`.

        article.text   "Jakarta, Senin. Harga beras naik. Pemerintah ..."
                        [start          passage.text      end)
    """

    article_id: str
    start: int
    end: int
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, with the evidence it was ranked by.

    `dense` is the cosine of question and passage, in [-1, 1]; `lexical` the BM25 score as a share of the most the
    question could reach, in [0, 1]; the ranks count from 1 and are None where that side did not find the passage.
    `matched` lists the words of the question that stand in the passage or its title.  `score` is the fused score.
    """

    passage: Passage
    article: Article
    score: float
    dense: float
    lexical: float
    dense_rank: int | None
    lexical_rank: int | None
    matched: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """The hit as JSON values; keys are only ever added, never renamed."""
        return {
            "text": self.passage.text,
            **_identified(self.article),
            "start": self.passage.start,
            "end": self.passage.end,
            "score": round(self.score, 6),
            **_evidence(self),
        }


@dataclass(frozen=True, slots=True)
class Sentence:
    """The sentence of a citation that answers best: `article.text[start:end] == text`."""

    text: str
    start: int
    end: int


class Strength(StrEnum):
    """How far a citation can be trusted to answer, in three steps."""

    STRONG = "strong"
    RELATED = "related"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Why:
    """What a citation was ranked by; the fields are those of `Hit`."""

    dense: float
    lexical: float
    dense_rank: int | None
    lexical_rank: int | None
    matched: tuple[str, ...]
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and the place it stands: `quote == article.text[start:end]`, checked by hash.

    `also_in` lists the ids of other articles that carry the same text.
    """

    number: int
    quote: str
    sentence: Sentence
    article: Article
    start: int
    end: int
    score: float
    strength: Strength
    why: Why
    also_in: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The citation as JSON values; keys are only ever added, never renamed."""
        return {
            "number": self.number,
            "quote": self.quote,
            "sentence": {"text": self.sentence.text, "start": self.sentence.start, "end": self.sentence.end},
            **_identified(self.article),
            "start": self.start,
            "end": self.end,
            "score": round(self.score, 6),
            "strength": str(self.strength),
            "why": {**_evidence(self.why), "phrase": self.why.phrase},
            "also_in": list(self.also_in),
        }


def _identified(article: Article) -> dict[str, object]:
    """The article a quote stands in, without its text."""
    return {
        "article_id": article.id,
        "article_hash": article.hash,
        "title": article.title,
        "heading": article.heading,
        "source": article.source,
        "author": article.author,
        "published": article.published,
        "published_from": article.published_from,
        "url": article.url,
        "language": article.language,
    }


def _evidence(one: Hit | Why) -> dict[str, object]:
    return {
        "dense": round(one.dense, 6),
        "lexical": round(one.lexical, 6),
        "dense_rank": one.dense_rank,
        "lexical_rank": one.lexical_rank,
        "matched": list(one.matched),
    }


class Reason(StrEnum):
    """Why an answer has no citations."""

    ANSWERED = "answered"
    EMPTY_COLLECTION = "empty_collection"
    NOTHING_CLOSE = "nothing_close"
    PHRASE_NOT_FOUND = "phrase_not_found"
    NO_ARTICLE_MATCHES = "no_article_matches"


@dataclass(frozen=True, slots=True)
class Searched:
    """What a question was asked of: with filters, the part that matches them.  `dates` is the first and last
    publication date known, or ()."""

    articles: int
    passages: int
    languages: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        return {
            "articles": self.articles,
            "passages": self.passages,
            "languages": list(self.languages),
            "dates": list(self.dates),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The citations that answer a question, best first; falsy when the collection does not answer.

    `near_misses` are the closest passages of a question that is not answered: they are not an answer.  `filters` are
    all that were asked for, those typed in the question too.
    """

    question: str
    reason: Reason
    citations: tuple[Citation, ...] = ()
    near_misses: tuple[Citation, ...] = ()
    searched: Searched = field(default_factory=lambda: Searched(0, 0))
    filters: Filters = Filters()

    def __bool__(self) -> bool:
        return bool(self.citations)

    def to_dict(self) -> dict[str, object]:
        """The JSON of the command line, the web API and exports; keys are only ever added, never renamed."""
        return {
            "question": self.question,
            "answered": bool(self),
            "reason": str(self.reason),
            "searched": self.searched.to_dict(),
            "citations": [citation.to_dict() for citation in self.citations],
            "near_misses": [citation.to_dict() for citation in self.near_misses],
            "filters": self.filters.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file or row that was not added, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What `add` did, by article id.

    `missing` are articles whose file is gone from the folder that was added; they are kept unless `sync` was asked
    for, and then they are in `removed` instead.  `passages` counts the new passages, `embedded` those that the model
    had to read (a changed article keeps the vectors of its unchanged passages).
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    missing: tuple[str, ...] = ()
    passages: int = 0
    embedded: int = 0

    def to_dict(self) -> dict[str, object]:
        return {
            "added": list(self.added),
            "changed": list(self.changed),
            "unchanged": list(self.unchanged),
            "removed": list(self.removed),
            "rejected": [{"name": one.name, "reason": one.reason} for one in self.rejected],
            "missing": list(self.missing),
            "passages": self.passages,
            "embedded": self.embedded,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long operation is: `done` of `total` `unit`s (total 0: not known yet), now at `name`."""

    done: int
    total: int
    unit: str
    name: str = ""


class Standing(StrEnum):
    """Whether a citation made earlier still holds."""

    FOUND = "found"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of a citation: the quote while its article is unchanged, else that it was changed or removed."""

    standing: Standing
    quote: str = ""

    def __bool__(self) -> bool:
        return self.standing is Standing.FOUND


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `check` found: `problems` that need a person, `repaired` what it mended from the truth."""

    articles: int
    passages: int
    problems: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.problems

    def to_dict(self) -> dict[str, object]:
        return {
            "articles": self.articles,
            "passages": self.passages,
            "problems": list(self.problems),
            "repaired": list(self.repaired),
        }
