"""What a browser says about files is not believed."""

from __future__ import annotations

from page_articles import VISIT
from page_calls import functions, send
from page_collection import PageCollection

pytest_plugins = ("page_browser",)


def test_nothing_is_fetched_that_a_browser_names_by_its_address(serve, monkeypatch):
    fetched = []
    monkeypatch.setattr("gradio.processing_utils.async_ssrf_protected_download", lambda url, *_: fetched.append(url))
    address = serve(PageCollection([VISIT]))
    [number] = [one["id"] for one in functions(address) if any(event == "submit" for _, event in one["targets"])]
    message = {"role": "user", "content": [{"type": "file", "file": {"path": "http://198.51.100.7/a.png", "meta": {"_type": "gradio.FileData"}}}]}
    said = send(address, number, ["Lavrov", [message], None])
    assert said["success"] is False and "not fetched" in said["output"]["error"] and fetched == []
    assert send(address, number, ["Lavrov", [], None])["success"] is True
