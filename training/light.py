"""Light stemming as rules of the tokenizer: one piece for the forms of a word, in languages whose letters are their own.

Arabic writes the article, and what stands before it, together with the noun, and Russian nouns have a dozen endings:
with a piece for every form a table that must stay small knows half as many words, and a form that no text had is cut
into pieces that mean little. A rule is a pattern that is taken away, so the tokenizer's own file carries it. Languages
in Latin letters have no rules: a pattern cannot tell their words from English ones, which must stay as the teacher has them.

Arabic: the article with conjunction and preposition, as light10 has it (Larkey, Ballesteros and Connell 2002, doi
10.1145/564376.564425); its endings tell a school from a teacher and stay. Russian: the endings of nouns and adjectives
of the Snowball stemmer (snowballstem.org). At least three letters of a word stay.
"""

from __future__ import annotations

from tokenizers import Regex, normalizers

ARABIC = "\u0621-\u064a"
RUSSIAN = "\u0430-\u044f"
"""Lower-case letters; the tokenizer has taken the marks of other ones away before."""
ARTICLE = "[وف]?(?:[بك]?ال|لل)"
RUSSIAN_ENDINGS = (
    "иями", "ями", "ами", "иеи", "ием", "иям", "иях", "ого", "его", "ому", "ему", "ыми", "ими", "ое", "ее", "ие", "ые", "ая", "яя", "ую", "юю", "ою",
    "ею", "ых", "их", "ым", "им", "ам", "ям", "ах", "ях", "ов", "ев", "ом", "ем", "ои", "еи", "ыи", "ии", "ию", "ия", "ью", "ья", "ье",
    "а", "я", "о", "е", "ы", "и", "у", "ю", "ь",
)  # fmt: skip
"""Longest first. The letter й is written as и here, without its mark, as the tokenizer reads it."""
PATTERNS = (
    f"(?<![{ARABIC}]){ARTICLE}(?=[{ARABIC}]{{3}})",
    f"(?<=[{RUSSIAN}]{{3}})(?:{'|'.join(RUSSIAN_ENDINGS)})(?![{RUSSIAN}])",
)


def light_stemming() -> list[normalizers.Normalizer]:
    """In their order, for text in lower case without marks."""
    return [normalizers.Replace(Regex(pattern), "") for pattern in PATTERNS]
