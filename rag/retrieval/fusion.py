"""One score from two sides: a convex combination of scores that mean the same in every question."""

from __future__ import annotations

import numpy as np

DENSE_WEIGHT = 0.2
LEXICAL_WEIGHT = 0.65
COVERAGE_WEIGHT = 0.15
"""Chosen on one half of the questions of every validation set; docs/benchmarks.md has the other half."""


def fuse(cosines: np.ndarray, lexical: np.ndarray, coverage: np.ndarray) -> np.ndarray:
    """score = DENSE_WEIGHT * cosine + LEXICAL_WEIGHT * lexical + COVERAGE_WEIGHT * coverage, float64 (n,), in [0, 1].

    All three are normalised by what they can reach in theory, not by the other candidates, so that scores compare
    between questions (Bruch et al. 2023, arXiv 2210.11934).  Coverage speaks for a passage that holds many words of
    the question over one that repeats a few.
    """
    return DENSE_WEIGHT * np.clip(cosines, 0, 1) + LEXICAL_WEIGHT * lexical + COVERAGE_WEIGHT * coverage
