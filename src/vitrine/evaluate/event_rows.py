"""Events as the columns that an event store gives, without a store."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitrine.events import Event
from vitrine.store import EventRows


def event_rows(events: Sequence[Event], before: int = 0) -> EventRows:
    """Columns of events, as `EventStore.rows` would give them.

    Args:
        events: in the order in which they would be appended.
        before: how many were appended earlier.
    """
    types: dict[str, int] = {}
    visitors: dict[str, int] = {}
    products: dict[str, int] = {}
    table = [
        (
            event.at,
            types.setdefault(event.event_type, len(types)),
            visitors.setdefault(event.visitor_id, len(visitors)),
            products.setdefault(product.product_id, len(products)),
            product.quantity if event.value is None else event.value,
            -1 if product.position is None else product.position,
        )
        for event in events
        for product in event.products
    ]
    columns = np.array(table, np.float64).reshape(-1, 6)
    at, type_, visitor, product, value, position = (columns[:, n] for n in range(6))
    return EventRows(
        last=before + len(events),
        at=at,
        types=type_.astype(np.int64),
        visitors=visitor.astype(np.int64),
        products=product.astype(np.int64),
        values=value.astype(np.float32),
        positions=position.astype(np.int64),
        type_names=list(types),
        visitor_ids=list(visitors),
        product_ids=list(products),
    )
