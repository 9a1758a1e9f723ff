"""One score from two sides: a convex combination of scores that mean the same in every question."""

from __future__ import annotations

import numpy as np

DENSE_WEIGHT = 0.25


def fuse(cosines: np.ndarray | float, lexical: np.ndarray | float) -> np.ndarray:
    """score = DENSE_WEIGHT * cosine + (1 - DENSE_WEIGHT) * lexical, float64, in [0, 1]; it grows with both.

    Both sides are normalised by what they can reach in theory, not by the other candidates, so that scores compare
    between questions (Bruch et al. 2023, arXiv 2210.11934).
    """
    return DENSE_WEIGHT * np.clip(cosines, 0, 1) + (1 - DENSE_WEIGHT) * lexical
