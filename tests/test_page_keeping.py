"""The card where the page may change the collection: files dropped in, articles removed and brought back."""

from __future__ import annotations

import json
import threading

import pytest
from browser import PHONE, WIDE, fits
from fakes import WordCountEmbedder
from page_articles import DOHA, VISIT
from page_calls import functions, post, send
from page_collection import PageCollection
from playwright.sync_api import Page, expect

from rag import Article, Collection
from rag.web.opening import Opening
from rag.web.page import build_page
from rag.web.shelf_guard import BoundedUploads
from rag.web.shelf_keeping import FILES_MAX, UPLOAD_BYTES_MAX, Undo

pytest_plugins = ("page_browser",)

SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
STAYING = [Article(f"berita/{number}.txt", f"Kabar {number}", f"Harga beras naik {number} persen.", "Kompas", language="id") for number in range(3)]


class Held(WordCountEmbedder):
    """Reads passages only while it may; questions always."""

    def __init__(self) -> None:
        super().__init__()
        self.may_read = threading.Event()
        self.may_read.set()

    def encode_document(self, documents):
        assert self.may_read.wait(60)
        return super().encode_document(documents)


@pytest.fixture(scope="module")
def embedder():
    return Held()


@pytest.fixture(scope="module")
def held(tmp_path_factory, embedder):
    with Collection.open(tmp_path_factory.mktemp("keeping") / "index", embedder=embedder) as collection:
        collection.add([VISIT, DOHA, *STAYING])
        yield collection


@pytest.fixture(scope="module")
def address(serve, held):
    return serve(held, writable=True)


def opened(page: Page) -> Page:
    page.locator(".shelf-toggle").click()
    expect(page.locator(".shelf-list tbody tr").first).to_be_visible()
    return page


def file(name: str, text: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def drop(page: Page, *files: dict[str, object]) -> None:
    page.locator(".shelf-drop input[type=file]").set_input_files(list(files))


def stored(collection):
    with collection._reader.snapshot() as snapshot:
        return {article.id: (article, *origin) for article, *origin in snapshot.origins()}


@SIZES
def test_files_are_added_and_each_says_what_became_of_it(visit, address, held, size):
    page = opened(visit(address, size))
    name = "<img src=x onerror='window.harm = 1'>.txt"
    good, bad = file("banjir.txt", "Judul banjir\n\nBanjir besar melanda kota Demak."), file("gambar.png", "x")
    try:
        drop(page, good, bad, file(name, "Judul aneh\n\nHujan lebat turun."))
        expect(page.locator(".shelf-summary")).to_have_text("Finished: 2 added, 1 refused.")
        outcomes = page.locator(".shelf-outcomes > li")
        expect(outcomes.filter(has_text="banjir.txt")).to_contain_text("1 added")
        expect(outcomes.filter(has_text="gambar.png")).to_contain_text("use .txt, .md, .html")
        assert page.locator(".shelf-outcomes img").count() == 0 and page.evaluate("window.harm") is None
        expect(page.locator(".shelf-list")).to_contain_text("Judul banjir")
        expect(page.locator(".masthead .ready")).to_contain_text("7 articles")
        assert fits(page)
        drop(page, good)
        expect(page.locator(".shelf-summary")).to_have_text("Finished: 1 already there.")
        page.locator(".ask textarea").fill("banjir Demak")
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".chat blockquote").first).to_contain_text("melanda kota Demak")
    finally:
        for card in held.articles():
            if card.id.startswith("uploaded/"):
                held.remove(card.id)


def test_the_field_for_files_speaks_the_language_that_is_chosen(visit, address):
    for locale in ("en-US", "id-ID"):
        page = opened(visit(f"{address}/?lang=id", locale=locale))
        expect(page.locator(".shelf-drop label")).to_contain_text("letakkan berkas di sini")
        expect(page.locator(".shelf-drop [data-testid=upload-text]")).to_have_css("visibility", "hidden")
        page.locator(".shelf-drop button").focus()
        expect(page.get_by_role("button", name="letakkan berkas di sini")).to_be_focused()


def test_adding_shows_progress_can_be_cancelled_and_leaves_asking_alone(visit, address, held, embedder):
    page = opened(visit(address, locale="id-ID"))
    before = stored(held)
    [stopping] = [one["id"] for one in functions(address) if any(event == "click" for _, event in one["targets"])]
    embedder.may_read.clear()
    try:
        drop(page, *(file(f"a{number:02d}.txt", f"Judul {number}\n\nHujan lebat {number}.") for number in range(40)))
        expect(page.locator(".shelf-progress")).to_contain_text("dari 40 berkas")
        page.locator(".ask textarea").fill("harga beras")
        page.locator(".ask textarea").press("Enter")
        expect(page.locator(".chat blockquote").first).to_contain_text("Harga beras")
        page.locator(".shelf-toggle").click()
        cancel = page.get_by_role("button", name="Batalkan")
        cancel.focus()
        with page.expect_response(lambda response: "/run/" in response.url and response.request.post_data_json["fn_index"] == stopping):
            cancel.press("Enter")
    finally:
        embedder.may_read.set()
    expect(page.locator(".shelf-summary")).to_contain_text("Dibatalkan. Yang sudah ditambahkan tetap ada: 16 ditambahkan.")
    expect(cancel).to_be_hidden()
    expect(page.locator(".shelf-outcomes > li.refused")).to_have_count(24)
    added = set(stored(held)) - set(before)
    assert added == {f"uploaded/a{number:02d}.txt" for number in range(16)} and held.check()
    for article_id in added:
        held.remove(article_id)


@SIZES
def test_an_article_is_removed_after_a_question_and_comes_back_as_it_was(visit, address, held, size):
    page = opened(visit(address, size))
    before = stored(held)
    row = page.locator(".shelf-list tbody tr", has=page.get_by_role("link", name="Kabar 1"))
    ask = row.get_by_role("button", name="Remove “Kabar 1”")
    ask.focus()
    ask.press("Enter")
    expect(row.get_by_role("button", name="Keep")).to_be_focused()
    expect(row.locator(".sure")).to_contain_text("Remove this article?")
    assert fits(page)
    page.keyboard.press("Escape")
    expect(row.locator(".sure")).to_be_hidden()
    expect(ask).to_be_focused()
    assert stored(held) == before
    ask.click()
    row.get_by_role("button", name="Yes, remove").click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(row).to_have_count(0)
    assert set(before) - set(stored(held)) == {"berita/1.txt"}
    undo.press("Enter")
    expect(page.locator(".shelf-note")).to_have_text("It is back: “Kabar 1”.")
    expect(row).to_have_count(1)
    assert stored(held) == before and held.check()


def test_what_is_gone_already_is_said_calmly(visit, address, held):
    page = opened(visit(address))
    row = page.locator(".shelf-list tbody tr", has=page.get_by_role("link", name="Kabar 2"))
    row.locator(".keep").evaluate("cell => { cell.dataset.id = 'gone'; }")
    row.get_by_role("button", name="Remove “Kabar 2”").click()
    row.get_by_role("button", name="Yes, remove").click()
    expect(page.locator(".shelf-problem")).to_contain_text("not in the collection")


def test_without_leave_nothing_can_be_written(visit, serve):
    fixed = serve(PageCollection([VISIT]))
    page = opened(visit(fixed))
    for control in ("input[type=file]", ".ask-remove", ".shelf-drop", ".keep"):
        assert page.locator(control).count() == 0, control
    assert post(f"{fixed}/gradio_api/upload", b"x")[0] == 403
    targets = {event for function in build_page(Opening.ready(PageCollection([]))).fns.values() for _, event in function.targets}
    assert not targets & {"takeout", "putback", "upload"} and {"list", "look"} <= targets


def test_uploads_of_other_sites_and_forged_ones_are_refused(address, held, claim):
    for foreign in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        assert upload(address, **foreign)[0] == 403
    before = stored(held)
    for path in ("/etc/passwd", "http://198.51.100.7/a.txt", str(held.path / "articles.db"), "../../etc/passwd"):
        assert claim(path)["success"] is False
    assert stored(held) == before
    status, paths = upload(address)
    assert status == 200 and claim(json.loads(paths)[0])["success"] is True
    assert set(stored(held)) - set(before) == {"uploaded/asli.txt"}
    held.remove("uploaded/asli.txt")


def test_too_many_files_at_once_are_refused_with_the_cure(address, held, claim):
    before = stored(held)
    [path] = json.loads(upload(address)[1])
    said = claim(*[path] * (FILES_MAX + 1))
    assert f"at most {FILES_MAX}. Put them into a .zip" in json.dumps(said["output"]) and stored(held) == before


def upload(address: str, **headers: str) -> tuple[int, bytes]:
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="asli.txt"\r\n\r\nBanjir asli.\r\n--x--\r\n'
    return post(f"{address}/gradio_api/upload", part, **{"Content-Type": "multipart/form-data; boundary=x"}, **headers)


@pytest.fixture
def claim(address):
    """Says that files were uploaded to some paths, as a browser does after a real upload; the last message of the answer."""
    [number] = [one["id"] for one in functions(address) if any(event == "upload" for _, event in one["targets"])]

    return lambda *paths: send(address, number, [[{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]])


@pytest.mark.parametrize(
    ("bytes_max", "method", "length", "status"),
    [(0, "POST", 1, 403), (0, "GET", None, 403), (9, "POST", 9, 200), (9, "POST", 10, 413), (9, "POST", None, 413), (9, "GET", None, 200)],
)
def test_uploads_are_bounded(bytes_max, method, length, status):
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    for path in ("/gradio_api/upload", "/rag/gradio_api/upload", "/gradio_api/upload/"):
        scope = {"type": "http", "method": method, "path": path, "headers": headers}
        assert BoundedUploads(None, bytes_max)._refusal(scope)[0] == status
    assert BoundedUploads(None, 0)._refusal({"type": "http", "method": "POST", "path": "/gradio_api/run/ask", "headers": []})[1] == ""
    assert 0 < FILES_MAX <= 1000 and UPLOAD_BYTES_MAX > 64 * 2**20


def test_an_undo_works_once_and_only_with_its_token():
    undo = Undo()
    tokens = [undo.keep(one) for one in range(150)]
    assert len(set(tokens)) == 150 and undo.take(tokens[0]) is None and undo.take("x") is None and undo.take(["x"]) is None
    assert undo.take(tokens[-1]) == 149 and undo.take(tokens[-1]) is None
