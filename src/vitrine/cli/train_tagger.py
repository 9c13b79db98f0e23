"""`vitrine train tagger`: seven attributes on any backbone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from vitrine.cli.exits import PARTIAL
from vitrine.cli.options import AsJson, Quiet, Threads, settings_from
from vitrine.cli.output import airy_table, cell, console, n_of, print_json, say
from vitrine.cli.steps import step_progress
from vitrine.cli.train_options import (
    Backbone,
    Device,
    Limit,
    Out,
    Resume,
    Seed,
    SidePx,
    Sources,
    Weights,
    keep_failures,
    shown,
)


def tagger(
    sources: Sources,
    out: Out,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Of the model; shops remember it.")
    ] = "tagger",
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
    epochs: Annotated[
        int, typer.Option("--epochs", metavar="N", min=1, help="How often a photo is seen.")
    ] = 5,
    batch: Annotated[
        int, typer.Option("--batch", metavar="N", min=1, help="Photos in a batch.")
    ] = 64,
    rate: Annotated[
        float, typer.Option("--rate", metavar="R", help="Highest learning rate, of AdamW.")
    ] = 1e-3,
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
    errors = keep_failures(trained.failures, out)
    formality = trained.formality
    if as_json:
        print_json(
            {
                "model": str(trained.folder),
                "report": str(trained.report),
                "photos": trained.n_photos,
                "missing": trained.n_missing,
                "attributes": list(trained.rows),
                "formality": None if formality is None else asdict(formality),
                "failed": len(trained.failures),
                "errors": errors,
            }
        )
    elif not quiet:
        say(f"{trained.folder}: learnt from {n_of(trained.n_photos, 'photo')}; {trained.report}")
        columns = ("attribute", "classes", "train", "held_out", "n_held_out", "missing", "claimed")
        table = airy_table(*columns)
        for row in trained.rows:
            table.add_row(*(cell(shown(row[column])) for column in columns))
        console().print(table)
    if trained.failures:
        raise typer.Exit(PARTIAL)
