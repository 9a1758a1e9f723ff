"""What a replaced index took goes back to the system: glibc would keep it for a next time."""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable


def give_back() -> bool:
    """Give freed memory back to the system, in 1 to 15 ms; True if there was any to give.

    Other systems than Linux with glibc do that by themselves, or offer no way."""
    trim = _trim()
    return trim is not None and bool(trim(0))


@functools.cache
def _trim() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
