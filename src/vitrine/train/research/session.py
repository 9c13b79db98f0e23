"""What every run of the bench begins with: a folder to itself, photos, a device."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vitrine.errors import UsageError
from vitrine.train.cache import Frame
from vitrine.train.precision import Precision, choose_precision
from vitrine.train.prepare import OnStep, Prepared, prepare
from vitrine.train.research.course import Plan, make_plan
from vitrine.train.run_folder import alone, keep_settings, torch_threads

_LEAST_PX, _MOST_PX = 32, 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asks of any run."""

    sources: tuple[str, ...]
    out: Path
    epochs: int
    batch: int
    height_px: int
    width_px: int
    rate: float
    limit: int | None = None
    seed: int = 0
    device: str = "cpu"
    threads: int = 0
    resume: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """A run that may begin."""

    folder: Path
    plan: Plan
    precision: Precision
    data: Prepared
    side_px: tuple[int, int]


@contextmanager
def open_session(
    asked: Asked, more: Mapping[str, Any], on_step: OnStep | None = None
) -> Generator[Session]:
    """Prepare a run.

    Args:
        asked: by the user.
        more: further settings that another value of would make it another run.
        on_step: told about progress.

    Raises:
        UsageError: settings that make no sense, or others than the run in the folder began with.
        DataError: there is nothing to learn from these photos.
        LockedError: another process trains in the folder.
        NotFoundError: `resume`, and there is no run to go on with.
        ConfigurationError: no such device.
    """
    for name, side in (("height", asked.height_px), ("width", asked.width_px)):
        if not _LEAST_PX <= side <= _MOST_PX:
            raise UsageError(f"{name} is {side} px; it must be {_LEAST_PX} to {_MOST_PX}")
    if not asked.rate > 0:
        raise UsageError(f"the learning rate is {asked.rate}; it must be above 0")
    plan = make_plan(asked.epochs, asked.batch, asked.seed)
    precision = choose_precision(asked.device)
    folder = Path(asked.out)
    decisive = {k: v for k, v in asdict(asked).items() if k not in ("out", "threads", "resume")}
    with alone(folder), torch_threads(asked.threads):
        keep_settings(folder, {**decisive, **more}, resume=asked.resume)
        side_px = (asked.height_px, asked.width_px)
        data = prepare(
            asked.sources,
            Frame(side_px),
            folder,
            limit=asked.limit,
            threads=asked.threads,
            on_step=on_step,
        )
        yield Session(folder, plan, precision, data, side_px)
