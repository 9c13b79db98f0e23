"""`vitrine verify`, `backup` and `export`: keep a shop safe, and take it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from vitrine.cli.options import AsJson, ShopPath, settings_from
from vitrine.cli.output import n_of, print_json, say
from vitrine.errors import DataError, NotFoundError

_MOST_PROBLEMS = 20


def verify(
    shop: ShopPath,
    no_photos: Annotated[
        bool, typer.Option("--no-photos", help="Do not read the photos again; faster.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check a shop's checksums and references, and that its photos are those that were indexed.

    What is wrong is listed, one line each (the first 20; all with --json), and the exit code is 4.
    """
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        problems = opened.verify(photos=not no_photos)
        n_products = 0 if problems else len(opened)
    if as_json:
        print_json({"shop": str(shop), "ok": not problems, "problems": problems})
    elif not problems:
        say(f"{shop} is sound: {n_of(n_products, 'product')}")
    else:
        _list_problems(problems)
    if problems:
        raise typer.Exit(DataError.exit_code)


def backup(
    shop: ShopPath,
    dest: Annotated[
        Path,
        typer.Argument(metavar="DEST", help="The new file; it must not exist.", show_default=False),
    ],
    as_json: AsJson = False,
) -> None:
    """Copy a shop as it is now into a new file, even while an import runs."""
    from vitrine.shop import open_shop

    _check_folder(dest)
    with open_shop(shop, settings=settings_from()) as opened:
        opened.backup(dest)
    n_bytes = dest.stat().st_size
    if as_json:
        print_json({"shop": str(shop), "backup": str(dest), "bytes": n_bytes})
    else:
        say(f"{shop} is copied to {dest} ({n_bytes / 1e6:,.1f} MB)")


def export(
    shop: ShopPath,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="A .csv, .tsv, .jsonl or .parquet file; replaced if it exists.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Write a shop's products as a table that `vitrine index` and others read."""
    from vitrine.shop import export_products, open_shop

    _check_folder(out)
    with open_shop(shop, settings=settings_from()) as opened:
        n_products = export_products(opened.products(), out)
    if as_json:
        print_json({"products": n_products, "file": str(out), "shop": str(shop)})
    else:
        say(f"{out}: {n_of(n_products, 'product')} of {shop}")


def _list_problems(problems: Sequence[str]) -> None:
    for problem in problems[:_MOST_PROBLEMS]:
        say(problem)
    if len(problems) > _MOST_PROBLEMS:
        say(f"… and {len(problems) - _MOST_PROBLEMS:,} more (--json lists all)")


def _check_folder(path: Path) -> None:
    """Name the folder before anything is read.

    Raises:
        NotFoundError: it does not exist.
    """
    if not path.parent.is_dir():
        raise NotFoundError(f"the folder {path.parent} does not exist; make it first")
