"""One upload on its way into the collection: files read, added in small steps, and what became of each."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import RagError
from rag.reading import Source, find_sources, read_source
from rag.reading.sources import printable
from rag.types import Article, IngestReport, Rejection
from rag.web.asks import Keeps

_log = logging.getLogger(__name__)

LABEL = "uploaded"
"""Stands before the name of an uploaded file in the ids of its articles, so that the same file is known again."""

STEP_ARTICLES = 16
"""So many articles are committed together: few, so that cancelling is quick and little is lost by it."""

REASONS_MAX = 100
"""So many reasons of one file are kept; a table of ten thousand bad rows has as many."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How far it is: `done` of `total` files (members of archives count), after `seconds`."""

    done: int = 0
    total: int = 0
    seconds: float = 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest takes if it goes on like this; None while that cannot be told."""
        return self.seconds / self.done * (self.total - self.done) if self.done and self.seconds > 1 else None


@dataclass(slots=True)
class Outcome:
    """What became of one uploaded file: its articles by what happened to them; `refused` holds the first reasons."""

    name: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refusals: int = 0
    cancelled: bool = False
    refused: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        self.refusals += 1
        if len(self.refused) < REASONS_MAX:
            self.refused.append(reason)


class Intake:
    """Adds uploaded files; `start` it once, then look at `stage` until it is `finished`, or `cancel` it.

    What was committed stays whatever happens after.  The files are taken away from where they are.
    """

    def __init__(self, collection: Keeps, files: Iterable[Path]) -> None:
        self._collection = collection
        self._folder = Path(tempfile.mkdtemp(prefix="kutip-upload-"))
        self.stage = Stage()
        self.problem: RagError | None = None
        self._stopped, self._finished = threading.Event(), threading.Event()
        self._began = time.monotonic()
        self._outcomes: dict[str, Outcome] = {}
        self._twice: list[Outcome] = []
        self._waiting: list[tuple[str, Article]] = []
        self._ahead: list[str] = []
        for file in files:
            self._take_over(file)

    @property
    def finished(self) -> bool:
        return self._finished.is_set()

    @property
    def outcomes(self) -> list[Outcome]:
        """One for each file; complete when it has finished."""
        return [*self._outcomes.values(), *self._twice]

    def start(self) -> None:
        threading.Thread(target=self._run, name="intake", daemon=True).start()

    def cancel(self) -> None:
        """Stop before the next step."""
        self._stopped.set()

    def wait(self, seconds: float | None = None) -> bool:
        return self._finished.wait(seconds)

    def _take_over(self, file: Path) -> None:
        name = os.path.basename(file)
        outcome = Outcome(printable(name))
        if name in ("", ".", "..") or (self._folder / name).exists():
            outcome.refuse("has the name of another file of this upload: rename it, or put the files into a .zip with folders")
            self._twice.append(outcome)
            return
        shutil.move(file, self._folder / name)
        self._outcomes[outcome.name] = outcome

    def _run(self) -> None:
        try:
            _, found = find_sources(self._folder, label=LABEL)
            self._add(list(found))
        except RagError as error:
            self.problem = error
        except Exception as error:  # whoever waits must hear of any failure, not only of the expected ones
            _log.exception("An upload failed")
            self.problem = RagError(type(error).__name__)
        finally:
            self._give_up_rest()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._finished.set()

    def _add(self, found: Sequence[Source | Rejection]) -> None:
        names = [(one.path if isinstance(one, Source) else one.name.removeprefix(f"{LABEL}/")).split("/")[0] for one in found]
        for number, (name, one) in enumerate(zip(names, found, strict=True)):
            self.stage = Stage(number, len(found), time.monotonic() - self._began)
            self._ahead = names[number:]
            for read in [one] if isinstance(one, Rejection) else read_source(one):
                if self._stopped.is_set():
                    return
                if isinstance(read, Rejection):
                    self._of(name).refuse(_beside(read, name))
                else:
                    self._waiting.append((name, read))
                if len(self._waiting) >= STEP_ARTICLES:
                    self._commit()
        self._ahead = []
        if self._stopped.is_set():
            return
        self._commit()
        self.stage = Stage(len(found), len(found), time.monotonic() - self._began)

    def _commit(self) -> None:
        waiting = self._waiting
        if waiting:
            report = self._collection.add([article for _, article in waiting])
            self._waiting = []
            self._sort(report, waiting)

    def _sort(self, report: IngestReport, waiting: Sequence[tuple[str, Article]]) -> None:
        """Count what happened to each article for the file that it came from."""
        owners = {article.id: name for name, article in waiting}
        for what in ("added", "changed", "unchanged"):
            for article_id in getattr(report, what):
                outcome = self._of(owners[article_id])
                setattr(outcome, what, getattr(outcome, what) + 1)
        for rejection in report.rejected:
            name = owners.get(rejection.name, rejection.name)
            self._of(name).refuse(_beside(rejection, name))

    def _give_up_rest(self) -> None:
        """Of what was not committed, say so."""
        for name in [*(name for name, _ in self._waiting), *self._ahead]:
            self._of(name).cancelled = True

    def _of(self, name: str) -> Outcome:
        return self._outcomes.setdefault(name, Outcome(name))


def _beside(rejection: Rejection, name: str) -> str:
    """The reason, with the part of the file that it is about if it is not all of it."""
    part = rejection.name.removeprefix(f"{LABEL}/").removeprefix(name).lstrip("/")
    return f"{part} {rejection.reason}".strip()
