"""Which language a text is in: by its script where that settles it, else by py3langid, else by marker words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

READ_CHARACTERS = 6000
SAMPLE_CHARACTERS = 1200
LETTERS_MIN = 12
CERTAIN = 0.3
"""Below this probability no language is named; tables of names and numbers stay under it, sentences over it."""

MALAY_SHARE = 0.65
"""Malay only beyond this share of what the model gives Malay and Indonesian, when the marker words are even."""

SCRIPTS = """
    Latin Greek Cyrillic Armenian Hebrew Arabic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao
    Myanmar Georgian Ethiopic Khmer Hangul Hiragana Katakana Han
"""
ONE_LANGUAGE = {
    "Greek": "el", "Armenian": "hy", "Gurmukhi": "pa", "Gujarati": "gu", "Oriya": "or", "Tamil": "ta", "Telugu": "te", "Kannada": "kn",
    "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Myanmar": "my", "Georgian": "ka", "Khmer": "km", "Hangul": "ko",
}  # fmt: skip
"""Scripts that one language alone is printed in; the others are left to the model."""

KANA_SHARE = 0.05
"""Japanese prose is a third kana and more; a Chinese text that quotes a Japanese name stays under this."""

MARKERS = {
    "id": """bahwa karena yaitu yakni bisa uang kantor berbeda istri polisi perusahaan tanggal mobil agustus juli desember
        sedangkan saat usai nomor telepon rapat provinsi kabupaten pria internasional""",
    "ms": """bahawa kerana iaitu rasmi berbeza isteri polis syarikat tarikh ogos julai disember manakala
        sahaja mahu pelbagai antarabangsa mesyuarat menerusi""",
    "jv": "sing lan ing kang iki iku kanggo karo ora wis saka dening uga amarga nanging yen marang ana kuwi banget akeh kaya isih",
    "su": "nu jeung anu téh ieu éta eta dina henteu sareng pisan urang oge ogé tina nyaéta nyaeta mah ti ka teu",
}
"""Frequent words that tell the languages of the archipelago apart; the model has no Sundanese and calls it Javanese."""

MARKUP_SHARE = 0.03
"""A line with more signs of mark-up than this a character is code or a table row, not prose."""

_TAG_OR_ADDRESS = re.compile(r"<[^<>]{1,200}>|(?:https?://|www\.)\S+")
_MARKUP = re.compile(r"[<>{}|\\=]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = regex.compile(r"\p{Latin}+")
_SCRIPT_RUN = regex.compile("|".join(rf"(?P<{script}>\p{{{script}}}+)" for script in SCRIPTS.split()))
_MARKED = {
    word: language
    for language, words in MARKERS.items()
    for word in frozenset(words.split()) - frozenset().union(*(other.split() for name, other in MARKERS.items() if name != language))
}


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the language most of `text` is in, or '' for too few letters or a doubtful text.

    Only the beginning is read, and only the letters of its commonest script, so that a Russian name in brackets does
    not turn an Indonesian article Serbian.
    """
    sample = _sample(text)
    counts = _letters(sample)
    kana = counts.pop("Hiragana", 0) + counts.pop("Katakana", 0)
    east_asian = counts.pop("Han", 0) + kana
    script, letters = max(counts.items(), key=itemgetter(1), default=("", 0))
    if east_asian > letters:
        return "ja" if kana > KANA_SHARE * east_asian else "zh"
    if letters < LETTERS_MIN:
        return ""
    if script in ONE_LANGUAGE:
        return ONE_LANGUAGE[script]
    if counts.total() + east_asian > letters:
        sample = _SCRIPT_RUN.sub(lambda run: run[0] if run.lastgroup == script else " ", sample)
    return _detect_statistically(sample)


def _letters(sample: str) -> Counter[str]:
    """How many letters of each script there are; the Latin ones, nearly all in most texts, are counted at once."""
    others = _LATIN.sub("", sample)
    counts = Counter({"Latin": len(sample) - len(others)} if len(others) < len(sample) else {})
    if not others.isascii():
        for run in _SCRIPT_RUN.finditer(others):
            counts[str(run.lastgroup)] += run.end() - run.start()
    return counts


def _sample(text: str) -> str:
    """The first lines of `text` that are not mark-up, up to `SAMPLE_CHARACTERS`."""
    lines: list[str] = []
    size = 0
    for line in _TAG_OR_ADDRESS.sub(" ", text[:READ_CHARACTERS]).splitlines():
        if len(_MARKUP.findall(line)) <= MARKUP_SHARE * len(line):
            lines.append(line[: SAMPLE_CHARACTERS - size])
            size += len(lines[-1]) + 1
            if size >= SAMPLE_CHARACTERS:
                break
    return "\n".join(lines)


def _detect_statistically(sample: str) -> str:
    ranking = dict(_identifier().rank(sample))
    language = max(ranking, key=ranking.__getitem__)
    if language in MARKERS:
        return _tell_archipelago_apart(sample, language, ranking)
    return language if ranking[language] >= CERTAIN else ""


def _tell_archipelago_apart(sample: str, language: str, ranking: dict[str, float]) -> str:
    if sum(ranking[name] for name in ("id", "ms", "jv")) < CERTAIN:
        return ""
    marked = Counter(map(_MARKED.get, map(str.casefold, _WORD.findall(sample))))
    if marked["su"] > max(2, marked["jv"] + marked["id"] + marked["ms"]):
        return "su"
    if language == "jv":
        return language
    if marked["ms"] != marked["id"]:
        return "ms" if marked["ms"] > marked["id"] else "id"
    return "ms" if ranking["ms"] > MALAY_SHARE * (ranking["ms"] + ranking["id"]) else "id"


@cache
def _identifier() -> LanguageIdentifier:
    """The model over the languages that have a two-letter code; half a second to load, hence not at import."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([language for language in identifier.labels if len(language) == 2])
    return identifier
