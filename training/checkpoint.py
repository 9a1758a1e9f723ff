"""Checkpoints on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch


def write_checkpoint(content: dict[str, Any], path: Path) -> None:
    """Written beside and renamed, so that a stop in between leaves the last one."""
    beside = path.with_suffix(".part")
    torch.save(content, beside)
    beside.replace(path)
