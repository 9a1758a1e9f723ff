"""The student before training: the teacher's layers, an extended vocabulary, new rows from word alignment; or a finished bundle."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

from rag.embedding.weights import read_weights
from training import vocabulary
from training.alignment import Rows, Translations, align
from training.languages import Language
from training.pack import TABLE
from training.pairs import Pair
from training.teacher import load_bert
from training.trimming import seldom_used

MOST_ALIGNED = 120_000
"""Pairs of one language that are aligned; more cost memory and change little."""
LONGEST_ALIGNED = 40


def make_start(pairs: dict[Language, list[Pair]], whole: dict[str, list[str]], teacher: Path, folder: Path) -> None:
    """Writes tokenizer and model of the untrained student to `folder`; words of `whole` are pieces of their own.

    Languages whose other side is English come first: Indonesian's rows are then the targets of its local languages.
    """
    base = AutoTokenizer.from_pretrained(teacher)
    texts = {language.code: [pair.text for pair in found] for language, found in pairs.items()}
    words = vocabulary.extended(base.get_vocab(), texts, {language.code: language.pieces for language in pairs}, whole)
    tokenizer = _tokenizer(words)
    model = load_bert(teacher)
    _write(model, _table(pairs, tokenizer, base, model), tokenizer, folder)


def continued(pairs: dict[Language, list[Pair]], whole: dict[str, list[str]], bundle: Path, folder: Path) -> None:
    """Writes tokenizer and model of a finished bundle to `folder`, the int8 matrices widened: training goes on from there.

    Pieces that are seldom used go. Words of `whole` that were cut become pieces: as the English they are aligned with,
    or else as the mean of what they were cut into. Texts are normalised as a new vocabulary would be.
    """
    weights = read_weights(bundle)
    model = BertModel(BertConfig.from_pretrained(bundle), add_pooling_layer=False).float()
    table = weights.rows(np.arange(len(weights.pieces)))
    rows = {TABLE: table, **weights.layers}
    model.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in rows.items()})
    old = AutoTokenizer.from_pretrained(bundle)
    seldom = seldom_used(old, {language.code: (text for pair in found for text in (pair.text, pair.target)) for language, found in pairs.items()})
    kept = [(piece, row) for piece, row in sorted(old.get_vocab().items(), key=lambda item: item[1]) if piece not in seldom]
    table = table[[row for _, row in kept]]
    known = {piece: row for row, (piece, _) in enumerate(kept)}
    before = _tokenizer(known)
    new = list(dict.fromkeys(word for some in whole.values() for word in some if word not in known))
    tokenizer = _tokenizer(known | {word: row for row, word in enumerate(new, len(known))})
    means = [table[cut].mean(0, keepdims=True) for cut in _pieces(before, new)]
    gathered = Rows(len(tokenizer), table.shape[1])
    for language, found in pairs.items():
        if whole.get(language.code):
            gathered.add(_alignment(found, tokenizer, before), table)
    stay = np.arange(len(tokenizer)) < len(known)
    _write(model, gathered.table(np.concatenate([table, *means]), stay), tokenizer, folder)


def _tokenizer(words: dict[str, int]) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=vocabulary.tokenizer(words), unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        pad_token="[PAD]", mask_token="[MASK]", model_max_length=256,
    )  # fmt: skip


def _write(model: BertModel, table: np.ndarray, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    model.resize_token_embeddings(len(table), mean_resizing=False)
    model.embeddings.word_embeddings.weight.data.copy_(torch.from_numpy(table))
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@torch.no_grad()
def blended(model: BertModel, start: BertModel, share: float) -> None:
    """Moves every weight of `model` back towards `start`, so that `share` of the way it went is left.

    What the start was better at comes back, and little of what was learned goes (Wortsman et al. 2022, arXiv 2109.01903).
    """
    for weight, before in zip(model.parameters(), start.parameters(), strict=True):
        weight.lerp_(before.to(weight.device), 1 - share)


def _table(
    pairs: dict[Language, list[Pair]], tokenizer: PreTrainedTokenizerFast, base: PreTrainedTokenizerFast, model: BertModel
) -> np.ndarray:
    """(pieces, dimension) float32. English, too, is aligned: with itself as the teacher splits it, for the words now whole."""
    rows = model.embeddings.word_embeddings.weight.detach().numpy()
    old, words = base.get_vocab(), tokenizer.get_vocab()
    kept = [piece for piece, _ in sorted(words.items(), key=lambda item: item[1]) if piece in old]
    teachers = rows[[old[piece] for piece in kept]]
    latin = np.array([all(ord(character) < 0x250 for character in piece.removeprefix("##")) for piece in kept])
    gathered = Rows(len(words), rows.shape[1])
    for language, found in pairs.items():
        if language.through == "en":
            gathered.add(_alignment(found, tokenizer, base), rows)
    english = sorted({pair.target for language, found in pairs.items() if language.through == "en" for pair in found})
    gathered.add(_alignment([Pair(text, text, "en", "") for text in english], tokenizer, base), rows)
    table = gathered.table(teachers, latin)
    for language, found in pairs.items():
        if language.through != "en":
            gathered.add(_alignment(found, tokenizer, tokenizer), table)
    return gathered.table(teachers, latin)


def _alignment(pairs: list[Pair], tokenizer: PreTrainedTokenizerFast, targets: PreTrainedTokenizerFast) -> Translations:
    chosen = random.Random(1).sample(pairs, min(len(pairs), MOST_ALIGNED))
    return align(_pieces(tokenizer, [pair.text for pair in chosen]), _pieces(targets, [pair.target for pair in chosen]))


def _pieces(tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> list[list[int]]:
    return tokenizer(texts, add_special_tokens=False, truncation=True, max_length=LONGEST_ALIGNED)["input_ids"] if texts else []
