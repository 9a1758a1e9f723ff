"""Training that goes on from a finished bundle: its start, with another vocabulary, and how much of the way from it is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

from rag.embedding.weights import read_weights
from training.alignment import Rows
from training.frequent import frequencies
from training.languages import CODES, Language
from training.pack import TABLE
from training.pairs import Pair
from training.start import alignment, both_sides, pieces, tokenizer_of, write_start
from training.trimming import seldom_used
from training.vocabulary import frequent_pieces


def continued(pairs: dict[Language, list[Pair]], whole: dict[str, list[str]], bundle: Path, folder: Path) -> None:
    """Writes tokenizer and model of a finished bundle to `folder`, its matrices widened. Texts are read as a new vocabulary reads them.

    Pieces that are seldom used go. New are the words of `whole` and, of languages whose words nobody counted, frequent pieces:
    as the English they are aligned with, or else as the mean of what they were cut into. What frequent words are read as
    that were read as other pieces before takes the mean of those.
    """
    weights = read_weights(bundle)
    model = BertModel(BertConfig.from_pretrained(bundle), add_pooling_layer=False).float()
    table = weights.table()
    rows = {TABLE: table, **weights.layers}
    model.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in rows.items()})
    old = AutoTokenizer.from_pretrained(bundle)
    wanted = dict.fromkeys([*_uncounted(pairs), *(word for some in whole.values() for word in some)])
    seldom = seldom_used(tokenizer_of(old.get_vocab()), both_sides(pairs), wanted)
    kept = [(piece, row) for piece, row in sorted(old.get_vocab().items(), key=lambda item: item[1]) if piece not in seldom]
    base = table[[row for _, row in kept]]
    known = {piece: row for row, (piece, _) in enumerate(kept)}
    before = tokenizer_of(known)
    new = [piece for piece in wanted if piece not in known]
    tokenizer = tokenizer_of(known | {piece: row for row, piece in enumerate(new, len(known))})
    gathered = Rows(len(tokenizer), table.shape[1])
    for found in pairs.values():
        gathered.add(alignment(found, tokenizer, before, len(known)), base)
    means = [base[cut].mean(0, keepdims=True) for cut in pieces(before, new)]
    stay = np.arange(len(tokenizer)) < len(known)
    start = gathered.table(np.concatenate([base, *means]), stay)
    changed, their = _read_anew(old, table, tokenizer)
    start[changed] = their
    write_start(model, start, tokenizer, folder)


@torch.no_grad()
def blended(model: BertModel, start: BertModel, share: float) -> None:
    """Moves every weight of `model` back towards `start`, so that `share` of the way it went is left.

    What the start was better at comes back, and little of what was learned goes (Wortsman et al. 2022, arXiv 2109.01903).
    """
    for weight, before in zip(model.parameters(), start.parameters(), strict=True):
        weight.lerp_(before.to(weight.device), 1 - share)


def _uncounted(pairs: dict[Language, list[Pair]]) -> list[str]:
    """Frequent pieces of the languages that wordfreq does not count, as Thai."""
    texts = {language: [pair.text for pair in found] for language, found in pairs.items() if not frequencies(language.code)}
    return [piece for language, found in texts.items() for piece in frequent_pieces(found, language.pieces)]


def _read_anew(old: PreTrainedTokenizerFast, table: np.ndarray, tokenizer: PreTrainedTokenizerFast) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `tokenizer` and, for each, the mean by frequency of the rows in `table` of the words that `old` read as other pieces."""
    was, now = old.get_vocab(), tokenizer.get_vocab()
    read_before, read_now = (one.backend_tokenizer.normalizer.normalize_str for one in (old, tokenizer))
    total, weights = np.zeros((len(now), table.shape[1])), np.zeros(len(now))
    changed: set[int] = set()
    for words in map(frequencies, CODES):
        for word, share in words.items():
            before, after = read_before(word), read_now(word)
            if before in was and after in now:
                total[now[after]] += share * table[was[before]]
                weights[now[after]] += share
                if before != after:
                    changed.add(now[after])
    rows = np.array(sorted(changed), np.int64)
    return rows, total[rows] / weights[rows, None]
