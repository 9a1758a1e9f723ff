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
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.checkpoint import write_checkpoint
from training.crops import Crop
from training.distil import SAVE_EVERY, loss_of
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
    """Runs the second stage on `student` and keeps a checkpoint; `after` is the last step of the first stage."""

    def __init__(self, student: Student, tokenizer, finish: Finish, checkpoint: Path, after: int) -> None:
        self.student, self.tokenizer, self.finish = student, tokenizer, finish
        self.device = next(student.parameters()).device
        # The first stage holds the layers still at two of three steps, so also at its last one.
        student.requires_grad_(True)
        table = student.bert.embeddings.word_embeddings.weight
        layers = [parameter for parameter in student.parameters() if parameter is not table]
        groups = [{"params": [table], "lr": finish.table_rate, "weight_decay": 0.0}, {"params": layers, "lr": finish.layer_rate, "weight_decay": 0.01}]
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
        self._rates = (finish.table_rate, finish.layer_rate)
        self.checkpoint, self._after, self._questions, self._done, self._seconds = checkpoint, after, 0, 0, 0.0

    def resume(self, questions: int) -> int:
        """Takes `student` to where an earlier run of this stage stood, if it began after the same step and with as many questions.

        Returns how many batches of questions it had done. What the first stage's student is needed for comes before.
        """
        self._questions = questions
        if self.checkpoint.is_file():
            content = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
            state = content["state"]
            if (state["after"], state["questions"]) == (self._after, questions):
                self.student.load_state_dict(content["model"])
                self.optimizer.load_state_dict(content["optimizer"])
                self._done, self._seconds = state["done"], state["seconds"]
        return self._done

    def run(
        self, questions: Sequence[Question], crops: Callable[[], list[Crop]] | None, others: Callable[[], tuple[Batch, Tensor]], report: Callable[[str], None]
    ) -> int:
        """As long as `finish` says; returns how many steps it took. `crops` gives batches, `others` translations and local pairs with their targets."""
        batches: list[list[Question]] = []
        while len(batches) < self.finish.rounds * len(questions) / QUESTIONS_IN_BATCH:
            batches += question_batches(questions, self.finish.seed + len(batches))
        batches = batches[: max(1, round(self.finish.rounds * len(questions) / QUESTIONS_IN_BATCH))]
        began = saved = time.monotonic()
        before = self._seconds
        asked_losses, crop_losses, other_losses = [], [], []
        for step in range(self._done, len(batches)):
            self._seconds = before + time.monotonic() - began
            progress = max(step / len(batches), self._seconds / (self.finish.hours * 3600))
            if progress >= 1:
                break
            asked_losses.append(self._step(self._asked(batches[step], step), progress))
            if crops:
                crop_losses += [self._step(self._cropped(crops()), progress) for _ in range(self.finish.crops)]
            for _ in range(self.finish.others):
                other, targets = others()
                loss, distance = loss_of(self.student(*padded(other.rows, self.device)), targets.to(self.device))
                self._step(loss, progress)
                other_losses.append(float(distance))
            self._done = step + 1
            if self._done % 25 == 0:
                means = {"loss": asked_losses, "of crops": crop_losses, "distance": other_losses}
                report(", ".join([f"question step {self._done} of {len(batches)}", *(f"{name} {np.mean(some):.4f}" for name, some in means.items() if some)]))
                asked_losses, crop_losses, other_losses = [], [], []
            if time.monotonic() - saved > SAVE_EVERY:
                saved = time.monotonic()
                self._save()
        self._save()
        return self._done * (1 + (self.finish.crops if crops else 0) + self.finish.others)

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

    def _save(self) -> None:
        state = {"after": self._after, "questions": self._questions, "done": self._done, "seconds": self._seconds}
        write_checkpoint({"model": self.student.state_dict(), "optimizer": self.optimizer.state_dict(), "state": state}, self.checkpoint)
