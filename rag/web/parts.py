"""What a question was confined to and went on from, part by part; each part is a button that takes it out again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.filters import EXACTLY, VALUES_MAX, Filters
from rag.retrieval.question import QUOTED
from rag.retrieval.typed_filters import split_question
from rag.text.words import words
from rag.web.escaping import html_line, md_escape
from rag.web.strings import say
from rag.web.wording import either, language_name, written_date

VALUES_SHOWN = 6
"""A field of more values is one part."""

_PLACE = re.compile(r"(?P<field>since|until|sources|languages|articles)(?:-(?P<at>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Part:
    """`name` is what its button is called, `words` what it says, as foreign as what was typed."""

    name: str
    words: str


def filter_parts(filters: Filters, language: str) -> list[Part]:
    """`since` and `until`, then each value as `sources-0`, or a whole field as `sources` if it has many."""
    parts = [Part(name, say(f"filter.{name}", language, date=written_date(date, language))) for name in ("since", "until") if (date := getattr(filters, name))]
    for name in VALUES_MAX:
        values = [_named(name, one, language) for one in getattr(filters, name)]
        if len(values) > VALUES_SHOWN:
            parts.append(Part(name, say(f"filter.{name}", language, names=either(values, language))))
        else:
            parts += [Part(f"{name}-{n}", say(f"filter.{name}", language, names=one)) for n, one in enumerate(values)]
    return parts


def _named(field: str, value: str, language: str) -> str:
    if field == "languages":
        return language_name(value, language)
    if field == "sources" and value.startswith(EXACTLY):
        return say("part.phrase", language, phrase=value.removeprefix(EXACTLY))
    return value


def named_part(filters: Filters, name: str) -> Filters:
    """The part of `filters` that a button is called by; nothing for a name that none has."""
    place = _PLACE.fullmatch(name)
    value = getattr(filters, place["field"]) if place else ""
    if place and place["at"] and isinstance(value, tuple):
        value = value[int(place["at"]) :][:1]
    return Filters(**{place["field"]: value}) if place and value else Filters()


def less(filters: Filters, part: Filters) -> Filters:
    """`filters` without the values of `part`."""
    dates = {name: "" for name in ("since", "until") if getattr(part, name) == getattr(filters, name)}
    return replace(filters, **dates, **{name: tuple(one for one in getattr(filters, name) if one not in getattr(part, name)) for name in VALUES_MAX})


def phrases(question: str) -> list[re.Match[str]]:
    """Where `question` holds words in quotation marks, apart from filters."""
    return [match for match in QUOTED.finditer(split_question(question, None)[0]) if any(words(match[0]))]


def without_phrase(question: str, number: int) -> str:
    """`question` without its filters and without the quotation marks around one phrase, whose words stay.

    `number` counts from 0; IndexError if there are no so many.
    """
    match = phrases(question)[number]
    return match.string[: match.start()] + next(filter(None, match.groups())) + match.string[match.end() :]


def parts_markdown(question: str, carried: Sequence[str], filters: Filters, language: str) -> list[str]:
    """The blocks above an answer: what it goes on about, and what it is confined to, be it typed or set."""
    about = [Part(f"word-{n}", word) for n, word in enumerate(carried)]
    said = [Part(f"phrase-{n}", say("part.phrase", language, phrase=match[0][1:-1])) for n, match in enumerate(phrases(question))]
    lines = (("about", about), ("filter", [*filter_parts(filters, language), *said]))
    return [block for key, parts in lines if parts for block in (f'<div class="{key} parts">', _line(key, parts, language), "</div>")]


def _line(key: str, parts: Sequence[Part], language: str) -> str:
    does = html_line(say("part.drop", language))
    # The name of the button is its words: the sanitizer of the chat leaves it no other.
    buttons = [f'<button class="act part" name="{part.name}" title="{does}" dir="auto">{md_escape(part.words).strip()}</button>' for part in parts]
    return " ".join([f'<span class="said">{say(key, language)}</span>', *buttons])


def parts_html(filters: Filters, language: str) -> str:
    """The buttons of the filter that is set for the questions to come."""
    does = html_line(say("set.drop", language))
    return " ".join(
        f'<button type="button" class="act part" name="set-{part.name}" title="{does}" dir="auto">{html_line(part.words)}</button>'
        for part in filter_parts(filters, language)
    )
