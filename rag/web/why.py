"""Why a passage was found: the words it shares with the question, its two scores and ranks, folded away under it."""

from __future__ import annotations

from rag.types import Why
from rag.web.escaping import md_escape
from rag.web.strings import say

WORDS_NAMED = 12


def why_markdown(why: Why, language: str) -> list[str]:
    """Blocks of Markdown; none where nothing is known, as of a conversation that was kept."""
    said = []
    if why.phrase:
        said.append(say("why.phrase", language))
    if why.matched:
        more = " …" if len(why.matched) > WORDS_NAMED else ""
        said.append(say("why.matched", language, words=", ".join(why.matched[:WORDS_NAMED]) + more))
    if why.dense or why.lexical:
        meaning, words = _side(why.dense, why.dense_rank, language), _side(why.lexical, why.lexical_rank, language)
        said.append(say("why.scores", language, meaning=meaning, words=words))
    if not said:
        return []
    return [f'<details class="why"><summary>{say("why", language)}</summary>', md_escape(" ".join(said)).strip(), "</details>"]


def _side(score: float, rank: int | None, language: str) -> str:
    """`0.62 (place 3)`, `0,62 (urutan 3)`; without a place where others were nearer than were counted."""
    written = f"{score:.2f}" if language == "en" else f"{score:.2f}".replace(".", ",")
    return written if rank is None else say("why.rank", language, score=written, rank=rank)
