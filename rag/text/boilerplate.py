"""Lines that newspapers weave into an article and that are not the article: links to others, share bars, advertisements.

Only whole lines, and only what can be nothing else: an ordinary sentence that begins with "Baca juga" stays.
"""

from __future__ import annotations

import re

from rag.text.sentences import line_spans
from rag.types import Span

LINK_WORDS_MAX = 30
PROMOTION_WORDS_MAX = 40

_ALSO = (
    r"(?:baca|lihat|simak|tonton|cek) (?:juga|pula)|baca lagi|"
    r"(?:also|related|must) (?:read|watch)|read (?:also|more|next)|see also|watch also|"
    r"lesen sie (?:auch|hier|mehr)|mehr zum thema|lees ook|leggi anche|"
    r"(?:lea|lee|vea|ver|te) (?:también|además|puede interesar)|le puede interesar|"
    r"(?:à )?(?:lire|voir) (?:aussi|également)|(?:leia|veja) (?:também|mais)|saiba mais|citește și|czytaj (?:także|też|również)|"
    r"(?:читайте|смотрите) (?:также|також)|читать также|"
    r"[اإ]قر[أا] (?:أيض[اًا]*|المزيد)|[اإ]قر[أا]ً? أيض[اً]+|بیشتر بخوانید|यह भी पढ़ें|আরও পড়ুন|"
    r"ayrıca oku(?:yun)?|(?:xem|đọc) thêm|basahin din|อ่านเพิ่มเติม|"
    r"相关阅读|延伸阅读|相關閱讀|延伸閱讀|関連記事|あわせて読みたい|관련 ?기사"
)
_RELATED = r"related(?: articles?| stor(?:y|ies)| news)?|berita terkait|artikel terkait|more on this(?: story| topic)?|watch|video"
_LEAD = r"[^\w\n«“\"]*"
_COLON = r"\s*[:：|►▶»>→]+\s*"
_LINK = re.compile(rf"{_LEAD}(?:(?:{_ALSO})(?:{_COLON}|\s*[-–—]\s+|[\W_]*$)|(?:{_RELATED}){_COLON})", re.IGNORECASE)
_LINK_WITHOUT_COLON = re.compile(rf"{_LEAD}(?:{_ALSO})\s+(?=[\"“«'‘]?\w)", re.IGNORECASE)
_PROMOTION = re.compile(
    rf"{_LEAD}(?:baca|ikuti|dapatkan|simak|cek|temukan|follow|read|get|join|gabung|yuk)\b.*\b(?:di|on|melalui|via|with|channel|saluran|kanal)\b"
    r".*\b(?:google news|whatsapp channel|channel whatsapp|saluran whatsapp|telegram|google berita)\b",
    re.IGNORECASE,
)
_ADVERTISEMENT = re.compile(
    r"[\W_]*(?:advertisements?|advertising|sponsored(?: content)?|iklan(?: oleh google)?|anzeige|werbung|publicidade?|publicité|pubblicità|"
    r"advertentie|reklama?|реклама|إعلان|广告|廣告|広告|광고|quảng cáo|โฆษณา|"
    r"(?:advertisement )?scroll (?:down )?to continue(?: (?:with content|reading))?|scroll untuk (?:melanjutkan|lanjut)(?: (?:mem)?baca)?|"
    r"gulir untuk (?:melanjutkan|lanjut)(?: membaca)?|(?:lanjut|lanjutkan) membaca di bawah iklan(?: ini)?|"
    r"(?:story|article) continues below(?: (?:this )?advertisement)?|continue reading below(?: advertisement)?)[\W_]*",
    re.IGNORECASE,
)
_SHARE = r"share|bagikan|tweet|teilen|compartir|compartilhar|partager|condividi|delen|поделиться|شارك|分享|シェア|공유|paylaş|chia sẻ|แชร์"
_SITES = (
    r"facebook|twitter|x|whatsapp|telegram|instagram|linkedin|pinterest|threads|tiktok|line|e-?mail|messenger|reddit|copy link|"
    r"copy url|salin (?:tautan|link)|print|cetak|fb|wa"
)
_SHARE_BAR = re.compile(
    rf"[\W_]*(?:(?:{_SHARE})(?: (?:this|artikel(?: ini)?|berita(?: ini)?|article|story|on|ke|di|via|:))*|"
    rf"(?:{_SITES})[\W_]+(?:{_SITES}|{_SHARE}))"
    rf"(?:[\W_]+(?:{_SITES}|{_SHARE}))*[\W_]*",
    re.IGNORECASE,
)
_SITE = re.compile(rf"[\W_]*(?:{_SITES})[\W_]*", re.IGNORECASE)
_CLOSING_MARK = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]]*$")
_LINE_CHARACTERS_MAX = 400


def boilerplate_spans(text: str) -> list[Span]:
    """The lines of `text` that are boilerplate, trimmed, in order and disjoint."""
    found = []
    titles_follow = sharing = False
    before = ""
    lines = line_spans(text)
    for at, line in enumerate(lines):
        words = text[line.start : line.end] if line.end - line.start <= _LINE_CHARACTERS_MAX else ""
        after = text[lines[at + 1].start] if at + 1 < len(lines) else ""
        link = _is_link(words, before, after)
        sharing = bool(_SHARE_BAR.fullmatch(words)) or (sharing and bool(_SITE.fullmatch(words)))
        titles = titles_follow and _is_bare_title(words)
        if link or titles or sharing or _ADVERTISEMENT.fullmatch(words) or _is_promotion(words):
            found.append(line)
        # "Baca juga:" alone on its line announces the titles on the lines after it: one, or as many as have bullets.
        titles_follow = (link and words.endswith((":", "："))) or (titles and not words[0].isalnum())
        before = words or text[line.start : line.end][-_LINE_CHARACTERS_MAX:]
    return found


def _is_link(words: str, before: str, after: str) -> bool:
    """Whether a line between the line `before` and the character `after` points to another article."""
    if len(words.split()) > LINK_WORDS_MAX:
        return False
    if _LINK.match(words):
        return True
    # Without a colon it must look like a title on its own: nothing broken off before, no closing mark, nothing going on.
    match = _LINK_WITHOUT_COLON.match(words)
    alone = not before or bool(_CLOSING_MARK.search(before))
    return bool(match) and alone and not after.islower() and not words[match.end()].islower() and not _CLOSING_MARK.search(words)


def _is_bare_title(words: str) -> bool:
    return bool(words) and len(words.split()) <= LINK_WORDS_MAX and not words[0].islower() and words[-1] not in ".…。;,"


def _is_promotion(words: str) -> bool:
    return bool(_PROMOTION.match(words)) and len(words.split()) <= PROMOTION_WORDS_MAX
