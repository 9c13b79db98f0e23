"""From one encoder to another: new vectors beside the old, then one switch."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from vitrine.encoders import PhotoEmbedding
from vitrine.shop.importing import BATCH_PRODUCTS, PhotoTask, Progress, Work, write_batch
from vitrine.store import PhotoRef, Store, Writer
from vitrine.types import RowFailure


def reindex_photos(
    store: Store, work: Work, on_progress: Progress, before_switch: Callable[[Writer], None]
) -> tuple[int, list[RowFailure]]:
    """Embed every photo with another encoder, then make it the shop's own.

    Searches answer with the old vectors until the switch, which is one transaction. A run that
    was killed goes on where it stopped. A photo that cannot be read any more, or is another one
    now, is reported and stays out of photo search until the next import.

    Args:
        store: whose photos.
        work: how they are embedded.
        on_progress: told of it.
        before_switch: does, in the transaction of the switch, what needs the old vectors.

    Returns:
        How many photos were embedded, and the failures.
    """
    identity = work.encoder.identity
    known = store.known_images(identity)
    product_of = {
        # without the etag, so that a server sends the photo again
        PhotoTask(ref.location, PhotoRef(ref.location, ref.sha256)): product.product_id
        for product, refs in store.iterate()
        for ref in refs
        if ref.sha256 and ref.sha256 not in known
    }
    failures: list[RowFailure] = []
    fresh: list[PhotoEmbedding[PhotoTask]] = []
    n_embedded = 0
    with closing(work.embed(iter(product_of), known.__contains__)) as embedded:
        for n_done, photo in enumerate(embedded, 1):
            if reason := _misfit(photo):
                product_id = product_of[photo.item]
                failures.append(RowFailure(store.location, None, product_id, "photo", reason))
            else:
                fresh.append(photo)
            if len(fresh) >= BATCH_PRODUCTS or n_done == len(product_of):
                write_batch(store, identity, fresh, [])
                n_embedded += len(fresh)
                fresh = []
                on_progress(n_done, len(product_of))
    with store.transaction() as writer:
        if identity != store.encoder():
            before_switch(writer)
        writer.switch_encoder(identity)
    return n_embedded, failures


def _misfit(photo: PhotoEmbedding[PhotoTask]) -> str:
    """Why a photo cannot stand for the one that was indexed; empty if it can."""
    if photo.error is not None:
        return str(photo.error)
    if photo.item.known is None or photo.sha256 != photo.item.known.sha256:
        return f"{photo.item.location} is another photo than the one indexed; run vitrine index"
    return ""
