"""The command line: `rag VERB`.  Exit codes: 0 answered or done, 1 not answered or nothing found, 2 error."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rag import printing
from rag.errors import RagError, SourceError
from rag.filters import Filters
from rag.web import serve as page

if TYPE_CHECKING:
    from rag.collection import Collection
    from rag.types import Progress

OK, NOTHING, ERROR = 0, 1, 2
INTERRUPTED, BROKEN_PIPE = 130, 141
_NAME_WIDTH = 40
_QUIET_SECONDS = 1.0
"""What is done within this time shows no progress."""
_LOADING = "Loading the model and the index ..."
_CHECKING = "Checking every text, place, vector and file ..."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code; errors are one line on stderr."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to fail
    try:
        args = _parser().parse_args(argv)
        args.index, args.seeds = page.folders(args.index, Path())
        args.engine = page.engine(args.engine)
        code = args.run(args)
        sys.stdout.flush()
        return code
    except SystemExit as end:  # argparse: after --help and after an error
        return end.code if isinstance(end.code, int) else ERROR
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    except BrokenPipeError:  # the reader, such as `head`, has had enough
        _drop_output()
        return BROKEN_PIPE
    except RagError as error:
        return _failed(str(error), ERROR)
    except OSError as error:
        return _failed(f"{error.filename or 'input or output'}: {error.strerror or error}", ERROR)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, as for every other error."""
        self.exit(_failed(f"{message} (see {self.prog} --help)", ERROR))


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_common(common)
    parser = _Parser(prog="rag", description="Answers from your articles, word for word, each with its place.", allow_abbrev=False)
    _add_common(parser)
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    def verb(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        one = verbs.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)
        one.set_defaults(run=run)
        return one

    add = verb("add", _add, "Add files, folders or zip archives of articles; what is there unchanged is left alone.")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.add_argument("--as", dest="label", metavar="NAME", help="the name that stands for the folder in article ids; default: its own")
    add.add_argument("--sync", action="store_true", help="remove articles whose file is gone from PATH")
    ask = verb("ask", _ask, "Answer a question with citations, or say that the articles do not.")
    ask.add_argument("question")
    ask.add_argument("--top-k", type=_count, default=5, metavar="N", help="at most so many citations; default: 5")
    _add_filters(ask)
    chat = verb("chat", _chat, "Ask in turns: follow-ups carry the topic over; /help lists what else can be typed.")
    chat.add_argument("--save", type=Path, metavar="FILE", help="go on with the conversation in FILE, if it is there, and keep it there")
    chat.add_argument("--top-k", type=_count, default=5, metavar="N", help="at most so many citations; default: 5")
    search = verb("search", _search, "The passages closest to a query, whether they answer or not.")
    search.add_argument("query")
    search.add_argument("--top-k", type=_count, default=10, metavar="N", help="at most so many passages; default: 10")
    _add_filters(search)
    _add_filters(verb("list", _list, "Every article: its id, title, source and date."))
    verb("show", _show, "An article, whole.").add_argument("id", metavar="ID")
    verb("remove", _remove, "Remove an article.").add_argument("id", metavar="ID")
    verb("check", _check, "Verify every text, offset, vector and file; make damaged indexes again.")
    rebuild = verb("rebuild", _rebuild, "Encode every passage again; questions are answered meanwhile.")
    rebuild.add_argument("--model", metavar="NAME", help="a model's name or folder; default: the one the collection has")
    page.add_arguments(verb("serve", _serve, "Open the page in the browser's reach, until Ctrl-C."))
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    """For before and after the verb; after it, what is not given leaves alone what was given before."""
    parser.add_argument("--index", metavar="DIR", help="the collection's folder; default: $RAG_INDEX, else index")
    parser.add_argument("--engine", metavar="URL", help="a server for vectors and terms, milvus://HOST:PORT/NAME; default: $RAG_ENGINE, else none")
    parser.add_argument("--json", action="store_true", default=parser.argument_default or False, help="print JSON")


def _add_filters(parser: argparse.ArgumentParser) -> None:
    """What an article must be; of an option given twice one value has to fit."""
    parser.add_argument("--since", default="", metavar="DATE", help="only articles from this year, month or day on: 2023, 2023-01, 2023-01-31")
    parser.add_argument("--until", default="", metavar="DATE", help="only articles up to the end of this year, month or day")
    parser.add_argument("--source", action="append", default=[], metavar="NAME", help="of this source: a part of its name or address, or =NAME; repeatable")
    parser.add_argument("--language", action="append", default=[], metavar="CODE", help="only in this language, such as id or en; repeatable")
    parser.add_argument("--article", action="append", default=[], metavar="ID", help="only the article with this id; repeatable")


def _filters(args: argparse.Namespace) -> Filters:
    return Filters(args.since, args.until, tuple(args.source), tuple(args.language), tuple(args.article))


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _add(args: argparse.Namespace) -> int:
    for path in args.paths:  # before a collection is made for nothing
        try:
            path.lstat()
        except FileNotFoundError as error:
            raise SourceError(f"There is no file or folder {path}. Check the path.") from error
    with _opened(args, create=True) as collection, _bar() as progress:
        report = collection.add(args.paths, label=args.label, sync=args.sync, progress=progress)
    _put(args, report.to_dict, lambda: printing.report_text(report))
    return OK if report.added or report.changed or report.unchanged or report.removed else NOTHING


def _ask(args: argparse.Namespace) -> int:
    with _opened(args) as collection:
        with _waiting(args, _LOADING):
            answer = collection.ask(args.question, top_k=args.top_k, filters=_filters(args))
    _put(args, answer.to_dict, lambda: printing.answer_text(answer, args.index))
    return OK if answer else NOTHING


def _search(args: argparse.Namespace) -> int:
    with _opened(args) as collection:
        with _waiting(args, _LOADING):
            hits = collection.search(args.query, top_k=args.top_k, filters=_filters(args))
    _put(args, lambda: [{"number": number, **hit.to_dict()} for number, hit in enumerate(hits, 1)], lambda: printing.hits_text(hits))
    return OK if hits else NOTHING


def _chat(args: argparse.Namespace) -> int:
    from rag.chatting import Chat

    with _opened(args) as collection:
        chat = Chat(collection, save=args.save, top_k=args.top_k, index=args.index, json=args.json)
        with _waiting(args, _LOADING):
            collection.warm_up()
        return OK if chat.run() else NOTHING


def _list(args: argparse.Namespace) -> int:
    filters = _filters(args)
    with _opened(args) as collection:
        articles = collection.articles(filters=filters)
    _put(args, lambda: [printing.card(article) for article in articles], lambda: printing.cards_text(articles, filters))
    return OK if articles or not filters else NOTHING


def _show(args: argparse.Namespace) -> int:
    with _opened(args) as collection:
        article = collection.article(args.id)
    _put(args, lambda: printing.whole(article), lambda: printing.article_text(article))
    return OK


def _remove(args: argparse.Namespace) -> int:
    with _opened(args) as collection:
        collection.remove(args.id)
    _put(args, lambda: {"removed": args.id}, lambda: f"Removed {printing.one_line(args.id)}.")
    return OK


def _check(args: argparse.Namespace) -> int:
    with _opened(args) as collection:
        with _waiting(args, _CHECKING):
            report = collection.check()
    _put(args, report.to_dict, lambda: printing.check_text(report))
    return OK if report else NOTHING


def _rebuild(args: argparse.Namespace) -> int:
    from rag.collection import open_for_rebuild

    with open_for_rebuild(args.index, args.engine) as collection:
        with _bar() as progress:
            collection.rebuild(args.model, progress=progress)
        model, searched = collection.model_name, collection.searched()
    counts = {"articles": searched.articles, "passages": searched.passages}
    _put(
        args,
        lambda: {"model": model, **counts},
        lambda: f"Encoded {printing.counted(searched.passages, 'passage')} with {printing.one_line(model)}.",
    )
    return OK


def _serve(args: argparse.Namespace) -> int:
    with redirect_stdout(_JsonLines(sys.stdout) if args.json else sys.stdout):
        page.serve(args.index, args.engine, host=args.host, port=args.port, seeds=args.seeds, allowed=args.allow_host, writable=args.writable)
    return OK


class _JsonLines(io.TextIOBase):
    """Each line that is printed as a JSON object: {"message": line}."""

    def __init__(self, output: io.TextIOBase) -> None:
        self._output, self._rest = output, ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in filter(None, lines):
            self._output.write(json.dumps({"message": line}) + "\n")
        return len(text)

    def flush(self) -> None:
        self._output.flush()


@contextmanager
def _opened(args: argparse.Namespace, *, create: bool = False) -> Iterator[Collection]:
    from rag.collection import Collection  # numpy and the indexes: not for --help

    with Collection.open(args.index, create=create, engine=args.engine) as collection:
        yield collection


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    """A bar with count and time left, for what takes over a second, where a person is watching."""
    from tqdm import tqdm

    bars: dict[str, tqdm] = {}

    def show(progress: Progress) -> None:
        if progress.unit not in bars:
            # After the first of several stages the wait is already known to be long.
            bars[progress.unit] = tqdm(
                total=progress.total or None, unit=f" {progress.unit}", file=sys.stderr, delay=0 if bars else _QUIET_SECONDS, disable=None
            )
        bar = bars[progress.unit]
        if not bar.disable:
            bar.total = progress.total or None
            bar.set_postfix_str(printing.one_line(progress.name)[-_NAME_WIDTH:], refresh=False)
            bar.update(progress.done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


@contextmanager
def _waiting(args: argparse.Namespace, text: str) -> Iterator[None]:
    """`text` while what is done here takes over a second, where a person is watching; it is gone before the output."""
    if args.json or not sys.stderr.isatty():
        yield
        return
    shown = threading.Event()

    def show() -> None:
        print(text, end="", file=sys.stderr, flush=True)
        shown.set()

    timer = threading.Timer(_QUIET_SECONDS, show)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if shown.is_set():
            print("\r" + " " * len(text), end="\r", file=sys.stderr, flush=True)


def _put(args: argparse.Namespace, value: Callable[[], object], text: Callable[[], str]) -> None:
    print(printing.as_json(value()) if args.json else text())


def _failed(message: str, code: int) -> int:
    print(f"rag: {printing.one_line(message)}", file=sys.stderr)
    return code


def _drop_output() -> None:
    """So that Python does not complain at its end of what could not be written."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass
