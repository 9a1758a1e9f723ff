"""Dates, names of languages and errors as people write them, in each language of the interface."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from rag.errors import RagError
from rag.types import Article
from rag.web.strings import TEXTS, say

_VALUES_NAMED = 3

_MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "id": ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
}

NAMES = {
    "ar": ("Arabic", "Arab"),
    "bg": ("Bulgarian", "Bulgaria"),
    "bn": ("Bengali", "Bengali"),
    "ca": ("Catalan", "Katala"),
    "cs": ("Czech", "Ceko"),
    "da": ("Danish", "Denmark"),
    "de": ("German", "Jerman"),
    "el": ("Greek", "Yunani"),
    "en": ("English", "Inggris"),
    "es": ("Spanish", "Spanyol"),
    "et": ("Estonian", "Estonia"),
    "fa": ("Persian", "Persia"),
    "fi": ("Finnish", "Finlandia"),
    "fr": ("French", "Prancis"),
    "he": ("Hebrew", "Ibrani"),
    "hi": ("Hindi", "Hindi"),
    "hr": ("Croatian", "Kroasia"),
    "hu": ("Hungarian", "Hungaria"),
    "id": ("Indonesian", "Indonesia"),
    "it": ("Italian", "Italia"),
    "ja": ("Japanese", "Jepang"),
    "jv": ("Javanese", "Jawa"),
    "km": ("Khmer", "Khmer"),
    "ko": ("Korean", "Korea"),
    "lo": ("Lao", "Laos"),
    "lt": ("Lithuanian", "Lituania"),
    "lv": ("Latvian", "Latvia"),
    "ms": ("Malay", "Melayu"),
    "my": ("Burmese", "Burma"),
    "nl": ("Dutch", "Belanda"),
    "no": ("Norwegian", "Norwegia"),
    "pl": ("Polish", "Polandia"),
    "pt": ("Portuguese", "Portugis"),
    "ro": ("Romanian", "Rumania"),
    "ru": ("Russian", "Rusia"),
    "sk": ("Slovak", "Slowakia"),
    "sl": ("Slovenian", "Slovenia"),
    "sr": ("Serbian", "Serbia"),
    "su": ("Sundanese", "Sunda"),
    "sv": ("Swedish", "Swedia"),
    "sw": ("Swahili", "Swahili"),
    "ta": ("Tamil", "Tamil"),
    "te": ("Telugu", "Telugu"),
    "th": ("Thai", "Thai"),
    "tl": ("Tagalog", "Tagalog"),
    "tr": ("Turkish", "Turki"),
    "uk": ("Ukrainian", "Ukraina"),
    "ur": ("Urdu", "Urdu"),
    "vi": ("Vietnamese", "Vietnam"),
    "zh": ("Chinese", "Tionghoa"),
}


def language_name(code: str, language: str) -> str:
    """The name of the language `code`; the code itself where the name is not known."""
    english, indonesian = NAMES.get(code, (code, code))
    return indonesian if language == "id" else english


def facts(article: Article, language: str) -> list[str]:
    """Source, author and date, as far as they are known."""
    known = [article.source, article.author if article.author != article.source else ""]
    if article.published:
        date = written_date(article.published, language)
        known.append(f"{date} ({say('dateline', language)})" if article.published_from == "dateline" else date)
    return [fact for fact in known if fact.strip()]


def web_address(url: str) -> str:
    """`url` if it is http(s), else nothing: `javascript:` is an address too."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def either(values: Sequence[str], language: str) -> str:
    """`tribun or kompas or tempo and 2 more`."""
    named = say("filter.or", language).join(values[:_VALUES_NAMED])
    return named + (say("filter.more", language, n=len(values) - _VALUES_NAMED) if len(values) > _VALUES_NAMED else "")


def error_words(error: RagError, language: str) -> str:
    """What kind of error this is, for a reader; its own message, in English and with the technical detail, goes beside."""
    keys = (f"error.{kind.__name__}" for kind in type(error).__mro__)
    return say(next((key for key in keys if key in TEXTS), "error.RagError"), language)


def written_date(iso: str, language: str) -> str:
    """`2022-09-10` -> `10 September 2022`, `2022-09` -> `September 2022`; anything else stays as it is."""
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?", iso, re.ASCII | re.DOTALL)
    if not match:
        return iso
    year, month, day = match.groups()
    if month is None:
        return year
    if not 1 <= int(month) <= 12:
        return iso
    words = f"{_MONTHS[language][int(month) - 1]} {year}"
    return f"{int(day)} {words}" if day else words
