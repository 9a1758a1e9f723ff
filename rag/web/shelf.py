"""The collection's card: what it holds in numbers, and its articles to search and read; it follows what others add."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import gradio as gr

from rag.catalogue import Order, Overview
from rag.errors import RagError
from rag.web.opening import Opening, Phase
from rag.web.render import masthead_html
from rag.web.shelf_html import PAGE, bar_html, counts_html, finder_html, note_html, table_html
from rag.web.shelf_keeping import add_keeping
from rag.web.shelf_picks import picked_filters, read_picks
from rag.web.shelf_script import SCRIPT
from rag.web.speaking import spoken
from rag.web.strings import LANGUAGES, say
from rag.web.wording import error_words

_ASKED_MAX = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor wants to see of the list; `picks` is what they chose in the charts, `form` how their browser wrote it all."""

    words: str = ""
    order: Order = Order.NEWEST
    start: int = 0
    picks: Mapping[str, str] = field(default_factory=dict)
    form: str = ""

    @classmethod
    def parse(cls, form: object) -> Asked:
        """Of `["words", "order", start, {"chart": "value"}]` as JSON; whatever else a browser sends is the first page of all articles."""
        try:
            words, order, start, picks = json.loads(form[:_ASKED_MAX]) if isinstance(form, str) else ()
            if isinstance(words, str) and isinstance(start, int) and 0 <= start < 2**31:
                return cls(words.encode("utf-8", "replace").decode(), Order(order), start, read_picks(picks), form)
        except (ValueError, TypeError, RecursionError):
            pass
        return cls()


def add_shelf(page: gr.Blocks, opening: Opening, masthead: gr.HTML, *, writable: bool = False) -> None:
    """Puts the card into the Blocks being built, closed; `masthead`, which tells the counts too, is kept up to date with it."""
    bar = gr.HTML(bar_html(LANGUAGES[0]), html_template="${value}", elem_classes=["shelf-bar"])
    with gr.Column(elem_classes=["shelf"]):
        counts = gr.HTML("", html_template="${value}")
        if writable:
            add_keeping(page, opening)
        finder = gr.HTML(finder_html(LANGUAGES[0]), html_template="${value}")
        table = gr.HTML("", html_template="${value}", js_on_load=SCRIPT)

    def listed(event: gr.EventData, request: gr.Request) -> tuple[str, str, object]:
        return shelf(opening, getattr(event, "asked", None), spoken(request), writable=writable)

    def looked(event: gr.EventData, request: gr.Request) -> tuple[object, object, object]:
        if str(getattr(event, "generation", "")) == str(generation(opening)):
            return gr.skip(), gr.skip(), gr.skip()
        return shelf(opening, getattr(event, "asked", None), spoken(request), writable=writable)

    def dressed(request: gr.Request) -> tuple[str, str]:
        return bar_html(spoken(request)), finder_html(spoken(request))

    quiet = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    shown = [counts, table, masthead]
    table.list(listed, None, shown, trigger_mode="multiple", **quiet)  # a deferred one would lose what it asks for
    table.look(looked, None, shown, trigger_mode="once", **quiet)
    page.load(dressed, None, [bar, finder], **quiet)


def shelf(opening: Opening, form: object, language: str, *, writable: bool = False) -> tuple[str, str, object]:
    """The counts, the list and the head of the page; while there is no collection, why."""
    asked = Asked.parse(form)
    if not opening.wait(0):
        return "", note_html(say("shelf.preparing", language), language), gr.skip()
    try:
        collection = opening.collection()
        overview, searched = collection.overview(), collection.searched()
        filters = picked_filters(asked.picks)
        listing = collection.browse(asked.words, filters=filters, order=asked.order, start=asked.start, limit=PAGE)
        if asked.start and not listing.cards:  # what stood there was removed
            last = max(0, listing.total - 1) // PAGE * PAGE
            listing = collection.browse(asked.words, filters=filters, order=asked.order, start=last, limit=PAGE)
    except RagError as error:
        return "", note_html(error_words(error, language), language, str(error)), gr.skip()
    head = masthead_html(opening.state, searched, language)
    table = table_html(overview, listing, asked.form, language, asked.picks, writable=writable)
    return counts_html(overview, language), table, head


def generation(opening: Opening) -> int | str:
    """The number of the collection's last change: all that is looked up while nothing changes; '' while there is none."""
    if opening.state.phase is not Phase.READY:
        return ""
    try:
        overview: Overview = opening.collection().overview()
    except RagError:
        return ""
    return overview.generation
