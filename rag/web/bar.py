"""What stands above the question box: the filter that is set, the form that sets one, and what can be done with the conversation."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import islice

from rag.catalogue import Listing, Overview
from rag.web.escaping import html_escape, html_line
from rag.web.parts import parts_html
from rag.web.strings import say
from rag.web.talk import Talk
from rag.web.wording import language_name

OFFERED_MAX = 500
"""Sources and articles that the form proposes; any other can be typed."""

FORMS = ("md", "csv", "bib", "ris")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a filter can name: sources, languages as codes, and articles as (id, heading)."""

    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    articles: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, overview: Overview, listing: Listing) -> Choices:
        """The most frequent sources, every language, and the articles of `listing`."""
        sources = (one.value for one in overview.sources if one.value)
        languages = (one.value for one in overview.languages if one.value)
        articles = tuple((card.article.id, card.heading or card.article.id) for card in listing.cards)
        return cls(tuple(sorted(islice(sources, OFFERED_MAX), key=str.casefold)), tuple(sorted(languages)), articles)


def bar_html(talk: Talk, language: str, notice: str = "", *, busy: bool = False, recall: bool = False, blank: bool = False) -> str:
    """The bar over the box: `notice`, the filter that is set, and the buttons that have something to act on.

    While it is `busy` none can be pressed: what is pressed during an answer would be lost.  With `recall` it asks at once for the
    conversation that the browser kept.  `blank` is that of a page whose visitor is not known yet: nothing is sent before another comes.
    """
    said = notice or (say("talk.editing", language) if talk.editing else "")
    keep = f" {_button('keep', language)}" if talk.editing and not notice else ""
    status = f'<p class="notice" role="status">{html_line(said)}{keep}</p>'
    chips = parts_html(talk.filters, language)
    line = f'<p class="set parts"><span class="said">{say("filter", language)}</span> {chips}</p>' if chips else ""
    asked = bool(talk.last_question)
    acts = [_button("retry", language), _button("edit", language)] if asked else []
    acts += [_button("undo", language)] if asked or talk.before else []
    acts += [_button("new", language), _export(language)] if asked else []
    narrow = (
        f'<button type="button" class="tool narrow" aria-expanded="false" aria-controls="narrow" title="{html_line(say("does.filter", language))}">'
        f"{say('bar.filter', language)}</button>"
    )
    # The number makes every value a new one: the browser has to see that what was pressed is done.
    told = f'data-at="{time.time_ns()}" data-language="{language}"'
    kept = html_escape(json.dumps(_fields(talk)))
    return (
        f'<div class="bar" {told} data-set="{kept}"{" inert" if busy else ""}{" data-recall" if recall else ""}{" data-blank" if blank else ""}>{status}{line}'
        f'<div class="acts" role="group" aria-label="{html_line(say("bar", language))}">{narrow}{"".join(acts)}</div></div>'
    )


def form_html(choices: Choices, language: str) -> str:
    """The form that sets a filter, closed at first; the browser fills in what is set."""
    codes = "".join(f'<option value="{html_line(code)}">{html_line(language_name(code, language))}</option>' for code in choices.languages)
    sources = "".join(f'<option value="{html_line(source)}"></option>' for source in choices.sources)
    articles = "".join(f'<option value="{html_escape(name)}">{html_line(heading)}</option>' for name, heading in choices.articles)
    any_one = html_line(say("form.any", language))
    return (
        f'<form class="narrow-form" id="narrow" hidden aria-label="{html_line(say("form", language))}">'
        + _field("since", '<input type="date" name="since" min="0001-01-01" max="9999-12-31">', language)
        + _field("until", '<input type="date" name="until" min="0001-01-01" max="9999-12-31">', language)
        + _field("language", f'<select name="language"><option value="">{any_one}</option>{codes}</select>', language)
        + _field("source", f'<input name="source" list="sources" maxlength="200" placeholder="{any_one}" autocomplete="off">', language)
        + _field("article", f'<input name="article" list="articles" maxlength="2000" placeholder="{any_one}" autocomplete="off">', language)
        + f'<datalist id="sources">{sources}</datalist><datalist id="articles">{articles}</datalist>'
        + f'<div class="ends"><button type="submit" class="tool apply">{say("form.apply", language)}</button>'
        + f'<button type="button" class="tool clear">{say("form.clear", language)}</button></div></form>'
    )


def _field(name: str, control: str, language: str) -> str:
    return f'<label class="{name}"><span>{say(f"form.{name}", language)}</span>{control}</label>'


def _button(name: str, language: str) -> str:
    does = html_line(say(f"does.{name}", language))
    return f'<button type="button" class="tool act" name="{name}" title="{does}">{say(f"bar.{name}", language)}</button>'


def _export(language: str) -> str:
    forms = "".join(f'<button type="button" class="tool act" name="export-{form}">{say(f"export.{form}", language)}</button>' for form in FORMS)
    return f'<details class="export"><summary class="tool">{say("bar.export", language)}</summary><div>{forms}</div></details>'


def _fields(talk: Talk) -> dict[str, str]:
    """What is set, by the names of the form's fields."""
    filters = talk.filters
    one = {"source": filters.sources, "language": filters.languages, "article": filters.articles}
    return {"since": filters.since, "until": filters.until, **{name: values[0] if values else "" for name, values in one.items()}}
