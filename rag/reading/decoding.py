"""Bytes -> characters, losing none: byte order marks, UTF-8, a stated encoding, then charset-normalizer."""

from __future__ import annotations

import codecs
import re

from rag.reading.unreadable import Unreadable

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 stands before UTF-16: its little-endian mark begins with that of UTF-16."""

USUAL_ENCODINGS = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "koi8_r", "iso8859_2", "iso8859_5", "cp932",
    "euc_jp", "gb18030", "big5", "cp949"
)  # fmt: skip
"""Encodings that articles are met in; for each family the Windows superset, which the narrower standard is part of."""

SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""What a page that names the narrower encoding really uses, as browsers read it (WHATWG Encoding Standard)."""

BINARY_KINDS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3\x00", "a database"),
    (b"{\\rtf", "a rich-text document"),
)

SAMPLE_BYTES = 2**17
"""How much charset-normalizer looks at; the rest must decode without an error too."""

CONTROL_SHARE_MAX = 0.005
"""A text has hardly any control characters; more of them than this share and it is a binary file."""

_SYMBOL_IN_WORD = re.compile(r"[^\W\d_][^\w\s'’.&/·\-](?=[^\W\d_])")

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")


def decode(data: bytes, *, stated: str = "") -> str:
    """The characters of `data`, without a byte order mark; `stated` is the encoding that the file itself names.

    Raises `Unreadable` for a binary file and where no encoding fits: nothing is ever replaced by U+FFFD.
    """
    for magic, kind in BINARY_KINDS:
        if data.startswith(magic):
            raise Unreadable(f"is {kind}, not text: save it as plain text first")
    return _checked(_decoded(data, stated))


def _decoded(data: bytes, stated: str) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(f"says that it is {encoding.upper()}, but byte {len(mark) + error.start} is not: {_SAVE}") from error
    if wide := _wide_encoding(data):
        try:
            return data.decode(wide)
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\x00" in data:
            raise Unreadable("is a binary file, not text") from error
        if _is_damaged_utf8(data):
            raise Unreadable(f"is UTF-8 but for byte {error.start}, where it is damaged: {_SAVE}") from error
    for encoding in (*_named(stated), *_guesses(data)):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"its character encoding is not known: {_SAVE}")


def _checked(text: str) -> str:
    controls = len(_CONTROLS.findall(text))
    if controls > 1 and controls > CONTROL_SHARE_MAX * len(text):
        raise Unreadable("is a binary file, not text")
    return text


def _wide_encoding(data: bytes) -> str:
    """UTF-16 without a mark, where it is clear: the zero high bytes of spaces, digits and Latin letters stand on one side only."""
    if len(data) % 2 or len(data) < 4:
        return ""
    even, odd = data[0:SAMPLE_BYTES:2].count(0), data[1:SAMPLE_BYTES:2].count(0)
    pairs = min(len(data), SAMPLE_BYTES) // 2
    if odd > 0.1 * pairs and even == 0:
        return "utf-16-le"
    if even > 0.1 * pairs and odd == 0:
        return "utf-16-be"
    return ""


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether `data` is UTF-8 with a few bad bytes: another encoding would read all its other letters wrongly.

    Legacy encodings hardly ever form valid sequences of several bytes, so these outnumber the errors only in UTF-8.
    """
    text = data.decode("utf-8", "replace")
    errors = text.count("\ufffd")
    letters = sum(1 for _ in re.finditer("[\x80-\ufffc\U00010000-\U0010ffff]", text))
    return letters > 4 * errors


def _named(stated: str) -> list[str]:
    try:
        name = codecs.lookup(stated).name if stated else ""
    except (LookupError, ValueError):
        return []
    # A codec that is no character encoding (hex, zip) can be named too; and UTF-8 was tried before.
    if not name or name.startswith("utf") or not getattr(codecs.lookup(name), "_is_text_encoding", True):
        return []
    return [SUPERSETS.get(name, name)]


def _guesses(data: bytes) -> list[str]:
    from charset_normalizer import from_bytes

    sample = data[:SAMPLE_BYTES]
    if len(data) > SAMPLE_BYTES:
        # A line feed is never the second half of a character in the usual encodings.
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    found = from_bytes(sample, steps=10, chunk_size=1024, cp_isolation=list(USUAL_ENCODINGS), preemptive_behaviour=False)
    # Equally plausible guesses (windows-1250 and ISO 8859-2 differ in six letters): no word has a symbol inside.
    ranked = sorted(found, key=lambda match: (match.chaos, len(_SYMBOL_IN_WORD.findall(str(match)))))
    return [match.encoding for match in ranked]


_SAVE = "save it as UTF-8"
