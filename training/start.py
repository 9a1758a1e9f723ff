"""The student before training: the teacher's layers, an extended vocabulary, new rows from word alignment."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertModel, PreTrainedTokenizerFast

from training import vocabulary
from training.alignment import Rows, Translations, align
from training.frequent import expected
from training.languages import Language
from training.pairs import Pair
from training.teacher import load_bert
from training.trimming import seldom_used

MOST_ALIGNED = 500_000
"""Pairs of one language that are aligned; more cost memory."""
LONGEST_ALIGNED = 40


def make_start(pairs: dict[Language, list[Pair]], whole: dict[str, list[str]], teacher: Path, folder: Path) -> None:
    """Writes tokenizer and model of the untrained student to `folder`; words of `whole` are pieces of their own.

    Languages whose other side is English come first: Indonesian's rows are then the targets of its local languages.
    """
    base = AutoTokenizer.from_pretrained(teacher)
    texts = {language.code: [pair.text for pair in found] for language, found in pairs.items()}
    quotas = {language.code: language.pieces for language in pairs}
    words = vocabulary.extended(base.get_vocab(), texts, quotas, whole, {code: expected(code) for code in quotas})
    seldom = seldom_used(tokenizer_of(words), both_sides(pairs), {word for some in whole.values() for word in some})
    tokenizer = tokenizer_of({piece: row for row, piece in enumerate(piece for piece in words if piece not in seldom)})
    model = load_bert(teacher)
    write_start(model, _table(pairs, tokenizer, base, model), tokenizer, folder)


def both_sides(pairs: dict[Language, list[Pair]]) -> dict[str, Iterator[str]]:
    """The texts and their translations by the language's code."""
    return {language.code: (text for pair in found for text in (pair.text, pair.target)) for language, found in pairs.items()}


def tokenizer_of(words: dict[str, int]) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=vocabulary.tokenizer(words), unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        pad_token="[PAD]", mask_token="[MASK]", model_max_length=256,
    )  # fmt: skip


def write_start(model: BertModel, table: np.ndarray, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    model.resize_token_embeddings(len(table), mean_resizing=False)
    model.embeddings.word_embeddings.weight.data.copy_(torch.from_numpy(table))
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


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
            gathered.add(alignment(found, tokenizer, base), rows)
    english = sorted({pair.target for language, found in pairs.items() if language.through == "en" for pair in found})
    gathered.add(alignment([Pair(text, text, "en", "") for text in english], tokenizer, base), rows)
    table = gathered.table(teachers, latin)
    for language, found in pairs.items():
        if language.through != "en":
            gathered.add(alignment(found, tokenizer, tokenizer), table)
    return gathered.table(teachers, latin)


def alignment(pairs: list[Pair], tokenizer: PreTrainedTokenizerFast, targets: PreTrainedTokenizerFast, first: int = 0) -> Translations:
    """Of the pairs whose text has a piece from row `first` on."""
    chosen = random.Random(1).sample(pairs, min(len(pairs), MOST_ALIGNED))
    texts = pieces(tokenizer, [pair.text for pair in chosen])
    wanted = [place for place, text in enumerate(texts) if text and max(text) >= first]
    return align([texts[place] for place in wanted], pieces(targets, [chosen[place].target for place in wanted]))


def pieces(tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> list[list[int]]:
    return tokenizer(texts, add_special_tokens=False, truncation=True, max_length=LONGEST_ALIGNED)["input_ids"] if texts else []
