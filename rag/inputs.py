"""What can be added: paths and articles, one or many, in a list or as they come."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from rag.errors import SourceError
from rag.types import Article

Addable = str | os.PathLike[str] | Article


def checked(inputs: Addable | Iterable[Addable]) -> Iterable[Addable]:
    """One or many things to add: a list of those of a list or tuple, the others as they come.  Raises SourceError for
    anything that is neither a path nor an Article, of a stream when it is met."""
    many = [inputs] if isinstance(inputs, str | os.PathLike | Article) else inputs
    if not isinstance(many, Iterable):
        raise _not_addable(many)
    return list(_each(many)) if isinstance(many, list | tuple) else _each(many)


def _each(many: Iterable[object]) -> Iterator[Addable]:
    for one in many:
        if not isinstance(one, str | os.PathLike | Article):
            raise _not_addable(one)
        yield one


def _not_addable(one: object) -> SourceError:
    return SourceError(f"{type(one).__name__} cannot be added: give paths of files or folders, or Article values.")
