"""A collection on its way: the page is up at once, and questions wait here until the collection can answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rag.errors import RagError
from rag.types import Progress
from rag.web.asks import Asks

_log = logging.getLogger(__name__)


class Phase(StrEnum):
    OPENING = "opening"
    ADDING = "adding"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class State:
    """How far the collection is: `progress` while adding, `problem` when it failed, in words and as the error."""

    phase: Phase
    progress: Progress | None = None
    problem: str = ""
    error: RagError | None = None


class Opening:
    """Runs `prepare` in a thread; it tells each new state and returns the collection, ready to answer."""

    def __init__(self, prepare: Callable[[Callable[[State], None]], Asks]) -> None:
        self._prepare = prepare
        self._state = State(Phase.OPENING)
        self._collection: Asks | None = None
        self._settled = threading.Event()

    @classmethod
    def ready(cls, collection: Asks) -> Opening:
        """For a collection that answers already."""
        opening = cls(lambda _: collection)
        opening._run()
        return opening

    def start(self) -> None:
        threading.Thread(target=self._run, name="opening", daemon=True).start()

    @property
    def state(self) -> State:
        return self._state

    def wait(self, seconds: float | None = None) -> bool:
        """Whether the collection is ready or has failed, after at most `seconds`."""
        return self._settled.wait(seconds)

    def collection(self) -> Asks:
        """The collection, once it is ready; the `RagError` that kept it from being opened."""
        self._settled.wait()
        if self._collection is None:
            raise self._state.error or RagError(self._state.problem)
        return self._collection

    def _run(self) -> None:
        try:
            self._collection = self._prepare(self._tell)
            self._state = State(Phase.READY)
        except RagError as error:
            self._state = State(Phase.FAILED, problem=str(error), error=error)
        except Exception as error:  # whoever waits must hear of any failure, not only of the expected ones
            _log.exception("The collection could not be opened")
            self._state = State(Phase.FAILED, problem=f"{type(error).__name__}: {error}")
        finally:
            self._settled.set()

    def _tell(self, state: State) -> None:
        self._state = state
