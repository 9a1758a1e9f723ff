"""The model card: what a model was made of and how, written beside it from the report of its training."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LICENCES = "LICENCES.tsv"
MADE = "made.json"
"""The report beside the card, for programs."""
OWN_LICENCES = {
    "cc-cedict": "CC BY-SA 4.0",
    "jmdict": "CC BY-SA 4.0",
    "cldr": "Unicode licence",
    "emoji": "BSD; names from CLDR",
    "geonames": "CC BY 4.0",
    "arwikicats": "MIT",
    "arabnamer": "CC BY 4.0",
    "bible": "public domain",
    "wesnoth": "GPL 2 or later",
    "freedict": "GPL 2 or later; CC BY-SA 3.0",
    "mueller": "GPL 2 or later",
    "names": "CC BY-SA 4.0 (wordfreq)",
    "thai-wordnet": "NICT's and WordNet's, free with their notices",
    "idk_mrc_id": "CC BY-SA 4.0",
    "facqa_id": "CC BY-SA 4.0",
    "tydiqa_goldp/en": "Apache-2.0",
    "wikipedia": "CC BY-SA 3.0",
}
"""Of what comes from packages and from the question sets."""
TEMPLATE = """---
license: apache-2.0
pipeline_tag: sentence-similarity
library_name: sentence-transformers
language: [en, {codes}]
---
# Sentences and questions of {count} languages in one space

A BERT of six layers and 384 dimensions over {pieces:,} word pieces: mean pooling, unit length, 256 tokens. Its teacher is all-MiniLM-L6-v2 (Apache-2.0): a
text and its English translation lie in the same place. Made by `python -m training` of Kutip, whose docs/model.md tells how, and docs/quality.md how well.

Frequent words of thirteen languages, by wordfreq's counts (CC BY-SA 4.0) and the Thai National Corpus's (CC0), are pieces of their own, and Vietnamese
words of several syllables by underthesea's list (Apache-2.0).
Words and names are counted below with their frequent forms.

Distilled for {steps:,} steps of {tokens:,} tokens in all, {hours} hours on {device} ({threads} threads, torch {torch}); then {finishing:,} steps
on questions with their passages, on {passages:,} passages that a few of their own words should find, in their language, in the other one or
replaced word by word out of dictionaries, and on translations as before. No question of a validation or test set, and no passage that answers
one, was among the texts.

## Languages
Texts in each, with their translation into English, or into Indonesian for jv, su and min:

{pairs}

## Sources
{sources}

## Limits
Languages that are not listed work as far as they share words with one that is. Names that never occurred in training say little: Kutip's lexical side
matches those. The translated texts are documentation, help, conversation, health, the Bible and a game's stories, with little news; a part of them is
machine-translated.
"""


def write_card(out: Path, report: Mapping[str, Any], data: Path) -> None:
    """Writes OUT/README.md and OUT/made.json from `report`, what training/__main__.py gives; licences stand in DATA/LICENCES.tsv."""
    (out / MADE).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    licences = OWN_LICENCES | _licences(data / LICENCES)
    used = [("pairs of texts", report["sources"]), ("words and names", report["words"]), ("questions, the train split", report["questions"])]
    used += [("passages, from gensim's tests", report["encyclopedia"])]
    rows = [(name, f"{number:,}", what, licences.get(name, "")) for what, counts in used for name, number in counts.items()]
    fields = {**report, "codes": ", ".join(report["pairs"]), "count": 1 + len(report["pairs"])}
    fields["pairs"] = _table(("language", "texts"), [(code, f"{number:,}") for code, number in report["pairs"].items()])
    fields["sources"] = _table(("source", "number", "of", "licence"), rows)
    (out / "README.md").write_text(TEMPLATE.format_map(fields), encoding="utf-8")


def _licences(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["source"]: row["licence"] for row in csv.DictReader(file, delimiter="\t")}


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (columns, ("---",) * len(columns), *rows))
