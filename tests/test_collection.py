"""The collection as a program uses it: the surface that is promised, and what each verb does."""

from __future__ import annotations

import inspect
import random
import threading

import pytest
from fakes import WORDS, WordCountEmbedder

import rag
from rag import (
    Article,
    ArticleNotFound,
    Collection,
    CollectionBusy,
    CollectionClosed,
    CollectionNotFound,
    CollectionReadOnly,
    IndexMismatch,
    LabelTaken,
    QuestionError,
    Reason,
    SourceError,
    Standing,
)
from rag import collection as collection_module
from rag.storage.lock import write_lock

RICE = Article("rice", "Harga beras", "Harga beras naik lagi di Jakarta. Pemerintah menahan harga beras sampai Desember.", language="id")
FLOOD = Article("flood", "Flood", "A flood hit the town after days of rain. The rain went on.", published="2022-09", language="en")
PUBLIC = """
Answer Article ArticleNotFound Card CheckReport Citation Collection CollectionBusy CollectionClosed CollectionNotFound
CollectionReadOnly Conversation ConversationError Count EngineError Filters Hit IndexMismatch IngestReport LabelTaken
Listing ModelError Order Overview Passage Progress QuestionError RagError Reason Rejection Removed Resolution Searched
Sentence SourceError Standing StorageError Strength Turn Why export export_file
"""
SIGNATURES = {
    "open": "(path, *, model=None, embedder=None, create=True, read_only=False, engine=None)",
    "add": "(self, articles, *, label=None, sync=False, progress=None)",
    "remove": "(self, article_id)",
    "restore": "(self, removed)",
    "overview": "(self)",
    "browse": "(self, words='', *, filters=None, order=<Order.NEWEST: 'newest'>, start=0, limit=25)",
    "ask": "(self, question, *, top_k=5, filters=None)",
    "search": "(self, query, *, top_k=10, filters=None)",
    "conversation": "(self)",
    "article": "(self, article_id)",
    "articles": "(self, *, filters=None)",
    "searched": "(self)",
    "resolve": "(self, article_id, article_hash, start, end)",
    "check": "(self)",
    "rebuild": "(self, model=None, *, embedder=None, progress=None)",
    "warm_up": "(self)",
    "close": "(self)",
}
FIELDS = {
    "Article": "id title text source author published published_from url language",
    "Passage": "article_id start end text language",
    "Hit": "passage article score dense lexical dense_rank lexical_rank matched",
    "Citation": "number quote sentence article start end score strength why also_in",
    "Sentence": "text start end",
    "Answer": "question reason citations near_misses searched filters",
    "Searched": "articles passages languages dates",
    "Filters": "since until sources languages articles",
    "IngestReport": "added changed unchanged removed rejected missing passages embedded",
    "Resolution": "standing quote",
    "CheckReport": "articles passages problems repaired",
    "Progress": "done total unit name",
    "Count": "value articles",
    "Overview": "generation articles passages years sources languages",
    "Card": "article heading passages",
    "Listing": "cards total start",
    "Removed": "article label path fingerprint",
}
CITATION_KEYS = """
number quote sentence article_id article_hash title source author published url language start end score strength why
"""


@pytest.fixture
def embedder():
    return WordCountEmbedder()


@pytest.fixture
def collection(tmp_path, embedder):
    with Collection.open(tmp_path / "index", embedder=embedder) as opened:
        yield opened


def write(folder, **texts):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def ids(hits):
    return [hit.passage.article_id for hit in hits]


def test_public_names_are_pinned():
    assert rag.__all__ == PUBLIC.split()


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_are_pinned(name):
    signature = inspect.signature(getattr(Collection, name))
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    assert str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)) == SIGNATURES[name]


@pytest.mark.parametrize("name", FIELDS)
def test_fields_are_pinned(name):
    assert [*getattr(rag, name).__dataclass_fields__] == FIELDS[name].split()


def test_an_answer_as_json_has_the_promised_keys(collection):
    collection.add([RICE, FLOOD])
    found = collection.ask("harga beras").to_dict()
    assert {"question", "answered", "reason", "searched", "citations", "near_misses", "filters"} <= set(found)
    assert found["answered"] and set(CITATION_KEYS.split()) <= set(found["citations"][0])
    assert found["citations"][0]["article_hash"] == collection.article("rice").hash


def test_add_ask_search(collection):
    report = collection.add([RICE, FLOOD])
    assert (report.added, report.passages, report.embedded) == (("rice", "flood"), 2, 2)
    answer = collection.ask("harga beras")
    assert answer and answer.reason is Reason.ANSWERED
    first = answer.citations[0]
    assert (first.number, first.article.id) == (1, "rice")
    assert first.quote == first.article.text[first.start : first.end]
    assert first.sentence.text == first.article.text[first.sentence.start : first.sentence.end]
    assert ids(collection.search("rain flood"))[0] == "flood"
    assert (answer.searched.articles, answer.searched.languages, answer.searched.dates) == (2, ("en", "id"), ("2022-09", "2022-09"))
    assert [one.text for one in collection.articles()] == ["", ""]


def test_adding_twice_adds_nothing(collection, embedder, tmp_path):
    folder = write(tmp_path / "news", one=RICE.text, two=FLOOD.text)
    first = collection.add([RICE, folder])
    assert len(first.added) == 3
    embedder.documents.clear()
    second = collection.add([RICE, folder])
    assert (second.added, second.changed, second.passages, second.embedded) == ((), (), 0, 0)
    assert sorted(second.unchanged) == sorted(first.added) and not embedder.documents
    assert collection.searched().articles == 3


def test_a_changed_article_encodes_only_its_changed_passages(collection, embedder):
    dice = random.Random(3)
    paragraphs = [" ".join(dice.choice([*WORDS, "naik", "turun", "pasar"]) for _ in range(80)).capitalize() + "." for _ in range(6)]
    collection.add(Article("long", "Judul", "\n\n".join(paragraphs), language="id"))
    passages = collection.searched().passages
    assert passages == len(embedder.documents) == 6
    embedder.documents.clear()
    paragraphs[2] = "Kota " + paragraphs[2]
    report = collection.add(Article("long", "Judul", "\n\n".join(paragraphs), language="id"))
    assert (report.changed, report.embedded, report.passages) == (("long",), 1, 6)
    assert [one.text[:5] for one in embedder.documents] == ["Kota "]
    assert collection.check() and collection.searched().passages == 6


def test_an_article_without_an_id_gets_one_from_its_content(collection):
    (made,) = collection.add(Article("", "Tanpa id", "Harga beras naik.")).added
    assert made.startswith("article#") and collection.article(made).title == "Tanpa id"


def test_what_is_no_article_is_rejected_or_refused(collection):
    report = collection.add(
        [Article("empty", "", " \n"), Article("odd", "", "Teks \ud800."), Article("day", "", "Teks.", published="kemarin"), RICE]
    )
    assert [one.name for one in report.rejected] == ["empty", "odd", "day"] and report.added == ("rice",)
    with pytest.raises(SourceError):
        collection.add([5])
    with pytest.raises(SourceError):
        collection.add("/nowhere/at/all")


def test_one_thing_that_is_no_article_is_refused(collection):
    with pytest.raises(SourceError):
        collection.add(5)


def test_two_folders_that_share_file_names(collection, tmp_path):
    first = write(tmp_path / "a" / "news", one=RICE.text, two="Sama sekali lain, tentang hujan.")
    second = write(tmp_path / "b" / "news", one=FLOOD.text, two="Banjir di kota.")
    collection.add(first)
    with pytest.raises(LabelTaken, match="--as"):
        collection.add(second)
    assert sorted(one.id for one in collection.articles()) == ["news/one.txt", "news/two.txt"]
    assert sorted(collection.add(second, label="other").added) == ["other/one.txt", "other/two.txt"]
    assert collection.article("news/one.txt").text == RICE.text
    assert collection.article("other/one.txt").text == FLOOD.text


def test_a_vanished_file_is_reported_and_removed_only_with_sync(collection, tmp_path):
    news = write(tmp_path / "news", one=RICE.text, two=FLOOD.text)
    other = write(tmp_path / "other", three="Hujan lebat turun di kota.")
    collection.add([news, other, RICE])
    (news / "two.txt").unlink()
    report = collection.add(news)
    assert (report.missing, report.removed) == (("news/two.txt",), ())
    assert collection.article("news/two.txt")
    report = collection.add(news, sync=True)
    assert (report.missing, report.removed) == ((), ("news/two.txt",))
    assert sorted(one.id for one in collection.articles()) == ["news/one.txt", "other/three.txt", "rice"]
    assert collection.check()


def test_sync_of_one_file_removes_no_other(collection, tmp_path):
    news = write(tmp_path / "news", one=RICE.text, two=FLOOD.text)
    collection.add(news)
    collection.add(news / "one.txt", sync=True)
    assert collection.article("news/two.txt")


def test_a_removed_article_is_gone_from_search_and_from_the_disk(tmp_path):
    secret = "Kalimat rahasia xylofonmerah berdiri di sini. " * 40
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        collection.add([RICE, Article("secret", "Judul rahasia", secret, language="id"), FLOOD])
        assert ids(collection.search("xylofonmerah"))[0] == "secret"
        collection.remove("secret")
        assert "secret" not in ids(collection.search("xylofonmerah rahasia"))
        assert not collection.ask('"xylofonmerah"')
        with pytest.raises(ArticleNotFound):
            collection.article("secret")
        with pytest.raises(ArticleNotFound):
            collection.remove("secret")
        assert collection.check()
    for path in tmp_path.glob("articles.db*"):
        assert b"xylofonmerah" not in path.read_bytes(), path.name


def test_a_second_writer_gets_one_clear_error(collection, tmp_path, monkeypatch):
    collection.add(RICE)
    monkeypatch.setattr(collection_module, "WRITER_WAIT_SECONDS", 0.1)
    with write_lock(collection.path, 0.1), Collection.open(collection.path, embedder=WordCountEmbedder()) as second:
        with pytest.raises(CollectionBusy):
            second.add(FLOOD)
        with pytest.raises(CollectionBusy):
            second.remove("rice")
        assert ids(second.search("beras")) == ["rice"]
    collection.add(FLOOD)


def test_a_reader_sees_what_another_committed_at_once(collection):
    collection.add(RICE)
    with Collection.open(collection.path, embedder=WordCountEmbedder(), read_only=True) as reader:
        assert ids(reader.search("rain"))[:1] != ["flood"]
        collection.add(FLOOD)
        assert ids(reader.search("rain"))[0] == "flood"
        assert reader.ask('"days of rain"').citations[0].article.id == "flood"
        collection.remove("flood")
        assert "flood" not in ids(reader.search("rain"))
        with pytest.raises(CollectionReadOnly):
            reader.add(FLOOD)
        with pytest.raises(CollectionReadOnly):
            reader.remove("rice")
        with pytest.raises(CollectionReadOnly):
            reader.rebuild(embedder=WordCountEmbedder())


def test_threads_may_ask_while_another_adds(collection):
    collection.add(RICE)
    problems, stop = [], threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                for hit in collection.search("harga beras flood", top_k=5):
                    assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
                assert collection.ask("harga beras")
            except BaseException as error:
                problems.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(6):
        collection.add([Article(f"n{number % 5}", "", f"Banjir nomor {number} melanda kota. Hujan turun.", language="id"), FLOOD])
        if number % 3 == 2:
            collection.remove("flood")
    stop.set()
    for thread in threads:
        thread.join()
    assert not problems
    assert collection.check()


def test_resolve(collection):
    collection.add([RICE, FLOOD])
    citation = collection.ask("harga beras").citations[0]
    place = (citation.article.id, citation.article.hash, citation.start, citation.end)
    found = collection.resolve(*place)
    assert found and (found.standing, found.quote) == (Standing.FOUND, citation.quote)
    assert collection.resolve(place[0], place[1][:12], *place[2:])
    assert not collection.resolve(place[0], place[1][:11], *place[2:])
    assert collection.resolve(place[0], place[1], 0, 10_000).standing is Standing.CHANGED
    collection.add(Article("rice", RICE.title, "Hari ini " + RICE.text, language="id"))
    assert collection.resolve(*place).standing is Standing.CHANGED
    collection.remove("rice")
    assert collection.resolve(*place).standing is Standing.REMOVED


@pytest.mark.parametrize("question", ["", "  \n", "?!", "x" * 2001])
def test_empty_and_long_questions_are_errors(collection, question):
    for _ in range(2):
        with pytest.raises(QuestionError):
            collection.ask(question)
        with pytest.raises(QuestionError):
            collection.search(question)
        collection.add(RICE)
    assert collection.ask("beras " * 333)


def test_an_empty_collection_answers_falsely(collection):
    for _ in range(2):
        answer = collection.ask("harga beras?")
        assert not answer and answer.reason is Reason.EMPTY_COLLECTION
        assert answer.searched.articles == 0 and collection.search("beras") == []
        assert collection.check() and collection.articles() == []
        collection.add(RICE)
        collection.remove("rice")


def test_what_is_not_there_is_not_answered(collection):
    collection.add([RICE, FLOOD])
    answer = collection.ask("Wer gewann das Schachturnier?")
    assert not answer and answer.reason is Reason.NOTHING_CLOSE
    assert collection.ask('"kalimat yang tidak ada"').reason is Reason.PHRASE_NOT_FOUND


def test_rebuild_with_another_embedder(collection):
    collection.add([RICE, FLOOD])
    other = WordCountEmbedder(("town", "jakarta", "days"), name="other words")
    collection.search("rain")
    collection.rebuild(embedder=other)
    assert len(other.documents) == 2 and collection.model_name == "other words"
    assert ids(collection.search("town"))[0] == "flood" and collection.search("town")[0].dense > 0.5
    assert collection.check()
    collection.add(Article("late", "", "Days later.", language="en"))
    with pytest.raises(IndexMismatch, match="rag rebuild"):
        Collection.open(collection.path, embedder=WordCountEmbedder())
    with Collection.open(collection.path, embedder=other) as again:
        assert again.search("days")[0].dense > 0.5 and again.check()


@pytest.mark.parametrize("words", [("town", "jakarta", "days"), WORDS[::-1]], ids=["other dimension", "same dimension"])
def test_a_reader_notices_that_another_process_rebuilt_with_another_model(collection, words):
    collection.add([RICE, FLOOD])
    with Collection.open(collection.path, embedder=WordCountEmbedder()) as reader:
        reader.search("rain")
        collection.rebuild(embedder=WordCountEmbedder(words, name="other words"))
        with pytest.raises(IndexMismatch):
            reader.search("rain")


def test_a_writer_notices_that_another_process_rebuilt_with_another_model(collection):
    collection.add([RICE, FLOOD])
    with Collection.open(collection.path, embedder=WordCountEmbedder()) as writer:
        writer.search("rain")
        collection.rebuild(embedder=WordCountEmbedder(WORDS[::-1], name="other words"))
        with pytest.raises(IndexMismatch):
            writer.add(Article("late", "", "Rain later.", language="en"))


def test_another_model_of_the_same_name_is_refused(collection):
    collection.add(RICE)
    with Collection.open(collection.path, embedder=WordCountEmbedder(WORDS[::-1])) as other, pytest.raises(IndexMismatch):
        other.search("beras")


def test_opening_and_closing(tmp_path):
    with pytest.raises(CollectionNotFound):
        Collection.open(tmp_path / "none", create=False)
    with pytest.raises(CollectionNotFound):
        Collection.open(tmp_path / "none", read_only=True)
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CollectionReadOnly):
        Collection.open(tmp_path / "file")
    collection = Collection.open(tmp_path / "new", embedder=WordCountEmbedder())
    collection.close()
    collection.close()
    for closed in (lambda: collection.search("beras"), lambda: collection.add(RICE), collection.articles, collection.check):
        with pytest.raises(CollectionClosed):
            closed()


def test_a_model_of_the_same_name_that_puts_texts_elsewhere_is_refused_with_the_command_that_cures_it(tmp_path):
    folder = tmp_path / "With Capitals"
    with Collection.open(folder, embedder=WordCountEmbedder(name="same")) as collection:
        collection.add([Article("a", "T", "Presiden Rusia tiba di Doha kemarin siang.")])
        wanted = collection.embedder

    class Elsewhere(WordCountEmbedder):
        def encode_query(self, question):
            return -wanted.encode_query(question)

    with Collection.open(folder, embedder=Elsewhere(name="same")) as collection:
        with pytest.raises(IndexMismatch, match=r"same of another version.*Encode it again.*rag rebuild --index .*With Capitals"):
            collection.ask("presiden")
        collection.rebuild(embedder=WordCountEmbedder(name="same"))
    with Collection.open(folder, embedder=WordCountEmbedder(name="same")) as collection:
        assert collection.search("presiden doha")
