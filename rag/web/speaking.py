"""The language a visitor is spoken to in: it comes with every request, so that each answer follows it."""

from __future__ import annotations

import gradio as gr

from rag.web.strings import LANGUAGES, language_of

COOKIE = "kutip_language"
"""Set by the switch on the page; a cookie, because the browser then sends it with every request by itself."""


def spoken(request: gr.Request) -> str:
    """The language that the page's address asks for with `?lang=`, else the one chosen with the switch, else the browser's."""
    asked = (request.query_params.get("lang"), request.cookies.get(COOKIE))
    return next((one for one in asked if one in LANGUAGES), browser_language(request))


def browser_language(request: gr.Request) -> str:
    return language_of(request.headers.get("accept-language"))
