"""A finished bundle beside what is trained: as its start, with another vocabulary, and as that with which its weights are averaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

from rag.embedding.weights import read_weights
from training.alignment import Rows
from training.frequent import expected, frequencies
from training.languages import Language
from training.pack import TABLE
from training.pairs import Pair
from training.start import alignment, both_sides, pieces, tokenizer_of, write_start
from training.trimming import seldom_used
from training.unspaced import is_word
from training.vocabulary import characters, frequent_pieces


def continued(pairs: dict[Language, list[Pair]], whole: dict[str, list[str]], bundle: Path, folder: Path) -> None:
    """Writes tokenizer and model of a finished bundle to `folder`, its matrices widened. Texts are read as a new vocabulary reads them.

    Pieces that are seldom used go, and those that a new vocabulary would take for words though they are none. New are the
    characters that were missing, the words of `whole` and, of languages whose words nobody counted, frequent pieces: as the
    English they are aligned with, or else as the mean of what the bundle cut them into.
    """
    model = widened(bundle)
    table = model.embeddings.word_embeddings.weight.detach().numpy()
    old = AutoTokenizer.from_pretrained(bundle)
    places = old.get_vocab()
    wanted = dict.fromkeys([*_characters(pairs), *_uncounted(pairs), *(word for some in whole.values() for word in some)])
    before = [piece for piece, _ in sorted(places.items(), key=lambda item: item[1]) if piece in wanted or not is_word(piece)]
    every = dict.fromkeys([*before, *wanted])
    seldom = seldom_used(tokenizer_of({piece: row for row, piece in enumerate(every)}), both_sides(pairs), wanted)
    kept = [piece for piece in before if piece not in seldom]
    new = [piece for piece in wanted if piece not in places]
    base = table[[places[piece] for piece in kept]]
    known = {piece: row for row, piece in enumerate(kept)}
    tokenizer = tokenizer_of(known | {piece: row for row, piece in enumerate(new, len(known))})
    english = tokenizer_of(known)
    gathered = Rows(len(tokenizer), table.shape[1])
    for found in pairs.values():
        gathered.add(alignment(found, tokenizer, english, len(known)), base)
    means = [table[cut or [old.unk_token_id]].mean(0, keepdims=True) for cut in pieces(old, [piece.removeprefix("##") for piece in new])]
    stay = np.arange(len(tokenizer)) < len(known)
    write_start(model, gathered.table(np.concatenate([base, *means]), stay), tokenizer, folder)


def widened(bundle: Path) -> BertModel:
    """The model of a finished bundle in float32."""
    weights = read_weights(bundle)
    model = BertModel(BertConfig.from_pretrained(bundle), add_pooling_layer=False).float()
    rows = {TABLE: weights.table(), **weights.layers}
    model.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in rows.items()})
    return model


@torch.no_grad()
def averaged(model: BertModel, places: dict[str, int], bundle: Path, share: float) -> None:
    """`share` of `model` and the rest of `bundle`, weight by weight, where both come of the same teacher (Wortsman et al. 2022, arXiv 2203.05482).

    `places` are the rows of `model`'s pieces: those that the bundle has none of stay, and the bundle's own are dropped.
    """
    other = widened(bundle)
    theirs = AutoTokenizer.from_pretrained(bundle).get_vocab()
    common = [piece for piece in places if piece in theirs]
    rows, table = model.embeddings.word_embeddings.weight.detach().cpu().clone(), other.embeddings.word_embeddings.weight
    rows[[places[piece] for piece in common]] = table[[theirs[piece] for piece in common]]
    other.embeddings.word_embeddings.weight = torch.nn.Parameter(rows)
    blended(model, other, share)


@torch.no_grad()
def blended(model: BertModel, start: BertModel, share: float) -> None:
    """Moves every weight of `model` back towards `start`, so that `share` of the way it went is left.

    What the start was better at comes back, and little of what was learned goes (Wortsman et al. 2022, arXiv 2109.01903).
    """
    for weight, before in zip(model.parameters(), start.parameters(), strict=True):
        weight.lerp_(before.to(weight.device), 1 - share)


def _characters(pairs: dict[Language, list[Pair]]) -> list[str]:
    return [piece for language, found in pairs.items() for piece in characters((pair.text for pair in found), expected(language.code))]


def _uncounted(pairs: dict[Language, list[Pair]]) -> list[str]:
    """Frequent pieces of the languages whose words nobody counted, as Javanese."""
    texts = {language: [pair.text for pair in found] for language, found in pairs.items() if not frequencies(language.code)}
    return [piece for language, found in texts.items() for piece in frequent_pieces(found, language.pieces)]
