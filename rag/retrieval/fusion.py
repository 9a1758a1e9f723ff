"""One score from two sides: a convex combination of scores that mean the same in every question."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part of the fused score counts; they add up to 1."""

    dense: float
    lexical: float
    coverage: float


USUAL = Weights(dense=0.3, lexical=0.55, coverage=0.15)
LEARNED = Weights(dense=0.5, lexical=0.3, coverage=0.2)
"""In English and Indonesian: the bundled model learned from questions in these, so there its cosines tell most."""
ACROSS = Weights(dense=0.3, lexical=0.4, coverage=0.3)
"""For a passage in another language than the question's, where coverage is that of meaning.py.  All were chosen on one
half of the questions of every validation set, USUAL by benchmarks/choosing.py, the others by hand near the best there: LEARNED between
that for IDK-MRC and TyDi QA (more of the cosine) and for FacQA (more of the coverage); docs/benchmarks.md has the other half."""


def weights_of(spoken: Collection[str]) -> Weights:
    """The weights for a question that seems to be asked in the languages `spoken`; Malay counts as Indonesian."""
    languages = set(spoken)
    return LEARNED if languages == {"en"} or (languages and languages <= {"id", "ms"}) else USUAL


def fuse(cosines: np.ndarray, lexical: np.ndarray, coverage: np.ndarray, weights: Weights) -> np.ndarray:
    """score = dense weight * cosine + lexical weight * lexical + coverage weight * coverage, float64 (n,), in [0, 1].

    All three are normalised by what they can reach in theory, not by the other candidates, so that scores compare
    (Bruch et al. 2023, arXiv 2210.11934).  Coverage speaks for a passage that holds many words of the question over
    one that repeats a few.
    """
    return weights.dense * np.clip(cosines, 0, 1) + weights.lexical * lexical + weights.coverage * coverage
