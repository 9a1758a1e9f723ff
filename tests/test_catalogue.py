"""Counts, the list of articles, and an article out and back in: compared with what counting by hand gives."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter

import pytest
from fakes import WordCountEmbedder

from rag import Article, Collection, Count, Filters, Listing, Order, Overview
from rag.storage import browsing

PLACES = ("", "Kompas", "tribun", "BBC", "Известия", "Ünlü")
DATES = ("", "2019", "2021-03", "2021-03-04", "2023-12-31", "2022-01")
TITLES = ("", "Harga beras naik", "banjir di Demak", "БЕРАС дорожает", "Straße gesperrt", "100% hujan_lebat")


def made(n: int) -> list[Article]:
    dice = random.Random(7)
    return [
        Article(
            f"seeds/{number:03d}.txt", dice.choice(TITLES), f"Kalimat {number} tentang harga beras. " * dice.randint(1, 60), dice.choice(PLACES),
            published=(date := dice.choice(DATES)), published_from="given" if date else "", language=dice.choice(("id", "en", "ru")),
        )
        for number in range(n)
    ]  # fmt: skip


ARTICLES = made(120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("catalogue") / "index"
    with Collection.open(path, embedder=WordCountEmbedder()) as collection:
        collection.add(ARTICLES)
    return path


@pytest.fixture(scope="module")
def collection(folder):
    with Collection.open(folder, embedder=WordCountEmbedder(), read_only=True) as opened:
        yield opened


@pytest.fixture
def own(tmp_path):
    with Collection.open(tmp_path / "own", embedder=WordCountEmbedder()) as opened:
        yield opened


def counted(values, *, by_value=False):
    ordered = sorted(Counter(values).items(), key=lambda one: (one[0] == "", one[0] if by_value else -one[1], one[0]))
    return tuple(Count(*one) for one in ordered)


def found(words):
    def has(article, word):
        return any(word.casefold() in field.casefold() for field in (article.title or article.text[: browsing.HEAD_CHARACTERS], article.source, article.id))

    return {article.id for article in ARTICLES if all(has(article, word) for word in words.split())}


def test_the_counts_are_those_of_counting_by_hand(collection):
    overview = collection.overview()
    assert overview.years == counted((one.published[:4] for one in ARTICLES), by_value=True)
    assert overview.sources == counted(one.source for one in ARTICLES)
    assert overview.languages == counted(one.language for one in ARTICLES)
    assert (overview.articles, overview.passages) == (len(ARTICLES), collection.searched().passages)
    assert all(sum(one.articles for one in counts) == len(ARTICLES) for counts in (overview.years, overview.sources, overview.languages))


def test_an_empty_collection_has_nothing_to_show(own):
    assert own.overview() == Overview() and own.browse("x") == own.browse() == Listing()


def test_the_counts_are_looked_up_once_for_each_change_and_in_an_index(own, monkeypatch):
    own.add(ARTICLES[:9])
    asked = []
    counts = browsing.counts
    monkeypatch.setattr(browsing, "counts", lambda sql, of: asked.append((sql, of)) or counts(sql, of))
    first = own.overview()
    assert own.overview() is first and [of for _, of in asked] == ["years", "sources", "languages"]
    with own._reader.snapshot() as snapshot:
        for column in browsing._COUNTED.values():
            plan = snapshot._sql.execute(f"EXPLAIN QUERY PLAN SELECT {column}, count(*) FROM articles GROUP BY 1").fetchall()
            assert "USING COVERING INDEX" in plan[0][3]
    own.add(ARTICLES[9:11])
    assert own.overview().articles == 11 and own.overview().generation > first.generation


@pytest.mark.parametrize(
    "words", ["", "BERAS", "берас", "beras kompas", "ünlü", "STRASSE", "100% _", "seeds/01", "7.txt tribun", "kalimat 3", "gone", "' OR 1=1"]
)
def test_the_search_finds_what_looking_at_each_article_finds(collection, words):
    listing = collection.browse(words, limit=1000)
    assert {card.article.id for card in listing.cards} == found(words) and listing.total == len(found(words))


KEYS = {
    Order.NEWEST: lambda one: ([-ord(letter) for letter in one.published] + [0], one.id),
    Order.OLDEST: lambda one: (not one.published, one.published, one.id),
    Order.TITLE: lambda one: (not one.title, one.title.casefold(), one.id),
    Order.SOURCE: lambda one: (not one.source, one.source.casefold(), [-ord(letter) for letter in one.published] + [0], one.id),
}


@pytest.mark.parametrize("order", Order)
def test_pages_follow_each_other_in_a_stable_order(collection, order):
    pages = [collection.browse(order=order, start=start, limit=17) for start in range(0, 130, 17)]
    cards = [card for page in pages for card in page.cards]
    assert [card.article.id for card in cards] == [one.id for one in sorted(ARTICLES, key=KEYS[order])]
    assert {page.total for page in pages} == {len(ARTICLES)} and [page.start for page in pages] == list(range(0, 130, 17))
    passages = sum(card.passages for card in cards)
    whole = {one.id: one for one in ARTICLES}
    assert passages == collection.searched().passages
    for card in cards:
        article = whole[card.article.id]
        assert card.article == dataclasses.replace(article, text="") and card.heading == article.heading


def test_filters_are_those_of_a_question(collection):
    filters = Filters(since="2021", until="2021", sources=("tribun",), languages=("id", "ru"))
    wanted = {one.id for one in ARTICLES if one.published[:4] == "2021" and one.source == "tribun" and one.language in ("id", "ru")}
    assert wanted and {card.article.id for card in collection.browse(filters=filters, limit=1000).cards} == wanted
    assert collection.browse("gone", filters=filters).total == 0


def test_what_makes_no_sense_is_refused(collection):
    for wrong in ({"start": -1}, {"limit": -1}, {"order": "id; DROP TABLE articles"}):
        with pytest.raises(ValueError):
            collection.browse(**wrong)
    assert collection.browse("a " * 100_000).total == 0 or collection.browse("a " * 100_000).total <= len(ARTICLES)
    assert collection.browse(start=10**9).cards == ()


def stored(collection):
    with collection._reader.snapshot() as snapshot:
        return {article.id: (article, *origin) for article, *origin in snapshot.origins()}


def test_a_removed_article_comes_back_exactly_as_it_was(own, tmp_path):
    news = tmp_path / "news"
    news.mkdir()
    for number in range(3):
        (news / f"{number}.txt").write_text(f"Judul {number}\n\nJakarta, Kompas - Harga beras naik {number} persen. Banjir besar.", encoding="utf-8")
    given = dataclasses.replace(ARTICLES[1], id="given", published="2021-03", published_from="dateline", author="A", url="https://example.org/")
    own.add([news, given])
    before, answer = stored(own), own.ask("harga beras").to_dict()
    for article_id in ("news/1.txt", "given"):
        removed = own.remove(article_id)
        assert article_id not in stored(own) and removed.article == before[article_id][0]
        assert own.restore(removed) is True
        assert stored(own) == before and own.check()
        assert own.restore(removed) is False and stored(own) == before
    assert own.ask("harga beras").to_dict() == answer
    assert own.add(news).unchanged == ("news/0.txt", "news/1.txt", "news/2.txt")
