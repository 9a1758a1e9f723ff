"""CSV of quotes: one row for each citation, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from rag.conversing.conversation import Resolved
from rag.exports.gathering import Exchange
from rag.types import Article

COLUMNS = (
    "question", "carried", "label", "standing", "quote", "sentence", "title", "source", "author", "published", "url", "language",
    "article_id", "article_hash", "start", "end", "strength", "score",
)  # fmt: skip

# A cell that begins so is a formula to a spreadsheet; one with apostrophes before it gets another, so that taking one
# away gives back what was there.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def as_csv(exchanges: Sequence[Exchange]) -> str:
    """RFC 4180, with a line of column names.  A quote whose article has changed or gone has an empty cell, and says so in `standing`."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for exchange in exchanges:
        rows.writerows(_row(exchange, quote) for quote in exchange.quotes)
    return written.getvalue()


def _row(exchange: Exchange, quote: Resolved) -> list[str | int]:
    reference, article = quote.reference, quote.article or Article("", "", "")
    sentence = article.text[reference.sentence.start : reference.sentence.end]
    texts = [quote.quote, sentence, article.title, article.source, article.author, article.published, article.url, article.language, reference.article_id]
    return [
        _cell(exchange.question), _cell(" ".join(exchange.carried)), reference.label, str(quote.standing), *map(_cell, texts), reference.article_hash,
        reference.start, reference.end, str(reference.strength), round(reference.score, 6),
    ]  # fmt: skip


def _cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
