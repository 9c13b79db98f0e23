"""`vitrine train two-branch` and `compare`: the published systems, and runs side by side."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from vitrine.cli.exits import PARTIAL
from vitrine.cli.options import AsJson, Quiet, Threads, settings_from
from vitrine.cli.output import airy_table, cell, complain, console, n_of, print_json, say
from vitrine.cli.steps import step_progress
from vitrine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vitrine.types import RowFailure

Sources: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="Catalogues with local photos, of any format that `vitrine index` reads.",
        show_default=False,
    ),
]
Out: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", metavar="RUN", help="Folder of the run.", show_default=False)
]
Limit: TypeAlias = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=1, help="At most N photos, of all sources."),
]
Seed: TypeAlias = Annotated[
    int, typer.Option("--seed", metavar="N", min=0, help="Of weights and batches.")
]
Device: TypeAlias = Annotated[
    str, typer.Option("--device", metavar="NAME", help="cpu, or cuda for a GPU.")
]
Resume: TypeAlias = Annotated[
    bool,
    typer.Option("--resume", help="There has to be a run in RUN to go on with."),
]

SidePx: TypeAlias = Annotated[
    int, typer.Option("--side-px", metavar="N", help="Height and width of the photos.")
]
Backbone: TypeAlias = Annotated[
    str,
    typer.Option(
        "--backbone", metavar="NAME", help="plain, or timm/NAME with :avg, :max or :gem pooling."
    ),
]
Weights: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--weights", metavar="FILE", help="safetensors of the backbone, where no hub is asked."
    ),
]


def two_branch(
    sources: Sources,
    out: Out,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Of the model; shops remember it.")
    ] = "two-branch",
    epochs: Annotated[
        int, typer.Option("--epochs", metavar="N", min=1, help="How often a photo is seen.")
    ] = 40,
    batch: Annotated[
        int, typer.Option("--batch", metavar="N", min=1, help="Photos in a batch.")
    ] = 64,
    rate: Annotated[
        float, typer.Option("--rate", metavar="R", help="Learning rate of Adam.")
    ] = 1e-5,
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

    RUN/model is an encoder, RUN/report.html shows curves and the regions that were looked at. The
    same command goes on where it was interrupted.
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
    weights = TwoBranchWeights(diversity=0.0 if "diversity" in left_out else 0.01)
    with step_progress(quiet=quiet) as on_step:
        trained = train_two_branch(asked, name=name, shape=shape, weights=weights, on_step=on_step)
    errors = keep_failures(trained.failures, out)
    if as_json:
        print_json(
            {
                "model": str(trained.folder),
                "report": str(trained.report),
                "photos": trained.n_photos,
                "validation": trained.n_validation,
                "labels": len(trained.labels),
                "figures": dict(trained.figures),
                "failed": len(trained.failures),
                "errors": errors,
            }
        )
    elif not quiet:
        say(
            f"{trained.folder}: learnt {n_of(len(trained.labels), 'label')} from "
            f"{n_of(trained.n_photos, 'photo')}; see {trained.report}"
        )
        print_figures(trained.figures)
    if trained.failures:
        raise typer.Exit(PARTIAL)


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
            table.add_row(*(cell(_shown(row[column])) for column in columns))
        console().print(table)
    if trained.failures:
        raise typer.Exit(PARTIAL)


def retrieval(
    sources: Sources,
    out: Out,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Of the model; shops remember it.")
    ] = "retrieval",
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
    epochs: Annotated[
        int, typer.Option("--epochs", metavar="N", min=1, help="How often a photo is seen.")
    ] = 20,
    batch: Annotated[
        int, typer.Option("--batch", metavar="N", min=1, help="Photos in a batch.")
    ] = 128,
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
    errors = keep_failures(trained.failures, out)
    if as_json:
        print_json(
            {
                "model": str(trained.folder) if trained.folder else None,
                "report": str(trained.report),
                "photos": trained.n_photos,
                "classes": trained.n_classes,
                "before": dict(trained.before),
                "after": dict(trained.after),
                "failed": len(trained.failures),
                "errors": errors,
            }
        )
    elif not quiet:
        table = airy_table("groups kept aside", "before", "after")
        for figure, value in trained.after.items():
            table.add_row(
                cell(figure), cell(_shown(trained.before.get(figure))), cell(_shown(value))
            )
        console().print(table)
        kept = f"use it: --encoder {trained.folder}" if trained.folder else "not better: no model"
        say(f"{kept}; {trained.report}")
    if trained.failures:
        raise typer.Exit(PARTIAL)


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN RUN...", help="Folders of runs.", show_default=False),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The page that is written.")
    ] = Path("compared.html"),
    as_json: AsJson = False,
) -> None:
    """Put runs side by side: last figures, what differs in their settings, curves in one plot."""
    from vitrine.train.research.report import compare_runs

    missing = [run for run in runs if not (run / "metrics.jsonl").is_file()]
    if missing:
        raise UsageError(f"{missing[0]} is no folder of a run: it holds no metrics.jsonl")
    if len(runs) < 2:
        raise UsageError("give two runs or more")
    header, *rows = compare_runs(runs, out)
    if as_json:
        print_json(
            {
                "report": str(out),
                "figures": {
                    str(row[0]): dict(zip(header[1:], row[1:], strict=True)) for row in rows
                },
            }
        )
        return
    table = airy_table(*map(str, header))
    for row in rows:
        table.add_row(*(cell(str(value)) for value in row))
    console().print(table)
    say(f"curves: {out}")


def keep_failures(failures: Sequence[RowFailure], out: Path) -> str:
    """Write what was left out into the run's folder; the path, empty where nothing was."""
    from vitrine.shop.failures import write_failures

    errors = out / "errors.csv"
    errors.unlink(missing_ok=True)
    if not failures:
        return ""
    write_failures(failures, errors)
    complain(f"left out: {n_of(len(failures), 'row or photo', 'rows or photos')}; see {errors}")
    return str(errors)


def print_figures(figures: Mapping[str, float]) -> None:
    """The last line of the log as a table."""
    table = airy_table("figure", "last epoch")
    for name, value in figures.items():
        table.add_row(cell(str(name)), cell(f"{value:.4g}"))
    console().print(table)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
