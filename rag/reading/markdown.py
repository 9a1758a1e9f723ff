"""Markdown -> the words a reader of the rendered page sees, on the lines they stood on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.reading.markup import CELLS, HIDDEN, KNOWN, LINES, PARAGRAPHS
from rag.reading.unreadable import Unreadable

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NESTING_MAX = 50
"""Quotations and lists within each other; beyond its limit markdown-it would drop the words."""

OPEN_MARKS_MAX = 1000
"""Each unclosed `[`, `<!` or `<?` makes markdown-it read to the end of the paragraph."""

TIMES = "\ufdd0"
"""Stands for a star between digits while Markdown is read (`2*3*4` is a product); Unicode has no such character."""

_PRODUCT = re.compile(r"(?<=\d)\*+(?=\d)")

_LINK = re.compile(r"\[[^\[\]\n]{1,300}\]\((?:#|https?://|mailto:|www\.|\.{0,2}/)[^\s()]*\)")
_STRONG = re.compile(r"(?<![\w*])\*\*(?=[^\s*])[^*\n]{0,500}[^\W\d_][^*\n]{0,500}(?<=[^\s*])\*\*(?![\w*])")
_HEADING = re.compile(r"(?:\A|\n[ \t]*\n)#{1,6}[ \t]+(?=[^\n]{0,200}[^\W\d_])[^\n]{1,200}(?<![.:;,])(?=\n[ \t]*(?:\n|\Z)|\Z)")

_LEFT_OVER_STRONG = re.compile(r"(?<![\d*])(\*\*)(?=[^\s*])([^*\n]{1,1000})(?<=[^\s*])\*\*(?![\d*])")
_CODE_LANGUAGE = re.compile(r"[\w+#.-]{0,20}", re.ASCII)
_COMMENT_END = "-->"
_DELIMITER_ROW = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_TAG_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_NESTED = re.compile(rf"[ \t]*(?:>[ \t]*|(?:[-+*]|\d{{1,9}}[.)])[ \t]+){{{NESTING_MAX}}}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of a Markdown document; `title` is the heading at its top, or '', and `body` the text without it."""

    title: str
    text: str
    body: str


def looks_like_markdown(text: str) -> bool:
    """Whether a text that is not said to be Markdown clearly is: a heading paragraph, a link with a target, a strong word.

    Bullets, `2 * 3 * 4`, `snake_case`, `#hashtag`, a footnote's `*` are what plain texts have too.
    """
    return any(pattern.search(text) for pattern in (_HEADING, _STRONG, _LINK))


def render(source: str) -> Rendered:
    """Removes the mark-up of Markdown and of HTML tags within it; every other word stays, in order, on its line.

    Numbers and bullets of lists stay; the words of images are their alternative texts; a table's cells are parted by tabs.
    Raises `Unreadable` for nesting without end.
    """
    source = _without_tables(_without_comments(source.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")))
    if TIMES not in source:
        source = _PRODUCT.sub(lambda stars: TIMES * len(stars[0]), source)
    if _is_tangled(source):
        raise Unreadable("its Markdown is nested too deeply or broken: save it as plain text")
    try:
        blocks = list(_blocks(_parser().parse(source)))
    except RecursionError as error:
        raise Unreadable("its Markdown is nested too deeply: save it as plain text") from error
    title = _title_block(blocks)
    kept = [block for block in blocks if block is not title]
    return Rendered(" ".join(title.text.split()) if title else "", _laid_out(blocks), _laid_out(kept))


def _is_tangled(source: str) -> bool:
    """Whether reading `source` would take time out of proportion, or go deeper than markdown-it goes."""
    if source.count("<!") + source.count("<?") > OPEN_MARKS_MAX or any(map(_NESTED.match, source.split("\n"))):
        return True
    open_brackets = 0
    for line in source.split("\n"):
        open_brackets = open_brackets + line.count("[") - line.count("]") if line.strip() else 0
        if abs(open_brackets) > OPEN_MARKS_MAX:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, heading or code block: `level` is that of a heading, else 0; `start` and `end` are lines of the source."""

    text: str
    level: int
    start: int
    end: int


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Indented lines are paragraphs in articles, and HTML blocks are paragraphs with tags.
    parser = MarkdownIt("commonmark", {"html": True, "typographer": False, "linkify": False, "maxNesting": 4 * NESTING_MAX})
    return parser.enable("strikethrough").disable(["code", "html_block"])


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    markers: list[str] = []
    item: Sequence[int] = (0, 0)
    level = 0
    for token in tokens:
        if token.type == "list_item_open":
            markers.append(f"{token.info}{token.markup} ")
            item = token.map or (0, 0)
        elif token.type == "list_item_close" and markers:
            # An item without words still has its number.
            yield _Block("".join(markers).rstrip(), 0, item[0], item[0] + 1)
            markers = []
        elif token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type in ("inline", "fence"):
            text = _inline(token.children or []).strip("\n\t") if token.type == "inline" else _code(token)
            start, end = token.map or (0, 0)
            if text.strip() or markers:
                yield _Block("".join(markers) + text, level, start, end)
            markers, level = [], 0


def _code(token: Token) -> str:
    """The lines of a code block, below what its opening line says unless that is the one word that names the language."""
    said = "" if _CODE_LANGUAGE.fullmatch(token.info.strip()) else token.info.strip() + "\n"
    return (said + token.content).rstrip("\n").replace(TIMES, "*")


def _inline(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    hidden = ""
    for number, token in enumerate(tokens):
        if token.type == "html_inline":
            slash, name = _tag(token.content)
            if hidden:
                hidden = "" if slash and name == hidden else hidden
            elif name in HIDDEN and not slash and _closes(tokens, number, name):
                hidden = name
            else:
                parts.append(_html(token.content, name))
        elif hidden:
            continue
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_inline(token.children or []))
        elif token.type in ("text", "text_special", "code_inline"):
            parts.append(token.content)
    return _LEFT_OVER_STRONG.sub(r"\2", "".join(parts)).replace(TIMES, "*")


def _tag(html: str) -> tuple[str, str]:
    match = _TAG_NAME.match(html)
    return (match[1], match[2].lower()) if match else ("", "")


def _closes(tokens: Sequence[Token], number: int, name: str) -> bool:
    return any(token.type == "html_inline" and _tag(token.content) == ("/", name) for token in tokens[number + 1 :])


def _html(html: str, name: str) -> str:
    """What a tag leaves in the text: a line break for `<br>` or `<p>`, itself where no such tag is known (`<nama>`)."""
    if name in PARAGRAPHS or name in LINES:
        return "\n"
    if name in CELLS:
        return "\t"
    return "" if name in KNOWN or not name else html


def _title_block(blocks: Sequence[_Block]) -> _Block | None:
    """The heading that is the first block, or a first-level one below at most two short lines; not when it is all there is."""
    for number, block in enumerate(blocks[:3]):
        if block.level and (block.level == 1 or number == 0):
            return block if len(blocks) > 1 else None
        if len(block.text) > 200 or block.text.endswith((".", "!", "?")):
            return None
    return None


def _laid_out(blocks: Sequence[_Block]) -> str:
    """The blocks with as many line breaks between them as the source has."""
    parts: list[str] = []
    last = None
    for block in blocks:
        if last is not None:
            parts.append("\n" * max(1, block.start - last + 1))
        parts.append(block.text)
        last = block.end
    return "".join(parts)


def _without_comments(source: str) -> str:
    """`source` without closed HTML comments, in one pass over it."""
    parts: list[str] = []
    at = 0
    while (start := source.find("<!--", at)) >= 0 and (end := source.find(_COMMENT_END, start + 4)) >= 0:
        parts.append(source[at:start])
        at = end + len(_COMMENT_END)
    return "".join([*parts, source[at:]])


def _without_tables(source: str) -> str:
    """Tables as lines of words parted by tabs; the row of dashes below a table's head goes."""
    lines = source.split("\n")
    result: list[str] = []
    in_table = False
    for number, line in enumerate(lines):
        head = "|" in line and number + 1 < len(lines) and "|" in lines[number + 1] and _DELIMITER_ROW.fullmatch(lines[number + 1])
        if in_table and "|" in line and _DELIMITER_ROW.fullmatch(line):
            continue
        in_table = bool(head) or (in_table and "|" in line)
        result.append(_cells(line) if in_table else line)
    return "\n".join(result)


def _cells(row: str) -> str:
    cells = re.split(r"(?<!\\)\|", row.strip().strip("|"))
    return "\t".join(cell.strip() for cell in cells)
