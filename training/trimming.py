"""Which word pieces earn their bytes: each takes 213 bytes of a bundle that must stay small.

A piece is used as often as the training texts have it, and as often as OF_WORDS words of each language would, by the
frequencies of wordfreq. Of a language whose words nobody counted, as Javanese, each use in the texts is enough. Without
any frequencies nothing is trimmed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

import numpy as np

from training.frequent import expected
from training.languages import CODES

FEWEST_USES = 10
MOST_PIECES = 225_000
"""With their names and the layers 59.8 of the 60 MB that pack.py allows."""
AT_ONCE = 20_000


def seldom_used(tokenizer, texts: Mapping[str, Iterable[str]], wanted: Collection[str] = ()) -> set[str]:
    """Pieces of `tokenizer` used less than FEWEST_USES times, and the least used of the others where more than MOST_PIECES
    would be left; `texts` by language code.

    Single characters stay, which every word can be cut into, and numbers, which wordfreq does not tell apart; so do `wanted` pieces.
    """
    words = {code: found for code in CODES if (found := expected(code))}
    if not words:
        return set()
    uses = np.zeros(len(tokenizer))
    for code, found in texts.items():
        waiting = iter(found)
        while some := list(islice(waiting, AT_ONCE)):
            uses += np.bincount(np.concatenate(_cut(tokenizer, some)), minlength=len(uses)) * (1 if code in words else FEWEST_USES)
    for some in words.values():
        for word, row in zip(some, _cut(tokenizer, list(some)), strict=True):
            np.add.at(uses, row, some[word])
    pieces = tokenizer.get_vocab()
    loose = sorted((piece for piece in pieces if _cuttable(piece) and piece not in wanted), key=lambda piece: (-uses[pieces[piece]], pieces[piece]))
    room = MOST_PIECES - len(pieces) + len(loose)
    return {piece for place, piece in enumerate(loose) if place >= room or uses[pieces[piece]] < FEWEST_USES}


def _cuttable(piece: str) -> bool:
    return len(piece.removeprefix("##")) > 1 and not piece.startswith("[") and not any(map(str.isdigit, piece))


def _cut(tokenizer, texts: list[str]) -> list[np.ndarray]:
    return [np.array(row, np.int64) for row in tokenizer(texts, add_special_tokens=False)["input_ids"]]
