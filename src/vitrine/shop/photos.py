"""Photos from where the catalogue says they are: a path, or a URL through `fetch`."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from vitrine.errors import FetchError, ImageError, VitrineError
from vitrine.fetch import Fetcher, FetchLimits
from vitrine.images import image_limits
from vitrine.settings import Settings
from vitrine.store import PhotoRef

_DATED = "Last-Modified: "


class NotFetchedError(FetchError):
    """A photo stays at its URL because fetching is off."""


class UnchangedError(VitrineError):
    """The server says that a photo is the one that the shop knows."""


class PhotoSource:
    """Reads photos from any thread, and remembers what servers said of them."""

    def __init__(self, fetcher: Fetcher | None, *, max_bytes: int) -> None:
        self._fetcher = fetcher
        self._max_bytes = max_bytes
        self._etags: dict[str, str] = {}

    def read(self, location: str, known: PhotoRef | None = None) -> bytes:
        """Bytes of a photo.

        Args:
            location: path or http(s) URL.
            known: what the shop knows of it already.

        Raises:
            NotFetchedError: it is a URL and fetching is off.
            UnchangedError: the server's copy is the known one.
            FetchError: it cannot be had.
            ImageError: the file is missing, unreadable or too large.
        """
        if is_url(location):
            return self._fetch(location, known)
        return _read_file(Path(location), self._max_bytes)

    def etag(self, location: str) -> str:
        """What the server called the version that was read: its ETag, else `Last-Modified: DATE`.

        Empty for files, and where the server says neither.
        """
        return self._etags.get(location, "")

    def _fetch(self, url: str, known: PhotoRef | None) -> bytes:
        if self._fetcher is None:
            raise NotFetchedError(f"{url} was not fetched, because fetching is off")
        seen = known.etag if known is not None and known.sha256 else ""
        if seen.startswith(_DATED):
            fetched = self._fetcher.fetch(url, last_modified=seen.removeprefix(_DATED))
        else:
            fetched = self._fetcher.fetch(url, etag=seen)
        if fetched.data is None:
            raise UnchangedError(url)
        dated = _DATED + fetched.last_modified if fetched.last_modified else ""
        self._etags[url] = fetched.etag or dated
        return fetched.data


@contextmanager
def open_photo_source(settings: Settings, *, fetch: bool) -> Generator[PhotoSource]:
    """Files, and URLs too if `fetch` and the settings allow it."""
    max_bytes = image_limits(settings).max_bytes
    if not fetch or settings.offline:
        yield PhotoSource(None, max_bytes=max_bytes)
        return
    limits = FetchLimits(
        max_bytes=max_bytes,
        timeout_s=settings.fetch_timeout_s,
        allow_private=settings.fetch_allow_private,
    )
    with Fetcher(limits) as fetcher:
        yield PhotoSource(fetcher, max_bytes=max_bytes)


def is_url(location: str) -> bool:
    """Whether a photo lies on the network."""
    return location.lower().startswith(("http://", "https://"))


def _read_file(path: Path, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise ImageError(
                "too_many_bytes", f"{path} has {size:,} bytes; at most {max_bytes:,} are read"
            )
        return path.read_bytes()
    except OSError as error:
        raise ImageError("unreadable", f"{path} cannot be read: {error.strerror}") from error
