"""`vitrine train two-branch`: the retrieval network of Le's thesis."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, Threads, settings_from
from vitrine.cli.output import n_of, say
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
    Sources,
    Weights,
    leave,
    print_figures,
)
from vitrine.errors import UsageError


def two_branch(
    sources: Sources,
    out: Out,
    name: ModelName = "two-branch",
    backbone: Annotated[
        str,
        typer.Option(
            "--backbone",
            metavar="NAME",
            help="plain, the thesis' own branch; or timm/NAME in its place.",
        ),
    ] = "plain",
    weights: Weights = None,
    epochs: Epochs = 40,
    batch: Batch = 64,
    rate: Rate = 1e-5,
    limit: Limit = None,
    side_px: Annotated[
        int,
        typer.Option(
            "--side-px", metavar="N", help="Height of the photos; the width is 2/3 of it."
        ),
    ] = 384,
    steps: Annotated[
        int, typer.Option("--steps", metavar="K", min=1, help="Looks at regions.")
    ] = 5,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="PART",
            help="Leave a part out, for ablations: attention, texture or diversity.",
        ),
    ] = None,
    seed: Seed = 0,
    device: Device = "cpu",
    threads: Threads = None,
    resume: Resume = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train the two-branch network of Le's thesis: a plain branch, and looks at regions.

    RUN/model is an encoder, RUN/report.html shows curves, the regions that were looked at, and the
    neighbours of these regions beside those of whole photos. The same command goes on where it was
    interrupted.
    """
    left_out = set(without or ())
    if unknown := left_out - {"attention", "texture", "diversity"}:
        raise UsageError(
            f"--without {sorted(unknown)[0]}: known parts are attention, texture and diversity"
        )
    settings = settings_from(threads=threads)
    from vitrine.train.research.session import Asked
    from vitrine.train.research.two_branch import TwoBranchShape
    from vitrine.train.research.two_branch_losses import TwoBranchWeights
    from vitrine.train.research.two_branch_training import train_two_branch

    asked = Asked(
        sources=tuple(sources),
        out=out,
        epochs=epochs,
        batch=batch,
        height_px=side_px,
        width_px=max(1, round(side_px * 2 / 3)),
        rate=rate,
        limit=limit,
        seed=seed,
        device=device,
        threads=settings.threads,
        resume=resume,
    )
    shape = TwoBranchShape(
        steps=steps, attention="attention" not in left_out, texture="texture" not in left_out
    )
    losses = TwoBranchWeights(diversity=0.0 if "diversity" in left_out else 0.01)
    with step_progress(quiet=quiet) as on_step:
        trained = train_two_branch(
            asked,
            name=name,
            shape=shape,
            weights=losses,
            backbone=backbone,
            backbone_weights=weights,
            settings=settings,
            on_step=on_step,
        )

    def show() -> None:
        say(
            f"{trained.folder}: learnt {n_of(len(trained.labels), 'label')} from "
            f"{n_of(trained.n_photos, 'photo')}; see {trained.report}"
        )
        print_figures(trained.figures)
        if trained.kept_aside:
            print_figures(trained.kept_aside, "groups kept aside")

    told = {
        "model": str(trained.folder),
        "report": str(trained.report),
        "photos": trained.n_photos,
        "validation": trained.n_validation,
        "labels": len(trained.labels),
        "figures": dict(trained.figures),
        "kept_aside": dict(trained.kept_aside),
    }
    leave(told, trained.failures, out, show, as_json=as_json, quiet=quiet)
