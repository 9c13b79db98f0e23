"""What a product costs, and whether it is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from vitrine.catalog import parse_price, translate
from vitrine.collect.schema import Graph, kinds_of
from vitrine.currencies import THREE_DECIMALS
from vitrine.errors import DataError
from vitrine.types import Json, Price

_BEFORE = ("strikethroughprice", "listprice", "srp", "msrp", "regularprice")
_BEST_FIRST = ("in_stock", "backorder", "preorder", "out_of_stock")


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to buy a product."""

    price: Price | None
    before: Price | None
    """The regular price, where this one is reduced."""
    availability: str
    seller: str


def read_offers(graph: Graph, product: Json, problems: list[str]) -> dict[str, str]:
    """`price`, `sale_price`, `availability` and `seller` of a product, as far as it says them.

    Of several offers the cheapest that is in stock counts, of a range its lower end.
    """
    offers = [
        _offer(graph, item, problems)
        for item in _flat(graph, graph.items(product, "offers"))
        if kinds_of(item) & {"Offer", "AggregateOffer", "OfferForPurchase", "Demand"}
        or "price" in item
        or "lowPrice" in item
    ]
    if not offers:
        return {}
    chosen = min(offers, key=_rank)
    reduced = chosen.before is not None and chosen.price is not None
    fields = {
        "price": str((chosen.before if reduced else chosen.price) or ""),
        "sale_price": str(chosen.price) if reduced else "",
        "availability": chosen.availability,
        "seller": chosen.seller,
    }
    return {name: value for name, value in fields.items() if value}


def read_price(value: Any, currency: str) -> Price:
    """A price as pages write it: a number, or words with either decimal separator.

    Raises:
        DataError: it is none, or nothing says its currency.

    Example:
        >>> str(read_price("1.299,00", "EUR")), str(read_price(1299.5, "EUR"))
        ('1299.00 EUR', '1299.50 EUR')
        >>> str(read_price("1,299.00", "USD"))
        '1299.00 USD'
    """
    if isinstance(value, float):  # its point is no separator of thousands
        decimals = 3 if currency in THREE_DECIMALS else 2
        value = f"{Decimal(repr(value)):.{decimals}f}"
    price = parse_price(str(value)[:100], currency)
    if not price.currency:
        raise DataError(f"the price {str(value)[:40]!r} has no currency")
    return price


def read_availability(written: str) -> str:
    """Translate an availability, with or without the vocabulary's address before it.

    Example:
        >>> read_availability("https://schema.org/InStock"), read_availability("SoldOut")
        ('in_stock', 'out_of_stock')
    """
    name = written.rstrip("/").rsplit("/", 1)[-1]
    full = f"https://schema.org/{name}"
    translated = translate("availability", full)
    return translate("availability", name) if translated == full else translated


def _flat(graph: Graph, offers: list[Json], depth: int = 0) -> Iterator[Json]:
    """Offers, and those that an AggregateOffer lists if it gives no price of its own."""
    for offer in offers:
        inner = graph.items(offer, "offers")
        if inner and depth < 3 and not graph.values(offer, "lowPrice", "price"):
            yield from _flat(graph, inner, depth + 1)
        else:
            yield offer


def _offer(graph: Graph, item: Json, problems: list[str]) -> Offer:
    price, before = _prices(graph, item, problems)
    inner = graph.items(item, "offers")
    said = [read_availability(graph.text(one, "availability")) for one in (item, *inner)]
    return Offer(
        price,
        before if before and price and before.amount > price.amount else None,
        min(filter(None, said), key=_stock, default=""),
        graph.text(item, "seller", "offeredBy"),
    )


def _prices(graph: Graph, item: Json, problems: list[str]) -> tuple[Price | None, Price | None]:
    """What it costs now, and what it cost before."""
    currency = graph.text(item, "priceCurrency")
    now = _priced(graph, item, currency, problems, "lowPrice", "price")
    before = None
    for specification in graph.items(item, "priceSpecification"):
        own = graph.text(specification, "priceCurrency") or currency
        price = _priced(graph, specification, own, problems, "price", "minPrice")
        kind = graph.text(specification, "priceType").rsplit("/", 1)[-1].lower()
        if kind in _BEFORE:
            before = before or price
        else:
            now = now or price
    return now, before


def _priced(
    graph: Graph, item: Json, currency: str, problems: list[str], *names: str
) -> Price | None:
    for value in graph.values(item, *names)[:1]:
        try:
            return read_price(value, currency)
        except DataError as error:
            problems.append(str(error))
    return None


def _rank(offer: Offer) -> tuple[int, int, Decimal]:
    amount = offer.price.amount if offer.price else Decimal(0)
    return _stock(offer.availability), offer.price is None, amount


def _stock(availability: str) -> int:
    known = availability in _BEST_FIRST
    return _BEST_FIRST.index(availability) if known else int(bool(availability)) * 4
