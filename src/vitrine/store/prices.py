"""What products cost, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Connection, exists, func, insert, literal, or_, select

from vitrine.store.nouns import PriceRecord
from vitrine.store.schema import price_history, products
from vitrine.types import Price

_CHUNK = 1000
_COLUMNS = ("price_amount", "price_currency", "sale_price_amount", "sale_price_currency")


def note(connection: Connection, product_rows: Sequence[int]) -> None:
    """Keep the prices of these products where they are not those that were kept last."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    newer = price_history.alias()
    last = (
        select(func.max(newer.c.number))
        .where(newer.c.product_row == products.c.product_row)
        .correlate(products)
        .scalar_subquery()
    )
    known = exists().where(price_history.c.product_row == products.c.product_row)
    same = exists().where(
        price_history.c.number == last,
        *(price_history.c[name].is_not_distinct_from(products.c[name]) for name in _COLUMNS),
    )
    said = or_(products.c.price_amount.is_not(None), products.c.sale_price_amount.is_not(None))
    for start in range(0, len(product_rows), _CHUNK):
        chunk = product_rows[start : start + _CHUNK]
        fresh = select(
            products.c.product_row, literal(now), *(products.c[name] for name in _COLUMNS)
        ).where(products.c.product_row.in_(chunk), ~same, or_(said, known))
        names = ["product_row", "at", *_COLUMNS]
        connection.execute(insert(price_history).from_select(names, fresh))


def history(
    connection: Connection, product_ids: Sequence[str] | None = None
) -> Sequence[PriceRecord]:
    """See `Store.price_history`."""
    query = (
        select(products.c.product_id, price_history)
        .join(products, products.c.product_row == price_history.c.product_row)
        .order_by(products.c.product_id, price_history.c.number)
    )
    if product_ids is None:
        changed = (
            select(price_history.c.product_row)
            .group_by(price_history.c.product_row)
            .having(func.count() > 1)
        )
        parts = [query.where(price_history.c.product_row.in_(changed))]
    else:
        chunks = (product_ids[n : n + _CHUNK] for n in range(0, len(product_ids), _CHUNK))
        parts = [query.where(products.c.product_id.in_(chunk)) for chunk in chunks]
    return [
        PriceRecord(
            row.product_id,
            row.at,
            _price(row.price_amount, row.price_currency),
            _price(row.sale_price_amount, row.sale_price_currency),
        )
        for part in parts
        for row in connection.execute(part)
    ]


def _price(amount: str | None, currency: str | None) -> Price | None:
    return None if amount is None else Price(Decimal(amount), currency or "")
