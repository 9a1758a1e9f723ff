"""What a reader can do with a citation in the panel: copy it, copy its link, go to the answer's others in the same article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Article
from rag.web.citing import Reference
from rag.web.escaping import html_escape, html_line, one_line
from rag.web.strings import say
from rag.web.wording import facts, web_address

QUOTE_MAX = 20_000
"""Characters of the longest quote that is sent for copying; only a forged link makes a longer one."""

OTHERS_MAX = 50


@dataclass(frozen=True, slots=True)
class Tools:
    """`copied` is what the clipboard gets, `links` those of the answer's citations in this article, in its order."""

    link: str
    copied: str = ""
    links: tuple[str, ...] = ()


def copied_quote(article: Article, reference: Reference, language: str) -> str:
    """The quote word for word, and under it where it stands."""
    quote = reference.quote
    if quote.end - quote.start > QUOTE_MAX:
        return ""
    about = [article.heading, *facts(article, language), web_address(article.url)]
    place = say("copy.place", language, id=article.id, start=quote.start, end=quote.end, version=reference.digest)
    lines = [" · ".join(text for one in about if (text := one_line(one).strip())), one_line(place)]
    return "\n".join([article.text[quote.start : quote.end], "", f"— {lines[0]}", lines[1]])


def same_article(reference: Reference, others: object, text: str) -> tuple[Reference, ...]:
    """The answer's citations in this state of the article, `reference` among them, if there are several.

    `others` is what the browser says, so anything may stand in it.
    """
    told = others[:OTHERS_MAX] if isinstance(others, list) else []
    parsed = {Reference.parse(link) for link in told if isinstance(link, str)}
    same = [one for one in parsed if one and (one.article_id, one.digest) == (reference.article_id, reference.digest) and one.lies_in(text)]
    return tuple(sorted(same, key=_place)) if reference in same and len(same) > 1 else ()


def _place(reference: Reference) -> tuple[int, int, str]:
    return reference.quote.start, reference.quote.end, reference.href


def tools_html(tools: Tools, language: str) -> str:
    copies = _copy("copy.quote", f'data-copy="{_kept(tools.copied)}"', language) if tools.copied else ""
    copies += _copy("copy.link", f'data-link="{html_escape(tools.link)}"', language)
    by_hand = f'<textarea class="by-hand" readonly hidden rows="4" aria-label="{html_escape(say("copy.refused", language))}"></textarea>'
    return f'<div class="tools">{_hops(tools, language)}{copies}<span class="copied" role="status"></span>{by_hand}</div>'


def _copy(key: str, what: str, language: str) -> str:
    done, refused = (html_escape(say(f"copy.{how}", language)) for how in ("done", "refused"))
    return f'<button type="button" class="tool copy" {what} data-done="{done}" data-refused="{refused}">{html_line(say(key, language))}</button>'


def _kept(text: str) -> str:
    """In an attribute; a browser reads a carriage return there as a line feed, unless it is named."""
    return html_escape(text).replace("\r", "&#13;")


def _hops(tools: Tools, language: str) -> str:
    if tools.link not in tools.links:
        return ""
    number = tools.links.index(tools.link)
    where = html_escape(say("hop.place", language, n=number + 1, of=len(tools.links)))
    before = _hop("hop.before", "←", "ArrowLeft", tools.links, number - 1, language)
    return f'{before}<span class="said">{where}</span>{_hop("hop.after", "→", "ArrowRight", tools.links, number + 1, language)}'


def _hop(key: str, sign: str, pressed: str, links: Sequence[str], number: int, language: str) -> str:
    """A button to another citation: after the last comes the first."""
    says = html_escape(say(key, language))
    link = html_escape(links[number % len(links)])
    return f'<button type="button" class="tool hop" data-ref="{link}" data-key="{pressed}" title="{says} ({sign})" aria-label="{says}">{sign}</button>'
