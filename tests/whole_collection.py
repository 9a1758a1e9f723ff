"""The fixtures of the tests of damage, a plugin: a collection with its right answers, and copies of it to spoil."""

from __future__ import annotations

import shutil

import pytest
from fakes import WordCountEmbedder
from many_articles import COUNT, many_articles
from test_incremental import QUESTIONS, evidence

from rag import Collection


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    with Collection.open(folder, embedder=WordCountEmbedder()) as collection:
        collection.add(many_articles(COUNT))
        collection.remove("n003")
        wanted = [evidence(collection, question) for question in QUESTIONS]
    return folder, wanted


@pytest.fixture
def damaged(whole, tmp_path):
    shutil.copytree(whole[0], tmp_path / "copy")
    return tmp_path / "copy"
