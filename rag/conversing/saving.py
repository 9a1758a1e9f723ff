"""A conversation as a JSON file.  A file from elsewhere is read as hostile: every value is checked, every size has a limit."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from rag.conversing.turns import Reference, Turn
from rag.errors import ConversationError, QuestionError
from rag.filters import Filters
from rag.settings import ARTICLE_CHARACTERS_MAX, QUESTION_CHARACTERS_MAX, TOP_K_MAX
from rag.storage.manifest import sync_folder
from rag.types import Reason, Span, Strength

VERSION = 1
BYTES_MAX = 16 * 2**20
TURNS_MAX = 2000
_LABEL_MAX = TURNS_MAX * TOP_K_MAX
_WORDS_MAX = 64
_ID_CHARACTERS_MAX = 10_000
_HASH = re.compile(r"[0-9a-f]{64}")


def turns_as_text(turns: Sequence[Turn]) -> str:
    """The JSON of a conversation on one line, as a browser keeps it."""
    return json.dumps(_as_json(turns), separators=(",", ":"))


def turns_from_text(text: str) -> tuple[Turn, ...]:
    """Raises ConversationError when `text` is no conversation, a damaged one, or one of a later version."""
    try:
        return _turns(json.loads(text, parse_constant=_refused))
    except (ValueError, RecursionError, QuestionError) as error:
        raise ConversationError(f"What was kept of the conversation cannot be read: {_short(error)}. Begin a new one.") from error


def write_turns(path: str | os.PathLike[str], turns: Sequence[Turn]) -> None:
    """Raises ConversationError when there are more than can be read again, or the file cannot be written."""
    data = json.dumps(_as_json(turns), indent=1).encode()
    if len(turns) > TURNS_MAX or len(data) > BYTES_MAX:
        raise ConversationError(f"The conversation has {len(turns):,} turns, too many for a file: save at most {TURNS_MAX:,}, and begin a new one.")
    write_whole(path, data)


def read_turns(path: str | os.PathLike[str]) -> tuple[Turn, ...]:
    """Raises ConversationError when the file is no conversation, a damaged one, or one of a later version."""
    try:
        return _turns(json.loads(_read(Path(path)), parse_constant=_refused))
    except OSError as error:
        raise ConversationError(f"{path} cannot be read: {error.strerror or error}. Check the path.") from error
    except (ValueError, RecursionError, QuestionError) as error:
        raise ConversationError(f"{path} holds no conversation: {_short(error)}. Open a file that was saved by Kutip.") from error


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file beside and swap it in, so that a crash leaves the old one or the new one.  Raises ConversationError."""
    path = Path(path)
    new = path.with_name(f".{path.name}.new")
    try:
        try:
            with open(new, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, path)
        finally:
            new.unlink(missing_ok=True)
        sync_folder(path.parent)
    except (OSError, ValueError) as error:
        raise ConversationError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}. Choose another file.") from error


def _as_json(turns: Sequence[Turn]) -> dict[str, object]:
    return {"kutip_conversation": VERSION, "turns": [_turn_as_json(turn) for turn in turns]}


def _turn_as_json(turn: Turn) -> dict[str, object]:
    return {
        "question": turn.question,
        "carried": list(turn.carried),
        "topic": list(turn.topic),
        "top_k": turn.top_k,
        "filters": turn.filters.to_dict(),
        "carried_filters": turn.carried_filters.to_dict(),
        "reason": str(turn.reason),
        "citations": [
            {
                "label": one.label,
                "article_id": one.article_id,
                "article_hash": one.article_hash,
                "start": one.start,
                "end": one.end,
                "sentence": [one.sentence.start, one.sentence.end],
                "score": one.score,
                "strength": str(one.strength),
            }
            for one in turn.references
        ],
    }


def _read(path: Path) -> str:
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is no ordinary file")
        data = file.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise ValueError(f"it has more than {BYTES_MAX // 2**20} MiB")
    return data.decode("utf-8-sig")


def _refused(name: str) -> object:
    raise ValueError(f"{name} is no number")


def _short(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0][:200]


def _turns(data: object) -> tuple[Turn, ...]:
    if not isinstance(data, dict) or "kutip_conversation" not in data:
        raise ValueError("the mark 'kutip_conversation' is missing")
    if data["kutip_conversation"] != VERSION or isinstance(data["kutip_conversation"], bool):
        raise ValueError(f"its version is not {VERSION}")
    return tuple(_turn(one) for one in _list(data, "turns", TURNS_MAX))


def _turn(data: object) -> Turn:
    references = tuple(_reference(one) for one in _list(data, "citations", TOP_K_MAX))
    reason = Reason(_text(data, "reason", 100))
    if len({one.label for one in references}) != len(references):
        raise ValueError("two citations of one answer have the same label")
    if bool(references) != (reason is Reason.ANSWERED):
        raise ValueError("its citations and its reason do not agree")
    question, top_k = _text(data, "question", QUESTION_CHARACTERS_MAX), _number(data, "top_k", 1, ARTICLE_CHARACTERS_MAX)
    filters, carried_filters = _filters(data, "filters"), _filters(data, "carried_filters")
    return Turn(question, _words(data, "carried"), _words(data, "topic"), top_k, filters, carried_filters, reason, references)


def _reference(data: object) -> Reference:
    hash_ = _text(data, "article_hash", 64)
    start, end = _number(data, "start", 0, ARTICLE_CHARACTERS_MAX), _number(data, "end", 1, ARTICLE_CHARACTERS_MAX)
    sentence = _list(data, "sentence", 2)
    if not _HASH.fullmatch(hash_):
        raise ValueError("an article_hash is no SHA-256")
    if len(sentence) != 2 or not all(type(one) is int for one in sentence) or not start <= sentence[0] < sentence[1] <= end:
        raise ValueError("a sentence is not inside its quote")
    score = _value(data, "score")
    if type(score) not in (int, float) or not math.isfinite(score):
        raise ValueError("a score is no number")
    strength, label = Strength(_text(data, "strength", 100)), _number(data, "label", 1, _LABEL_MAX)
    return Reference(_text(data, "article_id", _ID_CHARACTERS_MAX), hash_, start, end, Span(*sentence), float(score), strength, label)


def _filters(data: object, name: str) -> Filters:
    """Raises QuestionError for values that are no filter's."""
    value = _value(data, name)
    if not isinstance(value, dict) or not value.keys() <= {field.name for field in fields(Filters)}:
        raise ValueError(f"{name} are no filters")
    return Filters(**value)


def _value(data: object, name: str) -> object:
    if not isinstance(data, Mapping) or name not in data:
        raise ValueError(f"{name} is missing")
    return data[name]


def _text(data: object, name: str, most: int) -> str:
    value = _value(data, name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise ValueError(f"{name} is no text of 1 to {most:,} characters")
    return value


def _number(data: object, name: str, least: int, most: int) -> int:
    value = _value(data, name)
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{name} is no number from {least:,} to {most:,}")
    return value


def _list(data: object, name: str, most: int) -> list:
    value = _value(data, name)
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"{name} is no list of at most {most:,}")
    return value


def _words(data: object, name: str) -> tuple[str, ...]:
    value = _list(data, name, _WORDS_MAX)
    if not all(isinstance(one, str) and 0 < len(one) <= QUESTION_CHARACTERS_MAX for one in value):
        raise ValueError(f"{name} is no list of words")
    return tuple(value)
