"""The last step of every text: line ends, Unicode NFC, and no character that changes what a reader sees."""

from __future__ import annotations

import re
import unicodedata

LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters other than tab and line feed, and the bidi embeddings, overrides and isolates.

The latter reorder what is displayed without changing the characters, so that a quote could look like another sentence.
"""

OUTER = "\ufeff \t\n\u00a0\u3000"
"""Stripped from both ends."""

SURROGATES = re.compile("[\ud800-\udfff]")


def normalise(text: str) -> str:
    """`text` with line ends as `\\n`, in Unicode NFC, without `INVISIBLE` characters or outer whitespace; the rest as it was.

    Idempotent: `normalise(normalise(text)) == normalise(text)`.
    """
    text = LINE_ENDS.sub("\n", text)
    text = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    return text.strip(OUTER)


def one_line(text: str) -> str:
    """`text` normalised, with every run of whitespace as one space: for metadata."""
    return " ".join(normalise(text).split())


def plain_words(text: str) -> list[str]:
    """The words of `text` without regard to case, punctuation or compatibility forms: for telling whether two lines say the same."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
