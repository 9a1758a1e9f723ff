"""Freed memory goes back to the system, and the indexes are followed in one thread whoever asks."""

import sys
import threading

import pytest

from benchmarks.machine import anonymous
from rag import Article, Collection
from rag.retrieval.dense_cache import catch_up
from rag.retrieval.heap import give_back
from tests.fakes import WordCountEmbedder

BLOCKS, BYTES = 800, 100_000


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such call")
def test_what_was_freed_below_something_kept_goes_back():
    blocks = [b"x" * (BYTES + number) for number in range(BLOCKS)]
    kept = blocks[::100]
    full = anonymous()
    del blocks
    assert give_back()
    assert anonymous() < full - 0.8 * BLOCKS * BYTES / 2**20
    assert kept[3] == b"x" * (BYTES + 300)


def test_whoever_asks_the_indexes_follow_in_one_thread_and_once(tmp_path, monkeypatch):
    followed = []

    def recorded(index, generation, passage, snapshot):
        followed.append((threading.current_thread().name, snapshot.state.generation))
        return catch_up(index, generation, passage, snapshot)

    monkeypatch.setattr("rag.retrieval.live.catch_up", recorded)
    with Collection.open(tmp_path / "c", embedder=WordCountEmbedder()) as writing:
        # So many that the FAISS file is not written anew for what follows.
        writing.add([Article(f"b{number}", "Hujan", f"Hujan nomor {number} turun.") for number in range(200)])
        with Collection.open(tmp_path / "c", embedder=WordCountEmbedder(), read_only=True) as asked:
            asked.ask("hujan")
            for number in range(5):
                writing.add([Article(f"a{number}", "Harga beras", f"Harga beras nomor {number} naik.")])
                assert _asked_by_eight(asked, "harga beras") == [{f"a{n}" for n in range(number + 1)}] * 8
    assert len({thread for thread, _ in followed}) == 1
    assert [generation for _, generation in followed] == [2, 3, 4, 5, 6]


def _asked_by_eight(collection: Collection, question: str) -> list[set[str]]:
    """The ids of the articles that hold its words, as each of eight threads finds them that ask at once."""
    together, found = threading.Barrier(8), []

    def ask() -> None:
        together.wait()
        found.append({hit.passage.article_id for hit in collection.search(question, top_k=10) if hit.lexical > 0})

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
