"""Finds an extracted article again in its page, so that what is shown is the page's own spelling and spacing.

Extraction chooses which words are the article; on short pages trafilatura also puts spaces where tags were
(`<b>bold</b>.` becomes `bold .`).
"""

from __future__ import annotations

import unicodedata

MISSES_MAX = 20
"""So many lines not found, and the extraction is something else than a choice of the page's words."""


def as_on_page(extracted: str, page: str) -> str:
    """The lines of `extracted` as `page` has them, in order, with the line breaks that stand between them there.

    Lines are matched by their letters and digits.  A line that `page` does not have stays as it is; with many of those
    `extracted` is returned.
    """
    page = unicodedata.normalize("NFC", page)
    places = [place for place, character in enumerate(page) if character.isalnum()]
    letters = "".join(page[place] for place in places)
    parts: list[str] = []
    cursor = end = misses = 0
    for line in extracted.split("\n"):
        wanted = _letters(line)
        if not wanted:
            continue
        found = letters.find(wanted, cursor)
        if found < 0:
            misses += 1
            if misses > MISSES_MAX:
                return extracted
            parts.append(("\n\n" if parts else "") + line)
            continue
        start, stop = _widened(page, places[found], places[found + len(wanted) - 1] + 1)
        parts.append((_gap(page[end:start]) if parts else "") + page[start:stop])
        cursor, end = found + len(wanted), stop
    return "".join(parts)


def _letters(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFC", text) if character.isalnum())


def _widened(page: str, start: int, stop: int) -> tuple[int, int]:
    """The place with the punctuation around it: up to the next space, or to the end of the line when no word comes before that."""
    before = start
    while before and not page[before - 1].isalnum() and page[before - 1] != "\n":
        before -= 1
    if before and page[before - 1] != "\n":
        while before < start and not page[before].isspace():
            before += 1
        before += len(page[before:start]) - len(page[before:start].lstrip())
    after = stop
    while after < len(page) and not page[after].isalnum() and page[after] != "\n":
        after += 1
    if after < len(page) and page[after] != "\n":
        after = stop
        while not page[after].isspace() and not page[after].isalnum():
            after += 1
    return before, after


def _gap(between: str) -> str:
    if "\n\n" in between:
        return "\n\n"
    return "\n" if "\n" in between else " "
