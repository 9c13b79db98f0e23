"""A course of epochs that any of the published models follows, and goes on with after a kill."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from vitrine.errors import DataError, UsageError
from vitrine.train.metrics_log import MetricsLog
from vitrine.train.run_folder import CHECKPOINT
from vitrine.types import Rows

_LARGEST_GRADIENT = 5.0

OnProgress: TypeAlias = Callable[[float, str], None]
"""Called with the progress 0..1 and a short note."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast."""

    epochs: int
    batch: int
    seed: int = 0
    checkpoint_minutes: float = 5.0


class Task(Protocol):
    """What is trained, on what, and what is measured."""

    @property
    def network(self) -> nn.Module:
        """Its weights are what is kept."""
        ...

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        """Over what is to be learnt."""
        ...

    def order(self, rng: np.random.Generator) -> Rows:
        """Rows of the table in the order of one epoch."""
        ...

    def losses(self, rows: Rows, rng: np.random.Generator) -> Mapping[str, Tensor]:
        """Parts of the loss of one batch, weights included; their sum is minimised."""
        ...

    def measure(self) -> Mapping[str, float]:
        """Figures after an epoch, on rows that are not trained on and on some that are."""
        ...

    def set_rate(self, progress: float) -> None:
        """Set the learning rate at `progress` in 0..1 of the course."""
        ...


def make_plan(epochs: int, batch: int, seed: int) -> Plan:
    """Check what the user asks for.

    Raises:
        UsageError: a figure makes no sense.
    """
    for name, value in (("epochs", epochs), ("batch", batch)):
        if value < 1:
            raise UsageError(f"{name} is {value}; it must be 1 or more")
    if seed < 0:
        raise UsageError(f"seed is {seed}; it must be 0 or more")
    return Plan(epochs, batch, seed)


class Course:
    """One run in a folder: epochs, the log, checkpoints.

    Every batch has its own seed, so that on a CPU with as many threads a run that was killed ends
    with the very weights of one that was not.

    Args:
        task: what is trained.
        plan: how long.
        device: where the checkpoint is loaded to.
        folder: where checkpoint and log are.
    """

    def __init__(self, task: Task, plan: Plan, device: torch.device, folder: Path) -> None:
        self.task, self.plan, self.device, self.folder = task, plan, device, folder
        self.log = MetricsLog(folder / "metrics.jsonl")
        self.epoch, self.at, self.step, self.elapsed_s = 0, 0, 0, 0.0
        self._sums: dict[str, float] = {}
        self._n_batches = 0

    def run(self, on_progress: OnProgress | None = None) -> None:
        """Go on from the checkpoint, if there is one, to the end of the plan.

        Raises:
            DataError: the loss is no number any more, or the checkpoint cannot be read.
        """
        if (self.folder / CHECKPOINT).is_file():
            self._resume()
        self.log.truncate(self.step)
        saved = time.monotonic()
        while self.epoch < self.plan.epochs:
            order = self.task.order(np.random.default_rng([self.plan.seed, self.epoch]))
            n_steps = max(1, len(order) // self.plan.batch)
            while self.at < n_steps:
                started = time.perf_counter()
                done = (self.epoch + self.at / n_steps) / self.plan.epochs
                self.task.set_rate(done)
                rows = order[self.at * self.plan.batch : (self.at + 1) * self.plan.batch]
                loss = self._step(rows)
                self.at += 1
                self.elapsed_s += time.perf_counter() - started
                if on_progress:
                    on_progress(done, f"epoch {self.epoch + 1}, loss {loss:.3f}")
                if time.monotonic() - saved > self.plan.checkpoint_minutes * 60:
                    self._save()
                    saved = time.monotonic()
            self._end_epoch()
        if on_progress:
            on_progress(1.0, "done")

    def _step(self, rows: Rows) -> float:
        torch.manual_seed((self.plan.seed << 32) + self.step)
        rng = np.random.default_rng([self.plan.seed, 1, self.step])
        self.task.network.train()
        parts = self.task.losses(rows, rng)
        total = torch.stack([part.float() for part in parts.values()]).sum()
        if not bool(total.isfinite()):
            raise DataError(
                f"the loss is no number any more at step {self.step}; lower the learning rate, "
                f"or look at the photos; the last checkpoint in {self.folder} is kept"
            )
        self.task.optimizer.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(self.task.network.parameters(), _LARGEST_GRADIENT)
        self.task.optimizer.step()
        self.step += 1
        self._n_batches += 1
        for name, part in (("loss", total), *((f"loss_{n}", p) for n, p in parts.items())):
            self._sums[name] = self._sums.get(name, 0.0) + float(part.detach())
        return float(total.detach())

    def _end_epoch(self) -> None:
        means = {name: value / max(1, self._n_batches) for name, value in self._sums.items()}
        self.task.network.eval()
        with torch.no_grad():
            figures = self.task.measure()
        self.epoch, self.at, self._sums, self._n_batches = self.epoch + 1, 0, {}, 0
        line = {"step": self.step, "epoch": self.epoch, "minutes": round(self.elapsed_s / 60, 3)}
        self.log.add(line | {n: round(float(v), 5) for n, v in {**means, **figures}.items()})
        self.log.write_table()
        self._save()

    def _save(self) -> None:
        state = {
            "network": self.task.network.state_dict(),
            "optimizer": self.task.optimizer.state_dict(),
            "place": [self.epoch, self.at, self.step, self.elapsed_s, self._n_batches],
            "sums": self._sums,
        }
        draft = self.folder / f"{CHECKPOINT}.part"
        torch.save(state, draft)
        draft.replace(self.folder / CHECKPOINT)

    def _resume(self) -> None:
        path = self.folder / CHECKPOINT
        try:
            state: dict[str, Any] = torch.load(path, self.device, weights_only=True)
            self.task.network.load_state_dict(state["network"])
            self.task.optimizer.load_state_dict(state["optimizer"])
            self.epoch, self.at, self.step, self.elapsed_s, self._n_batches = state["place"]
            self._sums = dict(state["sums"])
        except Exception as error:  # torch raises whatever a damaged file makes it trip over
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise DataError(
                f"{path} cannot be read ({reason}); delete it to start anew, "
                "or train in another folder"
            ) from error
