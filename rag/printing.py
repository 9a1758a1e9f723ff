"""What the command line prints: text for people, JSON for programs; nothing in an article can steer the terminal."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator

from rag.filters import Filters
from rag.types import Answer, Article, CheckReport, Citation, Hit, IngestReport, Reason

_WIDTH_MAX = 100
_MARKS = "▸", "◂"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_JSON = re.compile(f"[\x7f-\x9f\ud800-\udfff{_DIRECTIONS}]")
_REASONS = {
    Reason.EMPTY_COLLECTION: "There are no articles yet. Add some: rag add PATH --index {index}",
    Reason.NOTHING_CLOSE: "Not answered: nothing in the articles comes close enough to this question.",
    Reason.PHRASE_NOT_FOUND: "Not answered: the quoted phrase stands in none of the articles.",
    Reason.NO_ARTICLE_MATCHES: "Not answered: no article matches the filter {filters}. Widen it, or leave it out; `rag list` shows sources and dates.",
}


def clean(text: str) -> str:
    """`text` for a terminal: of all control characters only line ends are left, and no direction marks."""
    text = re.sub(f"[{_DIRECTIONS}]", "", text.replace("\t", " "))
    return _CONTROLS.sub("\ufffd", text)


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def as_json(value: object, *, indent: int | None = 2) -> str:
    """Readable where the output is UTF-8; control and direction characters are always escaped."""
    utf8 = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not utf8, indent=indent)
    return _NOT_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def card(article: Article) -> dict[str, object]:
    """An article's metadata as JSON values."""
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "published": article.published,
        "published_from": article.published_from,
        "url": article.url,
        "language": article.language,
    }


def whole(article: Article) -> dict[str, object]:
    return {**card(article), "heading": article.heading, "hash": article.hash, "text": article.text}


def answer_text(answer: Answer, index: object) -> str:
    if answer:
        lines = [line for citation in answer.citations for line in [*_citation(citation, str(citation.strength), _MARKS), ""]]
        return "\n".join([*lines, f"{_MARKS[0]} {_MARKS[1]} mark the sentence that answers best.", _searched(answer)])
    lines = [_REASONS[answer.reason].format(index=one_line(str(index)), filters=one_line(str(answer.filters)))]
    if answer.reason not in (Reason.EMPTY_COLLECTION, Reason.NO_ARTICLE_MATCHES):
        lines.append(_searched(answer))
    if answer.near_misses:
        lines += ["", "The closest passages; they are not an answer:"]
        for citation in answer.near_misses:
            lines += ["", *_citation(citation, "not an answer", ("", ""))]
    return "\n".join(lines)


def hits_text(hits: Iterable[Hit]) -> str:
    blocks = []
    for number, hit in enumerate(hits, 1):
        scores = f"score {hit.score:.3f}, dense {hit.dense:.3f}, lexical {hit.lexical:.3f}"
        place = _place(hit.article, hit.passage.start, hit.passage.end)
        blocks.append("\n".join([*_head(number, hit.article, scores), *_indented(hit.passage.text), place]))
    return "\n\n".join(blocks) or "Nothing was found."


def cards_text(articles: Iterable[Article], filters: Filters) -> str:
    lines = ["  ".join(filter(None, (one_line(one.id), one_line(one.title), _about(one)))) for one in articles]
    if not lines:
        return f"No article matches the filter {one_line(str(filters))}." if filters else "There are no articles yet."
    return "\n".join([*lines, counted(len(lines), "article")])


def article_text(article: Article) -> str:
    known = {**card(article), "published": _date(article), "hash": article.hash}
    del known["published_from"]
    lines = [f"{name + ':':<10} {one_line(str(value))}" for name, value in known.items() if value]
    return "\n".join([*lines, "", clean(article.text)])


def report_text(report: IngestReport) -> str:
    names = "added", "changed", "unchanged", "removed"
    lines = [", ".join(f"{len(getattr(report, name))} {name}" for name in names) + f"; {counted(report.passages, 'new passage')}"]
    if report.missing:
        lines.append(f"The files of {counted(len(report.missing), 'article')} are gone; --sync removes them:")
        lines += [f"  {one_line(name)}" for name in report.missing]
    if report.rejected:
        lines.append(f"{len(report.rejected)} not added:")
        lines += [f"  {one_line(one.name)}: {one_line(one.reason)}" for one in report.rejected]
    return "\n".join(lines)


def check_text(report: CheckReport) -> str:
    verdict = "everything agrees" if report else counted(len(report.problems), "problem")
    lines = [f"repaired: {one_line(one)}" for one in report.repaired] + [f"problem: {one_line(one)}" for one in report.problems]
    return "\n".join([*lines, f"Checked {counted(report.articles, 'article')}, {counted(report.passages, 'passage')}: {verdict}."])


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _citation(citation: Citation, strength: str, marks: tuple[str, str]) -> Iterator[str]:
    quote, sentence, (before, after) = citation.quote, citation.sentence, marks
    start, end = sentence.start - citation.start, sentence.end - citation.start
    yield from _head(citation.number, citation.article, strength)
    yield from _indented(f"{quote[:start]}{before}{quote[start:end]}{after}{quote[end:]}")
    yield _place(citation.article, citation.start, citation.end)
    if citation.also_in:
        yield f"    also in: {', '.join(map(one_line, citation.also_in))}"


def _head(number: int, article: Article, last: str) -> Iterator[str]:
    yield f"[{number}] {one_line(article.heading)}"
    yield "    " + " · ".join(filter(None, (_about(article), last)))


def _about(article: Article) -> str:
    return " · ".join(filter(None, (one_line(article.source), _date(article))))


def _date(article: Article) -> str:
    return one_line(article.published) + (" (from the dateline)" if article.published_from == "dateline" else "")


def _place(article: Article, start: int, end: int) -> str:
    return f"    {one_line(article.id)} {start}-{end}"


def _indented(text: str) -> Iterator[str]:
    """Wrapped for a terminal, untouched line by line for a file or a pipe."""
    width = min(shutil.get_terminal_size().columns, _WIDTH_MAX) - 4 if sys.stdout.isatty() else 0
    for line in clean(text).split("\n"):
        wrapped = textwrap.wrap(line, max(width, 20), break_long_words=False, break_on_hyphens=False) if width else [line]
        yield from ("    " + one for one in wrapped)


def _searched(answer: Answer) -> str:
    searched = answer.searched
    parts = [counted(searched.articles, "article"), counted(searched.passages, "passage")]
    if searched.languages:
        parts.append(f"in {' '.join(searched.languages)}")
    if searched.dates:
        parts.append("dated " + " to ".join(dict.fromkeys(searched.dates)))
    only = f" Filter: {answer.filters}." if answer.filters else ""
    return one_line(f"Searched: {', '.join(parts)}.{only}")
