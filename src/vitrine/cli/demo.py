"""`vitrine demo`: the bundled catalogue, indexed and searched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitrine.cli.options import AsJson, settings_from
from vitrine.cli.output import console, print_json


def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the shop and the page are put.")
    ] = Path("vitrine-demo"),
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not open the page in a browser.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Index the bundled demo catalogue, answer three queries, and leave a page of the results."""
    settings = settings_from()
    from vitrine.demo import run_demo

    shown = console(stderr=as_json)
    page = run_demo(out, settings=settings, console=shown, open_page=not no_open and not as_json)
    if as_json:
        print_json({"out": str(out), "page": str(page)})
