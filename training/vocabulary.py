"""The student's word pieces: the teacher's, and for each language the most frequent pieces the teacher lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing

from training.light import light_stemming

MOST_CHARACTERS = 3_500
"""Single characters one language may add: enough for Chinese."""
ROOM = 14_000
"""Pieces trained beyond those wanted, since the teacher already has many of the frequent ones."""
LONGEST_WORD = 300
"""Characters of a word that is still split into pieces: Thai and Lao write sentences without spaces."""
MARKS = "\u0300-\u036f" + "\u064b-\u0652\u0656-\u065f\u0670\u0640"
"""Of Latin, Greek and Cyrillic letters; of Arabic the vowels, which few texts write, and the stroke that stretches a word.
Arabic's hamza and madda stay: they tell letters apart."""


def normalizer() -> normalizers.Normalizer:
    """Lower case; MARKS stripped; Chinese characters apart; Arabic and Russian words without article and endings."""
    return normalizers.Sequence(
        [
            normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=True),
            normalizers.NFKD(),
            normalizers.Replace(Regex(f"[{MARKS}]"), ""),
            normalizers.NFC(),
            *light_stemming(),
        ]
    )


def frequent_pieces(texts: Iterable[str], size: int) -> list[str]:
    """Word pieces of `texts`, single characters first and then the most frequent joins."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer(), pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=["[UNK]"], min_frequency=3, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    ranked = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return [piece for piece, _ in ranked if piece != "[UNK]"]


def extended(
    base: Mapping[str, int], texts: Mapping[str, Sequence[str]], quotas: Mapping[str, int], whole: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """`base` without its unused slots, and behind it the new pieces of each language and its `whole` words, as {piece: row}."""
    kept = [piece for piece, _ in sorted(base.items(), key=lambda item: item[1]) if not piece.startswith("[unused")]
    vocabulary = {piece: row for row, piece in enumerate(kept)}
    for language, quota in quotas.items():
        new = [piece for piece in frequent_pieces(texts[language], quota + ROOM) if piece not in vocabulary]
        characters = [piece for piece in new if len(piece.removeprefix("##")) == 1][:MOST_CHARACTERS]
        longer = [piece for piece in new if len(piece.removeprefix("##")) > 1][:quota]
        for piece in (*characters, *longer, *whole.get(language, ())):
            vocabulary.setdefault(piece, len(vocabulary))
    return vocabulary


def tokenizer(vocabulary: Mapping[str, int]) -> Tokenizer:
    made = Tokenizer(models.WordPiece(dict(vocabulary), unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD))
    made.normalizer, made.pre_tokenizer = normalizer(), pre_tokenizers.BertPreTokenizer()
    special = [(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")]
    made.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=special)
    return made
