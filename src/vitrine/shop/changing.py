"""Change many products of a shop at once: import a catalogue, move to another encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vitrine.catalog import Catalogue
from vitrine.encoders import Encoder
from vitrine.errors import LockedError
from vitrine.images import image_limits
from vitrine.settings import Settings
from vitrine.shop.failures import drop_failures, failures_path, write_failures
from vitrine.shop.importing import Progress, Tally, Work, import_products
from vitrine.shop.photos import open_photo_source
from vitrine.shop.reindexing import reindex_photos
from vitrine.shop.results import ImportReport
from vitrine.store import Store, Writer
from vitrine.types import EncoderIdentity, RowFailure

Stop = Callable[[], bool]
"""Whether to end early; once true it stays true."""


def silent(_done: int, _total: int) -> None:
    """Tell nobody of the progress."""


def never() -> bool:
    """Go on to the end."""
    return False


@dataclass(frozen=True, slots=True)
class Course:
    """How a long change goes; `Shop.add` explains each."""

    fetch: bool
    wait_s: float
    errors: Path | None
    on_progress: Progress


def add_catalogue(
    store: Store,
    settings: Settings,
    encoder_of: Callable[[EncoderIdentity], Encoder],
    catalogue: Catalogue,
    course: Course,
    *,
    prune: bool,
    stop: Stop,
) -> ImportReport:
    """See `Shop.add`."""
    shop = Path(store.location)
    failures_path(shop, course.errors)  # refuses a file of another kind at once
    started = time.perf_counter()
    with store.importing(wait_s=course.wait_s):
        identity = store.encoder()
        with _work(encoder_of(identity), settings, course, stop) as work:
            tally = import_products(store, work, catalogue, course.on_progress)
        whole = tally.products == len(catalogue)
        deleted = _prune(store, catalogue) if prune and whole else 0
        _sweep(store)
    failures = [*catalogue.failures, *tally.failures]
    if not failures and whole:
        drop_failures(shop, course.errors, catalogue.source)
    listed = _list_failures(failures, shop, course.errors)
    return _report(tally, deleted, len(failures), time.perf_counter() - started, store, listed)


def move_to_encoder(
    store: Store,
    settings: Settings,
    encoder: Encoder,
    course: Course,
    before_switch: Callable[[Writer], None],
) -> tuple[int, list[RowFailure]]:
    """See `Shop.reindex`."""
    shop = Path(store.location)
    failures_path(shop, course.errors)  # refuses a file of another kind at once
    with store.importing(wait_s=course.wait_s), _work(encoder, settings, course) as work:
        n_embedded, failures = reindex_photos(store, work, course.on_progress, before_switch)
        _sweep(store)
    _list_failures(failures, shop, course.errors)
    return n_embedded, failures


def delete_products(store: Store, product_ids: Iterable[str]) -> int:
    """See `Shop.delete`."""
    n_deleted = _delete(store, product_ids)
    with suppress(LockedError), store.importing():  # else the importer sweeps
        _sweep(store)
    return n_deleted


def _delete(store: Store, product_ids: Iterable[str]) -> int:
    with store.transaction() as writer:
        return writer.delete_products(product_ids)


def _sweep(store: Store) -> None:
    """Drop photos that no product shows any more; only for the one importer."""
    with store.transaction() as writer:
        writer.sweep()


@contextmanager
def _work(
    encoder: Encoder, settings: Settings, course: Course, stop: Stop = never
) -> Generator[Work]:
    with open_photo_source(settings, fetch=course.fetch) as source:
        yield Work(encoder, source, settings.threads, image_limits(settings), stop)


def _prune(store: Store, catalogue: Catalogue) -> int:
    named = {product.product_id for product in catalogue}
    return _delete(store, store.product_ids() - named)


def _list_failures(failures: Sequence[RowFailure], shop: Path, path: Path | None) -> str:
    if not failures:
        return ""
    path = failures_path(shop, path)
    write_failures(failures, path, shop.name)
    return str(path)


def _report(
    tally: Tally, deleted: int, n_failed: int, seconds: float, store: Store, listed: str
) -> ImportReport:
    return ImportReport(
        products=tally.products,
        photos=tally.photos,
        without_photo=tally.without_photo,
        not_fetched=tally.not_fetched,
        failed=n_failed,
        added=tally.added,
        changed=tally.changed,
        unchanged=tally.products - tally.added - tally.changed,
        deleted=deleted,
        embedded=tally.embedded,
        seconds=round(seconds, 3),
        photos_per_second=round(tally.photos / seconds, 1),
        encoder=store.encoder().name,
        shop=store.location,
        errors=listed,
    )
