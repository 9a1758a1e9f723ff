"""Texts written to do harm, in the screens around an answer: parts, form, charts, uploads, exports, a conversation tampered with."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from browser import ask
from fakes import WordCountEmbedder
from page_articles import ATTACKS, HOSTILE, VISIT
from page_collection import PageCollection
from playwright.sync_api import Locator, Route, expect

from rag import Collection
from rag.conversing.saving import turns_as_text, turns_from_text
from rag.conversing.turns import Turn
from rag.filters import Filters
from rag.web.escaping import one_line

pytest_plugins = ("page_browser",)

COLLECTED = [replace(one, language="id", published="2022") for one in HOSTILE]
KINDS = {"BUTTON", "DETAILS", "DIV", "FORM", "H2", "I", "INPUT", "LABEL", "LI", "OPTION", "P", "PROGRESS", "SECTION", "SELECT", "SPAN", "SUMMARY", "UL"}
KINDS |= {"A", "BLOCKQUOTE", "BR", "DATALIST", "MARK", "STRONG", "TABLE", "TBODY", "TD", "TH", "THEAD", "TR"}


@pytest.fixture(scope="module")
def collection() -> PageCollection:
    return PageCollection([VISIT, *COLLECTED])


@pytest.fixture(scope="module")
def address(serve, collection) -> str:
    return serve(collection)


def inert(screen: Locator) -> None:
    """Nothing in it but the page's own elements, and no attribute that a script could stand in."""
    elements = screen.locator("*").evaluate_all("all => all.map((one) => [one.tagName, ...one.getAttributeNames()])")
    assert elements and {kind for kind, *_ in elements} <= KINDS
    assert not [names for _, *names in elements if any(name.startswith("on") or name in ("srcdoc", "src", "formaction") for name in names)]
    assert not screen.locator("a").evaluate_all("all => all.filter((one) => !/^#(cite|read)=/.test(one.getAttribute('href')))")
    assert screen.page.evaluate("window.harm") is None


def visible(text: str) -> str:
    return one_line(text).strip()


def test_what_the_form_proposes_and_what_it_sets_is_text(visit, address):
    page = visit(address)
    expect(page.locator(".masthead .ready")).to_be_visible()
    page.locator(".bar .narrow").click()
    form = page.locator("form.narrow-form")
    inert(form)
    proposed = form.locator("datalist#articles option").evaluate_all("all => all.map((one) => [one.value, one.textContent])")
    assert {(name, visible(title)) for name, title in proposed} == {(one.id, visible(one.heading)) for one in [VISIT, *COLLECTED]}
    form.locator("[name=source]").fill(ATTACKS[0])
    form.locator("[name=article]").fill(COLLECTED[1].id)
    form.locator(".apply").click()
    expect(page.locator(".bar .set button")).to_have_text([f"source {visible(ATTACKS[0])}", f"article {visible(COLLECTED[1].id)}"])
    inert(page.locator(".bar"))


def test_bars_and_what_they_choose_are_text(visit, address):
    page = visit(address)
    page.locator(".shelf-toggle").click()
    expect(page.locator(".shelf-list tbody tr")).to_have_count(len(COLLECTED) + 1)
    sources = page.locator(".shelf-chart", has=page.get_by_role("heading", name="By source"))
    sources.locator("summary").click()
    for attack in ATTACKS:
        sources.locator("button", has_text=visible(attack)).first.click()
        expect(page.locator(".shelf-picked button")).to_have_text(visible(attack))
        expect(page.locator(".shelf-list tbody tr")).to_have_count(1)
    inert(page.locator(".shelf"))


def harmful(turn: Turn, attack: str) -> Turn:
    lost = [replace(one, article_id=attack) for one in turn.references[1:]]
    return replace(turn, question=attack, carried=(attack,), filters=Filters(sources=(attack,)), references=(*turn.references[:1], *lost))


def test_a_conversation_that_was_tampered_with_is_text(visit, address):
    def tamper(route: Route) -> None:
        """Rewrites the conversation that the page sends to the server, as its owner can."""
        body = json.loads(route.request.post_data)
        for kept in body["data"]:
            if isinstance(kept, dict) and "turns" in kept:
                [turn] = turns_from_text(kept["turns"])
                kept["turns"] = turns_as_text([harmful(turn, attack) for attack in ATTACKS])
        route.continue_(post_data=json.dumps(body))

    page = visit(address)
    ask(page, "Siapa didampingi Haniyeh serangan nomor")
    expect(page.locator(".chat blockquote").first).to_be_visible()
    page.route("**/queue/join*", tamper)
    page.reload()
    shown = [visible(attack) for attack in ATTACKS]
    expect(page.locator(".chat .user")).to_have_text(shown)
    expect(page.locator(".chat .about button")).to_have_text(shown)
    expect(page.locator(".chat .filter [name=sources-0]")).to_have_text([f"source {one}" for one in shown])
    inert(page.locator(".chat [data-testid=bot]"))


def test_exports_are_files_and_nothing_on_the_page(visit, address):
    page = visit(address)
    ask(page, "serangan nomor 1000")
    expect(page.locator(".chat blockquote").first).to_be_visible()
    for form in ("md", "csv", "bib", "ris"):
        page.locator(".bar summary").press("Enter")
        with page.expect_download() as download:
            page.locator(f".bar [name=export-{form}]").press("Enter")
        with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
            text = file.read()
        assert download.value.suggested_filename == f"kutip.{form}" and len(text) > 100
        if form == "csv":
            assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if cell[:1] in ("=", "+", "-", "@", "\t")]
    inert(page.locator(".files"))


def test_what_became_of_an_upload_is_text(visit, serve, tmp_path):
    with Collection.open(tmp_path / "index", embedder=WordCountEmbedder()) as held:
        page = visit(serve(held, writable=True), locale="id-ID")
        page.locator(".shelf-toggle").click()
        lines = "\n".join(json.dumps({"id": attack, "text": text}) for attack in ATTACKS for text in (f"Satu {attack}", f"Dua {attack}"))
        upload = {"name": "berita.jsonl", "mimeType": "text/plain", "buffer": lines.encode()}
        page.locator(".shelf-drop input[type=file]").set_input_files([upload])
        expect(page.locator(".shelf-outcomes .refused > ul > li")).to_have_count(len(ATTACKS))
        said = page.locator(".shelf-outcomes").text_content()
        assert all(visible(attack) in one_line(said) for attack in ATTACKS) and "bahasa Inggris" not in said
        expect(page.locator(".shelf-list tbody tr")).to_have_count(len(ATTACKS))
        for screen in (".shelf-outcomes", ".shelf-list"):
            inert(page.locator(screen))
        page.locator(".shelf-list .ask-remove").first.click()
        page.locator(".shelf-list .remove").first.click()
        expect(page.locator(".shelf .undo")).to_be_focused()
        inert(page.locator(".shelf-note"))
