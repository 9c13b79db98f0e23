"""A catalogue into a store: read, hash, decode and embed photos, one transaction a batch."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

from vitrine.catalog import Catalogue
from vitrine.encoders import Encoder, PhotoEmbedding, embed_photos
from vitrine.errors import VitrineError
from vitrine.images import ImageLimits
from vitrine.shop.photos import NotFetchedError, PhotoSource, UnchangedError
from vitrine.store import ImageRecord, PhotoRef, Store, VectorRecord, Written
from vitrine.types import EncoderIdentity, Product, RowFailure

BATCH_PRODUCTS = 64
_FEW_PHOTOS = 500
THUMBNAIL_PX = 320

Progress = Callable[[int, int], None]
"""Called with (photos done, photos in all)."""


class StoppedError(VitrineError):
    """A photo is not read, because the import ends early."""


@dataclass(frozen=True, slots=True)
class PhotoTask:
    """One photo to read, and what the shop knows of it."""

    location: str
    known: PhotoRef | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """How photos are read and embedded."""

    encoder: Encoder
    source: PhotoSource
    threads: int
    limits: ImageLimits
    stop: Callable[[], bool] = lambda: False
    """Whether to end early; once true it stays true."""

    def embed(
        self, tasks: Iterator[PhotoTask], known: Callable[[str], bool]
    ) -> Generator[PhotoEmbedding[PhotoTask]]:
        """Read, hash, decode and embed photos, in order; content that is known is only hashed."""
        return embed_photos(
            self.encoder,
            tasks,
            self._read,
            known=known,
            threads=self.threads,
            limits=self.limits,
            thumbnail_px=THUMBNAIL_PX,
        )

    def _read(self, task: PhotoTask) -> bytes:
        if self.stop():
            raise StoppedError(task.location)
        return self.source.read(task.location, task.known)


Entry: TypeAlias = tuple[Product, Sequence[PhotoEmbedding[PhotoTask]]]


@dataclass(slots=True)
class Tally:
    """Counts of a running import."""

    products: int = 0
    photos: int = 0
    embedded: int = 0
    without_photo: int = 0
    not_fetched: int = 0
    added: int = 0
    changed: int = 0
    failures: list[RowFailure] = field(default_factory=list[RowFailure])


def import_products(store: Store, work: Work, catalogue: Catalogue, on_progress: Progress) -> Tally:
    """Upsert every product of a catalogue.

    A photo whose content has a vector already is neither decoded nor embedded again, so an import
    that was killed goes on where it stopped. One that is told to stop keeps the products that are
    whole by then. A photo that cannot be read keeps what the shop knew of it and is reported.
    """
    tally = Tally()
    n_photos = sum(len(product.photos) for product in catalogue)
    known = _known(store, work.encoder.identity, n_photos)
    done = 0
    with closing(work.embed(_tasks(store, catalogue.products, known), known)) as embedded:
        for start in range(0, len(catalogue), BATCH_PRODUCTS):
            batch: list[Entry] = []
            for product in catalogue.products[start : start + BATCH_PRODUCTS]:
                photos = list(islice(embedded, len(product.photos)))
                if work.stop():  # asked last: a photo may be missing because of it
                    break
                batch.append((product, photos))
            _write(store, work, batch, catalogue.source, tally)
            done += sum(len(product.photos) for product, _ in batch)
            on_progress(done, n_photos)
            if work.stop():
                break
    return tally


def _known(store: Store, encoder: EncoderIdentity, n_photos: int) -> Callable[[str], bool]:
    """Whether a photo has a vector; asked one by one for a few, from memory for many."""
    if n_photos < _FEW_PHOTOS:
        return lambda sha256: store.knows_image(encoder, sha256)
    return store.known_images(encoder).__contains__


def _tasks(
    store: Store, products: Sequence[Product], known: Callable[[str], bool]
) -> Iterator[PhotoTask]:
    for start in range(0, len(products), BATCH_PRODUCTS):
        chunk = products[start : start + BATCH_PRODUCTS]
        before = store.photos([product.product_id for product in chunk])
        for product in chunk:
            refs = {ref.location: ref for ref in before.get(product.product_id, ())}
            for place in product.photos:
                ref = refs.get(place)
                if ref is not None and ref.etag and not known(ref.sha256):
                    ref = replace(ref, etag="")  # its vector is missing, so it has to be sent again
                yield PhotoTask(place, ref)


def _write(
    store: Store,
    work: Work,
    batch: Sequence[Entry],
    source: str,
    tally: Tally,
) -> None:
    entries: list[tuple[Product, list[PhotoRef]]] = []
    for product, photos in batch:
        refs = [_ref(work.source, product, photo, source, tally) for photo in photos]
        entries.append((product, refs))
        n_shown = sum(bool(ref.sha256) for ref in refs)
        tally.photos += n_shown
        tally.without_photo += n_shown == 0
    fresh = [photo for _, photos in batch for photo in photos if photo.vector is not None]
    tally.embedded += len(fresh)
    written = write_batch(store, work.encoder.identity, fresh, entries)
    tally.products += len(batch)
    tally.added += written.added
    tally.changed += written.changed


def write_batch(
    store: Store,
    encoder: EncoderIdentity,
    fresh: Sequence[PhotoEmbedding[PhotoTask]],
    entries: Sequence[tuple[Product, Sequence[PhotoRef]]],
) -> Written:
    """Write photos with their vectors and products that show them, in one transaction."""
    with store.transaction() as writer:
        writer.put_images(
            ImageRecord(photo.sha256, photo.width, photo.height, photo.thumbnail or b"")
            for photo in fresh
        )
        writer.put_vectors(
            encoder,
            (
                VectorRecord(photo.sha256, photo.vector, photo.tags or {})
                for photo in fresh
                if photo.vector is not None
            ),
        )
        return writer.put_products(entries)


def _ref(
    source: PhotoSource,
    product: Product,
    photo: PhotoEmbedding[PhotoTask],
    catalogue: str,
    tally: Tally,
) -> PhotoRef:
    """What the shop keeps of one photo, failures noted."""
    task = photo.item
    if photo.error is None:
        return PhotoRef(task.location, photo.sha256, source.etag(task.location))
    if isinstance(photo.error, NotFetchedError):
        tally.not_fetched += task.known is None or not task.known.sha256
    elif not isinstance(photo.error, UnchangedError):
        reason = str(photo.error)
        tally.failures.append(RowFailure(catalogue, None, product.product_id, "photo", reason))
    return task.known or PhotoRef(task.location)
