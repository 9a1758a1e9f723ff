"""Keeps Gradio from fetching what a browser names: a file of a message or an upload may be given by a web address."""

from __future__ import annotations

import gradio as gr


def only_local_files(page: gr.Blocks) -> None:
    """For every component of `page`, an address instead of a file is an error; nothing is requested."""
    for block in page.blocks.values():
        _refuse_addresses(block)


def _refuse_addresses(block: gr.blocks.Block) -> None:
    move, move_later = block.move_resource_to_block_cache, block.async_move_resource_to_block_cache

    def moved(path: object) -> str | None:
        return move(_local(path))

    async def moved_later(path: object) -> str | None:
        return await move_later(_local(path))

    block.move_resource_to_block_cache, block.async_move_resource_to_block_cache = moved, moved_later


def _local(path: object) -> object:
    if "://" in str(path):
        raise gr.Error("A file is given by a web address, which is not fetched. Upload the file itself.", print_exception=False)
    return path
