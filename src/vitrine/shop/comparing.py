"""The same product at several sellers, with prices side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vitrine.compare import (
    Group,
    Judged,
    Listings,
    Match,
    Rates,
    groups,
    judge,
    parse_rates,
    reasons,
    shipped_model,
)
from vitrine.errors import NotFoundError, QueryError, UsageError
from vitrine.index import Snapshot, choice_column
from vitrine.shop.compare_results import Comparison, Offer, OfferGroup, OfferGroups
from vitrine.shop.latest_listings import LatestListings
from vitrine.store import Store
from vitrine.types import Product

SORTS = ("probability", "price")

_NO_SELLERS = (
    "no two listings of this shop name different sellers, so there is nothing to compare; "
    "name the column that does when indexing: --map seller=COLUMN"
)
_SOLD_OUT = "out_of_stock"


@dataclass(frozen=True, slots=True)
class CompareQuestion:
    """How offers are asked for."""

    rates: Rates
    sort: str
    least: float
    k: int


def compare_question(
    *,
    rates: str | Iterable[str] = (),
    sort: str = "probability",
    min_probability: float = 0.5,
    k: int = 20,
) -> CompareQuestion:
    """Check how offers are asked for.

    Args:
        rates: such as "EUR=90 INR".
        sort: probability or price.
        min_probability: that two listings are the same product, or the same design.
        k: how many offers, variants or groups.

    Raises:
        UsageError: a rate cannot be read.
        QueryError: a value is out of its range.
    """
    if sort not in SORTS:
        raise QueryError(f"offers cannot be sorted by {sort!r}; known: {', '.join(SORTS)}")
    if not 0 < min_probability <= 1:
        raise QueryError(f"min_probability is {min_probability:g}; it must be above 0, up to 1")
    if k < 1:
        raise QueryError(f"k is {k}; it must be 1 or more")
    given = [rates] if isinstance(rates, str) else rates
    return CompareQuestion(parse_rates(given), sort, min_probability, k)


class Comparer:
    """Compares a shop's listings; safe to share between threads."""

    def __init__(self, store: Store, view: Callable[[], Snapshot]) -> None:
        self._store = store
        self._latest = LatestListings(store, view)

    def compare(self, product_id: str, asked: CompareQuestion) -> Comparison:
        """See `Shop.compare`."""
        listings = self._latest()
        if product_id not in listings.row_of:
            raise NotFoundError(f"there is no product {product_id!r} in this shop")
        row = listings.row_of[product_id]
        judged = judge(listings, shipped_model(), np.array([row]))
        matches = judged.offers_of(row, asked.least)
        others = [match for match in judged.variants_of(row, asked.least) if match not in matches]
        table = self._table(listings, [row, *(match.row for match in (*matches, *others))])
        currency = _currency([table[row], *table.values()])
        own = _in(table[row], currency, asked.rates)
        offers, variants = (
            [
                _in(_matched(table[match.row], listings, judged, match), currency, asked.rates)
                for match in part[: asked.k]
                if match.row in table
            ]
            for part in (matches, others)
        )
        mixed = _mixed([own, *offers])
        if asked.sort == "price":
            offers = _by_price(offers, mixed)
        notes = (*_no_sellers(listings), *([mixed] if mixed else []))
        cheapest = None if mixed else _cheapest([own, *offers])
        return Comparison(own, tuple(offers), tuple(variants), cheapest, notes)

    def groups(self, asked: CompareQuestion) -> OfferGroups:
        """See `Shop.compare_all`."""
        listings = self._latest()
        n_sellers = len({*listings.sellers.tolist()} - {-1})
        judged = judge(listings, shipped_model(), np.arange(len(listings.readings)))
        found = groups(judged, listings.sellers, asked.least)
        found.sort(key=lambda group: (-len(group.rows), -group.probability, group.rows))
        shown = found[: asked.k]
        table = self._table(listings, [row for group in shown for row in group.rows])
        made = (_group(group, table, asked) for group in shown)
        notes = _no_sellers(listings)
        return OfferGroups(tuple(g for g in made if g.offers), len(found), n_sellers, notes)

    def _table(self, listings: Listings, rows: Sequence[int]) -> dict[int, Offer]:
        """Row -> the listing as it stands in the store by now."""
        ids = [listings.readings[row].product_id for row in rows]
        products = self._store.products(ids)
        since = {record.product_id: record.at for record in self._store.price_history(ids)}
        return {
            row: Offer(products[name], 1.0, _sizes(products[name]), since.get(name, ""))
            for row, name in zip(rows, ids, strict=True)
            if name in products
        }


def _group(group: Group, table: dict[int, Offer], asked: CompareQuestion) -> OfferGroup:
    listed = [table[row] for row in group.rows if row in table]
    currency = _currency(listed)
    offers = [_in(offer, currency, asked.rates) for offer in listed]
    mixed = _mixed(offers)
    if asked.sort == "price":
        offers = _by_price(offers, mixed)
    return OfferGroup(group.probability, tuple(offers), None if mixed else _cheapest(offers))


def _matched(offer: Offer, listings: Listings, judged: Judged, match: Match) -> Offer:
    why = reasons(listings, judged.found, match.pair)
    return replace(offer, probability=match.probability, why=why)


def _no_sellers(listings: Listings) -> tuple[str, ...]:
    return () if len({*listings.sellers.tolist()}) > 1 else (_NO_SELLERS,)


def _sizes(product: Product) -> tuple[str, ...]:
    return tuple(choice_column([product.size], lists=True).values(product.size))


def _currency(offers: Iterable[Offer]) -> str:
    """What prices are said in: the currency of the first that has a price."""
    return next((offer.costs.currency for offer in offers if offer.costs), "")


def _in(offer: Offer, currency: str, rates: Rates) -> Offer:
    costs = offer.costs
    return replace(offer, converted=costs and rates.convert(costs, currency))


def _mixed(offers: Sequence[Offer]) -> str:
    """Why prices cannot be compared, or nothing."""
    left = sorted({o.costs.currency for o in offers if o.costs and not o.converted})
    if not left:
        return ""
    here = next(o.converted.currency for o in offers if o.converted)
    return (
        f"prices in {', '.join(left)} cannot be compared with those in {here} without a rate; "
        f"give one, such as --rate '{left[0]}=NUMBER {here}'"
    )


def _by_price(offers: Sequence[Offer], mixed: str) -> list[Offer]:
    """The cheapest first, those without a price last.

    Raises:
        UsageError: prices cannot be compared.
    """
    if mixed:
        raise UsageError(mixed)
    priced = sorted(_priced(offers), key=lambda each: (each[0], each[1].product.product_id))
    return [offer for _, offer in priced] + [o for o in offers if o.converted is None]


def _cheapest(offers: Sequence[Offer]) -> str | None:
    """Of several offers in stock; None where fewer than two have a price."""
    priced = [*_priced(o for o in offers if o.product.availability != _SOLD_OUT)]
    if len(priced) < 2:
        return None
    return min(priced, key=lambda each: (each[0], each[1].product.product_id))[1].product.product_id


def _priced(offers: Iterable[Offer]) -> Iterator[tuple[float, Offer]]:
    return ((float(o.converted.amount), o) for o in offers if o.converted is not None)
