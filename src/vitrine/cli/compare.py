"""`vitrine compare`: the same product at several sellers, and prices that fell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, complain, console, n_of, print_json, say
from vitrine.errors import UsageError

if TYPE_CHECKING:
    from vitrine.shop import Comparison, Offer, OfferGroups, PriceDrops
    from vitrine.types import Price


def compare(
    shop: ShopPath,
    like: Annotated[
        str | None,
        typer.Option("--like", metavar="ID", help="The product to look for at other sellers."),
    ] = None,
    price_drops: Annotated[
        bool, typer.Option("--price-drops", help="List products that cost less than they did.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="With --price-drops: since when; default 30 days ago."
        ),
    ] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(
            "--rate",
            metavar="RATE",
            help="What one currency is worth in another: 'EUR=90 INR'. Repeatable.",
        ),
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", metavar="ORDER", help="Of offers: probability or price.")
    ] = "probability",
    min_probability: Annotated[
        float,
        typer.Option("--min-probability", metavar="0..1", help="That two listings are one."),
    ] = 0.5,
    k: Annotated[int, typer.Option("-k", metavar="N", help="How many, at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find the same product at several sellers of a shop, with prices side by side.

    With --like the offers and colours of one product; without it every product that several
    sellers have. Nothing is converted between currencies unless --rate says how.
    """
    if price_drops and like is not None:
        raise UsageError("--like and --price-drops ask for different lists; give one of them")
    if since is not None and not price_drops:
        raise UsageError("--since belongs to --price-drops")
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        if price_drops:
            found = opened.price_drops(since, k)
        else:
            asked = {"rates": rate or (), "sort": sort, "min_probability": min_probability, "k": k}
            found = opened.compare_all(**asked) if like is None else opened.compare(like, **asked)
    if as_json:
        print_json(found.to_json())
        return
    _show(found)


def _show(found: Comparison | OfferGroups | PriceDrops) -> None:
    from vitrine.shop import Comparison, PriceDrops

    if isinstance(found, PriceDrops):
        _show_drops(found)
        return
    for note in found.notes:
        complain(f"note: {note}")
    if isinstance(found, Comparison):
        _show_comparison(found)
    else:
        _show_groups(found)


def _show_comparison(found: Comparison) -> None:
    asked = found.product.product
    if not found.offers:
        say(f"no other seller has {asked.product_id} ({asked.title}), as far as can be told")
    else:
        _show_offers(
            f"{n_of(len(found.offers), 'offer')} like {asked.product_id}",
            [found.product, *found.offers],
            found.cheapest,
        )
    if found.variants:
        _show_offers("the same design in other colours", found.variants, None)


def _show_groups(found: OfferGroups) -> None:
    say(f"{n_of(found.total, 'product')} at several of {n_of(found.sellers, 'seller')}")
    for group in found.groups:
        title = group.offers[0].product.title
        _show_offers(f"{group.probability:.0%} {title}", group.offers, group.cheapest)


def _show_offers(title: str, offers: Sequence[Offer], cheapest: str | None) -> None:
    table = airy_table(title=title)
    here = next((o.converted.currency for o in offers if _converted(o) and o.converted), "")
    names = ("seller", "id", "sure", "price", *([f"in {here}"] if here else ()))
    for name in (*names, "sizes", "stock", "since"):
        table.add_column(name, overflow="fold", justify="right" if name == "sure" else "left")
    for offer in offers:
        product = offer.product
        mark = " (cheapest)" if product.product_id == cheapest else ""
        table.add_row(
            cell(product.seller),
            cell(product.product_id),
            cell(f"{offer.probability:.0%}"),
            cell(f"{_money(offer.costs)}{mark}"),
            *([cell(_converted(offer))] if here else ()),
            cell(", ".join(offer.sizes)),
            cell(product.availability.replace("_", " ")),
            cell(offer.price_since[:10]),
        )
    console().print(table)


def _show_drops(found: PriceDrops) -> None:
    if not found.drops:
        say(f"no product costs less than on {found.since[:10]}")
        return
    table = airy_table(
        "id", "title", "before", "now", "less", "since", title=n_of(found.total, "price drop")
    )
    for drop in found.drops:
        product = drop.product
        table.add_row(
            cell(product.product_id),
            cell(product.title),
            cell(drop.before),
            cell(drop.now),
            cell(f"{drop.share:.0%}"),
            cell(drop.since[:10]),
        )
    console().print(table)


def _converted(offer: Offer) -> str:
    """What it costs in the currency of the first, where its own is another."""
    return _money(offer.converted) if offer.converted != offer.costs else ""


def _money(price: Price | None) -> str:
    return "" if price is None else str(price)
