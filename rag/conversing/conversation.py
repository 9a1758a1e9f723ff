"""A conversation with a collection: follow-ups carry the topic over, and a passage keeps its number."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.conversing.followups import read
from rag.conversing.grounds import NEAR_MISSES, comes_close, matches, own_words
from rag.conversing.saving import read_turns, write_turns
from rag.conversing.topic import carried_over, exact, filters_carried, retrieved_with, topic_after
from rag.conversing.turns import Reference, Turn, references_of
from rag.errors import ArticleNotFound, ConversationError
from rag.filters import KEYS, Filters
from rag.retrieval.typed_filters import split_question
from rag.types import Answer, Article, Reason, Resolution, Searched, Standing


class Askable(Protocol):
    """What a conversation needs of a collection."""

    def ask(self, question: str, *, top_k: int, filters: Filters | None) -> Answer: ...
    def article(self, article_id: str) -> Article: ...
    def searched(self) -> Searched: ...
    def resolve(self, article_id: str, article_hash: str, start: int, end: int) -> Resolution: ...


@dataclass(frozen=True, slots=True)
class Resolved:
    """A reference as it stands now: the quote and its article while the text is unchanged, else neither."""

    reference: Reference
    standing: Standing
    quote: str = ""
    article: Article | None = None


class Conversation:
    """Questions to a collection, each with what went before it.  Begin one with `collection.conversation()`.

    `turns` are what was asked so far.  One conversation belongs to one person: it is not for several threads at once.
    """

    def __init__(self, collection: Askable, turns: Sequence[Turn] = ()) -> None:
        self._collection = collection
        self._turns = tuple(turns)

    @property
    def turns(self) -> tuple[Turn, ...]:
        return self._turns

    def ask(self, question: str, *, top_k: int = 5, carry: bool = True, filters: Filters | None = None) -> Answer:
        """The answer to `question`; one that goes on from the last carries its topic over, unless `carry` is false.

        It carries the last question's filters over too, where `filters` is None.  What was carried is in
        `turns[-1].carried` and `.carried_filters`, the lasting numbers of the citations in `turns[-1].labels`.
        Raises QuestionError for an empty or over-long question or a filter of no sense.
        """
        return self._answered(self._turn(question, self._turns, top_k, carry=carry, filters=filters), self._turns)

    def drop(self, word: str) -> Answer:
        """Ask the last question again without a word, or a filter (`since`, `lang` ...), that it carried.

        Raises ConversationError if it carried no such.
        """
        last = self._last()
        fields = {key: field for field, key in KEYS.items() if field in last.carried_filters.to_dict()}
        if exact(word) in map(exact, last.carried):
            changed = replace(last, carried=_without(word, last.carried), topic=_without(word, last.topic))
        elif word in fields:
            empty = {fields[word]: getattr(Filters(), fields[word])}
            changed = replace(last, filters=replace(last.filters, **empty), carried_filters=replace(last.carried_filters, **empty))
        else:
            there = ", ".join([*last.carried, *fields]) or "nothing"
            raise ConversationError(f"The last question did not carry {word!r} over. It carried: {there}.")
        return self._answered(changed, self._turns[:-1])

    def retry(self) -> Answer:
        """Ask the last question again, with what it carried: the articles may have changed since."""
        return self._answered(self._last(), self._turns[:-1])

    def again(self, filters: Filters, question: str | None = None) -> Answer:
        """Ask the last question again, with the words it carried, of what `filters` let through and no others.

        `question`, if given, takes its place.  Filters that are typed in it are taken out of it.
        """
        last = self._last()
        words, _ = split_question(last.question if question is None else question, None)
        carried = {field: value for field, value in last.carried_filters.to_dict().items() if filters.to_dict().get(field) == value}
        return self._answered(replace(last, question=words, filters=filters, carried_filters=Filters(**carried)), self._turns[:-1])

    def edit(self, turn: int, question: str, *, filters: Filters | None = None) -> Answer:
        """Ask `question` in the place of `turns[turn]`; that turn and those after it are gone.  `filters` are those of `ask`."""
        if not 0 <= turn < len(self._turns):
            raise ConversationError(f"There is no turn {turn}: the conversation has {len(self._turns)}, counted from 0.")
        return self._answered(self._turn(question, self._turns[:turn], self._turns[turn].top_k, carry=True, filters=filters), self._turns[:turn])

    def undo(self) -> Turn:
        """Take the last question back, and return it."""
        last = self._last()
        self._turns = self._turns[:-1]
        return last

    def resolved(self, turn: Turn) -> tuple[Resolved, ...]:
        """The quotes of a turn, each checked by hash against its article as it is now."""
        return tuple(resolve(self._collection, reference) for reference in turn.references)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the conversation to a file, as references without text; the file is the old or the new one, never half.

        Raises ConversationError when it cannot be written.
        """
        write_turns(path, self._turns)

    @classmethod
    def load(cls, collection: Askable, path: str | os.PathLike[str]) -> Conversation:
        """The conversation in a file, about `collection`; `resolved` says what became of each quote.

        Raises ConversationError when there is none.
        """
        return cls(collection, read_turns(path))

    def _turn(self, question: str, before: tuple[Turn, ...], top_k: int, *, carry: bool, filters: Filters | None) -> Turn:
        """A turn that is still to be answered."""
        words, typed = split_question(question, None)
        reading = read(words, self._collection.searched().languages)
        last = before[-1] if carry and before else Turn("", (), ())
        carried = carried_over(reading, last.topic)
        offered = filters_carried(reading, last.filters) if filters is None else Filters()
        kept = replace(offered, **{field: getattr(Filters(), field) for field in typed.to_dict()})
        return Turn(question, carried, topic_after(reading, carried), top_k, typed.over(filters or kept), kept)

    def _answered(self, turn: Turn, before: tuple[Turn, ...]) -> Answer:
        """Ask, and let the turn follow `before`; passages of turns that it takes the place of keep their numbers."""
        words, filters = split_question(turn.question, turn.filters)
        answer = self._collection.ask(retrieved_with(words, turn.carried), top_k=turn.top_k, filters=filters)
        if turn.carried and not self._has_grounds(words, answer):
            answer = replace(answer, reason=Reason.NOTHING_CLOSE, citations=(), near_misses=answer.citations[:NEAR_MISSES])
        references = references_of(answer, self._turns)
        self._turns = (*before, replace(turn, reason=answer.reason, references=references))
        return replace(answer, question=turn.question)

    def _has_grounds(self, words: str, answer: Answer) -> bool:
        """Is it the question that is answered, and not only the topic that it carried?"""
        own = own_words(read(words, self._collection.searched().languages))
        return not answer or not own or matches(answer, own) or comes_close(self._collection.ask(words, top_k=NEAR_MISSES, filters=answer.filters))

    def _last(self) -> Turn:
        if not self._turns:
            raise ConversationError("Nothing was asked yet. Ask a question first.")
        return self._turns[-1]


def _without(word: str, words: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in words if exact(one) != exact(word))


def resolve(collection: Askable, reference: Reference) -> Resolved:
    """A reference as it stands now.  Between the two readings the article may change: then no quote is shown."""
    found = collection.resolve(reference.article_id, reference.article_hash, reference.start, reference.end)
    if not found:
        return Resolved(reference, found.standing)
    try:
        article = collection.article(reference.article_id)
    except ArticleNotFound:
        return Resolved(reference, Standing.REMOVED)
    if article.hash != reference.article_hash or article.text[reference.start : reference.end] != found.quote:
        return Resolved(reference, Standing.CHANGED)
    return Resolved(reference, Standing.FOUND, found.quote, article)
