"""H&M's `transactions_train.csv`: what customers bought, one row for each piece.

https://www.kaggle.com/competitions/h-and-m-personalized-fashion-recommendations
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from vitrine.errors import DataError
from vitrine.events.checking import EventError
from vitrine.events.event import Event, EventProduct
from vitrine.events.reading import number_of, time_of
from vitrine.events.tables import Line, rows_of

NEEDED = ("t_dat", "customer_id", "article_id")
_ID_DIGITS = 10


def read_hm(path: Path) -> Iterator[Line]:
    """Read one purchase a row, at midnight UTC; pieces of one basket have the same visitor and day.

    Article ids get back the leading zero that tables lose. Ids are made of what a row says and of
    how many equal rows came before it (about 100 bytes of memory a row), so that importing the
    file again adds nothing.

    Raises:
        DataError: a column is missing, or the file is no text.
    """
    rows = rows_of(path)
    _, header = next(rows, (1, []))
    if missing := [name for name in NEEDED if name not in header]:
        raise DataError(f"{path} lacks the column {missing[0]!r}")
    names = (*NEEDED, "price", "sales_channel_id")
    places = [header.index(name) if name in header else None for name in names]
    seen: Counter[bytes] = Counter()
    for line, cells in rows:
        said = ["" if p is None or p >= len(cells) else cells[p].strip() for p in places]
        content = hashlib.blake2b("\0".join(said).encode(), digest_size=12).digest()
        occurrence = seen[content]
        seen[content] += 1
        try:
            yield line, _purchase(said, f"hm-{content.hex()}-{occurrence}")
        except EventError as error:
            yield line, EventError(error.code, str(error), error.field, said[2])


def _purchase(said: Sequence[str], event_id: str) -> Event:
    day, customer_id, article_id, price, channel = said
    if not article_id:
        raise EventError("field_missing", "article_id is missing", "article_id")
    return Event(
        event_id=event_id,
        event_type="purchase-complete",
        visitor_id=customer_id,
        at=time_of("t_dat", day, None),
        products=(EventProduct(article_id.zfill(_ID_DIGITS), price=number_of("price", price)),),
        attributes={"sales_channel_id": channel} if channel else {},
    )
