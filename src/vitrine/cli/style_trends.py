"""`vitrine styles trends`: what becomes more frequent, and what less."""

from __future__ import annotations

from enum import StrEnum
from math import exp
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, complain, console, n_of, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitrine.shop.trending import ShopTrends, ValueTrend


class By(StrEnum):
    """What is followed."""

    STYLE = "style"
    COLOUR = "colour"
    PATTERN = "pattern"
    ARTICLE_TYPE = "article_type"


class Source(StrEnum):
    """What is counted."""

    PRODUCTS = "products"
    ARRIVALS = "arrivals"
    EVENTS = "events"


def trends(
    shop: ShopPath,
    by: Annotated[By, typer.Option("--by", help="What is followed.")] = By.STYLE,
    source: Annotated[
        Source,
        typer.Option(
            "--from",
            help="Count products by their year or date, by when they came into the shop, or what "
            "visitors did.",
        ),
    ] = Source.PRODUCTS,
    dates: Annotated[
        str | None,
        typer.Option(
            "--dates",
            metavar="COLUMN",
            help="The shop's own column with the date of each product; left out, its year, else "
            "when it came.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what is rising and what is fading, and of what not enough is known.

    Shares of periods are compared, summers with summers. What products or visitors do by chance, or
    in lumps, is called no trend; of what is called one, about 5 % may be chance all the same.
    """
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        found = opened.style_trends(by.value, source=source.value, dates=dates)
    if as_json:
        print_json(found.to_json())
    else:
        _print_trends(found)


def _print_trends(found: ShopTrends) -> None:
    for note in found.notes:
        complain(note)
    periods = found.periods.labels
    if not periods:
        say("not enough to say: no period holds 20 products or more")
        return
    _print_values("rising", found.rising, found.periods.unit)
    _print_values("fading", found.fading, found.periods.unit)
    unclear = len(found.values) - len(found.rising) - len(found.fading)
    what = found.by.replace("_", " ")
    say(f"not enough to say of {n_of(unclear, what)}")
    complain(
        f"{n_of(len(periods), found.periods.per)}, {periods[0]} to {periods[-1]}; "
        f"{n_of(found.n_left_out, 'period')} with fewer than 20 left out"
    )


def _print_values(verdict: str, values: Sequence[ValueTrend], unit: str) -> None:
    if not values:
        say(f"{verdict}: nothing that is more than chance")
        return
    table = airy_table(verdict, "early share", "late share", f"odds a {unit}", "95 %")
    for each in values:
        grows = each.trend
        table.add_row(
            *map(
                cell,
                (
                    each.name,
                    f"{each.early:.1%}",
                    f"{each.late:.1%}",
                    _times(grows.slope),
                    f"{_times(grows.low)} to {_times(grows.high)}",
                ),
            )
        )
    console().print(table)


def _times(slope: float) -> str:
    """A slope in log-odds as a factor."""
    return f"x {exp(slope):.2f}"
