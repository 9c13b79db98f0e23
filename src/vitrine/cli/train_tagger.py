"""`vitrine train tagger`: seven attributes on any backbone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, Threads, settings_from
from vitrine.cli.output import airy_table, cell, console, n_of, say
from vitrine.cli.steps import step_progress
from vitrine.cli.train_options import (
    Augment,
    Backbone,
    Batch,
    Device,
    Epochs,
    Limit,
    ModelName,
    Out,
    Rate,
    Resume,
    Seed,
    SidePx,
    Sources,
    Weights,
    leave,
    shown,
)
from vitrine.errors import UsageError


def tagger(
    context: typer.Context,
    sources: Sources,
    out: Out,
    name: ModelName = "tagger",
    backbone: Backbone = "plain",
    weights: Weights = None,
    labels: Annotated[
        str,
        typer.Option(
            "--labels",
            metavar="KIND",
            help="as-written, or paper-d: merged as that paper counts them.",
        ),
    ] = "as-written",
    ensemble: Annotated[
        list[Path] | None,
        typer.Option(
            "--ensemble",
            metavar="RUN",
            help="Train nothing: average finished runs of this command. Repeatable.",
        ),
    ] = None,
    augment: Augment = True,
    epochs: Epochs = 5,
    batch: Batch = 64,
    rate: Rate = 1e-3,
    limit: Limit = None,
    side_px: SidePx = 128,
    seed: Seed = 0,
    device: Device = "cpu",
    threads: Threads = None,
    resume: Resume = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train seven attribute heads on any backbone, as paper D does, and judge them honestly.

    Photos that lack one of the labels are a test of their own, groups of near-duplicates another.
    RUN/model is an encoder with tags; RUN/report.html stands beside the paper's claims. With
    --ensemble the probabilities of finished runs on the same photos are averaged, each at the
    temperature that suits it, and judged on groups that none of them was trained on.
    """
    settings = settings_from(threads=threads)
    if ensemble:
        _refuse_training_options(context)
        _average(sources, out, ensemble, name, settings.threads, as_json=as_json, quiet=quiet)
        return
    from vitrine.train.research.session import Asked
    from vitrine.train.research.tagger import train_tagger

    asked = Asked(
        sources=tuple(sources),
        out=out,
        epochs=epochs,
        batch=batch,
        height_px=side_px,
        width_px=side_px,
        rate=rate,
        limit=limit,
        seed=seed,
        device=device,
        threads=settings.threads,
        resume=resume,
    )
    with step_progress(quiet=quiet) as on_step:
        trained = train_tagger(
            asked,
            settings,
            name=name,
            backbone=backbone,
            weights=weights,
            labels=labels,
            augment=augment,
            on_step=on_step,
        )

    formality = trained.formality

    def show() -> None:
        say(f"{trained.folder}: learnt from {n_of(trained.n_photos, 'photo')}; {trained.report}")
        columns = ("attribute", "classes", "train", "held_out", "n_held_out", "missing", "claimed")
        table = airy_table(*columns)
        for row in trained.rows:
            table.add_row(*(cell(shown(row[column])) for column in columns))
        console().print(table)

    told = {
        "model": str(trained.folder),
        "report": str(trained.report),
        "photos": trained.n_photos,
        "missing": trained.n_missing,
        "attributes": list(trained.rows),
        "formality": None if formality is None else formality.figures(),
    }
    leave(told, trained.failures, out, show, as_json=as_json, quiet=quiet)


_OF_TRAINING = (
    *("backbone", "weights", "labels", "epochs", "batch", "rate", "limit", "side_px", "seed"),
    *("device", "resume", "augment"),
)


def _refuse_training_options(context: typer.Context) -> None:
    for option in _OF_TRAINING:
        source = context.get_parameter_source(option)
        if source is not None and source.name == "COMMANDLINE":
            raise UsageError(
                f"--ensemble trains nothing and takes what its runs were trained with; "
                f"leave out --{option.replace('_', '-')}"
            )


def _average(
    sources: list[str],
    out: Path,
    runs: list[Path],
    name: str,
    threads: int,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    from vitrine.train.research.ensemble import average_taggers, gain_text

    with step_progress(quiet=quiet) as on_step:
        found = average_taggers(sources, out, runs, name=name, threads=threads, on_step=on_step)

    def show() -> None:
        model = f"{found.folder}: " if found.folder else "no model, the runs' sizes differ: "
        said = f"{n_of(len(runs), 'run')} averaged, {n_of(found.n_held_out, 'photo')} kept aside"
        say(f"{model}{said}; {found.report}")
        columns = [column for column in found.rows[0] if not column.startswith("gain")]
        table = airy_table(*columns, f"gain over {found.best}, points")
        for row in found.rows:
            told = (cell(shown(row[column])) for column in columns)
            table.add_row(*told, cell(gain_text(row)))
        console().print(table)

    told = {
        "model": str(found.folder) if found.folder else None,
        "report": str(found.report),
        "held_out": found.n_held_out,
        "best": found.best,
        "attributes": list(found.rows),
        "formality": None if found.formality is None else found.formality.figures(),
    }
    leave(told, found.failures, out, show, as_json=as_json, quiet=quiet)
