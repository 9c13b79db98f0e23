"""What a shop's own people look at and decide."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vitrine.encoders import Encoder, as_tagger
from vitrine.index import Snapshot
from vitrine.index.copies import CopyGroup, copy_groups
from vitrine.shop.coverage import Coverage, coverage_of
from vitrine.shop.deciding import Batch, Change, Decision, decide, undo
from vitrine.shop.doubts import REVIEWED, DoubtQueue, said_values
from vitrine.store import ReviewRecord, Store

_GROUP = "item_group_id"
_COPIES = "near_duplicate"
"""The field under which a review says that products which look alike are different."""
_DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Copies:
    """Groups of products that show nearly the same photo, as they were found."""

    groups: tuple[CopyGroup, ...]
    counter: int
    """Of the shop when it was looked at."""
    looked_at: str
    """ISO 8601, UTC."""


class Desk:
    """The catalogue desk of a shop; safe to share between threads.

    Args:
        store: where decisions go.
        view: gives the newest view of the store.
        encoder: gives the shop's encoder, whose words doubts are told in.
    """

    def __init__(
        self, store: Store, view: Callable[[], Snapshot], encoder: Callable[[], Encoder]
    ) -> None:
        self._store = store
        self._view = view
        self._encoder = encoder
        self._copies: Copies | None = None
        self._looking = threading.Lock()

    def coverage(self) -> Coverage:
        """Count what products say."""
        return coverage_of(self._view(), self._store)

    def queue(self) -> DoubtQueue:
        """Values that nobody decided about yet."""
        tagger = as_tagger(self._encoder())
        heads = tagger.heads if tagger else {}
        return DoubtQueue(self._view(), heads, self._store.reviews(fields=REVIEWED))

    def values(self, field: str) -> list[str]:
        """What products say in one field, for whoever has to choose."""
        return said_values(self._view(), field)

    def decide(self, decisions: Sequence[Decision]) -> Batch:
        """Carry decisions out and remember them; what changed since then is left alone."""
        return decide(self._store, decisions)

    def undo(self, changes: Sequence[Change]) -> Batch:
        """Take decisions back; what changed since then is left alone."""
        return undo(self._store, changes)

    def look_for_copies(self, *, stop: Callable[[], bool]) -> Copies | None:
        """Compare all photos, unless that was done for the shop as it is; None where stopped."""
        with self._looking:
            view = self._view()
            if self._copies is not None and self._copies.counter == view.counter:
                return self._copies
            groups = tuple(copy_groups(view, stop=stop))
            if stop():
                return None
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self._copies = Copies(groups, view.counter, now)
            return self._copies

    def copies(self) -> Copies | None:
        """Those groups, as last found, that nobody dealt with since; None: nobody looked yet."""
        found, view = self._copies, self._view()
        if found is None:
            return None
        told = {
            (review.product_id, review.value)
            for review in self._store.reviews(fields=[_COPIES])
            if review.decided == _DIFFERENT
        }
        groups = (_still(group, view, told) for group in found.groups)
        return Copies(tuple(g for g in groups if g), found.counter, found.looked_at)

    def tell_apart(self, product_ids: Iterable[str]) -> None:
        """Remember that products which look alike are different; they do not come back."""
        ids = sorted(product_ids)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._store.transaction() as writer:
            writer.put_reviews(
                ReviewRecord(product_id, _COPIES, _mark(ids), _DIFFERENT, now) for product_id in ids
            )

    def join(self, product_ids: Sequence[str]) -> Batch:
        """Make products, with all variants of theirs, variants of each other."""
        view = self._view()
        column = view.columns.choices[_GROUP]
        known = [name for name in product_ids if name in view.product_row_of]
        groups = {column.word(view.product_row_of[name]) for name in known} - {""}
        name = min(groups, default=min(known, default=""))
        members = {
            product_id: column.word(row)
            for product_id, row in view.product_row_of.items()
            if product_id in known or (groups and column.word(row) in groups)
        }
        return self.decide(
            [Decision(product_id, _GROUP, now, name) for product_id, now in members.items()]
        )


def _still(group: CopyGroup, view: Snapshot, told: set[tuple[str, str]]) -> CopyGroup | None:
    """What is left of a group; None where nothing is to be done."""
    ids = tuple(name for name in group.product_ids if name in view.product_row_of)
    column = view.columns.choices[_GROUP]
    variants = {column.word(view.product_row_of[name]) for name in ids}
    one_group = len(variants) == 1 and "" not in variants
    mark = _mark(sorted(ids))
    if len(ids) < 2 or one_group or all((name, mark) in told for name in ids):
        return None
    return CopyGroup(ids)


def _mark(product_ids: Sequence[str]) -> str:
    """One word for a set of products."""
    return hashlib.sha256("\0".join(product_ids).encode()).hexdigest()
