"""`vitrine train compare`: runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitrine.cli.options import AsJson
from vitrine.cli.output import airy_table, cell, console, print_json, say
from vitrine.errors import UsageError


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
    """Put runs of any kind side by side: figures, what differs in their settings, curves."""
    from vitrine.train.comparing import compare_runs

    kept = ("metrics.jsonl", "figures.json")
    missing = [run for run in runs if not any((run / name).is_file() for name in kept)]
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
