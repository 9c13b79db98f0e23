"""`vitrine train`: models of your own, from your own catalogue."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.exits import GuardedCommand
from vitrine.cli.options import AsJson, Quiet, Threads, settings_from
from vitrine.cli.output import (
    airy_table,
    cell,
    complain,
    console,
    n_of,
    plain,
    say,
)
from vitrine.cli.steps import step_progress
from vitrine.cli.train_compare import compare
from vitrine.cli.train_last_layer import last_layer
from vitrine.cli.train_options import Device, Limit, ModelName, Out, Resume, Seed, Sources, leave
from vitrine.cli.train_outfits import outfits
from vitrine.cli.train_ranker import ranker
from vitrine.cli.train_retrieval import retrieval
from vitrine.cli.train_tagger import tagger
from vitrine.cli.train_two_branch import two_branch
from vitrine.errors import UsageError

if TYPE_CHECKING:
    from vitrine.train import TrainedEncoder
    from vitrine.types import Json

train = typer.Typer(
    help="Train models of your own. Encoders need the extra 'train', rankers 'recommend'.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@train.callback()
def _train() -> None:  # pyright: ignore[reportUnusedFunction]
    """Train models of your own, the published ones too, and put runs side by side."""


@train.command(cls=GuardedCommand)
def encoder(
    sources: Sources,
    out: Out,
    name: ModelName = "trained",
    epochs: Annotated[
        float | None,
        typer.Option("--epochs", metavar="N", help="How often a photo is seen; default 30."),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", metavar="N", help="Train so long instead, by the clock."),
    ] = None,
    limit: Limit = None,
    size: Annotated[
        str | None,
        typer.Option("--size", metavar="HxW", help="Pixels that the model sees; default 160x120."),
    ] = None,
    side_px: Annotated[
        int | None,
        typer.Option("--side-px", metavar="N", help="Their height; the width is 3/4 of it."),
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option(
            "--backbone", metavar="NAME", help="The image tower: small, default or large."
        ),
    ] = None,
    seed: Seed = 0,
    device: Device = "cpu",
    teacher: Annotated[
        Path | None,
        typer.Option(
            "--teacher",
            metavar="FILE",
            help="TFLite file of an ImageNet MobileNetV2 to imitate beside the labels.",
        ),
    ] = None,
    begin_with: Annotated[
        Path | None,
        typer.Option(
            "--begin-with",
            metavar="RUN",
            help="Begin with the weights of another run, as far as they fit.",
        ),
    ] = None,
    threads: Threads = None,
    resume: Resume = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train an encoder on catalogues: photos and words into one space, and tags.

    The run is kept in RUN: the same command goes on where it was interrupted. RUN/model is the
    result, small and in int8 where that costs nothing; it runs without this extra. RUN/report.html
    shows curves, confusions and samples. Rows and photos that cannot be read are listed in
    RUN/errors.csv, and the exit code is 1.
    """
    height_px, width_px = _chosen_size(size, side_px)
    settings = settings_from(threads=threads)
    from vitrine.train import train_encoder

    with step_progress(quiet=quiet) as on_step:
        trained = train_encoder(
            sources,
            out,
            name=name,
            epochs=epochs,
            minutes=minutes,
            limit=limit,
            height_px=height_px,
            width_px=width_px,
            seed=seed,
            device=device,
            teacher=teacher,
            begin_with=begin_with,
            backbone=backbone,
            threads=settings.threads,
            resume=resume,
            on_step=on_step,
        )
    leave(
        _as_json(trained, out),
        trained.failures,
        out,
        lambda: _print_summary(trained, sources[0]),
        as_json=as_json,
        quiet=quiet,
    )


train.command(cls=GuardedCommand)(ranker)
train.command(cls=GuardedCommand)(outfits)
train.command(cls=GuardedCommand)(tagger)
train.command(cls=GuardedCommand)(retrieval)
train.command("two-branch", cls=GuardedCommand)(two_branch)
train.command("last-layer", cls=GuardedCommand)(last_layer)
train.command(cls=GuardedCommand)(compare)


def _chosen_size(size: str | None, side_px: int | None) -> tuple[int, int]:
    """Height and width; catalogue photos are 3:4.

    Raises:
        UsageError: both are given, or a size that is none.
    """
    if side_px is None:
        return _parse_size(size or "160x120")
    if size is not None:
        raise UsageError("give --size or --side-px, not both")
    return side_px, round(side_px * 3 / 4)


def _parse_size(size: str) -> tuple[int, int]:
    """Read HEIGHTxWIDTH.

    Raises:
        UsageError: it is something else.

    Example:
        >>> _parse_size("160x120")
        (160, 120)
    """
    found = re.fullmatch(r"(\d{1,5})\s*[xX]\s*(\d{1,5})", size.strip())
    if found is None:
        raise UsageError(f"--size is {size!r}; give height x width in pixels, such as 160x120")
    return int(found[1]), int(found[2])


def _as_json(trained: TrainedEncoder, out: Path) -> Json:
    exported = trained.exported
    return {
        "model": str(trained.folder),
        "run": str(out),
        "report": str(trained.report),
        "photos": trained.n_photos,
        "validation": trained.n_validation,
        "steps": trained.steps,
        "minutes": round(trained.minutes, 3),
        "figures": dict(trained.figures),
        "numbers": exported.numbers,
        "cosine": round(exported.cosine, 5),
        "lost": round(exported.lost, 5),
        "heads": {head: fit.as_json() for head, fit in exported.heads.items()},
    }


def _print_summary(trained: TrainedEncoder, source: str) -> None:
    exported = trained.exported
    say(
        f"{trained.folder}: learnt from {n_of(trained.n_photos, 'photo')} in "
        f"{trained.minutes:.1f} minutes, {n_of(trained.steps, 'step')}; "
        f"{exported.numbers}, cosine {exported.cosine:.3f} with float32"
    )
    if trained.figures:
        say(f"{n_of(trained.n_validation, 'photo')} of groups it has not seen:")
        _print_tags(trained)
        _print_others(trained)
    else:
        complain("too few photos to keep some for validation: nothing was measured or calibrated")
    say(f"report: {trained.report}")
    say(f"use it: vitrine index {plain(source)} --shop my.shop --encoder {trained.folder}")


def _print_tags(trained: TrainedEncoder) -> None:
    figures, fits = trained.figures, trained.exported.heads
    heads = [name.split("_", 1)[1] for name in figures if name.startswith(("sharp_", "small_"))]
    table = airy_table("tag", "right", "right, small photos", "sure of", "of these right")
    for head in dict.fromkeys(heads):
        fit = fits.get(head)
        shares = (
            *(figures.get(f"sharp_{head}"), figures.get(f"small_{head}")),
            *((fit.coverage, fit.precision) if fit else (None, None)),
        )
        table.add_row(cell(head), *(cell("-" if s is None else f"{s:.1%}") for s in shares))
    console().print(table)


def _print_others(trained: TrainedEncoder) -> None:
    figures = trained.figures
    if "title_r1" in figures:
        say(
            f"found by its title: first {figures['title_r1']:.1%}, "
            f"among ten {figures['title_r10']:.1%}"
        )
    if "shopper_p10" in figures:
        say(f"ten nearest of a shopper's photo with its label: {figures['shopper_p10']:.1%}")
