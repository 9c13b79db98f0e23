"""Many photos to vectors: read and decoded on all cores while the encoder works on a batch."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice, repeat
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from vitrine.encoders.protocol import as_tagger
from vitrine.errors import DataError, NotFoundError, UsageError, VitrineError
from vitrine.images import ImageLimits, decode, photo_sha256, thumbnail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.encoders.protocol import Encoder
    from vitrine.types import Pixels, Tags

T = TypeVar("T")

_DECODE_SIDE_PX = 320
_OVERSAMPLING = 2


@dataclass(frozen=True, slots=True, eq=False)
class PhotoEmbedding(Generic[T]):
    """What became of one photo; `vector`, `error` and `known` say which of three ways it went."""

    item: T
    sha256: str = ""
    """Of the file; empty where it could not be read."""
    width: int = 0
    """Of the whole photo, upright; 0 where it was not decoded."""
    height: int = 0
    vector: NDArray[np.float32] | None = None
    """(dim,), length 1."""
    tags: Tags | None = None
    """None where the encoder has no tags."""
    thumbnail: bytes | None = None
    """WebP; None where none was asked for."""
    error: VitrineError | None = None
    """Why there is no vector."""
    known: bool = False
    """The caller has this photo already, so that it was not decoded."""


@dataclass(frozen=True, slots=True)
class _Prepared(Generic[T]):
    photo: PhotoEmbedding[T]
    pixels: Pixels | None


def decode_side_px(encoder: Encoder) -> int:
    """Give the `at_least_px` with which photos are decoded for this encoder.

    A file decoded with the same number has the same vector, at import and in a query.
    """
    from PIL import Image

    height, width, _ = encoder.prepare(Image.new("RGB", (1, 1))).shape
    return max(_DECODE_SIDE_PX, _OVERSAMPLING * max(height, width))


def embed_photos(
    encoder: Encoder,
    items: Iterable[T],
    read: Callable[[T], bytes],
    *,
    known: Callable[[str], bool] = lambda sha256: False,
    threads: int = 0,
    batch_size: int = 32,
    limits: ImageLimits | None = None,
    thumbnail_px: int | None = None,
) -> Generator[PhotoEmbedding[T]]:
    """Embed photos, one result for every item, in the order of the items.

    About three batches of prepared photos are in memory, whatever the number of items. Reading,
    hashing, decoding and preparing run on worker threads; `items` is advanced and the encoder
    called on the caller's thread. Closing the iterator early stops the threads.

    Args:
        encoder: where it is a tagger, photos are tagged in the same pass.
        items: anything that `read` understands; taken only a little ahead of the results.
        read: gives the file's bytes, on a worker thread. A `VitrineError` or `OSError` belongs to
            its photo, any other exception ends the iteration.
        known: asked on a worker thread for the file's SHA-256; True skips the photo.
        threads: worker threads; 0 takes all cores.
        batch_size: photos in one call of the encoder.
        limits: what is refused before decoding.
        thumbnail_px: longest side of a thumbnail to make as well; above `decode_side_px` photos
            are decoded larger for it, which moves their vectors a little.

    Raises:
        UsageError: `threads` or `batch_size` is too small.
    """
    if threads < 0 or batch_size < 1:
        raise UsageError(
            f"threads is {threads} and batch_size is {batch_size}; "
            "threads must be 0 (all cores) or more, batch_size 1 or more"
        )
    prepare = _Preparation(
        encoder, read, known, limits or ImageLimits(), decode_side_px(encoder), thumbnail_px
    )
    return _embedded(encoder, _batches(prepare, items, threads or _n_cores(), batch_size))


@dataclass(frozen=True, slots=True)
class _Preparation(Generic[T]):
    """Everything that happens to a photo before it meets the model."""

    encoder: Encoder
    read: Callable[[T], bytes]
    known: Callable[[str], bool]
    limits: ImageLimits
    side_px: int
    thumbnail_px: int | None

    def __call__(self, item: T) -> _Prepared[T]:
        photo = PhotoEmbedding(item)
        try:
            data = self.read(item)
            photo = replace(photo, sha256=photo_sha256(data))
            if self.known(photo.sha256):
                return _Prepared(replace(photo, known=True), None)
            side_px = max(self.side_px, self.thumbnail_px or 0)
            decoded = decode(data, limits=self.limits, at_least_px=side_px)
        except VitrineError as error:
            return _Prepared(replace(photo, error=error), None)
        except OSError as error:
            return _Prepared(replace(photo, error=_unreadable(error)), None)
        small = None
        if self.thumbnail_px is not None:
            small = thumbnail(decoded.image, side_px=self.thumbnail_px)
        photo = replace(photo, width=decoded.width, height=decoded.height, thumbnail=small)
        return _Prepared(photo, self.encoder.prepare(decoded.image))


def _batches(
    prepare: _Preparation[T], items: Iterable[T], n_threads: int, batch_size: int
) -> Generator[list[_Prepared[T]]]:
    """Runs of prepared photos in order; the next batch is prepared while one is used."""
    waiting = iter(items)
    ahead: deque[Future[_Prepared[T]]] = deque()
    pool = ThreadPoolExecutor(n_threads, thread_name_prefix="vitrine-photos")

    def look_ahead() -> None:
        for item in islice(waiting, 2 * batch_size - len(ahead)):
            ahead.append(pool.submit(prepare, item))

    try:
        look_ahead()
        while ahead:
            batch = [ahead.popleft().result() for _ in range(min(batch_size, len(ahead)))]
            look_ahead()
            yield batch
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _embedded(
    encoder: Encoder, batches: Generator[list[_Prepared[T]]]
) -> Generator[PhotoEmbedding[T]]:
    with closing(batches):
        for batch in batches:
            answers = _answers(encoder, [p.pixels for p in batch if p.pixels is not None])
            for prepared in batch:
                if prepared.pixels is None:
                    yield prepared.photo
                else:
                    vector, tags = next(answers)
                    yield replace(prepared.photo, vector=vector, tags=tags)


def _answers(
    encoder: Encoder, pixels: list[Pixels]
) -> Iterator[tuple[NDArray[np.float32], Tags | None]]:
    """Vector and tags of every photo, computed in one call."""
    if not pixels:
        return iter(())
    tagger = as_tagger(encoder)
    if tagger is None:
        return zip(encoder.embed(np.stack(pixels)), repeat(None), strict=False)
    vectors, tags = tagger.embed_and_tag(np.stack(pixels))
    return zip(vectors, tags, strict=True)


def _unreadable(error: OSError) -> DataError:
    if isinstance(error, FileNotFoundError):
        return NotFoundError(f"the photo {error.filename} does not exist")
    return DataError(f"the photo cannot be read: {error.strerror or error}")


def _n_cores() -> int:
    return os.cpu_count() or 1
