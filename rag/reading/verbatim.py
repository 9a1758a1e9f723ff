"""Finds an extracted article again in its page, so that what is shown is the page's own spelling and spacing.

Extraction chooses which words are the article; on short pages trafilatura also puts spaces where tags were
(`<b>bold</b>.` becomes `bold .`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MISSES_MAX = 20
"""So many lines not found, and the extraction is something else than a choice of the page's words."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the article: `page[start:stop]`, or words that the page does not have in this form, behind `start`."""

    start: int
    stop: int
    text: str


def as_on_page(extracted: str, page: str) -> str:
    """The lines of `extracted` as `page` has them, in order, with the line breaks that stand between them there.

    Lines are matched by their letters and digits.  A line that `page` does not have stays as it is; with many of those
    `extracted` is returned.  A line of the page that says the same as one of the article, among its lines or right below
    them, is the article's too: on short pages trafilatura drops repeated paragraphs.
    """
    page = unicodedata.normalize("NFC", page)
    pieces = _pieces(extracted, page)
    if pieces is None:
        return extracted
    parts: list[str] = []
    end = 0
    for piece in _with_repetitions(pieces, page):
        if parts:
            parts.append(_gap(page[end : piece.start]) if piece.stop > piece.start else "\n\n")
        parts.append(piece.text)
        end = piece.stop
    return "".join(parts)


def _pieces(extracted: str, page: str) -> list[_Piece] | None:
    """Where each line of `extracted` stands; None when too many stand nowhere."""
    places = [place for place, character in enumerate(page) if character.isalnum()]
    letters = "".join(page[place] for place in places)
    pieces: list[_Piece] = []
    cursor = end = misses = 0
    for line in extracted.split("\n"):
        wanted = _letters(line)
        if not wanted:
            continue
        found = letters.find(wanted, cursor)
        if found < 0:
            misses += 1
            if misses > MISSES_MAX:
                return None
            pieces.append(_Piece(end, end, line))
            continue
        start, stop = _widened(page, places[found], places[found + len(wanted) - 1] + 1)
        pieces.append(_Piece(start, stop, page[start:stop]))
        cursor, end = found + len(wanted), stop
    return pieces


def _with_repetitions(pieces: list[_Piece], page: str) -> list[_Piece]:
    """`pieces` and, in their places, the lines of `page` between or right below them that repeat one of them."""
    said = {_letters(piece.text) for piece in pieces}
    result: list[_Piece] = []
    at = 0
    for piece in [*pieces, None]:
        for line in re.finditer(r"[^\n]+", page[at : piece.start] if piece else page[at:]):
            if result and _letters(line[0]) in said:
                result.append(_Piece(at + line.start(), at + line.end(), line[0]))
            elif piece is None and _letters(line[0]):
                break
        if piece:
            result.append(piece)
            at = max(at, piece.stop)
    return result


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
