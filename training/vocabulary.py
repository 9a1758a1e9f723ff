"""The student's word pieces: the teacher's, and for each language the most frequent pieces the teacher lacks."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, trainers
from tokenizers.processors import TemplateProcessing

from training.light import light_stemming
from training.unspaced import cut_into_words, is_word, stands_alone

FEWEST_CHARACTERS = 10
"""Times a single character must occur, in the texts and the frequent words together."""
ROOM = 14_000
"""Pieces trained beyond those wanted, since the teacher already has many of the frequent ones."""
LONGEST_WORD = 300
"""Characters of a word that is still split into pieces: Thai and Lao write sentences without spaces."""
MARKS = "|".join(
    (
        "(?<![\u0302\u0306\u031b])[\u0300\u0301\u0303]",
        "(?<!\u0323)[\u0302\u0306](?![\u0300\u0301\u0303\u0309])",
        "(?<![aeiouy\u0302\u0306\u031b])[\u0309\u0323]",
        "[\u0304\u0305\u0307\u0308\u030a-\u031a\u031c-\u0322\u0324-\u036f]",
        "[\u064b-\u0652\u0656-\u065f\u0670\u0640]",
    )
)
"""Of Latin, Greek and Cyrillic letters; of Arabic the vowels, which few texts write, and the stroke that stretches a word.
Arabic's hamza and madda stay: they tell letters apart. So do the marks that Vietnamese alone has, hook, horn and dot below, and
two on one letter: its syllables are told apart by little else, where other languages may leave their accents out."""


def normalizer() -> normalizers.Normalizer:
    """Lower case; MARKS stripped; Arabic and Russian words without article and endings."""
    return normalizers.Sequence(
        [
            normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=True),
            normalizers.NFKD(),
            normalizers.Replace(Regex(MARKS), ""),
            normalizers.NFC(),
            *light_stemming(),
        ]
    )


def frequent_pieces(texts: Iterable[str], size: int) -> list[str]:
    """Word pieces of `texts`, the most frequent first, but none of single characters and none that the pattern of words would tell."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer(), cut_into_words(())
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=["[UNK]"], min_frequency=3, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    ranked = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return [piece for piece, _ in ranked if piece != "[UNK]" and len(piece.removeprefix("##")) > 1 and not is_word(piece)]


def characters(texts: Iterable[str], words: Mapping[str, float]) -> list[str]:
    """Pieces of the single letters, marks and figures that `texts` and `words`, with how often each is expected, have FEWEST_CHARACTERS times; the most
    frequent first."""
    seen: Counter[str] = Counter()
    reads = normalizer()
    for text in texts:
        seen.update(reads.normalize_str(text))
    for word, times in words.items():
        for character in reads.normalize_str(word):
            seen[character] += times
    found = [character for character, times in seen.most_common() if times >= FEWEST_CHARACTERS and unicodedata.category(character)[0] in "LMN"]
    return [piece for character in found for piece in ((character,) if stands_alone(character) else (character, f"##{character}"))]


def extended(
    base: Mapping[str, int], texts: Mapping[str, Sequence[str]], quotas: Mapping[str, int], whole: Mapping[str, Sequence[str]],
    words: Mapping[str, Mapping[str, float]],
) -> dict[str, int]:  # fmt: skip
    """`base` without its unused slots, and behind it the characters, new pieces and `whole` words of each language, as {piece: row}."""
    kept = [piece for piece, _ in sorted(base.items(), key=lambda item: item[1]) if not piece.startswith("[unused")]
    vocabulary = {piece: row for row, piece in enumerate(kept)}
    for language, quota in quotas.items():
        new = [piece for piece in frequent_pieces(texts[language], quota + ROOM) if piece not in vocabulary][:quota]
        for piece in (*characters(texts[language], words.get(language, {})), *new, *whole.get(language, ())):
            vocabulary.setdefault(piece, len(vocabulary))
    return vocabulary


def tokenizer(vocabulary: Mapping[str, int]) -> Tokenizer:
    made = Tokenizer(models.WordPiece(dict(vocabulary), unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD))
    made.normalizer, made.pre_tokenizer = normalizer(), cut_into_words(vocabulary)
    special = [(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")]
    made.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=special)
    return made
