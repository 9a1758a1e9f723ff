"""The second stage: questions find passages, and Indonesia's local languages land where Indonesian lies.

Four kinds of steps take turns, so that nothing learned in the first stage is lost:

    questions      cross-entropy of the similarities to all passages of the batch, hard negatives included
    crops          the same with a few words of a passage as the question (training/crops.py)
    translations   the first stage's loss on its own streams
    local          the first stage's loss; the target is the first stage's vector of the Indonesian side
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.crops import Crop
from training.distil import loss_of
from training.questions import Question
from training.streams import Batch
from training.student import Student, padded

TEMPERATURE = 0.04
QUESTIONS_IN_BATCH = 48


@dataclass(frozen=True, slots=True)
class Finish:
    """`rounds` over the questions; each question step is followed by `crops` steps and by `others` on translations and local pairs."""

    rounds: float = 2.0
    crops: int = 4
    others: int = 2
    table_rate: float = 4e-4
    layer_rate: float = 1e-4
    warm: float = 0.05
    hours: float = 1.0
    seed: int = 1


def question_batches(questions: Sequence[Question], seed: int) -> list[list[Question]]:
    """Shuffled batches in which no passage answers two questions."""
    order = list(questions)
    random.Random(seed).shuffle(order)
    batches: list[list[Question]] = []
    waiting: list[Question] = order
    while waiting:
        batch, seen, later = [], set(), []
        for question in waiting:
            if len(batch) < QUESTIONS_IN_BATCH and question.passage not in seen:
                batch.append(question)
                seen.add(question.passage)
            else:
                later.append(question)
        batches.append(batch)
        waiting = later
    return batches


def question_loss(asked: Tensor, passages: Tensor) -> Tensor:
    """Passage i answers question i; the rows behind the questions' own passages are hard negatives."""
    return functional.cross_entropy(asked @ passages.T / TEMPERATURE, torch.arange(len(asked), device=asked.device))


class Finishing:
    """Runs the second stage on `student`; `crops` gives batches, `others` batches of translations and local pairs with their targets."""

    def __init__(self, student: Student, tokenizer, finish: Finish) -> None:
        self.student, self.tokenizer, self.finish = student, tokenizer, finish
        self.device = next(student.parameters()).device
        table = student.bert.embeddings.word_embeddings.weight
        layers = [parameter for parameter in student.parameters() if parameter is not table]
        groups = [{"params": [table], "lr": finish.table_rate, "weight_decay": 0.0}, {"params": layers, "lr": finish.layer_rate, "weight_decay": 0.01}]
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
        self._rates = (finish.table_rate, finish.layer_rate)

    def run(
        self, questions: Sequence[Question], crops: Callable[[], list[Crop]], others: Callable[[], tuple[Batch, Tensor]], report: Callable[[str], None]
    ) -> int:
        """As long as `finish` says; returns how many steps it took."""
        batches: list[list[Question]] = []
        while len(batches) < self.finish.rounds * len(questions) / QUESTIONS_IN_BATCH:
            batches += question_batches(questions, self.finish.seed + len(batches))
        batches = batches[: max(1, round(self.finish.rounds * len(questions) / QUESTIONS_IN_BATCH))]
        began, steps = time.monotonic(), 0
        asked_losses, crop_losses, other_losses = [], [], []
        for step, batch in enumerate(batches):
            progress = max(step / len(batches), (time.monotonic() - began) / (self.finish.hours * 3600))
            if progress >= 1:
                break
            asked_losses.append(self._step(self._asked(batch, step), progress))
            crop_losses += [self._step(self._cropped(crops()), progress) for _ in range(self.finish.crops)]
            for _ in range(self.finish.others):
                other, targets = others()
                loss, distance = loss_of(self.student(*padded(other.rows, self.device)), targets.to(self.device))
                self._step(loss, progress)
                other_losses.append(float(distance))
            steps += 1 + self.finish.crops + self.finish.others
            if step % 25 == 24:
                means = f"loss {np.mean(asked_losses):.3f}, of crops {np.mean(crop_losses):.3f}, distance {np.mean(other_losses):.4f}"
                report(f"question step {step + 1} of {len(batches)}, {means}")
                asked_losses, crop_losses, other_losses = [], [], []
        return steps

    def _asked(self, batch: list[Question], step: int) -> Tensor:
        hard = [question.negatives[step % len(question.negatives)] for question in batch if question.negatives]
        own = {question.passage for question in batch}
        passages = [question.passage for question in batch] + sorted(set(hard) - own)
        return question_loss(self._vectors([question.text for question in batch], 64), self._vectors(passages, 160))

    def _cropped(self, crops: list[Crop]) -> Tensor:
        return question_loss(self._vectors([crop.query for crop in crops], 64), self._vectors([crop.passage for crop in crops], 160))

    def _vectors(self, texts: list[str], longest: int) -> Tensor:
        return self.student(*padded(self.tokenizer(texts, truncation=True, max_length=longest)["input_ids"], self.device))

    def _step(self, loss: Tensor, progress: float) -> float:
        factor = min(1.0, progress / self.finish.warm + 0.02) * max(0.02, 1.0 - progress)
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return float(loss.detach())
