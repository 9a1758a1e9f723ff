"""Lets go of visitors whose questions are answered: Gradio's queue keeps a mailbox for each of the last 2,000, and its list for ever."""

from __future__ import annotations

from typing import Any

import gradio as gr

KEPT = 100
"""So many may pile up before they are looked through."""


def forget_finished(page: gr.Blocks) -> None:
    """Hooks into the queue of `page`: whenever a call joins it, mailboxes for which nothing is under way are dropped if they are many.

    A stream of answers ends with the last one, and the next call makes a new mailbox: nobody reads in those any more.
    """
    queue, push = page._queue, page._queue.push

    async def join(**call: Any) -> tuple[bool, Any, str]:
        under_way = queue.pending_event_ids_session
        if len(under_way) > KEPT:
            for session in [one for one, events in under_way.items() if not events]:
                del under_way[session]
                queue.pending_messages_per_session.pop(session, None)
        return await push(**call)

    queue.push = join
