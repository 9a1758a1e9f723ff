"""What stands between an article's text and the browser: every foreign text goes through one of these."""

from __future__ import annotations

import html
import re

_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and the direction marks that can make a line read other than it is written."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def one_line(text: str) -> str:
    """`text` as a title or snippet: without control and direction characters, each white space one blank."""
    return re.sub(r"\s+", " ", _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text)))


def md_escape(text: str) -> str:
    """`text` on one line, as Markdown that Gradio's Chatbot shows as exactly these characters.

    A blank at either end stays, so that escaped pieces of a line can be joined again.
    """
    text = one_line(text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}#|~$!])", r"\\\1", text)
    # Entities, because inside the words of a link the browser's Markdown reader takes the backslash off and reads again.
    text = text.replace("[", "&#91;").replace("]", "&#93;")
    # Gradio puts LaTeX aside as %%%LATEX_BLOCK_0%%% before Markdown is read, and makes links of bare addresses.
    text = text.replace("%%%", "&#37;%%").replace("://", "&#58;//").replace("@", "&#64;")
    text = re.sub(r"(?i)(www)\.", r"\1&#46;", text)
    # What opens a list, a table or a heading does so only at the start of a line.
    text = re.sub(r"^(\s?\d{1,9})([.)])", r"\1\\\2", text)
    return re.sub(r"^(\s?)([-+=:])", r"\1\\\2", text)


def html_escape(text: str) -> str:
    """`text` for an element or a quoted attribute, every visible and invisible character kept."""
    return html.escape(_SURROGATE.sub("\ufffd", text).replace("\x00", "\ufffd"), quote=True)


def html_line(text: str) -> str:
    """`text` as a title or label in HTML."""
    return html.escape(one_line(text), quote=True)
