"""The training loop: by the clock or by epochs, with checkpoints from which it goes on exactly."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vitrine.encoders import Tokenizer
from vitrine.errors import DataError
from vitrine.train.batches import Batches
from vitrine.train.cache import Cache
from vitrine.train.metrics_log import MetricsLog
from vitrine.train.plan import Plan
from vitrine.train.precision import Precision
from vitrine.train.run_folder import CHECKPOINT
from vitrine.train.student import LOSS_WEIGHTS, Student, batch_losses
from vitrine.train.table import Table

_LARGEST_GRADIENT = 5.0

Measure: TypeAlias = Callable[[Student, tuple[int, int]], dict[str, float]]
"""Averaged student and side -> figures on the validation part."""
OnProgress: TypeAlias = Callable[[float, str], None]
"""Called with the progress 0..1 and a short note."""


@dataclass(slots=True)
class Clock:
    """How far a run has come."""

    step: int = 0
    n_seen: int = 0
    elapsed_s: float = 0.0


class Run:
    """One training run in a folder.

    Args:
        plan: what to do.
        table: the photos; `cache` has their pixels.
        cache: see `table`.
        tokenizer: of the titles and labels of the training part.
        teacher: (photos, t) centred features to imitate, or None.
        precision: device and number format.
        folder: where checkpoint and log are.
    """

    def __init__(
        self,
        plan: Plan,
        table: Table,
        cache: Cache,
        tokenizer: Tokenizer,
        teacher: NDArray[np.float16] | None,
        precision: Precision,
        folder: Path,
    ) -> None:
        torch.manual_seed(plan.seed)
        device = precision.device
        self.plan, self.precision, self.folder = plan, precision, folder
        self.teacher = None if teacher is None else torch.from_numpy(teacher)
        n_teacher = 0 if teacher is None else teacher.shape[1]
        self.student = Student(
            table, tokenizer.n_ids, plan.recipe.shape, plan.frame.final_px, n_teacher
        ).to(device)
        self.student.image.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.smooth = copy.deepcopy(self.student).requires_grad_(False)
        self.optimizer = _optimizer(self.student, plan)
        self.scaler = torch.amp.GradScaler(device.type, enabled=precision.needs_scaling)
        self.batches = Batches(table, cache, tokenizer, plan.recipe, plan.seed, device)
        self.clock = Clock()
        self.log = MetricsLog(folder / "metrics.jsonl")
        self._data = _digest(table, tokenizer)

    @property
    def progress(self) -> float:
        """0 at the start, 1 at the end."""
        clock = self.clock
        return self.plan.progress(clock.n_seen, self.batches.n_train, clock.elapsed_s)

    def train(self, measure: Measure, on_progress: OnProgress | None = None) -> None:
        """Run to the end of the plan; log, measure and save on the way.

        Raises:
            DataError: the loss is no number any more.
        """
        self.log.truncate(self.clock.step)
        recipe = self.plan.recipe
        saved_s = self.clock.elapsed_s
        losses: list[dict[str, float]] = []
        while self.progress < 1:
            started = time.perf_counter()
            losses.append(self.train_step())
            self.clock.elapsed_s += time.perf_counter() - started
            done = self.progress >= 1
            if on_progress:
                on_progress(min(1.0, self.progress), f"loss {losses[-1]['total']:.3f}")
            if done or self.clock.step % recipe.log_every == 0:
                figures = _means(losses)
                losses = []
                due = self.clock.elapsed_s - saved_s >= recipe.checkpoint_minutes * 60
                if done or due:
                    side_px = self.plan.side_px(min(self.progress, 1 - 1e-9))
                    figures |= measure(self.smooth, side_px)
                    saved_s = self.clock.elapsed_s
                self._write(figures)
                if done or due:
                    self.save()

    def train_step(self) -> dict[str, float]:
        """One batch, one update."""
        progress = self.progress
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate(progress)
        self.student.train()
        batch = self.batches.draw(self.plan.stage(progress), self.plan.side_px(progress))
        losses = batch_losses(self.student, batch, self.teacher, self.precision)
        total = torch.stack([LOSS_WEIGHTS[name] * loss for name, loss in losses.items()]).sum()
        if not bool(total.isfinite()):
            raise DataError(
                f"the loss is no number any more at step {self.clock.step}; what was learnt until "
                f"the last checkpoint is kept in {self.folder}, but the photos may be damaged"
            )
        self.optimizer.zero_grad()
        self.scaler.scale(total).backward()
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.student.parameters(), _LARGEST_GRADIENT)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.clock.step += 1
        self.clock.n_seen += batch.n
        self._average()
        named = {name: float(loss.detach()) for name, loss in losses.items()}
        return {"total": float(total.detach()), **named}

    @torch.no_grad()
    def _average(self) -> None:
        """Exponential moving average of the weights, shorter in the first steps."""
        step = self.clock.step
        keep = min(self.plan.recipe.ema, (1 + step) / (10 + step))
        old, new = self.smooth.state_dict().values(), self.student.state_dict().values()
        for average, weight in zip(old, new, strict=True):
            if average.is_floating_point():
                average.lerp_(weight, 1 - keep)
            else:
                average.copy_(weight)

    def _write(self, figures: dict[str, float]) -> None:
        clock = self.clock
        self.log.add(
            {
                "step": clock.step,
                "epoch": round(clock.n_seen / self.batches.n_train, 4),
                "progress": round(min(1.0, self.progress), 5),
                "minutes": round(clock.elapsed_s / 60, 3),
                **{name: round(value, 5) for name, value in figures.items()},
            }
        )

    def save(self) -> None:
        """Write the checkpoint beside the old one, then replace it."""
        cuda = self.precision.device.type == "cuda"
        clock = self.clock
        state = {
            "student": self.student.state_dict(),
            "smooth": self.smooth.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "clock": [clock.step, clock.n_seen, clock.elapsed_s],
            "torch_rng": torch.get_rng_state(),
            "cuda_rng": torch.cuda.get_rng_state(self.precision.device) if cuda else None,
            "rows_rng": json.dumps(self.batches.rng.bit_generator.state),
            "data": self._data,
        }
        draft = self.folder / f"{CHECKPOINT}.part"
        torch.save(state, draft)
        draft.replace(self.folder / CHECKPOINT)
        self.log.write_table()

    def resume(self) -> None:
        """Go on from the checkpoint as if there had been no break.

        Raises:
            DataError: the checkpoint is damaged, or was made of other photos, labels or titles.
        """
        path = self.folder / CHECKPOINT
        with _readable(path, "delete it to start anew"):
            state: dict[str, Any] = torch.load(path, self.precision.device, weights_only=True)
            known = state.get("data", self._data)
            if known == self._data:
                self._restore(state)
        if known != self._data:
            raise DataError(
                f"photos, labels or titles have changed since the run in {self.folder} began; "
                "train anew in another folder"
            )

    def begin_with(self, folder: Path) -> None:
        """Take over the averaged weights of another run, as far as they fit.

        Of a run on the same photos, labels and titles that is all of the same shape; of another
        run the convolutions alone, since numbers of labels and words stand for other things there.

        Raises:
            DataError: there is no checkpoint in `folder`, or it is damaged, or nothing fits.
        """
        path = folder / CHECKPOINT
        with _readable(path, "name the folder of a run that has a checkpoint"):
            state: dict[str, Any] = torch.load(path, self.precision.device, weights_only=True)
            same, given = state.get("data") == self._data, dict(state["smooth"])
        own = self.student.state_dict()
        fitting = {
            name: weight
            for name, weight in given.items()
            if name in own and own[name].shape == weight.shape
            if same or name.startswith(("image.stem.", "image.body."))
        }
        if not fitting:
            raise DataError(f"no weight of {path} fits this network")
        for network in (self.student, self.smooth):
            network.load_state_dict({**own, **fitting})

    def _restore(self, state: dict[str, Any]) -> None:
        self.student.load_state_dict(state["student"])
        self.smooth.load_state_dict(state["smooth"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        self.clock = Clock(*state["clock"])
        torch.set_rng_state(_on_cpu(state["torch_rng"]))
        if state["cuda_rng"] is not None and self.precision.device.type == "cuda":
            torch.cuda.set_rng_state(_on_cpu(state["cuda_rng"]), self.precision.device)
        self.batches.rng.bit_generator.state = json.loads(state["rows_rng"])


@contextmanager
def _readable(path: Path, remedy: str) -> Generator[None]:
    try:
        yield
    except Exception as error:  # torch raises whatever a damaged file makes it trip over
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path} cannot be read ({reason}); {remedy}") from error


def _digest(table: Table, tokenizer: Tokenizer) -> str:
    """Of all that the numbers in a checkpoint stand for."""
    told = {head: list(values) for head, values in table.values.items()}
    rows = [[photo.source, photo.photo_id, photo.part] for photo in table.photos]
    text = json.dumps([told, rows]) + tokenizer.model_dump_json()
    return hashlib.sha256(text.encode() + table.labels.tobytes()).hexdigest()


def _on_cpu(state: Tensor) -> Tensor:
    return state.to("cpu", torch.uint8)


def _means(losses: list[dict[str, float]]) -> dict[str, float]:
    """Mean of every loss over the steps in which it occurred."""
    found: dict[str, list[float]] = {}
    for step in losses:
        for name, value in step.items():
            found.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in found.items()}


def _optimizer(student: Student, plan: Plan) -> torch.optim.AdamW:
    """AdamW (Loshchilov 2019); norms, biases and word vectors do not decay."""
    table = student.text.table.weight
    plain = [p for p in student.parameters() if p.ndim < 2 or p is table]
    deep = [p for p in student.parameters() if p.ndim >= 2 and p is not table]
    groups = [
        {"params": deep, "weight_decay": plan.recipe.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=plan.recipe.peak_rate, betas=(0.9, 0.99))
