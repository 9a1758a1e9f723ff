"""A conversation or an answer as text for another program, by the name of the form or the ending of a file."""

from __future__ import annotations

import os
from pathlib import Path

from rag.conversing.conversation import Askable, Conversation
from rag.conversing.saving import write_whole
from rag.errors import ConversationError
from rag.exports.gathering import gather
from rag.exports.markdown import as_markdown
from rag.exports.references import as_bibtex, as_ris
from rag.exports.tables import as_csv
from rag.types import Answer

FORMS = {"md": as_markdown, "csv": as_csv, "bib": as_bibtex, "ris": as_ris}


def export(collection: Askable, what: Conversation | Answer, form: str) -> str:
    """A conversation or an answer as `md` (Markdown), `csv` (its quotes), `bib` (BibTeX) or `ris` (its sources).

    Every quote is checked by hash against its article in `collection` now; one that has changed or gone is not shown.
    Raises ConversationError for another form.
    """
    if form not in FORMS:
        raise ConversationError(f"There is no form {form!r} to export. Choose one of {', '.join(FORMS)}.")
    return FORMS[form](gather(collection, what))


def export_file(collection: Askable, what: Conversation | Answer, path: str | os.PathLike[str]) -> None:
    """Write an export to a file, in the form that its ending names.  Raises ConversationError."""
    form = Path(path).suffix.removeprefix(".").lower()
    # Without the mark, spreadsheets read CSV in the system's old encoding.
    write_whole(path, export(collection, what, form).encode("utf-8-sig" if form == "csv" else "utf-8", "replace"))
