"""The YAML between `---` lines at the top of a Markdown file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.reading.unreadable import Unreadable

CHARACTERS_MAX = 2**14

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"[A-Za-z_][\w -]{0,40}:(?:[ \t\n]|$)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The values as written, and the text below them."""

    values: dict[str, object]
    rest: str


def split_front_matter(text: str) -> FrontMatter:
    """The front matter of `text`, whose lines end in `\\n`; without one, no values and all of `text`.

    Raises `Unreadable` naming the line for YAML that is broken: the values are wanted, so they are not passed over.
    """
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end(), opening.end() + CHARACTERS_MAX) if opening else None
    # A line of dashes can also be a rule above the first paragraph.
    if not opening or not closing or not _KEY.match(text, opening.end()):
        return FrontMatter({}, text)
    return FrontMatter(_values(text[opening.end() : closing.start()]), text[closing.end() :])


def _values(source: str) -> dict[str, object]:
    import yaml

    try:
        # The base loader makes strings of all scalars, so that a date or a number stays as it was written.
        values = yaml.load(source, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise Unreadable(f"its front matter is broken in line {line} ({error.problem}): correct the YAML") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable("its front matter cannot be read: correct the YAML between the --- lines") from error
    if not isinstance(values, dict):
        raise Unreadable("its front matter is no list of `name: value` lines: correct the YAML between the --- lines")
    return values
