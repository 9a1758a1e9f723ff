"""What programs get from the page: gradio_client, REST, and refusals."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from contextlib import closing

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from page_articles import DOHA, VISIT
from page_collection import PageCollection

from rag.filters import Filters
from rag.web.door import BODY_BYTES_MAX
from rag.web.opening import Opening
from rag.web.page import build_page, launch_options
from rag.web.strings import say
from rag.web.turns import ANSWERED_AT_ONCE, WAITING_MAX


@pytest.fixture(scope="module")
def address():
    page = build_page(Opening.ready(PageCollection([VISIT, DOHA])))
    yield page.launch(**launch_options("127.0.0.1"))[1].rstrip("/")
    page.close(verbose=False)


@pytest.fixture(scope="module")
def client(address):
    return Client(address, verbose=False)


def request(address: str, body: object = None, **headers: str) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(address, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_question_that_is_far_too_large_or_never_ends_is_refused_and_keeps_nobody_out(address, monkeypatch):
    body = {"data": ["Siapa didampingi Haniyeh"]}
    status, said = request(f"{address}/gradio_api/run/ask", {"data": ["x" * BODY_BYTES_MAX]}, **{"Accept-Language": "id"})
    assert (status, json.loads(said)) == (413, {"error": say("error.QuestionError", "id")})
    monkeypatch.setattr("rag.web.door._BODY_SECONDS_MAX", 0.5)
    host, port = address.removeprefix("http://").split(":")
    head = f"POST /gradio_api/run/ask HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    halves = [socket.create_connection((host, int(port)), 20) for _ in range(ANSWERED_AT_ONCE + WAITING_MAX)]
    for half in halves:
        half.sendall(head.encode())
    assert request(f"{address}/gradio_api/run/ask", body)[0] == request(f"{address}/gradio_api/api/ask/", body)[0] == 200
    with closing(halves.pop()) as last, last.makefile("rb") as answered:
        assert answered.readline().split()[1] == b"408"
        assert say("cut_off", "en").encode() in answered.read()
    for half in halves:
        half.close()
    assert request(f"{address}/gradio_api/run/ask", body)[0] == 200


def test_ask_is_the_answers_json(client):
    answer = client.predict(question="Siapa didampingi Haniyeh", api_name="/ask")
    assert answer == PageCollection([VISIT, DOHA]).ask("Siapa didampingi Haniyeh").to_dict()
    first = answer["citations"][0]
    assert VISIT.text[first["start"] : first["end"]] == first["quote"]
    assert client.predict(first["article_id"], api_name="/article")["hash"] == first["article_hash"]


def test_search_is_the_hits_json(client):
    found = client.predict("Lavrov", 2, api_name="/search")
    assert found == {"question": "Lavrov", "hits": [hit.to_dict() for hit in PageCollection([VISIT, DOHA]).search("Lavrov", top_k=2)]}
    assert len(found["hits"]) == 2 and found["hits"][0]["matched"] == ["lavrov"]


def test_filters_are_optional_and_one_value_or_several(client):
    own = PageCollection([VISIT, DOHA])
    for article, filters in ((DOHA.id, Filters(articles=(DOHA.id,))), ([VISIT.id, DOHA.id], Filters(articles=(VISIT.id, DOHA.id)))):
        answer = client.predict(question="Lavrov", article=article, api_name="/ask")
        assert answer == own.ask("Lavrov", filters=filters).to_dict() and answer["filters"] == filters.to_dict()
        found = client.predict(question="Lavrov", article=article, api_name="/search")["hits"]
        assert found and found == [hit.to_dict() for hit in own.search("Lavrov", filters=filters)]
    assert client.predict(question="Lavrov", language="sv", api_name="/ask")["reason"] == "no_article_matches"


@pytest.mark.parametrize(
    ("given", "says"),
    [({"since": "kemarin"}, "ISO date"), ({"language": "bahasa"}, "ISO 639-1"), ({"article": 5}, "list of texts"), ({"until": [1]}, "no text")],
)
def test_filters_that_cannot_be_read_are_named(client, given, says):
    for function in ("/ask", "/search"):
        with pytest.raises(AppError, match=says):
            client.predict(question="Lavrov", api_name=function, **given)


@pytest.mark.parametrize(("top_k", "at_most"), [(1, 1), (-5, 1), (10**9, 50)])
def test_top_k_is_bounded(client, top_k, at_most):
    assert 1 <= len(client.predict("Lavrov Hamas Rusia", top_k, api_name="/ask")["citations"]) <= at_most


def test_only_three_functions_are_public(client):
    assert set(client.view_api(return_format="dict", print_info=False)["named_endpoints"]) == {"/ask", "/search", "/article"}


def test_errors_for_people_arrive_in_words_and_others_do_not(client):
    for question, says in (("", "empty"), ("x" * 2001, "2001")):
        with pytest.raises(AppError, match=says):
            client.predict(question, api_name="/ask")
    with pytest.raises(AppError, match="nowhere"):
        client.predict("nowhere", api_name="/article")
    with pytest.raises(AppError) as caught:
        client.predict("unexpected", api_name="/ask")
    assert "secret" not in str(caught.value)


def test_rest_answers_at_once_or_by_event(address):
    status, body = request(f"{address}/gradio_api/run/ask", {"data": ["Siapa didampingi Haniyeh", 3]})
    assert status == 200 and json.loads(body)["data"][0]["answered"] is True
    for data in (["Lavrov"], ["Lavrov", 3, "", "", "", "id"]):
        assert json.loads(request(f"{address}/gradio_api/run/search", {"data": data})[1])["data"][0]["hits"]
    assert request(f"{address}/gradio_api/run/ask", {"data": []})[0] == 500
    status, body = request(f"{address}/gradio_api/call/v2/ask", {"question": "Siapa didampingi Haniyeh"})
    event = json.loads(body)["event_id"]
    assert '"answered": true' in request(f"{address}/gradio_api/call/ask/{event}")[1]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:7860"},
        {"Host": "["},
    ],
)
def test_requests_of_other_sites_are_refused(address, headers):
    assert request(f"{address}/gradio_api/run/ask", {"data": ["Lavrov", 1]}, **headers)[0] == 403
    assert request(address, **headers)[0] == 403
    own = {"Origin": address, "Host": address.removeprefix("http://")}
    assert request(f"{address}/gradio_api/run/ask", {"data": ["Lavrov", 1]}, **own)[0] == 200


@pytest.mark.parametrize("path", ["app.py", "/etc/passwd", "../app.py", "%2e%2e/app.py", "index/articles.db"])
def test_no_file_is_served(address, path):
    assert request(f"{address}/gradio_api/file={path}")[0] in (403, 404)
