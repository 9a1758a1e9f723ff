"""What the parsers raise; it never leaves `rag.reading`, where it becomes a `Rejection`."""

from __future__ import annotations


class Unreadable(Exception):
    """A file or row that gives no article.  The message is the reason shown: what is wrong, and what to do."""
