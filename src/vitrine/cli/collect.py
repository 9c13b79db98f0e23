"""`vitrine collect`: products from the web into a folder that `vitrine index` takes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.exits import PARTIAL
from vitrine.cli.options import AsJson, Quiet, settings_from
from vitrine.cli.output import complain, n_of, print_json, say

if TYPE_CHECKING:
    from vitrine.collect import CollectReport, Wish
    from vitrine.settings import Settings

_MOST_PROBLEMS = 10


def collect(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Address of a product, a list of products or a sitemap; or a #hashtag.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the catalogue.", show_default=False),
    ],
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="Products at most.")
    ] = 100,
    photos: Annotated[
        int, typer.Option("--photos", metavar="N", min=0, help="Photos of one product at most.")
    ] = 10,
    delay: Annotated[
        float,
        typer.Option(
            "--delay",
            metavar="SECONDS",
            min=0,
            help="Rest between requests to one host; robots.txt may ask for a longer one.",
        ),
    ] = 1.0,
    contact: Annotated[
        str,
        typer.Option(
            "--contact",
            metavar="ADDRESS",
            help="Your mail or page, told to the servers in the user agent.",
        ),
    ] = "",
    scroll: Annotated[
        bool,
        typer.Option("--scroll", help="Open lists in Chromium and scroll until nothing new loads."),
    ] = False,
    top: Annotated[
        bool,
        typer.Option("--top", help="Of a hashtag, the posts most liked instead of the newest."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be fetched; write nothing.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Collect products and their photos from a shop's pages into a folder.

    Reads schema.org data and OpenGraph of product pages, keeps to robots.txt, and asks each host
    for one thing at a time. The folder gets products.jsonl, photos/ and sources.jsonl (licence
    and origin of each photo); index it with `vitrine index DIR`. The same command again goes on
    where a run was interrupted, and else fetches only what has changed.

    A #hashtag (in quotes) asks Instagram's official API, with your own VITRINE_INSTAGRAM_TOKEN
    and VITRINE_INSTAGRAM_USER_ID.
    """
    settings = settings_from()
    from vitrine.collect import Wish

    wish = Wish(
        source,
        limit=limit,
        photos_each=photos,
        delay_s=delay,
        scroll=scroll,
        edge="top_media" if top else "recent_media",
        contact=contact,
    )
    if dry_run:
        _foresee(wish, out, settings, as_json=as_json, quiet=quiet)
        return
    from vitrine.collect import collect as collect_products

    with _progress(quiet=quiet) as on_progress:
        report = collect_products(wish, out, settings, on_progress=on_progress)
    if as_json:
        print_json(report.to_json())
    elif not quiet:
        _print_report(report)
    if not quiet:
        _list_problems(report)
    if report.failed:
        raise typer.Exit(PARTIAL)


def _foresee(wish: Wish, out: Path, settings: Settings, *, as_json: bool, quiet: bool) -> None:
    from vitrine.collect import foresee

    pages = foresee(wish, out, settings)
    if as_json:
        print_json({"dry_run": True, "source": wish.source, "out": str(out), "pages": pages})
    elif not quiet:
        for page in pages:
            remark = " (there already)" if page["known"] else ""
            say(page["url"] + (remark if page["allowed"] else " (robots.txt disallows it)"))
        n_allowed = sum(page["allowed"] for page in pages)
        say(f"{n_of(n_allowed, 'page')} would be fetched; nothing was written (dry run)")


def _print_report(report: CollectReport) -> None:
    pages = report.pages
    said = ", ".join(f"{n:,} {name}" for name, n in sorted(pages.items()) if name != "empty" and n)
    again = "; went on with an interrupted run" if report.resumed else ""
    say(
        f"{report.out}: {n_of(report.products, 'product')} with {n_of(report.photos, 'photo')}"
        f"{again}"
    )
    say(
        f"pages of products: {said or 'none'}; {n_of(report.photos_new, 'new photo')}, "
        f"{report.photos_known:,} known, {n_of(report.photo_copies, 'copy', 'copies')}"
    )
    say(
        f"{n_of(report.requests, 'request')} and {report.downloaded_bytes / 1e6:.1f} MB "
        f"in {report.seconds:.1f} s"
    )
    if report.without_photo:
        say(f"without a photo: {n_of(report.without_photo, 'product')}")
    say(f"index it: vitrine index {report.out} --shop my.shop")


def _list_problems(report: CollectReport) -> None:
    for note in report.notes:
        complain(f"note: {note}")
    for problem in report.problems[:_MOST_PROBLEMS]:
        complain(f"left out: {problem.url}: {problem.reason}")
    if len(report.problems) > _MOST_PROBLEMS:
        complain(f"and {len(report.problems) - _MOST_PROBLEMS:,} more (--json lists them)")


@contextmanager
def _progress(*, quiet: bool) -> Generator[Callable[[int, int], None]]:
    """Give a function to call with (products so far, products wanted); draws on terminals only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _wanted: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from vitrine.cli.output import console

    columns = (TextColumn("collecting"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda done, wanted: bars.update(task, completed=done, total=wanted)
