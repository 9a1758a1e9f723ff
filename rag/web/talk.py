"""The page's conversation: what a browser keeps of it, as places and never as text, and what each button asks of it.

The server keeps nothing between two questions, so no visitor can meet another's conversation, and a restart ends none.
What comes back from a browser may have been written by anybody: every value is checked and every size has a limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from rag.conversing.conversation import Conversation
from rag.conversing.saving import turns_as_text, turns_from_text
from rag.conversing.turns import Turn
from rag.errors import ConversationError, QuestionError
from rag.filters import Filters
from rag.settings import QUESTION_CHARACTERS_MAX
from rag.types import Answer
from rag.web.asks import Asks
from rag.web.parts import less, named_part, without_phrase

TOP_K = 5
TURNS_KEPT = 100
"""Of a longer conversation the page keeps the last turns."""
CHARACTERS_MAX = 1_000_000
"""A browser gives a page some 5 MB, and keeps two conversations encrypted in it."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as a browser keeps it.

    `filters` are those set for the questions to come, `before` the turns of the conversation that this one replaced,
    `failed` a question that is shown with its problem instead of an answer; `editing` says that the next question
    takes the place of the last.
    """

    turns: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    before: tuple[Turn, ...] = ()
    failed: str = ""
    editing: bool = False

    @classmethod
    def read(cls, kept: object) -> Talk:
        """Raises ConversationError for anything but what `kept` gives, or None."""
        if kept is None:
            return cls()
        if not isinstance(kept, Mapping) or kept.keys() != {field.name for field in fields(cls)}:
            raise ConversationError("What was kept of the conversation has another form. Begin a new one.")
        failed, editing = kept["failed"], kept["editing"]
        if not isinstance(failed, str) or len(failed) > QUESTION_CHARACTERS_MAX or not isinstance(editing, bool):
            raise ConversationError("What was kept of the conversation has values of another kind. Begin a new one.")
        turns, before = _turns(kept["turns"]), _turns(kept["before"])
        return cls(turns, _filters(kept["filters"]), before, failed, editing and bool(turns))

    def kept(self) -> dict[str, object]:
        """As JSON values; the oldest turns of a very large conversation are left out."""
        texts = {"turns": _text(self.turns), "before": _text(self.before)}
        return {**texts, "filters": self.filters.to_dict(), "failed": self.failed, "editing": self.editing}

    def ask(self, collection: Asks, question: str) -> tuple[Talk, Answer]:
        """Asks `question` as the next one, or in the place of the last while that is edited."""
        chat, filters = Conversation(collection, self.turns), self.filters or None
        if self.editing:
            answer = chat.edit(len(self.turns) - 1, question, filters=filters)
        else:
            answer = chat.ask(question, top_k=TOP_K, filters=filters)
        return self._after(chat, answer, self.filters)

    def retry(self, collection: Asks) -> tuple[Talk, Answer]:
        chat = Conversation(collection, self.turns)
        answer = chat.retry()
        return self._after(chat, answer, self.filters)

    def confine(self, collection: Asks, filters: Filters) -> tuple[Talk, Answer]:
        """Sets a filter in the place of the one that was set, and asks the last question again with it and what was typed."""
        chat = Conversation(collection, self.turns)
        answer = chat.again(filters.over(less(self.turns[-1].filters, self.filters)))
        return self._after(chat, answer, filters)

    def widen(self, collection: Asks) -> tuple[Talk, Answer]:
        """Asks the last question again, of all articles."""
        chat = Conversation(collection, self.turns)
        answer = chat.again(Filters())
        return self._after(chat, answer, Filters())

    def drop(self, collection: Asks, part: str) -> tuple[Talk, Answer]:
        """Asks the last question again without a part of it: `word-0`, `phrase-1`, or a part of its filter.

        Raises ConversationError if it has no such part.
        """
        chat = Conversation(collection, self.turns)
        kind, _, number = part.partition("-")
        last, at = chat.turns[-1] if chat.turns else None, int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
        if last and kind == "word" and at < len(last.carried):
            answer, filters = chat.drop(last.carried[at]), self.filters
        elif last and kind == "phrase":
            answer, filters = _without_phrase(chat, last, at), self.filters
        elif last and (taken := named_part(last.filters, part)):
            answer, filters = chat.again(less(last.filters, taken)), less(self.filters, taken)
        else:
            raise ConversationError(f"The last question has no part {part[:40]!r}. Ask a question first.")
        return self._after(chat, answer, filters)

    def unset(self, part: str) -> Filters:
        """The filter for the questions to come, without a part of it."""
        return less(self.filters, named_part(self.filters, part))

    def undone(self) -> Talk:
        """Without the question that failed, else without the last one, else with the conversation before this one."""
        if self.failed or self.turns:
            return Talk(self.turns if self.failed else self.turns[:-1], self.filters)
        return Talk(self.before, self.filters)

    def renewed(self) -> Talk:
        """A new conversation, from which this one can still be reached."""
        return Talk((), self.filters, self.turns or self.before)

    def _after(self, chat: Conversation, answer: Answer, filters: Filters) -> tuple[Talk, Answer]:
        """The conversation as it is now, and the answer with the lasting numbers of its citations."""
        labels = chat.turns[-1].labels
        citations = tuple(replace(one, number=labels[one.number]) for one in answer.citations)
        return Talk(chat.turns[-TURNS_KEPT:], filters), replace(answer, citations=citations)

    @property
    def last_question(self) -> str:
        return self.failed or (self.turns[-1].question if self.turns else "")


def set_filters(values: object) -> Filters:
    """The filter that a reader set in the form, one text for each field.  Raises QuestionError for one of no sense."""
    given = values if isinstance(values, Mapping) else {}
    one = {name: given.get(name, "") for name in ("since", "until", "source", "language", "article")}
    several = ([text] if text else [] for text in (one["source"], one["language"], one["article"]))
    return Filters(one["since"], one["until"], *several)


def _without_phrase(chat: Conversation, last: Turn, number: int) -> Answer:
    try:
        return chat.again(last.filters, without_phrase(last.question, number))
    except IndexError:
        raise ConversationError(f"The last question has no phrase {number}. It was changed since.") from None


def _text(turns: Sequence[Turn]) -> str:
    text = turns_as_text(turns)
    while len(text) > CHARACTERS_MAX:
        turns = turns[len(turns) // 2 + 1 :]
        text = turns_as_text(turns)
    return text


def _turns(text: object) -> tuple[Turn, ...]:
    """Each with the bounds of a question asked on the page, whatever is written there."""
    if not isinstance(text, str) or len(text) > CHARACTERS_MAX:
        raise ConversationError("What was kept of the conversation is no text, or too long. Begin a new one.")
    turns = turns_from_text(text)
    if len(turns) > TURNS_KEPT or any(len(turn.references) > TOP_K for turn in turns):
        raise ConversationError("What was kept of the conversation is more than this page keeps. Begin a new one.")
    return tuple(replace(turn, top_k=TOP_K) for turn in turns)


def _filters(values: object) -> Filters:
    try:
        return Filters(**values)
    except (TypeError, QuestionError) as error:
        raise ConversationError("What was kept of the filter cannot be read. Begin a new conversation.") from error
