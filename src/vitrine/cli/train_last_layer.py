"""`vitrine train last-layer`: a new layer on a network trained elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, Threads, settings_from
from vitrine.cli.output import n_of, say
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
    print_figures,
)


def last_layer(
    sources: Sources,
    out: Out,
    name: ModelName = "last-layer",
    backbone: Backbone = "timm/resnet50.tv_in1k",
    weights: Weights = None,
    even: Annotated[
        bool,
        typer.Option("--even", help="Make brightness and contrast of every photo the same first."),
    ] = False,
    augment: Augment = True,
    epochs: Epochs = 5,
    batch: Batch = 64,
    rate: Rate = 1e-3,
    limit: Limit = 10_000,
    side_px: SidePx = 224,
    seed: Seed = 0,
    device: Device = "cpu",
    threads: Threads = None,
    resume: Resume = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a new last layer on a network that stays as it is, as paper C does.

    What the new layer says is the feature; recommendations are the ten nearest by Euclidean
    distance. RUN/model is an encoder, RUN/report.html shows what was found for photos kept aside.
    """
    settings = settings_from(threads=threads)
    from vitrine.train.research.last_layer import train_last_layer
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
        trained = train_last_layer(
            asked,
            settings,
            name=name,
            backbone=backbone,
            weights=weights,
            even=even,
            augment=augment,
            on_step=on_step,
        )

    def show() -> None:
        say(f"{trained.folder}: learnt from {n_of(trained.n_photos, 'photo')}; {trained.report}")
        print_figures(trained.figures)

    told = {
        "model": str(trained.folder),
        "report": str(trained.report),
        "photos": trained.n_photos,
        "figures": dict(trained.figures),
    }
    leave(told, trained.failures, out, show, as_json=as_json, quiet=quiet)
