"""An article's text cut into passages: contiguous whole sentences, long enough to stand alone, short enough for the model.

    text     Judul bagian \\n Kalimat satu. Kalimat dua. \\n Baca juga: ... \\n Kalimat tiga. ...
             [sentence  ]    [sentence   ] [sentence  ]    boilerplate       [sentence   ]
             [passage                                ]                       [passage ...

Every way of cutting has a price, for the size of each passage and the place of each cut; the cheapest is taken.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, inf

import regex

from rag.settings import PASSAGE_WORDS_MAX, PASSAGE_WORDS_MIN
from rag.text.boilerplate import boilerplate_spans
from rag.text.sentences import UNSPACED, count_words, paragraph_sentences, paragraphs, trimmed
from rag.types import Span

__all__ = ["PassageSpan", "count_words", "passage_spans", "quotation_spans"]

CHARACTERS_MAX = 1500
"""The sentences of a passage have no more characters together, so that a word without end is cut too."""

SENTENCES_MAX = 64
"""Bounds the search; reached only where nearly every sentence is a single word."""

GRAPHEME_CHARACTERS_MAX = 64
"""A letter with more marks than this is no letter any more and may be cut."""

# Prices.  A passage of half the least size costs 25 and more; a cut before a heading is worth taking.
HEADING_CUT, PARAGRAPH_CUT, SENTENCE_CUT, BROKEN_SENTENCE_CUT, QUOTATION_CUT = -20.0, 0.0, 15.0, 60.0, 400.0

_MIDDLE = (PASSAGE_WORDS_MIN + PASSAGE_WORDS_MAX) / 2
_SIZE_PRICES = tuple(
    100 * (max(0, PASSAGE_WORDS_MIN - words) / PASSAGE_WORDS_MIN) ** 2 + 2 * ((words - _MIDDLE) / (PASSAGE_WORDS_MAX - _MIDDLE)) ** 2
    for words in range(PASSAGE_WORDS_MAX + 1)
)

_QUOTATION_MARK = re.compile('["“”„«»「」『』]')
_CLOSED_BY = {"“": '”"', "„": '“”"', "«": "»", "»": "«", "「": "」", "『": "』", '"': '"”'}
_STRONG_MARKS = ";:—–؛"
_WEAK_MARKS = ",)،"
_UNSPACED_MARKS = "、，；：。！？」』"
_THAI_AND_LAO_AM = "\u0e33\u0eb3"
_UNIT = re.compile(rf"(?P<spaces>\s+)|(?P<unspaced>[{UNSPACED}])|[^\s{UNSPACED}]+")
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """`text[start:end]`: no outer whitespace, at most `PASSAGE_WORDS_MAX` words, made of `sentences` and what is between."""

    start: int
    end: int
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one too long, with its size and the price of a cut before it (infinite after a heading)."""

    span: Span
    words: int
    cut: float


def passage_spans(text: str) -> list[PassageSpan]:
    """The passages of `text`: in order, disjoint; with the boilerplate they hold every character that is not a space."""
    found = []
    start = 0
    for line in [*boilerplate_spans(text), Span(len(text), len(text))]:
        for pieces in _cheapest_packing(list(_pieces(text, start, line.start))):
            sentences = tuple(piece.span for piece in pieces)
            found.append(PassageSpan(sentences[0].start, sentences[-1].end, sentences))
        start = line.end
    return found


def quotation_spans(text: str, start: int, end: int) -> list[Span]:
    """The quotations that open and close inside `text[start:end]`, marks included, in order; inner ones are left out.

    A quotation that opens once more before it closes had lost its end, as each paragraph of a long speech does.
    """
    spans = []
    opened = -1
    for mark in _QUOTATION_MARK.finditer(text, start, end):
        at, sign = mark.start(), mark[0]
        before, after = text[at - 1 : at] if at > start else " ", text[at + 1 : at + 2]
        straight_opening = sign == '"' and (before.isspace() or before in "([{-–—") and not after.isspace()
        if opened >= 0 and sign in _CLOSED_BY[text[opened]] and not straight_opening:
            spans.append(Span(opened, at + 1))
            opened = -1
        elif sign in _CLOSED_BY and (opened < 0 or sign == text[opened]):
            opened = at
    return spans


def _pieces(text: str, start: int, end: int) -> Iterator[_Piece]:
    """The sentences of `text[start:end]`, those too long for a passage in parts."""
    heading_words = heading_characters = 0
    for paragraph in paragraphs(text, start, end):
        quotations = quotation_spans(text, paragraph.start, paragraph.end)
        cut = HEADING_CUT if paragraph.heading else PARAGRAPH_CUT
        if heading_words:
            cut = inf
        for sentence in paragraph_sentences(text, paragraph):
            # The sentence after a heading leaves room for it, because the two are never parted.
            words_max, characters_max = PASSAGE_WORDS_MAX - heading_words, CHARACTERS_MAX - heading_characters
            for part in _parts(text, sentence, quotations, words_max, characters_max):
                words = max(1, count_words(text[part.start : part.end]))
                if cut not in (inf, HEADING_CUT, PARAGRAPH_CUT):
                    cut += QUOTATION_CUT * _is_inside(quotations, part.start)
                yield _Piece(part, words, cut)
                if paragraph.heading:
                    heading_words += words
                    heading_characters += part.end - part.start
                    cut = inf
                else:
                    heading_words = heading_characters = 0
                    cut = BROKEN_SENTENCE_CUT if part.end < sentence.end else SENTENCE_CUT


def _cheapest_packing(pieces: Sequence[_Piece]) -> list[Sequence[_Piece]]:
    """`pieces` in groups, each at most `PASSAGE_WORDS_MAX` words: of all such groupings one with the lowest price.

    price(groups) = sum over groups of size price(words) + sum over groups but the first of the cut before them
    """
    sizes = [(piece.words, piece.span.end - piece.span.start) for piece in pieces]
    best = [0.0]
    previous = [0]
    for end in range(1, len(pieces) + 1):
        words = characters = 0
        lowest, start_of_lowest = inf, end - 1
        for start in range(end - 1, max(-1, end - 1 - SENTENCES_MAX), -1):
            piece_words, piece_characters = sizes[start]
            words += piece_words
            characters += piece_characters
            if words > PASSAGE_WORDS_MAX or characters > CHARACTERS_MAX:
                break
            price = best[start] + _SIZE_PRICES[words]
            if price < lowest:
                lowest, start_of_lowest = price, start
        best.append(lowest + (pieces[end].cut if end < len(pieces) else 0.0))
        previous.append(start_of_lowest)
    groups: list[Sequence[_Piece]] = []
    end = len(pieces)
    while end:
        groups.append(pieces[previous[end] : end])
        end = previous[end]
    return groups[::-1]


def _parts(text: str, sentence: Span, quotations: list[Span], words_max: int, characters_max: int) -> Iterator[Span]:
    """`sentence` whole where it fits, else in about equal parts that do."""
    begin, words = sentence.start, count_words(text[sentence.start : sentence.end])
    while True:
        # How many passages the rest would fill; words are subtracted, not counted again, to stay linear.
        load = max(words / words_max, (sentence.end - begin) / characters_max)
        if load <= 1:
            words = count_words(text[begin : sentence.end])
            if words <= words_max:
                break
            load = words / words_max
        cut, cut_words = _cut(text, Span(begin, sentence.end), quotations, words_max, characters_max, load / ceil(load))
        yield trimmed(text, begin, cut)
        begin, words = trimmed(text, cut, sentence.end).start, words - cut_words
    yield Span(begin, sentence.end)


def _cut(text: str, rest: Span, quotations: list[Span], words_max: int, characters_max: int, aim: float) -> tuple[int, int]:
    """Where to end the first part of `rest`, and its words: at a good place near the share `aim` of what a part may hold."""
    limit = min(rest.end, rest.start + characters_max)
    lowest, cut, cut_words = inf, 0, 0
    by_spaces = spaced = unspaced = 0
    after_space = True
    for unit in _UNIT.finditer(text, rest.start, limit):
        if unit.lastgroup == "spaces":
            after_space = True
            continue
        by_spaces += after_space
        after_space = False
        if unit.lastgroup == "unspaced":
            unspaced += 1
        else:
            spaced += any(map(str.isalnum, unit[0]))
        words = max(by_spaces, spaced + (unspaced + 1) // 2) if unspaced else by_spaces
        if words > words_max or unit.end() == limit:
            break
        share = max(words / words_max, (unit.end() - rest.start) / characters_max)
        price = _place_price(text, unit.end()) + abs(share - aim) + 2 * _is_inside(quotations, unit.end())
        if price < lowest:
            lowest, cut, cut_words = price, unit.end(), words
    if cut:
        return cut, cut_words
    # One word fills the part: it is cut between two characters as a reader sees them, if they are not all one.
    window = text[limit - GRAPHEME_CHARACTERS_MAX : limit + 1]
    ends = [grapheme.end() for grapheme in _GRAPHEME.finditer(window) if grapheme.end() < len(window)]
    return (limit + 1 - len(window) + ends[-1] if ends else limit), 1


def _place_price(text: str, at: int) -> float:
    """How bad it is to break a sentence before `text[at]`: least at a line's end, then at a clause's, then between words."""
    before, after = text[at - 1], text[at]
    if after.isspace():
        if "\n" in text[at : at + 2]:
            return 0.0
        return 0.05 if before in _STRONG_MARKS else 0.1 if before in _WEAK_MARKS else 0.6
    if before in _UNSPACED_MARKS:
        return 0.1
    if unicodedata.category(after)[0] == "M" or "\u200d" in (before, after) or after in _THAI_AND_LAO_AM:
        return 10.0
    return 1.0 if after.isalnum() and before.isalnum() else 3.0


def _is_inside(quotations: list[Span], at: int) -> bool:
    before = bisect_right(quotations, at, key=lambda quotation: quotation.start) - 1
    return before >= 0 and quotations[before].start < at < quotations[before].end
