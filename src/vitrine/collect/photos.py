"""Photos into a folder: named by their hash, each file once, its source kept."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.collect.found import FoundPhoto
from vitrine.collect.journal import Journal, Photo
from vitrine.images import photo_sha256
from vitrine.images.sniffing import sniff

if TYPE_CHECKING:
    from vitrine.fetch import Fetcher, Gate

_SUFFIXES = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "AVIF": ".avif",
    "GIF": ".gif",
    "HEIF": ".heic",
}
FOLDER = "photos"


class PhotoFolder:
    """Fetches photos into a folder, and counts what that took."""

    def __init__(
        self, out: Path, journal: Journal, fetcher: Fetcher, *, run: int, max_bytes: int
    ) -> None:
        self._out = out
        self._journal = journal
        self._fetcher = fetcher
        self.run = run
        self._max_bytes = max_bytes
        self.n_new = 0
        self.n_known = 0
        self.n_copies = 0
        self.n_bytes = 0

    def keep(self, found: FoundPhoto, page: str, *, gate: Gate, ask: bool) -> None:
        """Have a photo in the folder.

        Args:
            found: its address and licence.
            page: the product's page that shows it.
            gate: asked before each request.
            ask: ask the server whether a photo that is there has changed; one that the server
                gave no version of is taken to be the same under the same address.

        Raises:
            FetchError: it cannot be had.
            ImageError: it is no photo.
        """
        known = self._known(found.url)
        has_version = known is not None and bool(known.etag or known.last_modified)
        if known is not None and (known.run == self.run or not (ask and has_version)):
            self._again(known, found, page)
            return
        fetched = self._fetcher.fetch(
            found.url,
            etag=known.etag if known else "",
            last_modified=known.last_modified if known else "",
            max_bytes=self._max_bytes,
            gate=gate,
        )
        if fetched.data is None and known is not None:
            self._again(known, found, page)
            return
        data = fetched.data or b""
        self.n_bytes += len(data)
        sha256, file = self._put(data)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        versions = (fetched.etag, fetched.last_modified)
        self._journal.put_photo(Photo(found, page, self.run, sha256, file, *versions, now))

    def _known(self, url: str) -> Photo | None:
        known = self._journal.photo(url)
        return known if known is not None and (self._out / known.file).is_file() else None

    def _again(self, known: Photo, found: FoundPhoto, page: str) -> None:
        self.n_known += known.run != self.run
        versions = (known.etag, known.last_modified, known.collected_at)
        self._journal.put_photo(Photo(found, page, self.run, known.sha256, known.file, *versions))

    def _put(self, data: bytes) -> tuple[str, str]:
        """Write a photo under its hash, whole or not at all; gives the hash and the path."""
        suffix = _SUFFIXES[sniff(data)]
        sha256 = photo_sha256(data)
        file = f"{FOLDER}/{sha256[:32]}{suffix}"
        path = self._out / file
        if path.is_file():
            self.n_copies += 1
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(data)
            os.replace(unfinished, path)
            self.n_new += 1
        return sha256, file
