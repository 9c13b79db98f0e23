"""Is what a shop remembers still true of the files and the encoder at hand?"""

from __future__ import annotations

from vitrine.errors import EncoderMismatchError, VitrineError
from vitrine.images import is_whole_thumbnail, photo_sha256
from vitrine.shop.photos import PhotoSource, is_url
from vitrine.store import Store
from vitrine.types import EncoderIdentity


def check_encoder(at_hand: EncoderIdentity, wanted: EncoderIdentity, location: str) -> None:
    """Insist that the encoder at hand made the shop's vectors.

    Raises:
        EncoderMismatchError: it did not.
    """
    if at_hand == wanted:
        return
    if at_hand.name != wanted.name:
        raise EncoderMismatchError(
            f"{location} was built with the encoder {wanted.name!r}, not {at_hand.name!r}; "
            f"move it over: vitrine reindex --shop {location} --encoder {at_hand.name}"
        )
    raise EncoderMismatchError(
        f"{location} was built with another version of the encoder {wanted.name!r} "
        f"({wanted.sha256[:12]}, here is {at_hand.sha256[:12]}); "
        f"move it over: vitrine reindex --shop {location} --encoder {at_hand.name}"
    )


def changed_photos(store: Store, max_bytes: int) -> list[str]:
    """One line for each local photo that is gone, or is not the one that was indexed."""
    source = PhotoSource(None, max_bytes=max_bytes)
    found: list[str] = []
    for product, refs in store.iterate():
        for ref in refs:
            if not ref.sha256 or is_url(ref.location):
                continue
            try:
                same = photo_sha256(source.read(ref.location)) == ref.sha256
                reason = "" if same else f"{ref.location} changed since it was indexed"
            except VitrineError as error:
                reason = str(error)
            if reason:
                found.append(f"product {product.product_id!r}: {reason}")
    return found


def broken_thumbnails(store: Store) -> list[str]:
    """One line for each photo whose small copy is no whole picture."""
    return [
        f"product {product.product_id!r}: the thumbnail of {ref.location} is no whole picture"
        for product, refs in store.iterate()
        for ref in refs
        if ref.sha256 and not is_whole_thumbnail(store.thumbnail(ref.sha256) or b"")
    ]
