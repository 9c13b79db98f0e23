"""The same product at several sellers, with prices side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
        self._view = view
        self._latest = LatestListings(store, view)

    def compare(self, product_id: str, asked: CompareQuestion) -> Comparison:
        """See `Shop.compare`."""
        own = self._offers([product_id]).get(product_id)
        if own is None:
            raise NotFoundError(f"there is no product {product_id!r} in this shop")
        if _n_sellers(self._view()) < 2:  # nothing has to be read to know that
            own = _in(own, _currency([own]), asked.rates)
            return Comparison(own, (), (), None, (_NO_SELLERS,))
        offers, variants = self._elsewhere(product_id, asked)
        currency = _currency([own, *offers])
        own, *offers = (_in(offer, currency, asked.rates) for offer in (own, *offers))
        mixed = _mixed([own, *offers])
        if asked.sort == "price":
            offers = _by_price(offers, mixed)
        return Comparison(
            own,
            tuple(offers),
            tuple(_in(variant, currency, asked.rates) for variant in variants),
            None if mixed else _cheapest([own, *offers]),
            (mixed,) if mixed else (),
        )

    def groups(self, asked: CompareQuestion) -> OfferGroups:
        """See `Shop.compare_all`."""
        n_sellers = _n_sellers(self._view())
        if n_sellers < 2:
            return OfferGroups((), 0, n_sellers, (_NO_SELLERS,))
        listings = self._latest()
        judged = judge(listings, shipped_model(), np.arange(len(listings.readings)))
        found = groups(judged, listings.sellers, asked.least)
        found.sort(key=lambda group: (-len(group.rows), -group.probability, group.rows))
        shown = found[: asked.k]
        names = [[listings.readings[row].product_id for row in group.rows] for group in shown]
        table = self._offers([name for group in names for name in group])
        made = [
            _group(group, [table[name] for name in ids if name in table], asked)
            for group, ids in zip(shown, names, strict=True)
        ]
        notes = filter(None, (_mixed(each.offers) for each in made))
        return OfferGroups(
            tuple(each for each in made if each.offers),
            len(found),
            n_sellers,
            tuple(dict.fromkeys(notes)),
        )

    def _elsewhere(
        self, product_id: str, asked: CompareQuestion
    ) -> tuple[list[Offer], list[Offer]]:
        """Offers and variants of a product at other sellers, the surest first."""
        listings = self._latest()
        row = listings.row_of[product_id]
        judged = judge(listings, shipped_model(), np.array([row]))
        matches = judged.offers_of(row, asked.least)
        taken = {match.row for match in matches}
        others = [m for m in judged.variants_of(row, asked.least) if m.row not in taken]
        kept = matches[: asked.k], others[: asked.k]
        table = self._offers([listings.readings[m.row].product_id for part in kept for m in part])
        offers, variants = ([*_matched(listings, judged, part, table)] for part in kept)
        return offers, variants

    def _offers(self, product_ids: Sequence[str]) -> dict[str, Offer]:
        """Listings as they stand in the store by now."""
        products = self._store.products(product_ids)
        since = {record.product_id: record.at for record in self._store.price_history(product_ids)}
        return {
            name: Offer(product, 1.0, _sizes(product), since.get(name, ""))
            for name, product in products.items()
        }


def _matched(
    listings: Listings, judged: Judged, matches: Iterable[Match], table: Mapping[str, Offer]
) -> Iterator[Offer]:
    for match in matches:
        if offer := table.get(listings.readings[match.row].product_id):
            why = reasons(listings, judged.found, match.pair)
            yield replace(offer, probability=match.probability, why=why)


def _n_sellers(view: Snapshot) -> int:
    """Different sellers that are named, and one more where some listing names none."""
    return len(np.unique(view.columns.choices["seller"].codes[view.alive]))


def _group(group: Group, listed: Sequence[Offer], asked: CompareQuestion) -> OfferGroup:
    currency = _currency(listed)
    offers = [_in(offer, currency, asked.rates) for offer in listed]
    mixed = _mixed(offers)
    if asked.sort == "price":
        offers = _by_price(offers, mixed)
    return OfferGroup(group.probability, tuple(offers), None if mixed else _cheapest(offers))


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
        f"give --rate '{left[0]}=NUMBER {here}' (rate= over HTTP, rates= in Python)"
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
