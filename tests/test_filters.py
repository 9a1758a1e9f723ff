"""Filters: what they let through, and that a filtered search is an unfiltered one with the rest left out."""

from __future__ import annotations

import calendar
import datetime
import json
import random
import re
import tempfile
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from fakes import WORDS, WordCountEmbedder
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import rag.retrieval.candidates
from rag import Article, Collection, Filters, QuestionError, Reason, cli
from rag.retrieval.typed_filters import typed_filters
from rag.storage.matching import host
from rag.storage.reader import Snapshot

FILLER = ("naik", "Jakarta", "yang", "the", "pemerintah", "turun", "menaikkan", "lebat", "2023")
QUESTIONS = ("harga beras", "flood", '"beras naik"', "price of rice in Jakarta", "zzz")
SOURCES = ("", "Tribun Jakarta", "TRIBUNNEWS.COM", "Straße", "antara")
URLS = ("", "https://www.Tribunnews.com/berita?x=antara.com", "http://user:antara@kompas.com:8080/tribun", "https://antaranews.com")
DATES = ("", "2022", "2022-09", "2022-09-10", "2022-09-30", "2023", "2023-01", "2023-01-01", "2022-12-31", "2024-02", "2024-02-29")
FILTER_SOURCES = ("tribun", "ANTARA", "strasse", "kompas.com", "berita", "%", "_", "nowhere", "=Tribun Jakarta", "=Tribun", "=ANTARA", "=kompas.com", "=")

dates = st.sampled_from(["", "2021", "2022", "2022-09", "2022-09-10", "2022-10", "2023", "2023-01-01", "2024-02", "2024-02-29"])
texts = st.lists(st.sampled_from(WORDS + FILLER), min_size=3, max_size=150).map(lambda words: " ".join(words).capitalize() + ".")
articles = st.builds(
    Article,
    id=st.sampled_from([f"a{i}" for i in range(12)]),
    title=st.sampled_from(["", "Harga beras", "Flood"]),
    text=texts,
    source=st.sampled_from(SOURCES),
    published=st.sampled_from(DATES),
    url=st.sampled_from(URLS),
    language=st.sampled_from(["id", "en", "ms"]),
)


def several(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    since, until = draw(dates), draw(dates)
    if since and until and span(since)[0] > span(until)[1]:
        since, until = until, since
    return Filters(since, until, draw(several(*FILTER_SOURCES)), draw(several("id", "en", "de")), draw(several("a1", "a2", "a3", "a4", "b")))


def span(date: str) -> tuple[datetime.date, datetime.date]:
    """The first and the last day that an ISO date of any precision can mean."""
    year, month, day = (*map(int, date.split("-")), 0, 0)[:3]
    last = day or calendar.monthrange(year, month or 12)[1]
    return datetime.date(year, month or 1, day or 1), datetime.date(year, month or 12, last)


def overlaps(date: str, wanted: Filters) -> bool:
    if not (wanted.since or wanted.until):
        return True
    if not date:
        return False
    first, last = span(date)
    return (not wanted.since or last >= span(wanted.since)[0]) and (not wanted.until or first <= span(wanted.until)[1])


def fits(article: Article, wanted: Filters) -> bool:
    names = [article.source.casefold(), (urlsplit(article.url).hostname or "").casefold()]
    return (
        overlaps(article.published, wanted)
        and (not wanted.sources or any(is_from(article, names, one) for one in wanted.sources))
        and (not wanted.languages or article.language in wanted.languages)
        and (not wanted.articles or article.id in wanted.articles)
    )


def is_from(article: Article, names: list[str], wanted: str) -> bool:
    return article.source == wanted[1:] if wanted[0] == "=" else any(wanted.casefold() in name for name in names)


def evidence(hits) -> list[tuple]:
    return [(one.passage.article_id, one.passage.start, one.passage.end, one.score, one.dense, one.lexical, one.matched) for one in hits]


def assert_like_the_unfiltered(collection: Collection, question: str, wanted: Filters, top_k: int = 10) -> None:
    everything = [hit for hit in collection.search(question, top_k=1000) if fits(hit.article, wanted)]
    found = collection.search(question, top_k=top_k, filters=wanted)
    assert evidence(found) == evidence(everything[:top_k])
    among = collection.search(question, top_k=1000, filters=wanted)
    for side in ("dense", "lexical"):
        for hit in among:
            first, last = (1 + sum(getattr(one, side) > getattr(hit, side) + equal for one in among) for equal in (3e-6, -3e-6))
            assert getattr(hit, f"{side}_rank") is None or first <= getattr(hit, f"{side}_rank") <= last
    assert all(hit.dense_rank for hit in among[:10])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(articles, min_size=1, max_size=12, unique_by=lambda one: one.id), st.lists(filters(), min_size=1, max_size=4), st.booleans())
def test_a_filtered_search_is_the_unfiltered_one_without_the_rest(held, asked, whole):
    with tempfile.TemporaryDirectory() as folder, Collection.open(folder, embedder=WordCountEmbedder()) as collection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(rag.retrieval.candidates, "WEIGHED_WHOLE", 1000 if whole else -1)
        collection.add(held)
        for wanted in asked:
            for question in QUESTIONS:
                assert_like_the_unfiltered(collection, question, wanted)
            assert [one.id for one in collection.articles(filters=wanted)] == sorted(one.id for one in held if fits(one, wanted))
            assert_searched_is_what_fits(collection, held, wanted)


def assert_searched_is_what_fits(collection: Collection, held: list[Article], wanted: Filters) -> None:
    matching = [one for one in held if fits(one, wanted)]
    answer = collection.ask("beras zzz", filters=wanted)
    published = sorted(one.published for one in matching if one.published)
    assert answer.searched.articles == len(matching) and (answer.reason is Reason.NO_ARTICLE_MATCHES) == (not matching)
    assert answer.searched.languages == tuple(sorted({one.language for one in matching}))
    assert answer.searched.dates == ((published[0], published[-1]) if published else ())
    assert all(fits(one.article, wanted) for one in answer.citations + answer.near_misses)
    everything = collection.search("zzz", top_k=1000)  # every text is a little like every other in the small model of the tests
    assert answer.searched.passages == sum(fits(hit.article, wanted) for hit in everything) and len(everything) == collection.searched().passages
    assert answer.filters == wanted and (wanted or answer.searched == collection.searched())


def many(number: int) -> Article:
    """Whether an article is Indonesian decides which words it has, so that a filter by language excludes the best."""
    dice = random.Random(number)
    language = "en" if number % 10 == 0 else "id"
    known = ("beras", "naik", "turun", "jakarta") if language == "id" else ("rice", "price", "beras", "the", "town")
    words = [dice.choice(known) for _ in range(dice.choice([8, 8, 30, 70]))]
    published = f"20{10 + number % 13}-{1 + number % 12:02}"
    title, text = dice.choice(["", "Harga beras"]), " ".join(words).capitalize() + "."
    return Article(f"n{number:03}", title, text, f"s{number % 50}", published=published, language=language)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """More passages than the sides name at first, some of them removed again."""
    with Collection.open(tmp_path_factory.mktemp("large"), embedder=WordCountEmbedder()) as collection:
        collection.add([many(number) for number in range(700)])
        for number in range(0, 100, 9):
            collection.remove(f"n{number:03}")
        yield collection


@pytest.mark.parametrize("whole", [-1, 10_000], ids=["by the indexes", "all weighed"])
@pytest.mark.parametrize(
    "typed", ["lang:en", "lang:id", "source:s7", "since:2012-03 until:2015", "article:n500", "since:2099", "lang:id source:s1 since:2015"]
)
def test_more_passages_than_candidates(large, typed, whole, monkeypatch):
    wanted = typed_filters(f"x {typed}")[1]
    monkeypatch.setattr(rag.retrieval.candidates, "WEIGHED_WHOLE", whole)
    for question in ("harga beras naik", "rice", "beras jakarta"):
        assert_like_the_unfiltered(large, question, wanted)


def test_passages_that_the_lexical_index_does_not_hold_yet(tmp_path, monkeypatch):
    monkeypatch.setattr("rag.retrieval.cache_writer.CacheWriter.follow", lambda self, fresh=(): None)
    monkeypatch.setattr(rag.retrieval.candidates, "WEIGHED_WHOLE", -1)
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        collection.add([many(number) for number in range(30)])
        for question in ("harga beras", '"beras naik"'):
            assert_like_the_unfiltered(collection, question, Filters(languages=("en",)))


def test_a_filter_sees_what_was_added_and_removed_since(tmp_path):
    wanted = Filters(languages=("id",))
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        assert collection.ask("beras lang:id").reason is Reason.EMPTY_COLLECTION
        collection.add([replace(many(1), id="one"), replace(many(10), id="two")])
        assert {hit.passage.article_id for hit in collection.search("beras", filters=wanted)} == {"one"}
        collection.add(replace(many(2), id="three"))
        assert {hit.passage.article_id for hit in collection.search("beras", filters=wanted)} == {"one", "three"}
        collection.remove("one")
        assert {hit.passage.article_id for hit in collection.search("beras", filters=wanted)} == {"three"}
        collection.rebuild(embedder=WordCountEmbedder(("town", "jakarta", "beras"), name="other"))
        assert {hit.passage.article_id for hit in collection.search("beras", filters=wanted)} == {"three"}


def test_what_a_filter_selects_is_found_once_a_generation(tmp_path, monkeypatch):
    calls, matching = [], Snapshot.matching
    monkeypatch.setattr(Snapshot, "matching", lambda self, wanted: calls.append(wanted) or matching(self, wanted))
    with Collection.open(tmp_path, embedder=WordCountEmbedder()) as collection:
        collection.add(many(1))
        for typed in ("lang:id", "lang:id", "lang:en", "lang:id", *(f"article:a{number}" for number in range(20)), "article:a19"):
            collection.search(f"beras {typed}")
        assert len(calls) == 22
        collection.add(many(2))
        collection.search("beras article:a19")
        assert len(calls) == 23


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    known = [f"{year}{rest}" for year in (2022, 2023, 2024) for rest in ("", "-01", "-02", "-02-28", "-02-01", "-12", "-12-31", "-01-01", "-06-15")]
    with Collection.open(tmp_path_factory.mktemp("dated"), embedder=WordCountEmbedder()) as collection:
        collection.add([Article(f"d{date}", "", "Beras.", published=date) for date in ["", "2024-02-29", *known]])
        yield collection


any_date = st.one_of(
    st.just(""),
    st.dates(datetime.date(2021, 6, 1), datetime.date(2025, 6, 1)).flatmap(lambda day: st.sampled_from([str(day), str(day)[:7], str(day)[:4]])),
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_date, any_date)
@example("2024-02", "2024-02")
@example("", "2023-02")
def test_an_article_matches_when_the_time_its_date_leaves_open_overlaps(dated, since, until):
    if since and until and span(since)[0] > span(until)[1]:
        with pytest.raises(QuestionError, match="Exchange"):
            Filters(since, until)
        return
    wanted = Filters(since, until)
    assert {one.id[1:] for one in dated.articles(filters=wanted)} == {one.published for one in dated.articles() if overlaps(one.published, wanted)}


@pytest.mark.parametrize("typed", ["since:2023", "lang:id ?! “ ”", 'source:"harga beras"'])
def test_a_question_needs_more_than_filters(large, typed):
    for ask in (large.ask, large.search):
        with pytest.raises(QuestionError, match="nothing but filters. Add what to look for"):
            ask(typed)


def test_typed_filters_take_the_place_of_given_ones(large):
    answer = large.ask("harga beras lang:en source:s1", filters=Filters("2012", languages=("id",)))
    assert answer.filters == Filters("2012", "", ("s1",), ("en",)) and answer.question == "harga beras lang:en source:s1"
    assert answer.to_dict()["filters"] == {"since": "2012", "sources": ["s1"], "languages": ["en"]}
    assert large.ask("harga beras").to_dict()["filters"] == {}
    assert evidence(large.search("rice lang:en")) == evidence(large.search("rice", filters=Filters(languages=("en",))))


@pytest.mark.parametrize("hostile", ["%", "_", "'; DROP TABLE articles; --", '" OR 1=1', "\x00", "a\x00b", "*", "\\", "\u202e", "x" * 2000, "[", "?", "{}"])
def test_hostile_values_match_nothing_and_harm_nothing(large, hostile):
    before = large.searched()
    for wanted in (Filters(sources=(hostile,)), Filters(articles=(hostile,))):
        if wanted:
            assert large.ask("harga beras", filters=wanted).reason is Reason.NO_ARTICLE_MATCHES
            assert large.search("harga beras", filters=wanted) == [] and large.articles(filters=wanted) == []
    for typed in (f"source:{hostile}", f'article:"{hostile}', f"lang:{hostile}"):
        try:
            large.search(f"beras {typed}")
        except QuestionError as error:
            assert str(error).isprintable() and len(str(error)) < 250
    assert large.searched() == before


@pytest.mark.parametrize("url", [*URLS, "https://[::1]:80/x", "ftp://a.b", "no address", "//x.id/y", "HTTPS://u:p@A.B?c@d", "http://a#b@c"])
def test_host(url):
    assert host(url).strip("[]").lower() == (urlsplit(url).hostname or "") * ("://" in url)


def test_the_command_line(tmp_path, capsys, monkeypatch):
    articles = [many(1), replace(many(2), id="n2", published="2022-09-10", source="Tribun"), replace(many(10), id="n10", published="")]
    monkeypatch.setattr("rag.collection.load_embedder", lambda name: WordCountEmbedder(name=name))
    with Collection.open(tmp_path, embedder=WordCountEmbedder(name=rag.collection.BUNDLED)) as collection:
        collection.add(articles)

    def run(*arguments: str) -> tuple[int, str]:
        code = cli.main([*arguments, "--index", str(tmp_path)])
        said = capsys.readouterr()
        return code, said.out + said.err

    chosen = ["--since", "2022", "--until", "2022-09", "--source", "antara", "--source", "tribun", "--language", "id", "--article", "n2"]
    code, out = run("ask", "harga beras", *chosen)
    shown = "since:2022 until:2022-09 source:antara source:tribun lang:id article:n2"
    assert code == 0 and "Searched: 1 article, 1 passage, in id, dated 2022-09-10." in out and f"Filter: {shown}." in out
    assert json.loads(run("ask", "harga beras", *chosen, "--json")[1])["filters"]["articles"] == ["n2"]
    assert [hit["article_id"] for hit in json.loads(run("search", "beras", *chosen, "--json")[1])] == ["n2"]
    assert [card["id"] for card in json.loads(run("list", *chosen, "--json")[1])] == ["n2"]
    assert [card["id"] for card in json.loads(run("list", "--language", "en", "--json")[1])] == ["n10"]
    code, out = run("ask", "beras lang:sv")
    assert code == 1 and out.startswith("Not answered: no article matches the filter lang:sv. Widen it") and "closest" not in out
    assert run("list", "--since", "2099") == (1, "No article matches the filter since:2099.\n")
    assert run("search", "beras", "--since", "2099")[0] == 1
    for wrong in (["ask", "beras", "--since", "x"], ["list", "--language", "xyz"], ["search", "since:2020"]):
        code, out = run(*wrong)
        assert code == 2 and re.fullmatch(r"rag: .+\n", out)
