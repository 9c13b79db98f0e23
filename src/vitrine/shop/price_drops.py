"""Products that cost less than they did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from vitrine.errors import QueryError
from vitrine.shop.compare_results import PriceDrop, PriceDrops
from vitrine.store import PriceRecord, Store
from vitrine.types import Price

USUAL_DAYS = 30


def find_price_drops(store: Store, since: str | datetime | None, k: int) -> PriceDrops:
    """See `Shop.price_drops`."""
    if k < 1:
        raise QueryError(f"k is {k}; it must be 1 or more")
    start = _moment(since)
    history = groupby(store.price_history(), key=lambda record: record.product_id)
    fallen = {name: found for name, records in history if (found := _fallen([*records], start))}
    products = store.products([*fallen])
    drops = [PriceDrop(products[name], *fallen[name]) for name in fallen if name in products]
    drops.sort(key=lambda drop: (-drop.share, drop.product.product_id))
    return PriceDrops(start, tuple(drops[:k]), len(drops))


def _fallen(records: Sequence[PriceRecord], start: str) -> tuple[Price, Price, str] | None:
    """Price at the start, price now, and since when; None where it is no less.

    A product that came later is compared with its first price. Two currencies are not compared.
    """
    earlier = [record for record in records if record.at <= start]
    before, last = (earlier or records)[-1 if earlier else 0].costs, records[-1]
    now = last.costs
    if before is None or now is None or before.currency != now.currency:
        return None
    return (before, now, last.at) if now.amount < before.amount else None


def _moment(since: str | datetime | None) -> str:
    """A moment as the store writes it; dates and times without a zone are UTC.

    Raises:
        QueryError: it is no date.
    """
    if since is None:
        since = datetime.now(UTC) - timedelta(days=USUAL_DAYS)
    try:
        moment = datetime.fromisoformat(since) if isinstance(since, str) else since
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError) as error:
        raise QueryError(f"not a date: {since!r}; write 2026-11-01") from error
