"""Filters as people type them: `since:2023-01 until:2023 lang:id source:tribun article:"seeds/0001.txt" banjir`."""

from __future__ import annotations

import regex

from rag.errors import QuestionError
from rag.filters import EXACTLY, KEYS, Filters
from rag.retrieval.question import QUOTED, cleaned
from rag.text.words import words

FIELDS = {key: field for field, key in KEYS.items()} | {"language": "languages"}
_TRAILING = ",;.?!"
# A quoted phrase is passed over whole, with what looks like a filter inside it.
_FILTER = regex.compile(
    rf"(?:{QUOTED.pattern})|(?<!\S)(?P<key>{'|'.join(FIELDS)}):(?P<exactly>{EXACTLY}?)"
    r"(?:\"(?P<straight>[^\"]+)\"|“(?P<curly>[^”]+)”|(?P<bare>[^\s\"“”]+))(?!\S)",
    regex.IGNORECASE,
)


def typed_filters(text: str) -> tuple[str, Filters]:
    """The question without the filters typed in it, and these.

    Any other `word:value` stays part of the question, and so does a filter's name with nothing after it.  Where a date
    is typed twice, the last counts.  Raises QuestionError for a value that cannot be read, and for nothing but filters.
    """
    clean = cleaned(text)
    values: dict[str, list[str]] = {}
    rest, end = [], 0
    for match in _FILTER.finditer(clean):
        value = _value(match)
        if value:
            values.setdefault(FIELDS[match["key"].lower()], []).append(value)
            rest.append(clean[end : match.start()].strip())
            end = match.end()
    if not values:
        return text, Filters()
    filters = Filters(**{name: found[-1] if name in ("since", "until") else tuple(found) for name, found in values.items()})
    question = " ".join(filter(None, [*rest, clean[end:].strip()]))
    if not any(words(question)):
        raise QuestionError(f"The question holds nothing but filters. Add what to look for, for example: banjir {filters}")
    return question, filters


def split_question(text: str, given: Filters | None) -> tuple[str, Filters]:
    """What is to be looked for, and the filters for it: those typed in the question, over those given beside it."""
    question, typed = typed_filters(text)
    return question, typed.over(given or Filters())


def _value(match: regex.Match[str]) -> str:
    if not match["key"]:
        return ""
    quoted = match["straight"] or match["curly"]
    value = quoted.strip() if quoted else match["bare"].rstrip(_TRAILING)
    return value and match["exactly"] + value
