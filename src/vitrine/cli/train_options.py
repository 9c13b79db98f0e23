"""Options that the commands of `vitrine train` share, and how runs tell what they left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from vitrine.cli.exits import PARTIAL
from vitrine.cli.output import (
    airy_table,
    cell,
    complain,
    console,
    list_failures,
    n_of,
    print_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vitrine.types import Json, RowFailure

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
ModelName: TypeAlias = Annotated[
    str, typer.Option("--name", metavar="NAME", help="Of the model; shops remember it.")
]
Epochs: TypeAlias = Annotated[
    int, typer.Option("--epochs", metavar="N", min=1, help="How often a photo is seen.")
]
Batch: TypeAlias = Annotated[
    int, typer.Option("--batch", metavar="N", min=1, help="Photos in a batch.")
]
Rate: TypeAlias = Annotated[
    float, typer.Option("--rate", metavar="R", help="Highest learning rate.")
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
Augment: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--augment/--no-augment",
        help="Vary photos: turned, scaled, mirrored, lit otherwise, on other backgrounds.",
    ),
]


def leave(
    told: Json,
    failures: Sequence[RowFailure],
    out: Path,
    show: Callable[[], None],
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """End a command: tell what the run left, and list in RUN/errors.csv what it left out.

    Args:
        told: for `--json`.
        failures: rows and photos; any of them make the exit code 1.
        out: folder of the run.
        show: prints the same for people.
        as_json: print one JSON object instead.
        quiet: print nothing for people.
    """
    from vitrine.shop.failures import write_failures

    errors = out / "errors.csv"
    errors.unlink(missing_ok=True)
    if failures:
        write_failures(failures, errors)
    if as_json:
        listed = str(errors) if failures else ""
        print_json({**told, "failed": len(failures), "errors": listed})
    elif not quiet:
        show()
    if failures:
        if not quiet:
            list_failures(failures, len(failures))
            left_out = n_of(len(failures), "row or photo", "rows or photos")
            complain(f"left out: {left_out}; see {errors}")
        raise typer.Exit(PARTIAL)


def print_figures(figures: Mapping[str, float], of: str = "last epoch") -> None:
    """Figures as a table."""
    table = airy_table("figure", of)
    for name, value in figures.items():
        table.add_row(cell(str(name)), cell(f"{value:.4g}"))
    console().print(table)


def shown(value: object) -> str:
    """A cell of a table of figures."""
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
