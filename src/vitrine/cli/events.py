"""`vitrine events`: what visitors did, into a shop, out of it, and away."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.exits import PARTIAL, GuardedCommand
from vitrine.cli.options import AsJson, Quiet, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, complain, console, n_of, print_json, say
from vitrine.errors import ConfigurationError, NotFoundError, UsageError

if TYPE_CHECKING:
    from vitrine.shop import EventReport, Shop, ShopEvents

events = typer.Typer(
    help="Take in, give out, count and delete what visitors did.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@events.command("import", cls=GuardedCommand)
def import_(
    source: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="JSON, JSON lines or a table.", show_default=False),
    ],
    shop: ShopPath,
    format: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="json, csv or hm; recognised if left out."),
    ] = None,
    customers: Annotated[
        Path | None,
        typer.Option(
            "--customers", metavar="FILE", help="A table of visitors: age, gender, region."
        ),
    ] = None,
    errors: Annotated[
        Path | None,
        typer.Option(
            "--errors",
            metavar="FILE",
            help="Where rows left out are listed; default: SHOP.events.errors.csv.",
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read a file of events into a shop: Google Retail's or Algolia's JSON, a table, H&M's.

    Events that the shop has are passed over, so a file can be imported again, and goes on where it
    was interrupted. Those that cannot be kept are listed, and the exit code is 1.
    """
    from vitrine.shop import import_events, open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        report = import_events(
            opened.events, shop, source, format=format, customers=customers, errors=errors
        )
    if as_json:
        print_json(report.to_json())
    elif not quiet:
        _print_report(report)
    if report.failed:
        if not quiet:
            complain(f"left out: {n_of(report.failed, 'row')}; see {report.errors}")
        raise typer.Exit(PARTIAL)


@events.command(cls=GuardedCommand)
def add(
    shop: ShopPath,
    visitor: Annotated[
        str, typer.Option("--visitor", metavar="ID", help="Whose event it is.", show_default=False)
    ],
    type: Annotated[
        str,
        typer.Option(
            "--type",
            metavar="NAME",
            help="like, dislike, rate, detail-page-view, add-to-cart, purchase-complete, ...",
            show_default=False,
        ),
    ],
    product: Annotated[
        list[str] | None,
        typer.Option("--product", metavar="ID", help="A product of the shop. Repeatable."),
    ] = None,
    value: Annotated[
        float | None, typer.Option("--value", metavar="1..5", help="Of a rate event.")
    ] = None,
    aspect: Annotated[
        str,
        typer.Option(
            "--aspect", metavar="NAME", help="Of a rate event: relevance, usefulness, novelty."
        ),
    ] = "",
    query: Annotated[
        str, typer.Option("--query", metavar="WORDS", help="What was searched for.")
    ] = "",
    at: Annotated[
        str,
        typer.Option("--at", metavar="TIME", help="When, like 2026-02-28T15:04:05Z; default: now."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Put one event into a shop, for a try or from a script."""
    from secrets import token_hex

    from vitrine.events import Event, EventProduct, time_of
    from vitrine.shop import open_shop

    if type == "search" and not query:
        raise UsageError("a search event says what was searched for: give --query WORDS")
    with _as_usage():
        event = Event(
            token_hex(16),
            type,
            visitor,
            time_of("--at", at, time.time()),
            tuple(EventProduct(product_id) for product_id in product or ()),
            value=value,
            aspect=aspect,
            query=query,
        )
    with open_shop(shop, settings=settings_from()) as opened, _as_usage():
        _check_products(opened, product or ())
        opened.events.append([event])
    if as_json:
        print_json({"event_id": event.event_id, "accepted": 1})
    else:
        say(f"{shop}: a {type} event of {visitor!r} is kept ({event.event_id})")


@events.command(cls=GuardedCommand)
def export(
    shop: ShopPath,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="A .jsonl or .csv file; replaced if it exists.",
            show_default=False,
        ),
    ],
    visitor: Annotated[
        str | None, typer.Option("--visitor", metavar="ID", help="Of this visitor alone.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a shop's events to a file that `vitrine events import` reads.

    JSON lines are in Google Retail's words; a table has one row for each product.
    """
    from vitrine.events import write_events
    from vitrine.shop import open_shop

    if not out.parent.is_dir():
        raise NotFoundError(f"the folder {out.parent} does not exist; make it first")
    with open_shop(shop, settings=settings_from()) as opened:
        n_events = write_events(opened.events.iterate(visitor), out)
    if as_json:
        print_json({"events": n_events, "file": str(out), "shop": str(shop)})
    else:
        say(f"{out}: {n_of(n_events, 'event')} of {shop}")


@events.command(cls=GuardedCommand)
def purge(
    shop: ShopPath,
    visitor: Annotated[
        str | None,
        typer.Option("--visitor", metavar="ID", help="Everything of this visitor."),
    ] = None,
    before: Annotated[
        str | None,
        typer.Option("--before", metavar="DATE", help="Events that happened earlier."),
    ] = None,
    expired: Annotated[
        bool,
        typer.Option("--expired", help="Events older than the setting events_kept_days."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete events for good: a visitor's, or old ones. Nothing is asked; backups keep them."""
    from vitrine.shop import open_shop

    with _as_usage():
        removing = _removal(visitor, before, expired=expired)
    settings = settings_from()
    if expired and not settings.events_kept_days:
        raise ConfigurationError(
            "no event expires: events_kept_days is 0, which keeps them for ever; set it in"
            " vitrine.toml or as VITRINE_EVENTS_KEPT_DAYS, or say --before DATE"
        )
    with open_shop(shop, settings=settings) as opened:
        n_removed = removing(opened.events)
    if as_json:
        print_json({"removed": n_removed, "shop": str(shop)})
    else:
        unknown = f"; no event of {visitor!r} was there" if visitor and not n_removed else ""
        say(f"{shop}: {n_of(n_removed, 'event')} removed{unknown}")


@events.command(cls=GuardedCommand)
def stats(shop: ShopPath, as_json: AsJson = False) -> None:
    """Count a shop's events, by type."""
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        counts = opened.events.counts()
    n_events = sum(counts.types.values())
    first, last = (
        None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
        for at in (counts.first_at, counts.last_at)
    )
    if as_json:
        print_json(
            {
                "events": n_events,
                "types": dict(counts.types),
                "visitors": counts.n_visitors,
                "products": counts.n_products,
                "first": first,
                "last": last,
            }
        )
        return
    if not n_events:
        say(f"{shop} has no events yet")
        return
    table = airy_table("event", "how many")
    for name, count in counts.types.items():
        table.add_row(cell(name), cell(f"{count:,}"))
    console().print(table)
    about = f"{n_of(counts.n_visitors, 'visitor')}, {n_of(counts.n_products, 'product')}"
    say(f"{n_of(n_events, 'event')} of {about}, from {first} to {last}")


@contextmanager
def _as_usage() -> Generator[None]:
    """What does not fit was typed, not read from a file."""
    from vitrine.events import EventError

    try:
        yield
    except EventError as error:
        raise UsageError(str(error)) from error


def _check_products(shop: Shop, product_ids: list[str] | tuple[()]) -> None:
    """Insist that the shop has them; over HTTP a shop may be behind its visitors, here not.

    Raises:
        NotFoundError: one is not there.
    """
    for product_id in product_ids:
        shop.get(product_id)


def _removal(
    visitor: str | None, before: str | None, *, expired: bool
) -> Callable[[ShopEvents], int]:
    """What to do to the events.

    Raises:
        UsageError: not exactly one thing is asked for.
        EventError: the date is none.
    """
    from vitrine.events import time_of

    if [visitor is not None, before is not None, expired].count(True) != 1:
        raise UsageError("say what to delete: one of --visitor ID, --before DATE, --expired")
    if visitor is not None:
        return lambda kept: kept.purge_visitor(visitor)
    if before is not None:
        at = time_of("--before", before, None)
        return lambda kept: kept.purge_before(at)
    return lambda kept: kept.purge_expired()


def _print_report(report: EventReport) -> None:
    say(
        f"{report.source} ({report.format}): {n_of(report.read, 'event')} read in "
        f"{report.seconds:.1f} s; {report.added:,} new, {report.known:,} known, "
        f"{report.failed:,} left out"
    )
    if report.visitors:
        say(f"something is known of {n_of(report.visitors, 'visitor')}")
