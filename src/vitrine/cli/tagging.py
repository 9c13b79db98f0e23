"""Photos of files, folders and catalogues, through an encoder that tags."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.cli.embed import find_photos
from vitrine.errors import FetchError, UsageError

if TYPE_CHECKING:
    from vitrine.catalog import Catalogue
    from vitrine.encoders import Encoder
    from vitrine.settings import Settings
    from vitrine.types import Product, Tags


@dataclass(frozen=True, slots=True)
class Subject:
    """One photo to tag."""

    photo: str
    """Path as given, or URL."""
    product: Product | None = None
    """Whose photo it is, in a catalogue."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """What became of it."""

    subject: Subject
    tags: Tags | None
    error: str
    """Why there are no tags."""


def subjects_of_files(given: Sequence[Path]) -> list[Subject]:
    """Photos of files and folders, in natural order.

    Raises:
        NotFoundError: a file or folder does not exist.
        DataError: there is no photo in any of the folders.
    """
    return [Subject(str(path)) for path in find_photos(given)]


def subjects_of_catalogue(catalogue: Catalogue, *, main_only: bool) -> list[Subject]:
    """Every photo of a catalogue once, or the first photo of every product."""
    if main_only:
        return [Subject(product.photos[0], product) for product in catalogue if product.photos]
    found: dict[str, Subject] = {}
    for product in catalogue:
        for photo in product.photos:
            found.setdefault(photo, Subject(photo, product))
    return list(found.values())


def catalogue_in(
    given: Sequence[Path], format: str | None, images: Path | None, columns: Mapping[str, str]
) -> Catalogue | None:
    """Read the one table, feed or folder of products; None where there are only photos.

    Raises:
        UsageError: options that only a catalogue understands come with photos.
        DataError: a file that is neither.
    """
    from vitrine.catalog import read_catalogue
    from vitrine.images import PHOTO_SUFFIXES

    mapped = bool(format or images or columns)
    if len(given) == 1 and (mapped or given[0].suffix.lower() not in PHOTO_SUFFIXES):
        return read_catalogue(given[0], format=format, images=images, columns=columns)
    if mapped:
        raise UsageError("--format, --images and --map go with one catalogue, not with photos")
    return None


def tag_photos(
    encoder: Encoder, subjects: Sequence[Subject], settings: Settings
) -> Generator[Tagged]:
    """Tag photos, one result for each, in their order.

    Raises:
        UsageError: the encoder has no tags.
    """
    from vitrine.encoders import ENCODERS, as_tagger, embed_photos
    from vitrine.images import image_limits

    if as_tagger(encoder) is None:
        able = ", ".join(row.name for row in ENCODERS.values() if "tags" in row.abilities)
        raise UsageError(f"the encoder {encoder.identity.name!r} has no tags; these have: {able}")
    limits = image_limits(settings)
    with _reader(settings, limits.max_bytes, limits.check_bytes) as read:
        seen = embed_photos(encoder, subjects, read, threads=settings.threads, limits=limits)
        for photo in seen:
            yield Tagged(photo.item, photo.tags, str(photo.error or ""))


@contextmanager
def _reader(
    settings: Settings, max_bytes: int, check_bytes: Callable[[int], None]
) -> Generator[Callable[[Subject], bytes]]:
    from vitrine.fetch import Fetcher, FetchLimits

    limits = FetchLimits(
        max_bytes=max_bytes,
        timeout_s=settings.fetch_timeout_s,
        allow_private=settings.fetch_allow_private,
    )
    with Fetcher(limits) as fetcher:

        def read(subject: Subject) -> bytes:
            if not subject.photo.lower().startswith(("http://", "https://")):
                path = Path(subject.photo)
                check_bytes(path.stat().st_size)
                return path.read_bytes()
            if settings.offline:
                raise FetchError(f"{subject.photo} was not fetched, because vitrine is offline")
            return fetcher.fetch(subject.photo).data or b""

        yield read
