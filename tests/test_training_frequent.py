"""Frequent words: forms mean what their dictionary word means, those that can be taught become pieces, unused pieces go."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from training import frequent  # noqa: E402
from training.frequent import FEWEST_SEEN, OF_WORDS, form_pairs, frequent_words, whole_words  # noqa: E402
from training.pairs import Pair  # noqa: E402
from training.trimming import FEWEST_USES, seldom_used  # noqa: E402

RUSSIAN = ["и", "война", "королём", "московской", "война", "войны", "короля", "nato", "шоу"]
SPANISH = ["gatos", "moscovitas", "guerra", "guerras", "gatas"]


@pytest.fixture
def counted(monkeypatch):
    words = {"ru": RUSSIAN, "es": SPANISH}
    monkeypatch.setattr(frequent, "frequencies", lambda language: {word: 1 / (place + 2) for place, word in enumerate(words.get(language, []))})
    monkeypatch.setattr(frequent, "_frequency", len)


def pairs(*both, language="ru"):
    return [Pair(text, english, language, "book") for text, english in both]


def test_a_form_means_what_its_dictionary_word_means(counted):
    known = pairs(("gato", "cat"), ("gatuno", "feline"), ("Guerra", "war"), ("guerra", "hostilities"), ("moscovita", "of Moscow"), language="es")
    assert form_pairs("es", known) == pairs(
        ("gatos", "cat"), ("moscovitas", "of Moscow"), ("guerras", "hostilities"), ("guerras", "war"), ("gatas", "cat"), language="es",
    )  # fmt: skip


def test_a_form_that_the_tokenizer_reads_as_its_word_needs_no_meaning(counted):
    assert form_pairs("ru", pairs(("король", "king"), ("война", "war"))) == []


def test_of_words_with_one_stem_those_count_that_begin_most_like_the_form(counted):
    known = pairs(("gato", "tomcat"), ("gata", "cat"), ("GATA", "she-cat"), language="es")
    assert [pair for pair in form_pairs("es", known) if pair.text == "gatas"] == pairs(("gatas", "she-cat"), ("gatas", "cat"), language="es")


def test_only_the_most_frequent_meanings_are_taken_and_each_once(counted):
    english = ["a", "bb", "ccc", "dddd", "eeeee", "ffffff"]
    found = form_pairs("es", pairs(*(("gato", word) for word in english), ("gato", "FFFFFF"), language="es"))
    assert [pair.target for pair in found if pair.text == "gatos"] == ["FFFFFF", "eeeee", "dddd", "ccc"]
    assert form_pairs("xx", pairs(("gato", "cat"))) == []


def test_whole_words_are_the_most_frequent_that_training_can_teach(counted):
    words = pairs(("Война", "war"), ("короля", "of the king"))
    texts = pairs(*[("И шоу!", "And a show!")] * (FEWEST_SEEN - 1), ("Московской", "Of Moscow"), language="ru")
    assert whole_words("ru", 9, words, texts) == ["воин", "корол"], "normalised as the tokenizer does"
    assert whole_words("ru", 9, words, [*texts, *pairs(("и шоу", "and a show"))]) == ["воин", "корол", "шоу"], "no single letters"
    assert whole_words("ru", 1, words, texts) == ["воин"] and whole_words("ru", 0, words, texts) == []
    assert whole_words("ru", 9, pairs(*[(f"шоу {place}", "a show") for place in range(FEWEST_SEEN)]), []) == ["шоу"], "a word of what dictionaries explain"
    assert whole_words("de", 9, pairs(("Krieg", "war"), language="de"), []) == []


def test_words_of_several_syllables_come_behind_those_that_texts_have_most_often_first(counted, monkeypatch, tmp_path):
    (tmp_path / "corpus" / "data").mkdir(parents=True)
    (tmp_path / "corpus" / "data" / "Viet74K.txt").write_text("bệnh\nbệnh viện \nbệnh nhân\ncông ty\nThủ tướng\nsĩ là\nA-đam\n", encoding="utf-8")
    monkeypatch.setattr(frequent, "package_folder", lambda package: tmp_path if package == "underthesea" else None)
    monkeypatch.setattr(frequent, "frequencies", lambda language: {"bệnh": 0.1, "sĩ": 0.05})
    texts = [("Thủ tướng thăm bệnh nhân, công ty và bệnh viện; Thủ tướng và sĩ là bệnh nhân. Bệnh. Thủ tướng", "")] * FEWEST_SEEN
    texts = pairs(*texts, *[("Bệnh  viện", "")] * 9, language="vi")
    assert whole_words("vi", 9, [], texts) == ["bệnh", "si", "thủ tướng", "bệnh nhan", "bệnh viện", "cong ty"], "but no short ones without marks"
    assert whole_words("vi", 3, [], texts) == ["bệnh", "si", "thủ tướng"]
    assert frequent.words_of_syllables("ru") == set()


def test_words_in_other_letters_are_none_of_the_languages(counted):
    assert "nato" not in frequent_words("ru") and "шоу" in frequent_words("ru")


def test_japanese_words_begin_with_a_chinese_character_or_are_katakana(monkeypatch):
    words = ["思う", "戦争", "する", "クビ", "お金", "クビに", "2日"]
    monkeypatch.setattr(frequent, "frequencies", lambda language: dict.fromkeys(words, 0.1))
    assert frequent_words("ja") == ["思う", "戦争", "クビ"]


def test_without_wordfreq_no_word_is_frequent(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert frequent.frequencies("ru") == {} and form_pairs("ru", pairs(("король", "king"))) == []


def test_frequencies_fall():
    pytest.importorskip("wordfreq")
    shares = frequent.frequencies("id")
    assert list(shares.values()) == sorted(shares.values(), reverse=True) and "yang" in list(shares)[:5]
    assert frequent.frequencies("su") == {}


class Blanks:
    """A tokenizer whose pieces are the words between blanks."""

    def __init__(self, pieces):
        self._rows = {piece: row for row, piece in enumerate(pieces)}

    def __len__(self):
        return len(self._rows)

    def get_vocab(self):
        return self._rows

    def __call__(self, texts, **_):
        return {"input_ids": [[self._rows[word] for word in text.split()] for text in texts]}


PIECES = ["[PAD]", "a", "##b", "1999", "kata", "##nya", "rumah", "buku", "air"]


TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join), max_size=30)


@given(TEXTS, TEXTS, st.dictionaries(st.sampled_from(PIECES), st.floats(0, 3e-6)))
def test_a_piece_goes_that_texts_and_frequent_words_hardly_use(texts, uncounted, shares):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.frequent.frequencies", lambda language: shares if language == "id" else {})
        patch.setattr("training.trimming.AT_ONCE", 4)
        found = seldom_used(Blanks(PIECES), {"id": texts, "th": iter(uncounted)})
    used = Counter(word for text in texts for word in text.split())
    thai = {word for text in uncounted for word in text.split()}
    expected = {piece for piece in PIECES[4:] if piece not in thai and used[piece] + OF_WORDS * shares.get(piece, 0) < FEWEST_USES}
    assert found == (expected if shares else set())


@given(TEXTS, st.sets(st.sampled_from(PIECES)), st.integers(4, 12))
def test_the_least_used_pieces_go_until_the_bundle_is_small_enough(texts, wanted, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.frequent.frequencies", lambda language: {"a": 1e-9} if language == "id" else {})
        patch.setattr("training.trimming.FEWEST_USES", 1)
        patch.setattr("training.trimming.MOST_PIECES", most)
        found = seldom_used(Blanks(PIECES), {"id": texts}, wanted)
    used = Counter(word for text in texts for word in text.split())
    loose = {piece for piece in PIECES[4:] if piece not in wanted}
    assert {piece for piece in loose if not used[piece]} <= found <= loose
    assert len(PIECES) - len(found) <= most or found == loose
    assert all(used[gone] <= used[kept] for gone in found for kept in loose - found)
    spared = max(found, key=lambda piece: used[piece], default="")
    assert not used[spared] or len(PIECES) - len(found) == most or found == loose, "no more than must go"


def test_a_bundle_gets_whole_words_where_their_english_lies_and_loses_what_is_not_used(tmp_path, monkeypatch):
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

    from training import vocabulary
    from training.continuation import continued
    from training.languages import LANGUAGES
    from training.pack import pack
    from training.teacher import load_bert

    words = ["ไป"]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "war", "king", "us", "##ed", "вои", "##н", "ко", "##рол", "шо", "##у", *words]
    torch.manual_seed(2)
    config = BertConfig(vocab_size=len(pieces), hidden_size=96, num_hidden_layers=1, num_attention_heads=2, intermediate_size=96, max_position_embeddings=32)
    BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path / "model")
    made = vocabulary.tokenizer({piece: row for row, piece in enumerate(pieces)})
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "cls", "sep", "pad", "mask")}
    PreTrainedTokenizerFast(tokenizer_object=made, **special).save_pretrained(tmp_path / "model")
    pack(tmp_path / "model", tmp_path / "bundle", {})
    settings = json.loads((tmp_path / "bundle" / "tokenizer.json").read_text(encoding="utf-8"))
    (tmp_path / "bundle" / "tokenizer.json").write_text(json.dumps(settings | {"normalizer": {"type": "Lowercase"}}), encoding="utf-8")
    monkeypatch.setattr("training.continuation.frequencies", lambda language: {"шоу": 0.1} if language != "min" else {})
    monkeypatch.setattr("training.frequent.frequencies", lambda language: {"选举": 1e-5} if language == "zh" else {})

    def unused(tokenizer, texts, wanted):
        assert set(wanted) <= tokenizer.get_vocab().keys() and not set(words) & tokenizer.get_vocab().keys()
        return {"us", "##ed"} if "война" in list(texts["ru"]) and "воин" in wanted else set()

    monkeypatch.setattr("training.continuation.seldom_used", unused)
    monkeypatch.setattr("training.continuation.frequent_pieces", lambda texts, size: ["шо", *texts] if texts == ["rajo"] and size > 999 else [])
    russian, local, chinese = (next(language for language in LANGUAGES if language.code == code) for code in ("ru", "min", "zh"))
    texts = {russian: pairs(("война", "war"), ("войны", "war")), local: pairs(("rajo", "king"), language="min"), chinese: []}
    continued(texts, {"ru": ["воин", "корол"]}, tmp_path / "bundle", tmp_path / "start")
    tokenizer, old = (AutoTokenizer.from_pretrained(tmp_path / name) for name in ("start", "bundle"))
    assert tokenizer.get_vocab().keys() == (set(pieces) - {"us", "##ed", *words}) | {"воин", "корол", "rajo", "选", "举"}
    assert tokenizer.tokenize("Война короля шоу used 选举") == ["воин", "корол", "шо", "##у", "[UNK]", "选", "举"]
    table = load_bert(tmp_path / "start").embeddings.word_embeddings.weight.detach().numpy()
    after = {piece: table[row] for piece, row in tokenizer.get_vocab().items()}
    from rag.embedding.weights import read_weights

    before = read_weights(tmp_path / "bundle").rows(np.array(old.convert_tokens_to_ids(pieces)))
    before = dict(zip(pieces, before, strict=True))
    for piece in set(pieces) - {"us", "##ed", *words}:
        assert (after[piece] == before[piece]).all(), piece
    assert np.allclose(after["воин"], before["war"], atol=1e-6), "aligned"
    assert np.allclose(after["rajo"], before["king"], atol=1e-6), "aligned, of a language without frequencies"
    assert np.allclose(after["корол"], (before["ко"] + before["##рол"]) / 2, atol=1e-6), "never met: the mean of what it was cut into"
    assert np.allclose(after["选"], before["[UNK]"], atol=1e-6), "a character that was missing and never met"


def test_names_of_arabic_packages_are_read(tmp_path, monkeypatch):
    from types import SimpleNamespace

    from training.wordlists import word_pairs

    (tmp_path / "jsons" / "cities").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "jsons" / "cities" / "some.json").write_text(json.dumps({"addison, new york": "أديسون (نيويورك)", "nested": {"a": "ب"}, "none": ""}), "utf-8")
    (tmp_path / "jsons" / "list.json").write_text(json.dumps(["أدل"]), "utf-8")
    (tmp_path / "data" / "dict_FINAL.json").write_text(json.dumps({"aaron": "آرون"}), "utf-8")
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec if name in ("ArWikiCats", "arabnamer") else None)
    found = [pair for pair in word_pairs("ar") if pair.source != "freedict"]
    assert found == [Pair("أديسون", "addison, new york", "ar", "arwikicats"), Pair("آرون", "Aaron", "ar", "arabnamer")]
    assert [pair for pair in word_pairs("ru") if pair.source in ("arwikicats", "arabnamer")] == []
