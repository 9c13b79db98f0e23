"""The same product at other sellers, as a table; and `/reduced`, what costs less than it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import Card, prices, product_address, product_card, shop_link
from vitrine.serve.web.guests import GuestHere, GuestRoute
from vitrine.serve.web.noting import noted_page, opinions_of
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wording import Language
from vitrine.shop import product_to_json
from vitrine.types import Json, Price, Product

if TYPE_CHECKING:
    from vitrine.shop import Comparison, Offer, PriceDrop

router = APIRouter(dependencies=[Depends(visitor_of)], route_class=GuestRoute)

_DAYS = (7, 30, 90)
_USUAL_DAYS = 30
_MOST_REDUCED = 60
_SURE = ((0.9, "very"), (0.7, "quite"), (0.0, "perhaps"))


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One seller's line of the table."""

    seller: str
    title: str
    colour: str
    address: str
    """Of its page here."""
    link: str
    """Of its page at the seller's; empty where it has none."""
    price: str
    price_before: str
    converted: str
    """In the currency of the others, where it has another one."""
    sizes: str
    stock: str
    """As `Product.availability`."""
    since: str
    """The day from which the price is known."""
    sure: str
    """very, quite or perhaps; empty for the product of the page."""
    sure_percent: int
    cheapest: bool


@dataclass(frozen=True, slots=True)
class OfferTable:
    """All sellers of one product, and of its design in other colours."""

    rows: tuple[OfferRow, ...]
    variants: tuple[OfferRow, ...]
    notes: tuple[str, ...]


def offers_of(service: Service, product: Product) -> Comparison | None:
    """Ask who else sells it; None where nobody does, or the shop names no sellers."""
    if not product.seller:
        return None
    found = service.shop.compare(product.product_id)
    return found if found.offers or found.variants else None


def offer_table(found: Comparison, language: Language) -> OfferTable:
    """Say a comparison as a table, the product of the page first."""
    own = replace(_row(found.product, found, language), sure="")
    return OfferTable(
        (own, *(_row(offer, found, language) for offer in found.offers)),
        tuple(_row(offer, found, language) for offer in found.variants),
        found.notes,
    )


@router.get("/reduced")
async def reduced(
    request: Request,
    service: ServiceHere,
    guest: GuestHere,
    days: Annotated[int, Query(ge=1, le=3650)] = _USUAL_DAYS,
) -> Response:
    """Show what became cheaper lately, the largest drops first."""
    since = datetime.now(UTC) - timedelta(days=days)
    work = partial(service.shop.price_drops, since, _MOST_REDUCED)
    found, opinions = await service.searches.run(lambda: (work(), opinions_of(service, guest)))
    language = language_of(request)
    page = render(
        request,
        "reduced.html.jinja",
        cards=list(_reduced_cards(found.drops, language)),
        total=found.total,
        days=days,
        choices=_DAYS,
        opinions=opinions,
    )
    return noted_page(request, page, guest, "category-page-view", attributes={"by": "reduced"})


def _row(offer: Offer, found: Comparison, language: Language) -> OfferRow:
    product = offer.product
    price, before = prices(product_to_json(product), language)
    converted = offer.converted if _converts(offer) else None
    return OfferRow(
        seller=product.seller,
        title=product.title or product.product_id,
        colour=product.colour,
        address=product_address(product.product_id),
        link=shop_link(product),
        price=price,
        price_before=before,
        converted=language.money(_money(converted)) if converted else "",
        sizes=", ".join(offer.sizes),
        stock=product.availability,
        since=offer.price_since[:10],
        sure=next(word for least, word in _SURE if offer.probability >= least),
        sure_percent=round(100 * offer.probability),
        cheapest=product.product_id == found.cheapest,
    )


def _converts(offer: Offer) -> bool:
    costs, converted = offer.costs, offer.converted
    return bool(costs and converted and costs.currency != converted.currency)


def _reduced_cards(drops: tuple[PriceDrop, ...], language: Language) -> Iterator[Card]:
    for drop in drops:
        yield replace(
            product_card(drop.product, language),
            price=language.money(_money(drop.now)),
            price_before=language.money(_money(drop.before)),
            closeness=language.say("reduced.less", percent=round(100 * drop.share)),
        )


def _money(price: Price) -> Json:
    return {"amount": str(price.amount), "currency": price.currency}
