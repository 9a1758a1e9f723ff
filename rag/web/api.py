"""What other programs may call: `ask`, `search` and `article`, by gradio_client or REST."""

from __future__ import annotations

import gradio as gr
from gradio.context import Context

from rag.errors import RagError
from rag.filters import Filters
from rag.web.opening import Opening
from rag.web.turns import ANSWERED_AT_ONCE, ASKS

TOP_K_MAX = 50


def add_api(opening: Opening) -> None:
    """Exposes the three functions on the Blocks being built."""

    def ask(question: str, top_k: int = 5, since: str = "", until: str = "", source: str = "", language: str = "", article: str = "") -> dict:
        """Answer a question with verbatim passages of the articles, each with its citation.

        Args:
            question: The question, in any language.
            top_k: The most citations wanted, 1 to 50.
            since: Only articles from this year, month or day on, such as 2023-01.
            until: Only articles up to the end of this year, month or day.
            source: Only of this source, a part of its name or web address, or its whole name after a `=`; or a list of several.
            language: Only in this language, an ISO 639-1 code; or a list of several.
            article: Only the article with this id; or a list of several.
        """
        with _spoken_errors():
            filters = _filters(since, until, source, language, article)
            return opening.collection().ask(question, top_k=_bounded(top_k), filters=filters).to_dict()

    def search(question: str, top_k: int = 10, since: str = "", until: str = "", source: str = "", language: str = "", article: str = "") -> dict:
        """Find the passages closest to a question, without judging whether they answer it.

        Args:
            question: The question or words to look for.
            top_k: The most passages wanted, 1 to 50.
            since, until, source, language, article: The filters of `ask`.
        """
        with _spoken_errors():
            filters = _filters(since, until, source, language, article)
            hits = opening.collection().search(question, top_k=_bounded(top_k), filters=filters)
            return {"question": question, "hits": [hit.to_dict() for hit in hits]}

    def article(article_id: str) -> dict:
        """The whole text of one article and what is known about it.

        Args:
            article_id: The id that a citation carries as `article_id`.
        """
        with _spoken_errors():
            found = opening.collection().article(article_id)
        names = ("id", "title", "text", "source", "author", "published", "published_from", "url", "language", "hash")
        return {name: getattr(found, name) for name in names}

    for function in (ask, search, article):
        gr.api(function, api_name=function.__name__, concurrency_limit=ANSWERED_AT_ONCE, concurrency_id=ASKS)
    _fill_in(Context.root_block)


def _fill_in(page: gr.Blocks) -> None:
    """What is optional may be left out of the list of a plain REST call too; Gradio's own client fills it in itself."""
    validate = page.validate_inputs

    def filled(block_fn: object, inputs: list) -> None:
        left_out = block_fn.inputs[len(inputs) :]
        if block_fn.api_name in ("ask", "search") and all(one.value is not None for one in left_out):
            inputs += [one.value for one in left_out]
        validate(block_fn, inputs)

    page.validate_inputs = filled


class _spoken_errors:
    """Errors made for people reach the caller in words; all others stay in the log."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RagError):
            raise gr.Error(str(error), print_exception=False) from error


def _filters(since: object, until: object, *several: object) -> Filters:
    """Gradio passes on whatever JSON value a caller sends: one text, or a list of them."""
    return Filters(since or "", until or "", *([value] if isinstance(value, str) else value or () for value in several))


def _bounded(top_k: object) -> int:
    try:
        return max(1, min(int(top_k), TOP_K_MAX))  # Gradio passes on whatever JSON value a caller sends
    except (TypeError, ValueError, OverflowError):
        raise gr.Error(f"top_k must be a number from 1 to {TOP_K_MAX}.", print_exception=False) from None
