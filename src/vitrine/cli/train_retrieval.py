"""`vitrine train retrieval`: metric learning, and the shipped encoder made one's own."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, Threads, settings_from
from vitrine.cli.output import airy_table, cell, console, say
from vitrine.cli.steps import step_progress
from vitrine.cli.train_options import (
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


def retrieval(
    sources: Sources,
    out: Out,
    name: ModelName = "retrieval",
    backbone: Annotated[
        str,
        typer.Option(
            "--backbone",
            metavar="NAME",
            help="default: a map behind the shipped encoder; plain; or timm/NAME[:avg|max|gem].",
        ),
    ] = "default",
    weights: Weights = None,
    loss: Annotated[
        str,
        typer.Option("--loss", metavar="NAME", help="supcon, triplet, proxy-anchor or arcface."),
    ] = "supcon",
    epochs: Epochs = 20,
    batch: Batch = 128,
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
    """Learn vectors in which your products of the same type and colour are near.

    With the default backbone this fits the shipped encoder to your catalogue in minutes, words and
    heat maps included; RUN/model is written only if it does better on groups kept aside.
    """
    settings = settings_from(threads=threads)
    from vitrine.train.research.retrieval import train_retrieval
    from vitrine.train.research.session import Asked

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
        trained = train_retrieval(
            asked,
            settings,
            name=name,
            backbone=backbone,
            weights=weights,
            loss=loss,
            on_step=on_step,
        )

    def show() -> None:
        table = airy_table("groups kept aside", "before", "after")
        for figure, value in trained.after.items():
            table.add_row(cell(figure), cell(shown(trained.before.get(figure))), cell(shown(value)))
        console().print(table)
        kept = f"use it: --encoder {trained.folder}" if trained.folder else "not better: no model"
        say(f"{kept}; {trained.report}")

    told = {
        "model": str(trained.folder) if trained.folder else None,
        "report": str(trained.report),
        "photos": trained.n_photos,
        "classes": trained.n_classes,
        "before": dict(trained.before),
        "after": dict(trained.after),
    }
    leave(told, trained.failures, out, show, as_json=as_json, quiet=quiet)
