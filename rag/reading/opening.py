"""The title line and the byline line at the top of a text, which leave it for the metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.reading.normalising import OUTER, plain_words

LINES_LOOKED_AT = 4
"""A byline stands among the first lines that are not empty."""

BYLINE_CHARACTERS_MAX = 100
NAME_WORDS_MAX = 8

HEADING_CHARACTERS_MAX = 200
"""A longer line, or one that ends a sentence, is the first paragraph of the body: no byline follows it."""

SURE_PREFIXES = (
    r"(?:written|words|story|report(?:ed)?|text|posted)\s+by",
    r"ditulis\s+oleh|escrito\s+por|écrit\s+par|geschrieben\s+von|scritto\s+da|door\s*:|yazan\s*:",
    r"(?:by|oleh|penulis|reporter|pewarta|wartawan|laporan|kontributor|author|von|autor(?:in)?|por|par|auteur|autore|di)\s*[:\uff1a]",
    r"(?:автор|текст|بقلم|كتبه?|作者|記者|记者|文)\s*[:\uff1a]",
    r"laporan\s+(?:wartawan|reporter|jurnalis|kontributor)\b[^,،\n]{0,60},",
)
"""What says `the author is` by itself."""

UNSURE_PREFIXES = r"by|oleh|von|por|par|door|av|di"
"""Words that begin a byline or a sentence: they need a name of two words behind them, or the title line above."""

PARTICLES = frozenset((
    "al", "el", "bin", "binti", "ibn", "abu", "van", "von", "der", "den", "de", "la", "le", "da", "do", "dos", "das", "del", "di",
    "du", "y", "e", "i", "и", "dan", "and", "und", "et", "en", "ve", "&", "of"
))  # fmt: skip
"""What is written small in a list of names."""

_SURE = re.compile(rf"\s*(?:{'|'.join(SURE_PREFIXES)})\s*(?P<name>\S.*)", re.IGNORECASE)
_UNSURE = re.compile(rf"\s*(?:{UNSURE_PREFIXES})\s+(?P<name>\S.*)", re.IGNORECASE)
_INITIALS = re.compile(r"(?:\b\w\.|\b(?:Jr|Sr|Dr|Prof|Ph\.D|S\.\w{1,3}|M\.\w{1,3})\.)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opening:
    """A text without its title line and byline line; `author` is '' when no byline was taken."""

    text: str
    author: str


def without_opening(text: str, *, title: str, author: str) -> Opening:
    """Takes the line that repeats `title`, and a byline whose name `author` holds or lacks.

    A line leaves the text only when the metadata carries its words: a byline stays when `author` says somebody else.
    """
    below_title = _without_title(text, title)
    found = _byline(below_title, titled=bool(title))
    if found is None:
        return Opening(below_title, "")
    start, end, name = found
    if author and not set(plain_words(name)) <= set(plain_words(author)):
        return Opening(below_title, "")
    rest = below_title[:start].rstrip(OUTER)
    following = below_title[end:].lstrip(OUTER)
    return Opening(f"{rest}\n\n{following}" if rest and following else rest or following, name)


def _without_title(text: str, title: str) -> str:
    """`text` without its first line, where that says the same as `title` and is not all there is."""
    first, _, rest = text.partition("\n")
    if title and plain_words(first) == plain_words(title) and plain_words(title) and rest.strip():
        return rest.lstrip(OUTER)
    return text


def _byline(text: str, *, titled: bool) -> tuple[int, int, str] | None:
    """Where the byline's line starts and ends, and the name it gives."""
    seen = 0
    for line in re.finditer(r"[^\n]+", text[:3000]):
        if not line[0].strip():
            continue
        if line.end() >= len(text.rstrip()):
            # The last line is the body.
            return None
        if name := _name_in(line[0], titled=titled and seen == 0):
            return line.start(), line.end(), name
        seen += 1
        if seen == LINES_LOOKED_AT or len(line[0]) > HEADING_CHARACTERS_MAX or line[0].rstrip(' "”»').endswith((".", "!", "?", "。")):
            return None
    return None


def _name_in(line: str, *, titled: bool) -> str:
    if len(line) > BYLINE_CHARACTERS_MAX:
        return ""
    if sure := _SURE.fullmatch(line):
        name = sure["name"].strip()
        return name if _is_name(name) else ""
    if unsure := _UNSURE.fullmatch(line):
        name = unsure["name"].strip()
        return name if _is_name(name) and (titled or len(name.split()) > 1) else ""
    return ""


def _is_name(text: str) -> bool:
    """Whether `text` can be one or several names: few words, none small but particles, no digit, no end of a sentence."""
    words = text.split()
    if not 0 < len(words) <= NAME_WORDS_MAX or any(character.isdigit() or character in '!?:;|"“”„«»…' for character in text):
        return False
    if text.endswith((".", "。")) and not _INITIALS.search(text):
        return False
    return words[0].casefold() not in {"the", "a", "an"} and all(_is_name_word(word) for word in words) and any(map(str.isalpha, text))


def _is_name_word(word: str) -> bool:
    letters = word.strip("(),.'’-/")
    if not letters or letters.casefold() in PARTICLES:
        return True
    # Scripts without capitals have no small letters either; e-mail addresses and web names are no words.
    return not letters[0].islower() or "." in letters or "@" in letters
