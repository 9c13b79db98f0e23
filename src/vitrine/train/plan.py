"""What a run does, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from vitrine.errors import UsageError
from vitrine.train.cache import Frame
from vitrine.train.towers import Shape

DEFAULT_EPOCHS = 30.0
_LEAST_PX = 32


@dataclass(frozen=True, slots=True)
class Stage:
    """A share of the run at one resolution."""

    share: float
    scale: float
    """Of the final height and width."""
    small_weight: float
    """How often a small photo is drawn, compared with a sharp one."""
    n: int
    """Photos in a batch, second views not counted."""


DEFAULT_STAGES = (
    Stage(0.28, 0.5, 1.0, 96),
    Stage(0.30, 0.8, 0.35, 96),
    Stage(0.42, 1.0, 0.35, 96),
)
LATER_STAGES = (Stage(0.3, 0.8, 0.35, 96), Stage(0.7, 1.0, 0.35, 96))


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that a user need not decide; the values that made the default encoder."""

    stages: tuple[Stage, ...] = DEFAULT_STAGES
    shape: Shape = field(default_factory=Shape)
    peak_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup: float = 0.03
    ema: float = 0.998
    n_second: int = 64
    """Photos of a batch that are seen in a second view."""
    n_extra_texts: int = 384
    log_every: int = 20
    """Steps between two lines of the log; checkpoints are only made there."""
    checkpoint_minutes: float = 10.0
    n_calibration: int = 300
    """Training photos that set the ranges of the int8 graph."""


LATER_RECIPE = Recipe(stages=LATER_STAGES, peak_rate=1.5e-3)
"""Of a run that begins with the weights of another."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe and how long to follow it, by epochs or by minutes of training."""

    recipe: Recipe
    frame: Frame
    seed: int
    epochs: float | None
    minutes: float | None

    def progress(self, n_seen: int, n_train: int, elapsed_s: float) -> float:
        """0 at the start, 1 at the end.

        Args:
            n_seen: photos drawn so far.
            n_train: photos to train on.
            elapsed_s: training time so far; checkpoints and measuring do not count.
        """
        if self.minutes is not None:
            return elapsed_s / (self.minutes * 60)
        return n_seen / ((self.epochs or DEFAULT_EPOCHS) * n_train)

    def stage(self, progress: float) -> Stage:
        """The stage at `progress` in 0..1."""
        stages = self.recipe.stages
        for stage in stages:
            if progress < stage.share:
                return stage
            progress -= stage.share
        return stages[-1]

    def side_px(self, progress: float) -> tuple[int, int]:
        """Height and width of the stage at `progress`."""
        return self.frame.scaled(self.stage(progress).scale)

    def rate(self, progress: float) -> float:
        """Learning rate: linear warm-up, then half a cosine to nearly nothing."""
        recipe = self.recipe
        if progress < recipe.warmup:
            return recipe.peak_rate * (progress / recipe.warmup + 0.01)
        done = min(1.0, (progress - recipe.warmup) / (1 - recipe.warmup))
        return recipe.peak_rate * (0.5 * (1 + math.cos(math.pi * done)) + 1e-3)


def make_plan(
    recipe: Recipe,
    *,
    height_px: int,
    width_px: int,
    seed: int,
    epochs: float | None,
    minutes: float | None,
) -> Plan:
    """Check what the user asks for.

    Raises:
        UsageError: both or negative lengths, a negative seed, or photos too small to see
            anything in.
    """
    if epochs is not None and minutes is not None:
        raise UsageError(f"epochs is {epochs} and minutes is {minutes}; give one of them")
    for name, value in (("epochs", epochs), ("minutes", minutes)):
        if value is not None and not 0 < value < math.inf:
            raise UsageError(f"{name} is {value}; it must be above 0")
    if seed < 0:
        raise UsageError(f"seed is {seed}; it must be 0 or more")
    if min(height_px, width_px) < _LEAST_PX or max(height_px, width_px) > 1024:
        raise UsageError(
            f"photos of {height_px} x {width_px} px: height and width must be 32 to 1024"
        )
    if epochs is None and minutes is None:
        epochs = DEFAULT_EPOCHS
    return Plan(recipe, Frame((height_px, width_px)), seed, epochs, minutes)
