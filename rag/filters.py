"""Filters: which articles a question is asked of, by date, source, language and id."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, fields, replace

from rag.errors import QuestionError

VALUES_MAX = {"sources": 50, "languages": 50, "articles": 10_000}
VALUE_CHARACTERS_MAX = 2000
KEYS = {"since": "since", "until": "until", "sources": "source", "languages": "lang", "articles": "article"}
"""How each field is called where it is typed in a question."""
EXACTLY = "="
"""Before a source: the whole of it, not a part."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_LANGUAGE = re.compile(r"[a-z]{2}")
_BARE = re.compile(r"[^\s\"“”]*[^\s\"“”,;.?!]")
"""What is typed without quotation marks around it."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What an article must be to be searched; a field that is empty lets all through.

    `since` and `until` are ISO dates of any precision, both inclusive: since 2023-01 is from 2023-01-01 on, until 2023
    is up to 2023-12-31.  An article matches when the time that its own date leaves open overlaps them; one without a
    date never does.  `sources` are parts of an article's source or of the host of its url, in any case, or after a `=`
    the whole source, letter for letter: `tribun` finds Tribun and TRIBUNNEWS.COM, `=Tribun` only the first; `languages`
    ISO 639-1 codes; `articles` ids.  Of several values of a field one has to fit.  Raises QuestionError.
    """

    since: str = ""
    until: str = ""
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            object.__setattr__(self, name, _checked_date(name, getattr(self, name)))
        for name in VALUES_MAX:
            object.__setattr__(self, name, _checked_values(name, getattr(self, name)))
        object.__setattr__(self, "languages", _checked_languages(self.languages))
        if self.since and self.until and self.first_day > self.last_day:
            raise QuestionError(f"No date is both since {self.since} and until {self.until}. Exchange the two, or leave one out.")

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        """As it is typed in a question: `since:2023-01 lang:id source:tribun`."""
        return " ".join(_typed(KEYS[name], value) for name, values in self.to_dict().items() for value in ([values] if isinstance(values, str) else values))

    @property
    def first_day(self) -> str:
        """The first day of `since`, or ''."""
        return self.since and f"{self.since}-01-01"[:10]

    @property
    def last_day(self) -> str:
        """The last day of `until`, or ''."""
        if len(self.until) == 7:
            return f"{self.until}-{monthrange(int(self.until[:4]), int(self.until[5:]))[1]:02}"
        return self.until and f"{self.until}-12-31"[:10]

    def over(self, other: Filters) -> Filters:
        """These, and those of `other` in the fields that are empty here."""
        return replace(other, **{field.name: value for field in fields(self) if (value := getattr(self, field.name))})

    def to_dict(self) -> dict[str, str | list[str]]:
        """What is set, as JSON values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value if isinstance(value, str) else list(value) for name, value in values.items() if value}


def _checked_date(name: str, value: object) -> str:
    text = _checked_text(name, value).strip()
    match = _DATE.fullmatch(text)
    if text and not (match and _is_in_calendar(*(int(part or 1) for part in match.groups()))):
        raise QuestionError(f"{name} is {_shown(text)}. Give an ISO date, a year, a month or a day: 2023, 2023-01 or 2023-01-31.")
    return text


def _is_in_calendar(year: int, month: int, day: int) -> bool:
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _checked_values(name: str, values: object) -> tuple[str, ...]:
    """Distinct values, without blanks around them; empty ones are left out."""
    if not isinstance(values, (tuple, list, set, frozenset)):
        raise QuestionError(f"{name} is {_shown(values)}. Give a list of texts.")
    ordered = values if isinstance(values, (tuple, list)) else sorted(values, key=str)
    distinct = tuple(dict.fromkeys(text for value in ordered if (text := _checked_text(name, value).strip())))
    if len(distinct) > VALUES_MAX[name]:
        raise QuestionError(f"The filter names {len(distinct):,} {name}; at most {VALUES_MAX[name]:,} can be asked for. Leave some out.")
    return distinct


def _checked_text(name: str, value: object) -> str:
    if not isinstance(value, str) or any("\ud800" <= letter <= "\udfff" for letter in value[: VALUE_CHARACTERS_MAX + 1]):
        raise QuestionError(f"{name} holds {_shown(value)}, which is no text. Give Unicode text.")
    if len(value) > VALUE_CHARACTERS_MAX:
        raise QuestionError(f"{name} holds a text of {len(value):,} characters; at most {VALUE_CHARACTERS_MAX:,} are compared. Shorten it.")
    return value


def _checked_languages(languages: tuple[str, ...]) -> tuple[str, ...]:
    lower = tuple(dict.fromkeys(code.lower() for code in languages))
    for code in lower:
        if not _LANGUAGE.fullmatch(code):
            raise QuestionError(f"The language {_shown(code)} is no ISO 639-1 code. Give its two letters, such as id or en.")
    return lower


def _shown(value: object) -> str:
    """For an error: short, and nothing but printable ASCII around what was given."""
    text = ascii(value) if not isinstance(value, str) or not value.isprintable() else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _typed(key: str, value: str) -> str:
    if _BARE.fullmatch(value):
        return f"{key}:{value}"
    return f"{key}:“{value}”" if '"' in value else f'{key}:"{value}"'
