"""What the people of a game say, in many languages: stories of kings, wars, journeys and law, told by translators.

The Battle for Wesnoth (GPL 2 or later, the texts with it) has its translations in gettext's binary catalogues, which
Debian's packages wesnoth-1.16-* put into /usr/share/games.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from training.pairs import WESNOTH, Pair, usable

GAMES = Path("/usr/share/games/wesnoth")
FOLDERS = {"zh": ("zh_CN", "zh_TW"), "pt": ("pt", "pt_BR")}
"""Where they are not called as the language is."""
_CONTEXT = re.compile(r"^[^^]*\^")
"""Before an English text that is translated differently in different places: "female^Orc"."""
_CODE = re.compile(r"[<>{}$%|=\\_]|&\w")
"""Markup and places to fill in, which the two languages may have in another order."""


def catalogue_pairs(language: str, limit: int | None = None, games: Path = GAMES) -> list[Pair]:
    """(text, English) of each translated message of running text; none where `games` has no such language.

    In the order of files and, in each, of the English: what stands side by side need not belong together (training/pairs.py).
    """
    paths = [path for folder in FOLDERS.get(language, (language,)) for path in sorted(games.glob(f"*/locale/{folder}/LC_MESSAGES/*.mo"))]
    if not paths:
        return []
    import polib

    found = (pair for path in paths for entry in polib.mofile(str(path)) if (pair := _pair(entry.msgid, entry.msgstr, language)) is not None)
    return list(islice(dict.fromkeys(found), limit))


def _pair(english: str, text: str, language: str) -> Pair | None:
    english, text = " ".join(_CONTEXT.sub("", english).split()), " ".join(text.split())
    return Pair(text, english, language, WESNOTH) if usable(text, english) and not _CODE.search(english + text) else None
