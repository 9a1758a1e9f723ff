"""Distillation: a text and its translation land on the teacher's vector (Reimers and Gurevych 2020, arXiv 2004.09813).

loss = mean of (1 - cos(student, target)) + CONTRAST * TEMPERATURE * cross-entropy of the in-batch similarities
       softmax(target @ target.T / T) against softmax(student @ target.T / T)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.checkpoint import write_checkpoint
from training.streams import Batch, Stream, pools
from training.student import Student, padded

TEMPERATURE = 0.05
CONTRAST = 0.5
LAYERS_EVERY = 3
"""The layers learn at one step of three: their gradients cost a third of a step, and the word table needs the steps."""
SAVE_EVERY = 300.0
"""Seconds between checkpoints."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A run ends after `tokens` tokens or `hours` hours of work, whichever comes first.

    Rates rise, hold, and fall linearly over the last part of it, so that a run can be made longer until it cools down.
    """

    tokens: int
    hours: float
    table_rate: float = 1e-3
    layer_rate: float = 2e-4
    warm: float = 0.03
    cool: float = 0.3
    batch_tokens: int = 6144
    seed: int = 1

    def progress(self, tokens: int, seconds: float) -> float:
        return min(1.0, max(tokens / self.tokens, seconds / (self.hours * 3600)))

    def factor(self, progress: float) -> float:
        return min(1.0, progress / self.warm) * max(0.02, min(1.0, (1.0 - progress) / self.cool))


@dataclass(slots=True)
class State:
    """Where a run stands: the next pool, batches done in it, tokens and seconds spent."""

    pool: int = 0
    batch: int = 0
    step: int = 0
    tokens: int = 0
    seconds: float = 0.0


def loss_of(vectors: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The loss, and the mean cosine distance in it."""
    distance = (1 - (vectors * targets).sum(-1)).mean()
    wanted = torch.softmax(targets @ targets.T / TEMPERATURE, -1)
    contrast = functional.cross_entropy(vectors @ targets.T / TEMPERATURE, wanted)
    return distance + CONTRAST * TEMPERATURE * contrast, distance.detach()


class Distillation:
    """Trains `student` on `streams`; `target_vectors` gives the vectors of target numbers, (texts, dimension)."""

    def __init__(self, student: Student, schedule: Schedule, checkpoint: Path) -> None:
        self.student, self.schedule, self.checkpoint = student, schedule, checkpoint
        self.device = next(student.parameters()).device
        self.table = student.bert.embeddings.word_embeddings.weight
        self.layers = [parameter for parameter in student.parameters() if parameter is not self.table]
        fused = dict(betas=(0.9, 0.98), fused=True)
        self.optimizers = (
            torch.optim.AdamW([self.table], lr=schedule.table_rate, weight_decay=0.0, **fused),
            torch.optim.AdamW(self.layers, lr=schedule.layer_rate, weight_decay=0.01, **fused),
        )
        self.state = State()
        if checkpoint.is_file():
            self._resume()

    def run(self, streams: Sequence[Stream], target_vectors: Callable[[np.ndarray], Tensor], report: Callable[[str], None]) -> None:
        """Until the schedule ends; saves a checkpoint every few minutes and at the end."""
        state, losses = self.state, []
        began = saved = time.monotonic()
        before = state.seconds
        for batches in pools(streams, state.pool, self.schedule.batch_tokens, self.schedule.seed):
            known = target_vectors(np.concatenate([batch.targets for batch in batches]))
            ends = np.cumsum([len(batch.targets) for batch in batches])
            for number in range(state.batch, len(batches)):
                if self.schedule.progress(state.tokens, state.seconds) >= 1:
                    self.save()
                    return
                batch = batches[number]
                losses.append(self._step(batch, known[ends[number] - len(batch.targets) : ends[number]]))
                state.batch = number + 1
                state.seconds = before + time.monotonic() - began
                if time.monotonic() - saved > SAVE_EVERY:
                    saved = time.monotonic()
                    self.save()
                    report(f"{state.seconds / 60:.0f} min, step {state.step}, {state.tokens / 1e6:.2f} M tokens, distance {np.mean(losses):.4f}")
                    losses = []
            state.pool, state.batch = state.pool + 1, 0

    def _step(self, batch: Batch, targets: Tensor) -> float:
        state = self.state
        factor = self.schedule.factor(self.schedule.progress(state.tokens, state.seconds))
        with_layers = state.step % LAYERS_EVERY == 0
        for parameter in self.layers:
            parameter.requires_grad_(with_layers)
        table, layers = self.optimizers
        table.param_groups[0]["lr"] = self.schedule.table_rate * factor
        layers.param_groups[0]["lr"] = self.schedule.layer_rate * factor
        loss, distance = loss_of(self.student(*padded(batch.rows, self.device)), targets.to(self.device))
        loss.backward()
        torch.nn.utils.clip_grad_norm_([self.table], 1.0)
        table.step()
        table.zero_grad(set_to_none=True)
        if with_layers:
            torch.nn.utils.clip_grad_norm_(self.layers, 1.0)
            layers.step()
            layers.zero_grad(set_to_none=True)
        state.step += 1
        state.tokens += sum(map(len, batch.rows))
        return float(distance)

    def save(self) -> None:
        fields = {name: getattr(self.state, name) for name in State.__slots__}
        write_checkpoint({"model": self.student.state_dict(), "optimizers": [one.state_dict() for one in self.optimizers], "state": fields}, self.checkpoint)

    def _resume(self) -> None:
        content = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.student.load_state_dict(content["model"])
        for optimizer, saved in zip(self.optimizers, content["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.state = State(**content["state"])
