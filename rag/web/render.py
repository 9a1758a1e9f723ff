"""Answers as Markdown for the chat, articles and the page's head as HTML; knows nothing of Gradio.

Foreign text (articles, their metadata, questions, error messages) enters only through `rag.web.escaping`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from string import ascii_lowercase
from types import MappingProxyType

from rag.errors import RagError
from rag.types import Answer, Article, Citation, Reason, Searched, Span
from rag.web.citing import Reference
from rag.web.escaping import html_escape, html_line, md_escape
from rag.web.opening import Phase, State
from rag.web.parts import parts_markdown
from rag.web.strings import LANGUAGES, say, say_count
from rag.web.tools import Tools, tools_html
from rag.web.why import why_markdown
from rag.web.wording import error_words, facts, language_name, web_address, written_date

_LANGUAGES_NAMED = 8
_ALSO_IN_NAMED = 3
_RARE_NAMED = 6
_LINE = re.compile(r"[^\n]+")
_HERE = '<span class="here" tabindex="-1"></span>'


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one paragraph that is marked alike throughout; `start` is its place in the article."""

    text: str
    quoted: bool
    best: bool
    start: int
    other: bool = False


def paragraphs(
    text: str,
    quote: Span | None = None,
    sentence: Span | None = None,
    *,
    part: Span | None = None,
    at: int | None = None,
    others: Sequence[Span] = (),
) -> Iterator[list[Piece]]:
    """The paragraphs (lines) of `text`, cut at `at` and where `quote`, `sentence` and `others` begin and end; a mark may cross paragraphs.

    All places count from the start of `text`, also when only a `part` of it is wanted.
    """
    cuts = {place for span in (quote, sentence, *others) if span for place in (span.start, span.end)} | {at}
    for line in _LINE.finditer(text, *((part.start, part.end) if part else ())):
        if line[0].isspace():
            continue
        places = sorted({line.start(), line.end(), *(cut for cut in cuts if cut is not None and line.start() < cut < line.end())})
        yield [Piece(text[a:b], _within(a, quote), _within(a, sentence), a, any(_within(a, other) for other in others)) for a, b in pairwise(places)]


def _within(place: int, span: Span | None) -> bool:
    return span is not None and span.start <= place < span.end


# -- the chat: Markdown ------------------------------------------------------------------------------------------


def answer_markdown(answer: Answer, language: str, carried: Sequence[str] = (), rare: Mapping[str, int] = MappingProxyType({})) -> str:
    """The answer as one chat message: quotes with their sources, or plainly that there is no answer.

    `carried` are the words that the question took over; `rare` says how many articles hold each of its rare words.
    """
    above = parts_markdown(answer.question, carried, answer.filters, language)
    if answer:
        return blocks(*above, *(citation_markdown(one, language) for one in answer.citations))
    if answer.reason is Reason.EMPTY_COLLECTION:
        return blocks(f"<strong>{say('no.empty_collection', language)}</strong>", say("add", language, command="`rag add PATH`"))
    below = [f"<strong>{say(f'no.{answer.reason}', language)}</strong>", *above]
    if answer.filters:
        below.append(f'<button class="act widen" name="widen">{say("widen", language)}</button>')
    if answer.searched.articles:
        below.append(md_escape(say("searched", language, what=searched_words(answer.searched, language))))
    if rare:
        below.append(md_escape(say("rare", language, what=_rare_words(rare, language))))
    if answer.near_misses:
        below += ['<div class="near">', f"<strong>{say('near', language)}</strong>"]
        below += [*(citation_markdown(one, language, sign) for sign, one in zip(ascii_lowercase, answer.near_misses, strict=False)), "</div>"]
    return blocks(*below)


def _rare_words(rare: Mapping[str, int], language: str) -> str:
    """`“Widodo” in none, “beras” in 2 articles`."""
    named = list(rare.items())[:_RARE_NAMED]
    return ", ".join(say_count("rare.held", n, language, word=word) if n else say("rare.none", language, word=word) for word, n in named)


def problem_markdown(error: RagError, language: str) -> str:
    details = md_escape(say("error.details", language, problem=error)).strip()
    return blocks(f"<strong>{md_escape(error_words(error, language))}</strong>", f'<span class="said">{details}</span>')


def searching_markdown(language: str) -> str:
    """Stands where the answer will; shown only if that takes a while."""
    return f'<span class="said searching">{say("answer.searching", language)}</span>'


def welcome_markdown(examples: Sequence[str], language: str) -> str:
    """The chat before the first question, with the questions to begin with as buttons."""
    buttons = "".join(f'<button class="example" dir="auto">{html_line(example)}</button>' for example in examples)
    return blocks(say("welcome", language), *([f'<div class="examples">{buttons}</div>'] if buttons else []))


def blocks(*parts: str) -> str:
    """Blocks of Markdown, one below the other."""
    return "\n\n".join(parts)


def citation_markdown(citation: Citation, language: str, sign: str = "") -> str:
    """A quote with its source; `sign` stands in the place of its number where it has no lasting one."""
    link = Reference.of(citation).href
    sentence = Span(citation.sentence.start - citation.start, citation.sentence.end - citation.start)
    lines = ["".join(map(_piece_markdown, line)).strip() for line in paragraphs(citation.quote, sentence=sentence)] or [""]
    # The number leads: on a phone the end of a long quote is below the screen.
    lines[0] = f'[{sign or citation.number}]({link} "{say("reader.open", language)}")&nbsp;{lines[0]}'
    shown = ["\n>\n".join(f"> {line}" for line in lines), _source_line(citation, link, language)]
    if citation.also_in:
        ids = ", ".join(citation.also_in[:_ALSO_IN_NAMED]) + (" …" if len(citation.also_in) > _ALSO_IN_NAMED else "")
        shown.append(f'<span class="also">{md_escape(say_count("also_in", len(citation.also_in), language, ids=ids))}</span>')
    return blocks(*shown, *why_markdown(citation.why, language))


def _piece_markdown(piece: Piece) -> str:
    # <mark> and not **: asterisks beside quotation marks, or between letters without blanks, would stay asterisks.
    return f"<mark>{md_escape(piece.text)}</mark>" if piece.best else md_escape(piece.text)


def _source_line(citation: Citation, link: str, language: str) -> str:
    article = citation.article
    heading = f'<span class="heading">[{md_escape(article.heading).strip()}]({link})</span>'
    untitled = f' <span class="said">({say("untitled", language)})</span>' if not article.title else ""
    said = " · ".join(md_escape(fact).strip() for fact in facts(article, language))
    chips = [f'<span class="strength {citation.strength}">{say(f"strength.{citation.strength}", language)}</span>']
    if article.language:
        chips.insert(0, f'<span class="chip">{md_escape(language_name(article.language, language))}</span>')
    return f"{heading}{untitled}<br>" + " ".join(filter(None, [f'<span class="said">{said}</span>' if said else "", *chips]))


def searched_words(searched: Searched, language: str) -> str:
    """`2 articles, 9 passages, Indonesian, 10 September 2022 to 10 December 2023`."""
    words = [say_count("articles", searched.articles, language), say_count("passages", searched.passages, language)]
    named = [language_name(code, language) for code in searched.languages[:_LANGUAGES_NAMED]]
    words += [", ".join(named) + (" …" if len(searched.languages) > _LANGUAGES_NAMED else "")] if named else []
    dates = [written_date(date, language) for date in searched.dates]
    if len(dates) == 2 and dates[0] != dates[1]:
        words.append(say("from_to", language, first=dates[0], last=dates[1]))
    elif dates:
        words.append(dates[0])
    return ", ".join(words)


# -- the reader and the head: HTML -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of an article: a `part` of it, `quote` marked and `sentence` emphasised inside.

    `at` is the place that the panel goes to instead of the quote; `back` then is the link to the quote.
    `others` are marked lighter: the answer's other quotes of the article.
    """

    part: Span
    quote: Span | None = None
    sentence: Span | None = None
    notice: str = ""
    at: int | None = None
    back: str = ""
    others: tuple[Span, ...] = ()
    tools: Tools | None = None


def article_html(article: Article, language: str, view: View) -> str:
    untitled = "" if article.title else f' <span class="said">({say("untitled", language)})</span>'
    said = " · ".join(f"<span>{html_line(fact)}</span>" for fact in facts(article, language))
    chip = f' <span class="chip">{html_line(language_name(article.language, language))}</span>' if article.language else ""
    above, below = _around_html(article, language, view)
    code = f' lang="{html_line(article.language)}"' if article.language else ""
    return _reader_html(
        f'<h2 tabindex="-1" dir="auto">{html_line(article.heading)}{untitled}</h2>'
        f'<p class="facts">{said}{chip}{_original(article.url, language)}</p>' + (tools_html(view.tools, language) if view.tools else ""),
        (f'<p class="notice" role="status">{html_escape(view.notice)}</p>' if view.notice else "")
        + f"{above}<article{code}>{_body_html(article.text, view)}</article>{below}",
        language,
    )


def _body_html(text: str, view: View) -> str:
    lines = list(paragraphs(text, view.quote, view.sentence, part=view.part, at=view.at, others=view.others))
    here = None if view.at is None else next((piece.start for line in lines for piece in line if piece.start >= view.at), None)
    return "".join(f'<p dir="auto">{_line_html(line, here)}</p>' for line in lines)


def _around_html(article: Article, language: str, view: View) -> tuple[str, str]:
    """Where an article goes on above and below the part that is shown: how much that is, and buttons that show more."""
    part, whole = view.part, len(article.text) or 1
    said = html_escape(say("reader.part", language, first=100 * part.start // whole, last=-(-100 * part.end // whole)))
    back = f' <a href="{html_escape(view.back)}">{say("reader.to_quote", language)}</a>' if view.back else ""

    def line(key: str, at: int) -> str:
        return f'<p class="part">{said} <button type="button" class="more" data-at="{at}">{say(key, language)}</button>{back}</p>'

    above = line("reader.before", part.start) if part.start > 0 else ""
    return above, line("reader.after", part.end) if part.end < len(article.text) else ""


def notice_html(notice: str, language: str, details: str = "") -> str:
    """The reader where there is no article to show."""
    more = f'<span class="said">{html_line(say("error.details", language, problem=details))}</span>' if details else ""
    return _reader_html(
        f'<h2 tabindex="-1">{html_escape(say("source", language))}</h2>',
        f'<p class="notice" role="status">{html_escape(notice)}{f"<br>{more}" if more else ""}</p>',
        language,
    )


def _reader_html(head: str, body: str, language: str) -> str:
    close = f'<button type="button" class="close" title="Esc">{say("reader.close", language)}</button>'
    return f'<section aria-label="{html_line(say("source", language))}"><header>{close}{head}</header>{body}</section>'


def _line_html(line: list[Piece], here: int | None) -> str:
    runs = []
    for (quoted, other), pieces in groupby(line, key=lambda piece: (piece.quoted, piece.other and not piece.quoted)):
        inner = "".join(_piece_html(one, here) for one in pieces)
        runs.append(f'<mark tabindex="-1">{inner}</mark>' if quoted else f'<mark class="other">{inner}</mark>' if other else inner)
    return "".join(runs)


def _piece_html(piece: Piece, here: int | None) -> str:
    text = html_escape(piece.text)
    return (_HERE if piece.start == here else "") + (f"<strong>{text}</strong>" if piece.best else text)


def _original(url: str, language: str) -> str:
    """A link to the article's own page."""
    address = html_escape(web_address(url))
    return f' <a href="{address}" target="_blank" rel="noopener noreferrer">{say("reader.original", language)}</a>' if address else ""


def masthead_html(state: State | None, searched: Searched | None, language: str, error: RagError | None = None) -> str:
    """Name, promise, and what is being searched or prepared (None: nothing known yet, the room for it kept), or why it failed."""
    shown = _failed_html(error, language) if error else _state_html(state, searched, language)
    other = next(one for one in LANGUAGES if one != language)
    switch = (
        f'<a class="tongue" href="?lang={other}" lang="{other}" hreflang="{other}">'
        f'<span class="long">{say("tongue", language)}</span><span class="short" aria-hidden="true">{say("tongue.short", language)}</span></a>'
    )
    return f'<header class="masthead">{switch}<h1>Kutip</h1><p class="tagline">{html_escape(say("tagline", language))}</p>{shown}</header>'


def _failed_html(error: RagError, language: str) -> str:
    words = f"{say('state.failed', language)} {error_words(error, language)}"
    details = say("error.details", language, problem=error)
    return f'<p class="state failed" role="status">{html_line(words)} <span class="details">{html_line(details)}</span></p>'


def _state_html(state: State | None, searched: Searched | None, language: str) -> str:
    if state is None:
        return '<p class="state" role="status"></p>'
    if state.phase is Phase.READY:
        words = searched_words(searched, language) if searched and searched.articles else say("no.empty_collection", language)
        how = "" if searched and searched.articles else " " + say("add", language, command="<code>rag add PATH</code>")
        return f'<p class="state ready" role="status">{html_line(words)}{how}</p>'
    how_far = ""
    if progress := state.progress:
        how_far = f"{progress.done}/{progress.total}" if progress.total else str(progress.done)
    words = html_line(say(f"state.{state.phase}", language, how_far=how_far))
    return f'<p class="state preparing" role="status">{words} <span>{html_escape(say("state.wait", language))}</span></p>'
