"""Train an encoder on catalogues, and export it as a folder that `--encoder` takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vitrine.errors import UsageError
from vitrine.fetch import sha256_of
from vitrine.train.export import Exported, export_encoder
from vitrine.train.measure import Validation
from vitrine.train.plan import Plan, Recipe, make_plan
from vitrine.train.precision import choose_precision
from vitrine.train.prepare import OnStep, Prepared, prepare
from vitrine.train.run import CHECKPOINT, Run
from vitrine.types import RowFailure

SETTINGS = "run.json"


@dataclass(frozen=True, slots=True)
class TrainedEncoder:
    """What a run has left."""

    folder: Path
    """The model: give it to `load_encoder` or `--encoder`."""
    n_photos: int
    """Trained on."""
    n_validation: int
    steps: int
    minutes: float
    figures: dict[str, float]
    """Last measured on the validation part."""
    exported: Exported
    failures: Sequence[RowFailure]
    """Rows and photos that were left out."""


def train_encoder(
    sources: Sequence[str | Path],
    out: str | Path,
    *,
    name: str = "trained",
    epochs: float | None = None,
    minutes: float | None = None,
    limit: int | None = None,
    height_px: int = 160,
    width_px: int = 120,
    seed: int = 0,
    device: str = "cpu",
    teacher: str | Path | None = None,
    recipe: Recipe | None = None,
    on_step: OnStep | None = None,
) -> TrainedEncoder:
    """Train an image tower with tag heads and a text tower, or go on where a run was left.

    Args:
        sources: catalogues with local photos; those that say most are learnt from best.
        out: folder of the run; a run of the same settings that was begun there goes on.
        name: of the model.
        epochs: how often a photo is seen; 30 if neither this nor `minutes` is given.
        minutes: training time instead, measuring and export not counted.
        limit: learn from at most so many photos.
        height_px: of what the model sees.
        width_px: of what the model sees.
        seed: of weights and batches.
        device: `cpu` or `cuda`.
        teacher: TFLite file of an ImageNet MobileNetV2 to imitate beside the labels.
        recipe: everything else.
        on_step: told about progress.

    Raises:
        UsageError: settings that make no sense, or other ones than the run in `out` began with.
        DataError: nothing to learn from, or a checkpoint that cannot be read.
        ConfigurationError: no such device.

    Example:
        >>> train_encoder(["shop.csv"], "run", minutes=60).folder  # doctest: +SKIP
        PosixPath('run/model')
    """
    plan = make_plan(
        recipe or Recipe(),
        height_px=height_px,
        width_px=width_px,
        seed=seed,
        epochs=epochs,
        minutes=minutes,
    )
    precision = choose_precision(device)
    folder, teacher = Path(out), None if teacher is None else Path(teacher)
    folder.mkdir(parents=True, exist_ok=True)
    _keep_settings(folder, sources, plan, limit, teacher)
    data = prepare(sources, plan.frame, folder, limit=limit, teacher=teacher, on_step=on_step)
    run = Run(plan, data.table, data.cache, data.tokenizer, data.teacher, precision, folder)
    if (folder / CHECKPOINT).is_file():
        run.resume()
    measure = Validation(data.table, data.cache, data.tokenizer, precision)
    run.train(measure, on_step and (lambda done, note: on_step(f"training, {note}", done)))
    exported = export_encoder(run.smooth, data, plan, folder / "model", name, on_step)
    return _result(folder, data, run, exported)


def _result(folder: Path, data: Prepared, run: Run, exported: Exported) -> TrainedEncoder:
    lines = run.log.read()
    last = next((line for line in reversed(lines) if "sharp_article_type" in line), {})
    return TrainedEncoder(
        folder=folder / "model",
        n_photos=len(data.table.rows("train")),
        n_validation=len(data.table.rows("validation")),
        steps=run.clock.step,
        minutes=run.clock.elapsed_s / 60,
        figures={k: v for k, v in last.items() if k not in ("step", "epoch", "progress")},
        exported=exported,
        failures=data.failures,
    )


def _keep_settings(
    folder: Path, sources: Sequence[str | Path], plan: Plan, limit: int | None, teacher: Path | None
) -> None:
    """Write down what decides the run; refuse to go on with something else."""
    wanted: dict[str, Any] = {
        "sources": [str(source) for source in sources],
        "limit": limit,
        "teacher": teacher and sha256_of(teacher),
        **json.loads(json.dumps(asdict(plan))),
    }
    path = folder / SETTINGS
    if path.is_file():
        begun = json.loads(path.read_text("utf-8"))
        other = [key for key in wanted if begun.get(key) != wanted[key]]
        if other:
            raise UsageError(
                f"{folder} holds a run with another {', '.join(other)}; "
                "give the same settings to go on, or another folder to start anew"
            )
    path.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
