"""Words that spaces do not part: a pattern in the tokenizer's own file tells them.

Chinese, Japanese and Thai have no spaces between words, and Vietnamese has them between the syllables of one word, of which
each alone means many things. A piece that begins a word and one that goes on in it are two rows of the table, and where a
text shows no word every character would need both. So the words of the vocabulary are cut out of a text first, the longest
from the left, as dictionaries of Chinese and Thai are used (maximal matching; Chen and Liu 1992, aclanthology.org/C92-1019).
Of what is left, Chinese characters stand alone and Japanese katakana together, as foreign names are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from tokenizers import Regex, pre_tokenizers

HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f"
HIRAGANA = "\u3041-\u3096"
KATAKANA = "\u30a1-\u30fa\u30fc"
THAI = "\u0e01-\u0e4e"
THAI_BEGINS = "\u0e40-\u0e44"
"""Vowels written before the letter they are spoken after: no word begins behind one."""
THAI_GOES_ON = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e"
"""Vowels and marks that belong to the letter before: no word ends where one follows."""
FEW = 4
"""Patterns that are tried one after the other."""
LETTER = r"\p{L}\p{M}"
PUNCTUATION = r"!-/:-@\[-`{-~\p{P}"
"""As BERT has it: each sign is a word of its own."""
_WORD = re.compile(rf"[{HAN}][{HAN}{HIRAGANA}]+|(?![{THAI_GOES_ON}])[{THAI}]{{2,}}(?<![{THAI_BEGINS}])|[^\W\d_]+(?: [^\W\d_]+)+")
_CHARACTER = re.compile(f"[{HAN}]")


def is_word(piece: str) -> bool:
    """Is this piece told by the pattern? Single Chinese characters need none."""
    return _WORD.fullmatch(piece) is not None


def stands_alone(character: str) -> bool:
    """Does it never go on in a word?"""
    return _CHARACTER.fullmatch(character) is not None


def cut_into_words(pieces: Iterable[str]) -> pre_tokenizers.PreTokenizer:
    """Words of `pieces`, Chinese characters and katakana apart; then what whitespace and punctuation part, but a word with spaces stays whole."""
    words = sorted(piece for piece in pieces if is_word(piece))
    spaced, unspaced = (_tree([word for word in words if (" " in word) == spaces]) for spaces in (True, False))
    parts = [f"(?<![{LETTER}]){spaced}(?![{LETTER}])"] if spaced else []
    parts += [f"(?<![{THAI_BEGINS}]){unspaced}(?![{THAI_GOES_ON}])"] if unspaced else []
    parts += [f"[{HAN}]", f"[{KATAKANA}]+"]
    rest = [rf"\A{spaced}\z"] if spaced else []
    rest += [rf"[^\s{PUNCTUATION}]+", f"[{PUNCTUATION}]"]
    apart = pre_tokenizers.Split(Regex("|".join(parts)), "isolated")
    return pre_tokenizers.Sequence([apart, pre_tokenizers.Split(Regex("|".join(rest)), "removed", invert=True)])


def _tree(words: list[str]) -> str:
    """A pattern of sorted `words`, longer ones first, in which those that begin alike share their beginning."""
    branches: dict[str, str] = {}
    for first, group in groupby(words, key=lambda word: word[0]):
        rests = [word[1:] for word in group]
        longer = _tree([rest for rest in rests if rest])
        branches[first] = first + (f"(?:{longer})?" if longer and "" in rests else longer)
    return _choice(list(branches.items()))


def _choice(branches: list[tuple[str, str]]) -> str:
    """Of patterns by their first characters, in order: half of them are passed over with one look at a character, since thousands are too many to try."""
    if len(branches) <= FEW:
        return f"(?:{'|'.join(pattern for _, pattern in branches)})" if len(branches) > 1 else "".join(pattern for _, pattern in branches)
    middle = len(branches) // 2
    halves = (branches[:middle], branches[middle:])
    return f"(?:{'|'.join(f'(?=[{half[0][0]}-{half[-1][0]}]){_choice(half)}' for half in halves)})"
