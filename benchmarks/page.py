"""What a visitor of the page waits for, and what many visitors at once do to it, each beside the barest page that Gradio can serve.

    python -m benchmarks.page [--passages 10000] [--questions 5000] [--out docs/page]

Articles are recombined from the sentences of `seeds/`; a passage gets the mean of its sentences' vectors, a question goes through
the model.  The bare page is a `gr.Blocks` with a Chatbot and a Textbox, in a process of its own; visits to it and to Kutip's page
take turns, so that a slow moment hits both.  Crowds are plain sockets (benchmarks/crowd.py).  Memory is the resident size of one
server after 500 questions and after all.  Needs a browser and Linux.  `--out` writes NAME.md and NAME.json.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.crowd import Crowd, Outcome
from benchmarks.reporting import save
from benchmarks.servers import Server
from benchmarks.speed import copy_speed
from benchmarks.stock import fill, questions
from benchmarks.visits import browsing, seconds_to_article, seconds_to_citation, seconds_to_echo, seconds_to_page, visiting

TIMES = 5
ASKED_IN_A_VISIT = 4
WAYS = ("page", "call", "run")
FIRST_QUESTIONS = 500
TOGETHER = 4
TIMEOUT_SECONDS = 120.0

Figures = dict[str, float]


def median_of(pairs: Iterable[tuple[float, float]], what: str) -> Figures:
    """Medians of (bare, Kutip) and the median of their ratios."""
    bare, kutip = zip(*pairs, strict=True)
    return {
        f"{what}: bare page, s": statistics.median(bare),
        f"{what}: Kutip, s": statistics.median(kutip),
        f"{what}: ratio": statistics.median(theirs / its for its, theirs in zip(bare, kutip, strict=True)),
    }


def starts(browser: Browser, folder: Path) -> Figures:
    """From the start of the process until the box is to be seen in a browser."""
    return median_of([(_start(browser, Server.bare()), _start(browser, Server.kutip(folder))) for _ in range(TIMES)], "start to page")


def _start(browser: Browser, server: Server) -> float:
    with server, visiting(browser, server.address) as (_, _):
        return server.since_start


def visits(browser: Browser, bare: str, kutip: str) -> Figures:
    for address in (bare, kutip):
        seconds_to_page(browser, address)
    return median_of([(seconds_to_page(browser, bare), seconds_to_page(browser, kutip)) for _ in range(TIMES)], "page ready")


def answers(browser: Browser, bare: str, kutip: str) -> Figures:
    """Question to citation, and citation to article, in fresh visits; of the bare page the way of a text there and back."""
    asked = Crowd(kutip)
    answered = [one for one in questions(200, seed=3) if '"answered":true' in asked.ask([one], ["run"], TIMEOUT_SECONDS)[0].said]
    echoes, citations, articles = [], [], []
    for visit in range(TIMES):
        with visiting(browser, bare) as (echo, _), visiting(browser, kutip) as (page, _):
            for question in answered[visit * ASKED_IN_A_VISIT :][:ASKED_IN_A_VISIT]:
                echoes.append(seconds_to_echo(echo, question))
                citations.append(seconds_to_citation(page, question))
                articles.append(seconds_to_article(page))
    return {
        "bare page, text there and back: p50, s": statistics.median(echoes),
        "question to first citation: p50, s": statistics.median(citations),
        "question to first citation: slowest, s": max(citations),
        "citation to article: p50, s": statistics.median(articles),
        "citation to article: slowest, s": max(articles),
    }


def crowds(bare: str, kutip: str) -> Figures:
    """50 and 200 clients at once, by each way and mixed; of the bare page 200, of which its queue refuses those over its limit."""
    figures: Figures = {}
    for count, every in ((50, (("page",), WAYS)), (200, (("page",), ("call",), ("run",), WAYS))):
        for ways in every:
            took: dict[str, list[float]] = {"answered": [], "refused": [], "neither": []}
            slowest: dict[str, list[float]] = {"answered": [], "refused": []}
            for turn in range(TIMES):
                outcomes = Crowd(kutip).ask(questions(count, seed=turn), ways, TIMEOUT_SECONDS)
                for kind, those in _by_kind(outcomes).items():
                    took[kind].append(len(those))
                    if those and kind in slowest:
                        slowest[kind].append(max(one.seconds for one in those))
            name = f"{count} at once by {'+'.join(ways)}"
            figures |= {f"{name}: {kind}": statistics.median(counts) for kind, counts in took.items()}
            figures |= {f"{name}: slowest {kind}, s": statistics.median(values) for kind, values in slowest.items() if values}
    told = [Crowd(bare).ask(questions(200), ["call"], TIMEOUT_SECONDS) for _ in range(TIMES)]
    refusals = [max((one.seconds for one in outcomes if "Queue is full" in one.said), default=0.0) for outcomes in told]
    figures["bare page, 200 at once by call: slowest refused, s"] = statistics.median(refusals)
    return figures


def _by_kind(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    kinds: dict[str, list[Outcome]] = {"answered": [], "refused": [], "neither": []}
    for one in outcomes:
        kinds["answered" if one.answered else "refused" if one.refused else "neither"].append(one)
    return kinds


def memory(folder: Path, count: int) -> Figures:
    """MiB of one server after 500 and after `count` varied questions, a few at a time, each by a visitor of its own."""
    asked = questions(count, seed=5)
    with Server.kutip(folder) as server:
        server.wait_until_ready()
        crowd, resident = Crowd(server.address), {}
        for begin in range(0, count, TOGETHER):
            crowd.ask(asked[begin : begin + TOGETHER], WAYS, TIMEOUT_SECONDS)
            if begin + TOGETHER in (FIRST_QUESTIONS, count):
                resident[begin + TOGETHER] = server.resident
    return {f"resident after {FIRST_QUESTIONS:,} questions, MiB": resident[FIRST_QUESTIONS], f"resident after {count:,} questions, MiB": resident[count],
            "resident, growth in %": 100 * (resident[count] / resident[FIRST_QUESTIONS] - 1)}  # fmt: skip


def measure(passages: int, count: int) -> Figures:
    figures: Figures = {"memory copy, GB/s": copy_speed()}

    def note(more: Figures) -> None:
        figures.update(more)
        print(*(f"{name}: {value:.2f}" for name, value in more.items()), sep="\n", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        note({"passages": fill(folder, passages)})
        with browsing() as browser:
            note(starts(browser, folder))
            with Server.bare() as bare, Server.kutip(folder) as kutip:
                kutip.wait_until_ready()
                note(visits(browser, bare.address, kutip.address))
                note(answers(browser, bare.address, kutip.address))
                note(crowds(bare.address, kutip.address))
                note({"page ready after the crowds, s": seconds_to_page(browser, kutip.address)})
        note(memory(folder, count))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=5000, help="for the memory; a multiple of 4, more than 500")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    figures = measure(arguments.passages, arguments.questions)
    table = "| | |\n|---|--:|\n" + "".join(f"| {name} | {value:,.{0 if float(value).is_integer() else 2}f} |\n" for name, value in figures.items())
    print(table)
    if arguments.out:
        save(arguments.out, table, figures)


if __name__ == "__main__":
    main()
