"""`rag chat`: questions in turns, from a terminal or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path

from rag import printing
from rag.collection import Collection
from rag.conversing.conversation import Conversation
from rag.conversing.followups import read
from rag.errors import ConversationError, RagError
from rag.exports.export import export_file
from rag.types import Answer, Standing

HELP = """\
A question that goes on from the last carries its topic over; what it carried stands above the answer.
  /drop WORD     ask the last question again without a word, or filter, that it carried
  /retry         ask it again as it was
  /undo          take it back
  /export FILE   write the conversation: .md, .csv (quotes), .bib or .ris (sources)
  /quit          end, as Ctrl-D does"""
_PROMPT = "> "


class Chat:
    """A conversation at the command line.  `save` is the file it is kept in after every answer, if any."""

    def __init__(self, collection: Collection, *, save: Path | None, top_k: int, index: object, json: bool) -> None:
        self._collection, self._save, self._top_k, self._index, self._json = collection, save, top_k, index, json
        self._goes_on = save is not None and save.exists()
        self._conversation = Conversation.load(collection, save) if save and self._goes_on else collection.conversation()

    def run(self) -> bool:
        """Until /quit or the end of the input.  True if anything was answered."""
        if self._goes_on:
            self._say(self._where_it_was())
        answered = False
        for line in _lines():
            if line == "/quit":
                break
            try:
                answered = self._one(line) or answered
            except RagError as error:
                print(f"rag: {printing.one_line(str(error))}", file=sys.stderr, flush=True)
        return answered

    def _one(self, line: str) -> bool:
        """Do what a line says.  True if it was a question and is answered."""
        command, _, rest = line.partition(" ")
        rest = rest.strip()
        match command:
            case "/drop" if rest:
                answer = self._conversation.drop(rest)
            case "/retry":
                answer = self._conversation.retry()
            case "/undo":
                self._say(f"Taken back: {self._conversation.undo().question}")
                return self._kept(None)
            case "/export" if rest:
                export_file(self._collection, self._conversation, rest)
                self._say(f"Written: {rest}")
                return False
            case "/help":
                self._say(HELP)
                return False
            case _ if command.startswith("/"):
                raise ConversationError(f"{line!r} is no command; type /help for those there are.")
            case _:
                answer = self._conversation.ask(line, top_k=self._top_k)
        self._show(answer)
        return self._kept(answer)

    def _kept(self, answer: Answer | None) -> bool:
        if self._save:
            self._conversation.save(self._save)
        return bool(answer)

    def _show(self, answer: Answer) -> None:
        turn = self._conversation.turns[-1]
        if self._json:
            value = {**answer.to_dict(), "carried": list(turn.carried), "carried_filters": turn.carried_filters.to_dict(), "labels": list(turn.labels.values())}
            print(printing.as_json(value, indent=None), flush=True)
            return
        carried = ", ".join([*turn.carried, *filter(None, [str(turn.carried_filters)])])
        if carried:
            about = "tentang" if "id" in read(turn.question, ()).languages else "about"
            print(f"({about}: {printing.one_line(carried)})\n")
        numbered = replace(answer, citations=tuple(replace(one, number=turn.labels[one.number]) for one in answer.citations))
        print(printing.answer_text(numbered, self._index), end="\n\n", flush=True)

    def _say(self, text: str) -> None:
        print(printing.as_json({"message": text}, indent=None) if self._json else printing.clean(text), flush=True)

    def _where_it_was(self) -> str:
        turns = self._conversation.turns
        quotes = [quote for turn in turns for quote in self._conversation.resolved(turn)]
        lost = [f"{sum(quote.standing is one for quote in quotes)} {one}" for one in (Standing.CHANGED, Standing.REMOVED)]
        said = [f"{printing.counted(len(turns), 'question')}", printing.counted(len(quotes), "quote")]
        return f"{self._save}: {', '.join(said)}; {' and '.join(lost)} since."


def _lines() -> Iterator[str]:
    """What is typed, without blanks around it, until the end of the input; a terminal is prompted and remembers."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    prompted = sys.stdin.isatty()
    if prompted:
        try:
            import readline  # noqa: F401  gives `input` its line editing
        except ImportError:
            pass
    while True:
        try:
            line = input(_PROMPT if prompted else "").strip()
        except EOFError:
            return
        if line:
            yield line
