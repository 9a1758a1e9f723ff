"""The address of an engine is typed by a person: what is not one is refused with the cure, and no password is repeated."""

from __future__ import annotations

import pytest

from rag import EngineError
from rag.retrieval.milvus.address import MilvusAddress, parse_engine


@pytest.mark.parametrize(
    ("url", "address", "server"),
    [
        ("milvus://localhost:19530/articles", MilvusAddress("localhost", 19530, "articles"), "localhost:19530"),
        ("milvus://milvus.example.org/_news2", MilvusAddress("milvus.example.org", 19530, "_news2"), "milvus.example.org:19530"),
        ("MILVUS://10.0.0.7:1/a", MilvusAddress("10.0.0.7", 1, "a"), "10.0.0.7:1"),
        ("milvus://[::1]:19531/a", MilvusAddress("::1", 19531, "a"), "[::1]:19531"),
    ],
)
def test_an_address_is_read(url, address, server):
    assert parse_engine(url) == address
    assert address.server == server
    assert parse_engine(str(address)) == address


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "''"),
        ("localhost:19530/articles", "the only engine"),
        ("http://localhost/articles", "'http'"),
        ("file:///etc/passwd", "'file'"),
        ("milvus:///articles", "name or address of a server"),
        ("milvus://localhost:19530", "name for a Milvus collection"),
        ("milvus://localhost/2news", "'2news'"),
        ("milvus://localhost/a/b", "'a/b'"),
        ("milvus://localhost/a-b", "'a-b'"),
        ("milvus://localhost/" + "a" * 201, "at most 200"),
        ("milvus://localhost/a?db=x", "nothing may follow"),
        ("milvus://localhost/a#x", "nothing may follow"),
        ("milvus://localhost:0/a", "not the number of a port"),
        ("milvus://localhost:70000/a", "ort"),
        ("milvus://localhost:x/a", "ort"),
        ("milvus://[::1/a", "IPv6"),
        ("milvus://-x/a", "'-x'"),
        ("milvus://a b/c", "blanks"),
        ("milvus://localhost/a\n", "cannot be seen"),
        ("milvus://local\x00host/a", "cannot be seen"),
        ("milvus://root:secret@localhost/a", "MILVUS_TOKEN"),
    ],
)
def test_what_is_no_address_is_refused_with_the_cure(url, said):
    with pytest.raises(EngineError) as refused:
        parse_engine(url)
    assert said in str(refused.value)
    assert "milvus://localhost:19530/articles" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)
