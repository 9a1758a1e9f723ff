"""What other programs may call: `ask`, `search` and `article`, by gradio_client or REST."""

from __future__ import annotations

import gradio as gr

from rag.errors import RagError
from rag.web.opening import Opening

TOP_K_MAX = 50
AT_ONCE = 4
"""Questions answered at the same time, from the page and from programs together; more wait in the queue."""


def add_api(opening: Opening) -> None:
    """Exposes the three functions on the Blocks being built."""

    def ask(question: str, top_k: int = 5) -> dict:
        """Answer a question with verbatim passages of the articles, each with its citation.

        Args:
            question: The question, in any language.
            top_k: The most citations wanted, 1 to 50.
        """
        with _spoken_errors():
            return opening.collection().ask(question, top_k=_bounded(top_k)).to_dict()

    def search(question: str, top_k: int = 10) -> dict:
        """Find the passages closest to a question, without judging whether they answer it.

        Args:
            question: The question or words to look for.
            top_k: The most passages wanted, 1 to 50.
        """
        with _spoken_errors():
            return {"question": question, "hits": [hit.to_dict() for hit in opening.collection().search(question, top_k=_bounded(top_k))]}

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
        gr.api(function, api_name=function.__name__, concurrency_limit=AT_ONCE, concurrency_id="ask")


class _spoken_errors:
    """Errors made for people reach the caller in words; all others stay in the log."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RagError):
            raise gr.Error(str(error), print_exception=False) from error


def _bounded(top_k: object) -> int:
    try:
        return max(1, min(int(top_k), TOP_K_MAX))  # Gradio passes on whatever JSON value a caller sends
    except (TypeError, ValueError, OverflowError):
        raise gr.Error(f"top_k must be a number from 1 to {TOP_K_MAX}.", print_exception=False) from None
