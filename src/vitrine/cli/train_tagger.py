"""`vitrine train tagger`: seven attributes on any backbone."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, Threads, settings_from
from vitrine.cli.output import airy_table, cell, console, n_of, say
from vitrine.cli.steps import step_progress
from vitrine.cli.train_options import (
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


def tagger(
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
    RUN/model is an encoder with tags; RUN/report.html stands beside the paper's claims.
    """
    settings = settings_from(threads=threads)
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
