"""Our own questions about the two articles of seeds/: those they answer, those about other things, and those close by.

    python -m benchmarks.first_articles [--model NAME]

Of the first kind: the answer in the first citation, in the first three, in the marked sentence of one of these; a refusal
misses all three.  Of the others: how many are refused.  Every miss is printed.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag import Answer, Collection

QUESTIONS = Path(__file__).with_suffix(".tsv")
SEEDS = Path(__file__).parents[1] / "seeds"


@dataclass(frozen=True, slots=True)
class Own:
    """`answer` must stand in the passage; empty where the articles hold none."""

    kind: str
    question: str
    answer: str


def read(path: Path = QUESTIONS) -> list[Own]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Own(row["kind"], row["question"], row["answer"] or "") for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def judged(own: Own, answer: Answer) -> dict[str, bool]:
    """What this question was asked for, and whether it came so."""
    if not own.answer:
        return {"refused": not answer}
    first = answer.citations[:3]
    return {
        "first": own.answer in "".join(one.quote for one in first[:1]),
        "first three": any(own.answer in one.quote for one in first),
        "marked sentence": any(own.answer in one.sentence.text for one in first),
    }


def counts(asked: Sequence[tuple[Own, dict[str, bool]]]) -> list[str]:
    """One line for each kind and figure: how many of how many."""
    kinds = dict.fromkeys((own.kind, name) for own, found in asked for name in found)
    values = {key: [found[key[1]] for own, found in asked if own.kind == key[0]] for key in kinds}
    return [f"{kind}: {name} {sum(some)} of {len(some)}" for (kind, name), some in values.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a sentence-transformers folder instead of the bundled model")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Collection.open(Path(folder) / "index", model=arguments.model) as collection:
        collection.add([SEEDS])
        asked = [(own, judged(own, collection.ask(own.question))) for own in read()]
    for own, found in asked:
        if not all(found.values()):
            print(f"  {own.kind}, no {', '.join(name for name, value in found.items() if not value)}: {own.question}")
    print("\n".join(counts(asked)))


if __name__ == "__main__":
    main()
