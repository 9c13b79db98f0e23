"""What people decide about values of products, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from vitrine.catalog import translate
from vitrine.shop.editing import patched
from vitrine.store import ReviewRecord, Store, Writer
from vitrine.types import Product

UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Decision:
    """One value judged."""

    product_id: str
    field: str
    value: str
    """What the product said when it was judged."""
    becomes: str
    """What it should say; the same where it is kept."""


@dataclass(frozen=True, slots=True)
class Change:
    """One decision as it was carried out, with all it takes to go back."""

    product_id: str
    field: str
    before: str
    after: str
    original: str | None
    """As the source wrote it, where the vocabulary says it otherwise."""
    reviewed: ReviewRecord | None
    """What somebody had decided earlier."""

    @property
    def kept(self) -> bool:
        """Whether the product says what it said."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Batch:
    """Decisions carried out together."""

    changes: tuple[Change, ...]
    n_left: int
    """Not carried out: the product is gone, or says something else by now."""


def decide(store: Store, decisions: Sequence[Decision]) -> Batch:
    """Change values and remember what was judged, in one transaction; nothing is embedded again.

    Raises:
        UsageError: a field does not exist or is none to patch.
    """
    ids = [decision.product_id for decision in decisions]
    changes: list[Change] = []
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction() as writer:
        products = store.products(ids)
        earlier = {(each.product_id, each.field): each for each in store.reviews(ids)}
        for decision in decisions:
            product = products.get(decision.product_id)
            if product is None or not _says(product, decision.field, decision.value):
                continue
            change = _change(product, decision, earlier.get((product.product_id, decision.field)))
            changes.append(change)
            products[product.product_id] = _with(product, change.field, change.after, None)
        _put(store, writer, products, changes)
        writer.put_reviews(
            ReviewRecord(
                change.product_id,
                change.field,
                change.after,
                "kept" if change.kept else "corrected",
                now,
            )
            for change in changes
        )
    return Batch(tuple(changes), len(decisions) - len(changes))


def undo(store: Store, changes: Sequence[Change]) -> Batch:
    """Take decisions back; a value that was changed again since then stays.

    Returns:
        What was taken back.
    """
    ids = [change.product_id for change in changes]
    done: list[Change] = []
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction() as writer:
        products = store.products(ids)
        for change in reversed(changes):
            product = products.get(change.product_id)
            if product is None or not _says(product, change.field, change.after):
                continue
            done.append(change)
            products[product.product_id] = _with(
                product, change.field, change.before, change.original
            )
        _put(store, writer, products, done)
        writer.put_reviews(
            change.reviewed
            or ReviewRecord(change.product_id, change.field, change.before, UNDONE, now)
            for change in done
        )
    return Batch(tuple(done), len(changes) - len(done))


def _change(product: Product, decision: Decision, reviewed: ReviewRecord | None) -> Change:
    before = str(getattr(product, decision.field))
    kept = decision.becomes.casefold() == decision.value.casefold()
    after = before if kept else translate(decision.field, decision.becomes)
    original = product.original.get(decision.field)
    return Change(product.product_id, decision.field, before, after, original, reviewed)


def _says(product: Product, field: str, value: str) -> bool:
    return str(getattr(product, field, None)).casefold() == value.casefold()


def _with(product: Product, field: str, value: str, original: str | None) -> Product:
    """Say something else in one field; the source's own word goes, or comes back."""
    if getattr(product, field) == value:
        return product
    rest: Mapping[str, str] = {name: w for name, w in product.original.items() if name != field}
    said = {**rest, field: original} if original is not None else rest
    return replace(patched(product, {field: value}), original=said)


def _put(
    store: Store, writer: Writer, products: Mapping[str, Product], changes: Iterable[Change]
) -> None:
    ids = list(dict.fromkeys(change.product_id for change in changes if not change.kept))
    refs = store.photos(ids)
    writer.put_products([(products[product_id], refs.get(product_id, ())) for product_id in ids])
