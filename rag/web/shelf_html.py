"""The collection's card as HTML: counts as bars, the list of articles as a table; knows nothing of Gradio.

Foreign text (titles, sources, ids) enters only through `rag.web.escaping`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rag.catalogue import Card, Count, Listing, Order, Overview
from rag.web.citing import whole_href
from rag.web.escaping import html_escape, html_line
from rag.web.shelf_picks import CHARTS, can_be_picked
from rag.web.strings import say, say_count
from rag.web.wording import language_name, written_date

BARS = 6
"""So many counts are seen at once; the others unfold."""
BARS_MAX = 300
"""So many are named at all; the others are counted together."""

PAGE = 25

_NO_PICKS: Mapping[str, str] = MappingProxyType({})
_TITLED = 'title="{}" dir="auto"'


def bar_html(language: str) -> str:
    """The button that opens and closes the card."""
    return f'<button type="button" class="shelf-toggle" aria-expanded="false">{html_line(say("shelf", language))}</button>'


def counts_html(overview: Overview, language: str) -> str:
    """Three small charts; each bar's name and number are text, so the chart reads as a list.

    A bar is a button that confines the list to its articles; the browser says which are pressed, so that what it unfolded stays.
    """
    counts = {"years": _latest_first(overview.years), "sources": overview.sources, "languages": overview.languages}
    charts = [_chart(chart, counts[chart], language) for chart in CHARTS]
    label = html_escape(say("shelf.counts", language))
    return f'<section class="shelf-counts" aria-label="{label}">{"".join(charts)}</section>' if overview.articles else ""


def _latest_first(years: Sequence[Count]) -> list[Count]:
    return sorted(years, key=lambda one: one.value, reverse=True)


def _chart(of: str, counts: Sequence[Count], language: str) -> str:
    most = max((one.articles for one in counts if one.value), default=1)
    unknown = say(f"shelf.no_{of.removesuffix('s')}", language)
    rows = []
    for one in counts[:BARS_MAX]:
        button = _pick(of, one.value, "bar-of", 'aria-pressed="false"') if can_be_picked(of, one.value) else ""
        name = _named(of, one.value, language) if one.value else unknown
        rows.append(_row(name, one.articles, most if one.value else 0, language, button))
    if beyond := counts[BARS_MAX:]:
        others = say("shelf.rest", language, n=number(len(beyond), language))
        rows.append(_row(others, sum(one.articles for one in beyond), 0, language))
    rest = "".join(rows[BARS:])
    if rest:
        summary = html_line(say("shelf.rest", language, n=number(len(counts) - BARS, language)))
        rest = f"<details><summary>{summary}</summary><ul>{rest}</ul></details>"
    return f'<div class="shelf-chart"><h2>{html_line(say(f"shelf.{of}", language))}</h2><ul>{"".join(rows[:BARS])}</ul>{rest}</div>'


def _pick(of: str, value: str, kind: str, more: str) -> str:
    """The tag of a button that chooses `value` in a chart, or takes the choice back."""
    return f'<button type="button" class="pick {kind}" data-of="{of}" data-value="{html_escape(value)}" {more}>'


def _named(of: str, value: str, language: str) -> str:
    return language_name(value, language) if of == "languages" else value


def _row(name: str, articles: int, most: int, language: str, button: str = "") -> str:
    """A bar as long as its share of `most`; none for 0: beside the unknown, which can be most of all, the others could not be told apart."""
    bar = f'<i style="width:{max(1, round(100 * articles / most))}%"></i>' if most else ""
    kind = "" if most else ' class="unknown"'
    begin, end = (button, "</button>") if button else ('<span class="bar-of">', "</span>")
    return (
        f'<li{kind}>{begin}<span class="name" dir="auto" title="{html_line(name)}">{html_line(name)}</span> '
        f'<span class="bar" aria-hidden="true">{bar}</span> <span class="n">{number(articles, language)}</span>{end}</li>'
    )


def number(n: int, language: str) -> str:
    """`1,234` or `1.234`."""
    return f"{n:,}" if language == "en" else f"{n:,}".replace(",", ".")


def finder_html(language: str) -> str:
    """The box to search the list in, and its order."""
    says, short = html_escape(say("shelf.find", language)), html_escape(say("shelf.find.short", language))
    orders = "".join(f'<option value="{order}">{html_line(say(f"shelf.order.{order}", language))}</option>' for order in Order)
    return (
        '<div class="shelf-finder" role="search"><input type="search" maxlength="200" autocomplete="off" '
        f'placeholder="{short}" aria-label="{says}" title="{says}">'
        f'<select aria-label="{html_escape(say("shelf.order", language))}">{orders}</select></div>'
    )


def table_html(
    overview: Overview, listing: Listing, asked: str, language: str, picks: Mapping[str, str] = _NO_PICKS, *, writable: bool = False
) -> str:
    """One page of the list; `asked` is what the browser asked for, so that it knows its answer again."""
    only = _picked_html(picks, language)
    about = f'data-generation="{overview.generation}" data-asked="{html_escape(asked)}"'
    if not listing.cards:
        nothing = "shelf.none.picked" if picks else "shelf.none"
        words = say(nothing if overview.articles else "no.empty_collection", language)
        return f'<div class="shelf-list" {about}>{only}<p class="shelf-shown" role="status">{html_line(words)}</p></div>'
    columns = ("title", "source", "date", "language", "passages")
    heads = "".join(f'<th scope="col" role="columnheader" class="{one}">{html_line(say(f"shelf.{one}", language))}</th>' for one in columns)
    keep = f'<th scope="col" role="columnheader" class="keep"><span class="unseen">{html_line(say("shelf.remove", language))}</span></th>' if writable else ""
    rows = "".join(_article_row(card, language, writable) for card in listing.cards)
    # The roles are said because on a phone the rows are laid out as blocks, which would take them away.
    return (
        f'<div class="shelf-list" {about}>{only}{_pager(listing, language)}'
        f'<table role="table" aria-label="{html_escape(say("shelf.articles", language))}">'
        f'<thead role="rowgroup"><tr role="row">{heads}{keep}</tr></thead><tbody role="rowgroup">{rows}</tbody></table></div>'
    )


def _picked_html(picks: Mapping[str, str], language: str) -> str:
    """What the list is confined to, each as a button that takes it off: the bar of one may be folded away."""
    does = html_line(say("set.drop", language))
    chips = [f"{_pick(of, value, 'part', _TITLED.format(does))}{html_line(_named(of, value, language))}</button>" for of, value in picks.items()]
    return f'<p class="shelf-picked parts"><span class="said">{say("shelf.only", language)}</span> {" ".join(chips)}</p>' if chips else ""


def _article_row(card: Card, language: str, writable: bool) -> str:
    article = card.article
    link = f'<a href="{html_escape(whole_href(article.id))}" dir="auto" title="{html_line(article.id)}">{html_line(card.heading)}</a>'
    cells = {
        "title": link,
        "source": f'<span dir="auto">{html_line(article.source)}</span>',
        "date": html_line(written_date(article.published, language)),
        "language": html_line(language_name(article.language, language)),
        "passages": f'{number(card.passages, language)}<span class="unit"> {html_line(_unit(card.passages, language))}</span>',
    }
    row = "".join(f'<td role="cell" class="{name}">{cell}</td>' for name, cell in cells.items())
    return f'<tr role="row">{row}{_remove_cell(card, language) if writable else ""}</tr>'


def _unit(passages: int, language: str) -> str:
    return say_count("passages", passages, language).split(" ", 1)[1]


def _remove_cell(card: Card, language: str) -> str:
    """The button that asks, and beside it the question with its two answers, hidden until then."""
    name = html_escape(say("shelf.remove.named", language, title=card.heading))
    return (
        f'<td role="cell" class="keep" data-id="{html_escape(card.article.id)}">'
        f'<button type="button" class="tool ask-remove" aria-label="{name}">{html_line(say("shelf.remove", language))}</button>'
        f'<span class="sure" hidden>{html_line(say("shelf.remove.sure", language))} '
        f'<button type="button" class="tool remove">{html_line(say("shelf.remove.yes", language))}</button> '
        f'<button type="button" class="tool keep-it">{html_line(say("shelf.remove.no", language))}</button></span></td>'
    )


def _pager(listing: Listing, language: str) -> str:
    first, last = listing.start + 1, listing.start + len(listing.cards)
    shown = say("shelf.shown", language, first=number(first, language), last=number(last, language), total=number(listing.total, language))
    if not listing.start and last == listing.total:
        return f'<div class="shelf-pager"><p class="shelf-shown" role="status">{html_line(shown)}</p></div>'
    before = _turn("before", "←", listing.start - PAGE if listing.start else -1, language)
    after = _turn("after", "→", last if last < listing.total else -1, language)
    return f'<div class="shelf-pager"><p class="shelf-shown" role="status">{html_line(shown)}</p>{before}{after}</div>'


def _turn(key: str, sign: str, start: int, language: str) -> str:
    """A button to another page; `start` -1 where there is none.  It is not `disabled`: that would lose the focus on it."""
    says = html_escape(say(f"shelf.{key}", language))
    where = f'data-start="{max(0, start)}"' if start >= 0 else 'aria-disabled="true"'
    return f'<button type="button" class="tool turn" {where} aria-label="{says}" title="{says}">{sign}</button>'


def note_html(words: str, language: str, details: str = "") -> str:
    """Instead of the list: why there is none."""
    more = f' <span class="said">{html_line(say("error.details", language, problem=details))}</span>' if details else ""
    return f'<div class="shelf-list" data-generation="" data-asked=""><p class="shelf-shown" role="status">{html_line(words)}{more}</p></div>'
