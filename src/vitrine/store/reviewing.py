"""What people decided about values of products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from vitrine.store.nouns import ReviewRecord
from vitrine.store.schema import products
from vitrine.store.schema import reviews as reviews_table

_CHUNK = 1000


def put_reviews(connection: Connection, reviews: Iterable[ReviewRecord]) -> int:
    """See `Writer.put_reviews`."""
    n_kept = 0
    for review in reviews:
        said = {"value": review.value, "decided": review.decided, "decided_at": review.decided_at}
        found = select(products.c.product_row).where(products.c.product_id == review.product_id)
        row = connection.scalar(found)
        if row is not None:
            n_kept += 1
            values = {"product_row": row, "field": review.field, **said}
            connection.execute(
                insert_or(reviews_table).values(values).on_conflict_do_update(set_=said)
            )
    return n_kept


def reviews(
    connection: Connection, product_ids: Sequence[str] | None, fields: Sequence[str] | None
) -> Sequence[ReviewRecord]:
    """See `Store.reviews`."""
    kept = reviews_table.c
    query = (
        select(products.c.product_id, kept.field, kept.value, kept.decided, kept.decided_at)
        .join(products, products.c.product_row == kept.product_row)
        .order_by(products.c.product_id, kept.field)
    )
    if fields is not None:
        query = query.where(kept.field.in_(fields))
    if product_ids is None:
        return [ReviewRecord(*row) for row in connection.execute(query)]
    ids = sorted(set(product_ids))
    return [
        ReviewRecord(*row)
        for start in range(0, len(ids), _CHUNK)
        for row in connection.execute(
            query.where(products.c.product_id.in_(ids[start : start + _CHUNK]))
        )
    ]
