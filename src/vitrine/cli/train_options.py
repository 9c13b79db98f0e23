"""Options that the commands of `vitrine train` share, and how runs tell what they left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from vitrine.cli.output import airy_table, cell, complain, console, n_of

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


def shown(value: object) -> str:
    """A cell of a table of figures."""
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
