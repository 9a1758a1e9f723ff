"""Where the paragraphs and sentences of a text are, as spans of the unchanged text.

Newspaper text comes in three shapes, sometimes mixed: paragraphs between blank lines, one paragraph a line, and lines
wrapped at a fixed width.  `paragraphs` undoes them; inside a paragraph a line break is only a space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.types import Span

HEADING_WORDS_MAX = 12
HEADING_CHARACTERS_MAX = 160
HEADINGS_IN_A_ROW_MAX = 2
"""A title and its subtitle; more short lines in a row are a list or a poem."""

WRAP_WIDTHS = range(40, 121)
THAI_RUN_CHARACTERS = 100
"""Thai and Lao have no full stop: a space ends a sentence there once this many characters have run up."""

UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    r"\u3005\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han: scripts that put no spaces between words, inside a character class."""

UNSPACED_STOPS = "。！？｡．؟۔।॥։።។៕။"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Abbreviations that something always follows; the second set only when capitalised ("Gen. Sudirman", not "susunan gen.").
_NEVER_LAST = _set("""
    jl jln gg gd hj ir prof dr drg drs dra drh tn ny sdr sdri bpk alm almh yth kab kec kel prov letjen mayjen brigjen kapt lettu letkol
    kombes komjen irjen brigpol ipda iptu kompol akbp pt cv tbk rp kh mr mrs ms messrs viz cf approx ca zzgl inkl evtl ggf bspw bzw vgl
    geb dipl mio mrd sra srta sres ud uds ee gral aprox mme mmes mlle mgr sigg dott avv dhr mevr inż tzw doç gng tp ths pgs
    им ул просп обл св проф акад доц ген полк см ср напр тов гр млн млрд трлн тыс англ нем лат рус
    """)
_NEVER_LAST_TITLES = _set("""
    Gen Col Lt Maj Capt Cmdr Adm Sgt Sen Rep Gov Pres Supt Insp Rev Hon St Ste Mt Pol Hr Fr Str Sr Sig Lic Mons Vs vs
    """)
_BEFORE_NUMBERS = _set("""
    no nos nr nrs nomor tgl hlm hal pasal ps ayat tel telp art fig vol pp p pg ch sec eq jan feb mar apr jun jul aug sep sept oct nov dec
    agt agu okt des abs núm pág págs blz стр рис табл гл ст
    """)
# With inner full stops nearly all abbreviations go on (a.n., z.B., т.е., U.S.); these and web addresses may end a sentence.
_MAY_BE_LAST = _set("""
    a.m p.m s.h s.e s.t s.pd s.si s.ag s.kom s.sos m.si m.h m.m m.pd m.hum m.sc ph.d d.c ee.uu n.chr v.chr т.д т.п н.э
    """)
_DOMAINS = _set("com net org info tv co id news my")
_AFTER_GERMAN_ORDINAL = _set("""
    Januar Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert Jahrhunderts Liga Bundesliga Weltkrieg
    Weltkriegs Platz Auflage Klasse
    """)

_CLOSERS = "\"'”’»›)\\]}」』）】》〉*_"
_FOOTNOTE = r"\[[^\[\]\s]{1,12}\]"
_STOP = re.compile(rf"([.!?…‼⁇⁈⁉{UNSPACED_STOPS}]+)((?:[{_CLOSERS}]|[“«](?=\s|$)|\s»(?=\s|$)|{_FOOTNOTE})*)")
_CLOSED = re.compile(rf"[.!?…:‼⁇⁈⁉{UNSPACED_STOPS}](?:[{_CLOSERS}“«]|\s»)*(?:\s?{_FOOTNOTE})*$")
_TAIL_CHARACTERS = 40
_BETWEEN = re.compile(r"(\s*)([\"'“”„«»‘‚(\[{「『（【《〈¿¡*_]*)")
_TOKEN = re.compile(r"[^\s\"'“”„«»()\[\]/,–—]*$")
_WORD = re.compile(r"\w+")
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LINE_BREAK = re.compile(r"\r\n|[\n\r\v\x85\u2028]")
_BULLET = re.compile(r"(?:[-–—•·●▪◦‣*+]|\(?\d{1,3}[.)]|\(?[A-Za-z][.)])\s")
_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")
_SPACED_RUN = re.compile(rf"[^\s{UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`text[start:end]`, trimmed, whole sentences; a `heading` names the paragraph after it."""

    start: int
    end: int
    heading: bool = False


def count_words(text: str) -> int:
    """The words of `text`: what spaces separate, and in scripts without spaces one word for every two characters.

    Those scripts are Chinese, Japanese, Thai, Lao, Khmer and Burmese.  Never less than `len(text.split())`, and a text
    cut anywhere has no more words than its parts together.
    """
    by_spaces = len(text.split())
    unspaced = sum(map(len, _UNSPACED_RUN.findall(text)))
    if not unspaced:
        return by_spaces
    spaced = sum(any(map(str.isalnum, run)) for run in _SPACED_RUN.findall(text))
    return max(by_spaces, spaced + (unspaced + 1) // 2)


def trimmed(text: str, start: int, end: int) -> Span:
    """`text[start:end]` without outer whitespace."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def line_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The lines of `text[start:end]` that are not blank, trimmed."""
    found = (trimmed(text, line.start(), line.end()) for line in _LINE.finditer(text, start, len(text) if end is None else end))
    return [line for line in found if line.start < line.end]


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of `text[start:end]`, in order, trimmed; together they hold every character that is not a space."""
    return [sentence for one in paragraphs(text, start, end) for sentence in paragraph_sentences(text, one)]


def paragraphs(text: str, start: int = 0, end: int | None = None) -> list[Paragraph]:
    """The paragraphs of `text[start:end]`, each ending where a sentence does: what was broken in between is one again."""
    runs: list[Span] = []
    for piece in _unwrapped_lines(text, start, len(text) if end is None else end):
        if runs and _goes_on(text, runs[-1], piece):
            runs[-1] = Span(runs[-1].start, piece.end)
        else:
            runs.append(piece)
    short = [_may_be_heading(text, run) for run in runs]
    found = [Paragraph(run.start, run.end) for run in runs]
    at = 0
    while at < len(runs):
        after = at
        while after < len(runs) and short[after]:
            after += 1
        if after < len(runs) and after - at <= HEADINGS_IN_A_ROW_MAX:
            found[at:after] = [Paragraph(run.start, run.end, heading=True) for run in runs[at:after]]
        at = after + 1
    return found


def paragraph_sentences(text: str, paragraph: Paragraph) -> list[Span]:
    """The sentences of one paragraph, in order, trimmed."""
    sentences: list[Span] = []
    begin = counted = paragraph.start
    straight_quotes = 0
    for stop in _STOP.finditer(text, paragraph.start, paragraph.end):
        end = stop.end()
        if text[end - 1] == '"' and text[end : end + 1].isalnum():
            # `pergi."Dia` closes a quotation, `kata dia."Kami` opens one: the marks before tell which.
            straight_quotes += text.count('"', counted, stop.end(1))
            counted = stop.end(1)
            end -= straight_quotes % 2 == 0
        if end < paragraph.end and _ends_sentence(text, begin, stop, end, paragraph.end):
            sentences += _cut_at_thai_spaces(text, trimmed(text, begin, end))
            begin = trimmed(text, end, paragraph.end).start
    return [*sentences, *_cut_at_thai_spaces(text, trimmed(text, begin, paragraph.end))]


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int, limit: int) -> bool:
    """Whether the sentence from `begin` ends at `end`, after the closing marks `stop`; the paragraph ends at `limit`."""
    between = _BETWEEN.match(text, end, limit)
    assert between is not None
    spaces, opening = between.groups()
    following = text[between.end() : between.end() + 1] if between.end() < limit else ""
    marks, closing = stop.groups()
    if not following or unicodedata.category(text[end])[0] == "M" or unicodedata.category(following)[0] == "M":
        return False
    if not spaces:
        if marks[-1] in UNSPACED_STOPS:
            # Japanese reports speech as 「行く。」と言った: the sentence goes on after the quotation.
            goes_on = following in "とって" if closing else following.isdigit()
            return not goes_on and (following.isalnum() or bool(opening))
        quoted = any(sign in '"”»“' for sign in text[stop.end(1) : between.end()])
        return quoted and following.isupper() and text[stop.start() - 1 : stop.start()].isalpha()
    if following.islower() or following in ".!?…,;:)]}”’»-–—/&":
        return False
    if set(marks) <= {".", "…"} and not any(sign in '"”’»“' for sign in closing):
        if len(marks) > 1 or marks == "…":
            return not text[stop.start() - 1 : stop.start()].isspace()
        return not _is_abbreviation(text, begin, stop.start(), between.end())
    return True


def _is_abbreviation(text: str, begin: int, dot: int, following: int) -> bool:
    """Whether the word that ends at `dot`, in the sentence from `begin`, leaves it open before `text[following]`."""
    found = _TOKEN.search(text, max(begin, dot - _TAIL_CHARACTERS), dot)
    token = found[0] if found else ""
    key = token.casefold()
    opens = dot - len(token) == begin
    if key in _NEVER_LAST or token in _NEVER_LAST_TITLES:
        return True
    if key in _BEFORE_NUMBERS:
        return text[following].isdigit()
    if (len(token) == 1 and token.isalpha()) or key == "гг":
        # An initial or "г. Москва"; behind a number a unit or an era, which may end a sentence: "2022 г.", "abad ke-6 M."
        return not text[max(begin, dot - _TAIL_CHARACTERS) : dot - len(token)].rstrip()[-1:].isdigit()
    if token.replace(".", "").isdigit():
        word = _WORD.match(text, following)
        return opens or (len(token) <= 2 and word is not None and word[0] in _AFTER_GERMAN_ORDINAL)
    if "." in token:
        parts = key.split(".")
        # A dateline such as "Harakatuna.com. Jakarta - ..." opens the sentence that follows it.
        return opens or (key not in _MAY_BE_LAST and parts[-1] not in _DOMAINS and all(part.isalpha() and len(part) <= 3 for part in parts))
    return opens and bool(token) and set(token) <= set("IVXL")


def _cut_at_thai_spaces(text: str, sentence: Span) -> Iterator[Span]:
    """`sentence`, cut at spaces into runs of `THAI_RUN_CHARACTERS` and a little more where it is Thai or Lao."""
    if sentence.end - sentence.start > THAI_RUN_CHARACTERS and _is_thai(text, sentence):
        begin = sentence.start
        for space in re.compile(r"\s+").finditer(text, sentence.start, sentence.end):
            if space.start() - begin >= THAI_RUN_CHARACTERS and sentence.end - space.end() >= THAI_RUN_CHARACTERS // 2:
                yield Span(begin, space.start())
                begin = space.end()
        sentence = Span(begin, sentence.end)
    if sentence.start < sentence.end:
        yield sentence


def _is_thai(text: str, span: Span) -> bool:
    """Whether the end of `span` is Thai or Lao."""
    tail = text[max(span.start, span.end - _TAIL_CHARACTERS) : span.end]
    return sum("\u0e00" <= sign <= "\u0eff" for sign in tail) * 2 > len(tail)


def _unwrapped_lines(text: str, start: int, end: int) -> Iterator[Span]:
    """The lines that are not blank, trimmed; lines wrapped at one width are joined.

    A line was wrapped where the first word of the next would not have fitted; the text was, where nearly all were.
    """
    lines = line_spans(text, start, end)
    widths = sorted(line.end - line.start for line in lines)
    width = widths[(95 * len(widths) + 99) // 100 - 1] if widths else 0
    if width not in WRAP_WIDTHS:
        yield from lines
        return
    wrapped = [_is_wrapped(text, one, next_one, width) for one, next_one in pairwise(lines)]
    adjacent = sum(_breaks(text, one, next_one) == 1 for one, next_one in pairwise(lines))
    if adjacent < 2 or sum(wrapped) < 0.8 * adjacent:
        yield from lines
        return
    begin = 0
    for at, line in enumerate(lines):
        if at == len(lines) - 1 or not wrapped[at]:
            yield Span(lines[begin].start, line.end)
            begin = at + 1


def _is_wrapped(text: str, line: Span, next_line: Span, width: int) -> bool:
    if _UNSPACED_RUN.match(text, next_line.start):
        word = text[next_line.start]
    else:
        word = text[next_line.start : min(next_line.end, next_line.start + width)].split(maxsplit=1)[0]
    fits = line.end - line.start + 1 + len(word) <= width
    return not fits and _breaks(text, line, next_line) == 1 and not _BULLET.match(text, next_line.start)


def _breaks(text: str, line: Span, next_line: Span) -> int:
    """How many line breaks lie between two lines; 2 and more leave a blank line."""
    return len(_LINE_BREAK.findall(text, line.end, next_line.start)) if next_line.start - line.end > 1 else 1


def _goes_on(text: str, run: Span, piece: Span) -> bool:
    """Whether the last sentence of `run` goes on in `piece`, the paragraph after it."""
    if _BULLET.match(text, piece.start):
        return False
    if _is_closed(text, run, piece.start):
        return False
    first = text[_opening_end(text, piece)]
    if first.islower() or text[run.end - 1] in ",-–—;(&/":
        return True
    if _is_thai(text, run) or _BULLET.match(text, run.start):
        return False
    return run.end - run.start > HEADING_CHARACTERS_MAX or not _may_be_heading(text, run)


def _is_closed(text: str, run: Span, following: int) -> bool:
    """Whether `run` ends with a closing mark that does not belong to an abbreviation."""
    closed = _CLOSED.search(text, max(run.start, run.end - _TAIL_CHARACTERS), run.end)
    if closed is None:
        return False
    return closed[0] != "." or text[run.end - 2 : run.end] == ".." or not _is_abbreviation(text, run.start, run.end - 1, following)


def _may_be_heading(text: str, run: Span) -> bool:
    """Whether `run` is short, begins like a sentence and does not end like one (a question may be a heading)."""
    if run.end - run.start > HEADING_CHARACTERS_MAX or _BULLET.match(text, run.start):
        return False
    words = text[run.start : run.end]
    closed = _CLOSED.search(words)
    if closed and closed[0] not in "?:":
        return False
    return not text[_opening_end(text, run)].islower() and count_words(words) <= HEADING_WORDS_MAX


def _opening_end(text: str, run: Span) -> int:
    """The place of the first character of `run` behind its quotation marks and brackets."""
    between = _BETWEEN.match(text, run.start, run.end)
    return min(between.end() if between else run.start, run.end - 1)
