"""`vitrine index`: a catalogue into a shop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.downloads import load_showing_progress
from vitrine.cli.exits import PARTIAL
from vitrine.cli.options import (
    AsJson,
    EncoderName,
    ErrorsPath,
    FormatName,
    NoFetch,
    Offline,
    Quiet,
    ShopPath,
    Threads,
    WaitSeconds,
    parse_map,
    settings_from,
)
from vitrine.cli.output import complain, n_of, photo_progress, print_json, say

if TYPE_CHECKING:
    from vitrine.shop import ImportReport


def index(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="Table, feed or folder: photos, Kaggle, H&M.", show_default=False
        ),
    ],
    shop: ShopPath,
    images: Annotated[
        Path | None,
        typer.Option("--images", metavar="DIR", help="Folder of the photos that a table names."),
    ] = None,
    encoder: EncoderName = None,
    format: FormatName = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Which column fills a field; =VALUE for the same value in every row. Repeatable.",
        ),
    ] = None,
    no_fetch: NoFetch = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete products that the source does not hold.")
    ] = False,
    wait: WaitSeconds = 0.0,
    errors: ErrorsPath = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would be done; write nothing.")
    ] = False,
    threads: Threads = None,
    offline: Offline = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read a catalogue and put its products and photos into a shop, new or there already.

    Products that the shop knows are updated, photos that it knows are not embedded again, and a
    run that was interrupted goes on where it stopped. Rows and photos that cannot be read are
    listed in errors.csv; everything else is kept, and the exit code is 1.
    """
    columns = parse_map(mapping or ())
    settings = settings_from(threads=threads, offline=offline)
    from vitrine.catalog import read_catalogue

    catalogue = read_catalogue(source, format=format, images=images, columns=columns)
    if dry_run:
        from vitrine.cli.dry_run import forecast, print_forecast

        plan = forecast(catalogue, shop, settings, encoder=encoder, prune=prune)
        if as_json:
            print_json(plan)
        elif not quiet:
            print_forecast(plan)
        raise typer.Exit(PARTIAL if catalogue.failures else 0)
    from vitrine.shop import create_shop, open_shop

    opener = open_shop if shop.exists() else create_shop
    name = settings.encoder if encoder is None and opener is create_shop else encoder
    chosen = None if name is None else load_showing_progress(name, settings, quiet=quiet)
    with (
        opener(shop, encoder=chosen, settings=settings) as opened,
        photo_progress("indexing", quiet=quiet) as on_progress,
    ):
        report = opened.add(
            catalogue,
            fetch=not no_fetch,
            prune=prune,
            wait_s=wait,
            errors=errors,
            on_progress=on_progress,
        )
    if as_json:
        print_json(report.to_json())
    elif not quiet:
        _print_report(report)
    if report.failed and not quiet:
        left_out = n_of(report.failed, "row or photo", "rows or photos")
        complain(f"left out: {left_out}; see {report.errors}")
    if report.failed:
        raise typer.Exit(PARTIAL)


def _print_report(report: ImportReport) -> None:
    say(
        f"{report.shop}: {n_of(report.products, 'product')} and {n_of(report.photos, 'photo')} in "
        f"{report.seconds:.1f} s ({report.photos_per_second:,.0f} photos/s, "
        f"encoder {report.encoder})"
    )
    say(
        f"{report.added:,} new, {report.changed:,} changed, {report.unchanged:,} as they were, "
        f"{report.deleted:,} deleted; {n_of(report.embedded, 'photo')} embedded"
    )
    if report.without_photo:
        say(f"without a photo, found by words and filters: {n_of(report.without_photo, 'product')}")
    if report.not_fetched:
        say(
            f"left at their URL until an import may fetch them: {n_of(report.not_fetched, 'photo')}"
        )
