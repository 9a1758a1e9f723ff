"""Adding and removing in words: how far an upload is, what became of each file, what was removed."""

from __future__ import annotations

from collections.abc import Sequence

from rag.errors import RagError
from rag.types import Article
from rag.web.escaping import html_escape, html_line
from rag.web.shelf_html import number
from rag.web.shelf_intake import Outcome, Stage
from rag.web.shelf_reasons import reason_words
from rag.web.strings import say
from rag.web.wording import error_words

OUTCOMES_MAX = 500
_MINUTE = 60
_MINUTES_FROM = 90
"""From so many seconds on the time left is said in minutes."""


def progress_html(stage: Stage, language: str) -> str:
    """A bar with count and time left."""
    if not stage.total:
        return f'<p class="shelf-progress" role="status">{html_line(say("shelf.adding.begun", language))}</p>'
    counts = say("shelf.adding", language, done=number(stage.done, language), total=number(stage.total, language))
    left = "" if stage.left is None else " · " + _time_left(stage.left, language)
    return (
        f'<div class="shelf-progress"><progress max="{stage.total}" value="{stage.done}" aria-label="{html_escape(counts)}"></progress>'
        f"<span>{html_line(counts + left)}</span></div>"
    )


def _time_left(seconds: float, language: str) -> str:
    if seconds < _MINUTES_FROM:
        return say("shelf.left.seconds", language, n=max(1, round(seconds)))
    return say("shelf.left.minutes", language, n=round(seconds / _MINUTE))


def outcomes_html(outcomes: Sequence[Outcome], language: str, problem: RagError | None = None) -> str:
    """The sum in one line, then each file with what happened to it."""
    total = Outcome("", *(sum(getattr(one, what) for one in outcomes) for what in ("added", "changed", "unchanged", "refusals")))
    stopped = any(one.cancelled for one in outcomes) and problem is None
    what = ", ".join(_counts(total, language)) or say("shelf.nothing", language)
    summary = html_line(say("shelf.stopped" if stopped else "shelf.finished", language, what=what))
    rows = "".join(_outcome(one, language) for one in outcomes[:OUTCOMES_MAX])
    more = html_line(say("shelf.rest", language, n=number(len(outcomes) - OUTCOMES_MAX, language))) if len(outcomes) > OUTCOMES_MAX else ""
    return (
        (problem_html(problem, language) if problem else "")
        + f'<p class="shelf-summary" role="status">{summary}</p><ul class="shelf-outcomes">{rows}{f"<li>{more}</li>" if more else ""}</ul>'
    )


def _counts(one: Outcome, language: str) -> list[str]:
    counts = {"added": one.added, "changed": one.changed, "unchanged": one.unchanged, "refused": one.refusals}
    return [say(f"shelf.result.{what}", language, n=number(n, language)) for what, n in counts.items() if n]


def _outcome(one: Outcome, language: str) -> str:
    words = _counts(one, language) + ([say("shelf.result.cancelled", language)] if one.cancelled else [])
    said = ", ".join(words) or say("shelf.result.none", language)
    reasons = "".join(f"<li>{html_line(reason_words(reason, language))}</li>" for reason in one.refused)
    kind = "refused" if one.refusals or one.cancelled else "kept"
    name = f'<span class="name" dir="auto">{html_line(one.name)}</span>'
    return f'<li class="{kind}">{name} <span class="said">{html_line(said)}</span>{f"<ul>{reasons}</ul>" if reasons else ""}</li>'


def problem_html(error: RagError, language: str) -> str:
    details = say("error.details", language, problem=error)
    return f'<p class="shelf-problem" role="alert">{html_line(error_words(error, language))} <span class="said">{html_line(details)}</span></p>'


def refusal_html(words: str) -> str:
    return f'<p class="shelf-problem" role="alert">{html_line(words)}</p>'


def removed_html(article: Article | None, token: str, language: str) -> str:
    """What was removed, and the button that brings it back; None for an article that was damaged."""
    if article is None:
        return f'<p class="shelf-note" role="status">{html_line(say("shelf.removed.damaged", language))}</p>'
    undo = f'<button type="button" class="tool undo" data-token="{html_escape(token)}">{html_line(say("shelf.undo", language))}</button>'
    words = html_line(say("shelf.removed", language, title=article.heading))
    return f'<p class="shelf-note"><span role="status" dir="auto">{words}</span> {undo}</p>'


def restored_html(article: Article | None, language: str) -> str:
    words = say("shelf.restored", language, title=article.heading) if article else say("shelf.restored.not", language)
    return f'<p class="shelf-note" role="status" dir="auto">{html_line(words)}</p>'
