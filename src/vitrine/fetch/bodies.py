"""Bodies of unknown size and honesty, read up to a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from vitrine.errors import FetchError
from vitrine.fetch.stopping import RefusedError

_STEP = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def read_body(chunks: Iterable[bytes], encoding: str, max_bytes: int) -> bytes:
    """Join a body, unpacked if `encoding` is gzip; neither side of that may pass `max_bytes`.

    Example:
        >>> read_body([b"ab", b"c"], "", 3)
        b'abc'

    Raises:
        RefusedError: the body is too large, badly packed, or packed in another way.
    """
    chunks = _limited(chunks, max_bytes)
    if encoding in ("gzip", "x-gzip"):
        return b"".join(_limited(_unpacked(chunks), max_bytes))
    if encoding in ("", "identity"):
        return b"".join(chunks)
    raise RefusedError(f"the answer is packed as {encoding[:40]!r}; only gzip is unpacked")


def unpack_gzip(data: bytes, max_bytes: int) -> bytes:
    """Unpack a gzip file that was fetched as it is, up to `max_bytes`.

    Raises:
        FetchError: it is too large, no gzip, or cut short.
    """
    try:
        return b"".join(_limited(_unpacked([data]), max_bytes))
    except RefusedError as error:
        raise FetchError(str(error)) from error


def too_large(max_bytes: int) -> RefusedError:
    """Build the error for a body that passes the limit."""
    return RefusedError(
        f"the answer is larger than the {max_bytes:,} bytes allowed; "
        "give a smaller file, or raise the limit"
    )


def _limited(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > max_bytes:
            raise too_large(max_bytes)
        yield chunk


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack in small steps, so that a bomb is met before it has grown."""
    unzip = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            while chunk:
                if unzip.eof:
                    unzip = zlib.decompressobj(_GZIP)
                yield unzip.decompress(chunk, _STEP)
                chunk = unzip.unused_data if unzip.eof else unzip.unconsumed_tail
        yield unzip.flush()
    except zlib.error as error:
        raise RefusedError(f"the answer is not the gzip that it says: {error}") from error
    if not unzip.eof:
        raise RefusedError("the answer's gzip is cut short; try again later")
