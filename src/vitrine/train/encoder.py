"""Train an encoder on catalogues, and export it as a folder that `--encoder` takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vitrine.fetch import sha256_of
from vitrine.train.encoder_report import report_encoder
from vitrine.train.export import Exported, export_encoder, model_row
from vitrine.train.measure import FIGURES, Validation
from vitrine.train.plan import LATER_RECIPE, Plan, Recipe, make_plan
from vitrine.train.precision import Precision, choose_precision
from vitrine.train.prepare import OnStep, Prepared, prepare
from vitrine.train.run import Run
from vitrine.train.run_folder import CHECKPOINT, alone, keep_settings, torch_threads
from vitrine.train.towers import tower_shape
from vitrine.types import RowFailure


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
    """Of training; reading, measuring and export not counted."""
    figures: Mapping[str, float]
    """Last measured on the validation part; named as `measure.FIGURES` says."""
    exported: Exported
    report: Path
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
    threads: int = 0,
    recipe: Recipe | None = None,
    begin_with: str | Path | None = None,
    backbone: str | None = None,
    resume: bool = False,
    on_step: OnStep | None = None,
) -> TrainedEncoder:
    """Train an image tower with tag heads and a text tower, or go on where a run was left.

    On a CPU with the same number of threads, a run that was killed and went on ends with the
    very weights of one that was not. A run that is finished is only exported again.

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
        threads: 0 takes all cores.
        recipe: everything else.
        begin_with: folder of another run whose weights this one begins with, as far as they fit.
        backbone: name of an image tower, of `towers.TOWERS`; None leaves the recipe's.
        resume: there has to be a run in `out` to go on with.
        on_step: told about progress.

    Raises:
        UsageError: settings that make no sense, or other ones than the run in `out` began with.
        DataError: nothing to learn from, or a checkpoint that cannot be read.
        ConfigurationError: no such device.
        LockedError: another process trains in `out`.
        NotFoundError: `resume`, and there is no run to go on with.

    Example:
        >>> train_encoder(["shop.csv"], "run", minutes=60).folder  # doctest: +SKIP
        PosixPath('run/model')
    """
    recipe = recipe or (Recipe() if begin_with is None else LATER_RECIPE)
    plan = make_plan(
        recipe if backbone is None else replace(recipe, shape=tower_shape(backbone)),
        height_px=height_px,
        width_px=width_px,
        seed=seed,
        epochs=epochs,
        minutes=minutes,
    )
    model_row(name, height_px, width_px)
    precision = choose_precision(device)
    folder, teacher = Path(out), None if teacher is None else Path(teacher)
    with alone(folder), torch_threads(threads):
        keep_settings(folder, _settings(sources, plan, limit, teacher), resume=resume)
        data = prepare(
            sources,
            plan.frame,
            folder,
            limit=limit,
            teacher=teacher,
            threads=threads,
            on_step=on_step,
        )
        run = _trained(plan, data, precision, folder, begin_with, on_step)
        exported = export_encoder(
            run.smooth, data, plan, folder / "model", name, precision, on_step, threads
        )
        last = run.log.read()[-1]
        figures = {n: value for n, value in last.items() if n.startswith(FIGURES)}
        report = report_encoder(folder, name, data, plan, exported, figures, on_step, threads)
    return TrainedEncoder(
        folder=folder / "model",
        n_photos=len(data.table.rows("train")),
        n_validation=len(data.table.rows("validation")),
        steps=run.clock.step,
        minutes=run.clock.elapsed_s / 60,
        figures=figures,
        exported=exported,
        report=report,
        failures=data.failures,
    )


def _trained(
    plan: Plan,
    data: Prepared,
    precision: Precision,
    folder: Path,
    begin_with: str | Path | None,
    on_step: OnStep | None,
) -> Run:
    """A run at its end, begun anew or gone on with."""
    run = Run(plan, data.table, data.cache, data.tokenizer, data.teacher, precision, folder)
    if (folder / CHECKPOINT).is_file():
        run.resume()
    elif begin_with is not None:
        run.begin_with(Path(begin_with))
    measure = Validation(data.table, data.cache, data.tokenizer, precision)
    run.train(measure, on_step and (lambda done, note: on_step(f"training, {note}", done)))
    return run


def _settings(
    sources: Sequence[str | Path], plan: Plan, limit: int | None, teacher: Path | None
) -> dict[str, Any]:
    """What decides the run."""
    return {
        "sources": [str(source) for source in sources],
        "limit": limit,
        "teacher": teacher and sha256_of(teacher),
        **asdict(plan),
    }
