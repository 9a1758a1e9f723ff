"""The reference inside a citation's link: enough to find the place again, and to see that the article changed.

    #cite=seeds%2Frusia.txt/0f3a9c11d2b4e687/120-480/131-212
          article id        start of its hash  quote  sentence
    #read=seeds%2Frusia.txt    the article as it is, no place in it

Whoever writes the link decides what stands in it, so `parse` takes nothing but exactly this form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from rag.types import Citation, Span

PREFIX = "#cite="
WHOLE = "#read="
_HASH_DIGITS = 16
_LENGTH_MAX = 8000
_ID = re.compile(r"[A-Za-z0-9_.~%-]+")
_FORM = re.compile(
    rf"(?P<id>{_ID.pattern})/(?P<digest>[0-9a-f]{{16}}|[0-9a-f]{{64}})/(?P<start>[0-9]{{1,7}})-(?P<end>[0-9]{{1,7}})"
    r"(?:/(?P<from>[0-9]{1,7})-(?P<to>[0-9]{1,7}))?"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in one state of an article; `digest` begins that state's hash."""

    article_id: str
    digest: str
    quote: Span
    sentence: Span | None = None

    @classmethod
    def of(cls, citation: Citation) -> Reference:
        return cls(
            citation.article.id,
            citation.article.hash[:_HASH_DIGITS],
            Span(citation.start, citation.end),
            Span(citation.sentence.start, citation.sentence.end),
        )

    @classmethod
    def parse(cls, link: str) -> Reference | None:
        """The reference of `link` (with or without `#cite=`), or None for anything that `href` does not write."""
        form = _FORM.fullmatch(link.removeprefix(PREFIX)) if len(link) <= _LENGTH_MAX else None
        article_id = _decoded(form["id"]) if form else None
        if form is None or article_id is None:
            return None
        sentence = Span(int(form["from"]), int(form["to"])) if form["from"] else None
        return cls(article_id, form["digest"], Span(int(form["start"]), int(form["end"])), sentence)

    @property
    def href(self) -> str:
        place = f"{PREFIX}{_encoded(self.article_id)}/{self.digest}/{self.quote.start}-{self.quote.end}"
        return f"{place}/{self.sentence.start}-{self.sentence.end}" if self.sentence else place

    def lies_in(self, text: str) -> bool:
        """Whether the quote is a span of `text`, and the sentence a span of the quote."""
        quote, sentence = self.quote, self.sentence or self.quote
        return 0 <= quote.start <= sentence.start < sentence.end <= quote.end <= len(text)


def whole_href(article_id: str) -> str:
    """The link to an article as it is."""
    return WHOLE + _encoded(article_id)


def whole_article(link: str) -> str | None:
    """The id of the article that `link` leads to as it is, or None for anything that `whole_href` does not write."""
    encoded = link.removeprefix(WHOLE)
    return _decoded(encoded) if encoded != link and len(link) <= _LENGTH_MAX and _ID.fullmatch(encoded) else None


def _decoded(encoded: str) -> str | None:
    try:
        article_id = unquote(encoded, errors="surrogatepass")
    except UnicodeDecodeError:
        return None
    return article_id if _encoded(article_id) == encoded else None


def _encoded(article_id: str) -> str:
    return quote(article_id, safe="", errors="surrogatepass")
