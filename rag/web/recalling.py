"""A conversation as it stands after a reload: every quote is checked again, and one that no longer holds says so."""

from __future__ import annotations

from collections.abc import Sequence

from rag.conversing.conversation import Resolved
from rag.conversing.turns import Turn
from rag.types import Citation, Reason, Sentence, Span, Why
from rag.web.citing import Reference
from rag.web.escaping import md_escape
from rag.web.parts import parts_markdown
from rag.web.render import blocks, citation_markdown
from rag.web.strings import say


def recalled_markdown(turn: Turn, quotes: Sequence[Resolved], language: str) -> str:
    """A turn of a conversation as one chat message; `quotes` are its references as they stand now."""
    above = parts_markdown(turn.question, turn.carried, turn.filters, language)
    if turn.reason is not Reason.ANSWERED:
        near = f'<span class="said">{say("lost.near", language)}</span>'
        return blocks(f"<strong>{say(f'no.{turn.reason}', language)}</strong>", *above, near)
    return blocks(*above, *(_quote_markdown(quote, language) for quote in quotes))


def _quote_markdown(quote: Resolved, language: str) -> str:
    reference, article = quote.reference, quote.article
    if article is not None:
        best = reference.sentence
        sentence = Sentence(article.text[best.start : best.end], best.start, best.end)
        why = Why(0.0, 0.0, None, None, ())  # not kept, and not shown
        cited = Citation(reference.label, quote.quote, sentence, article, reference.start, reference.end, reference.score, reference.strength, why)
        return citation_markdown(cited, language)
    link = Reference(reference.article_id, reference.article_hash[:16], Span(reference.start, reference.end), reference.sentence).href
    said = f"{say(f'lost.{quote.standing}', language)} {md_escape(reference.article_id)}"
    return f'<span class="lost">[{reference.label}]({link})&nbsp;{said}</span>'
