"""What the house asks of a store: rows in, rows out, never its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vitrine.types import EncoderIdentity, Json, Product, RowFailure, Rows, Tags, Vectors


@dataclass(frozen=True, slots=True)
class PhotoRef:
    """Where a product's photo lies, and its content once it was read."""

    location: str
    sha256: str = ""
    """Empty: not read, because it could not be or must not be fetched."""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One photo's content, shared by every product that shows it."""

    sha256: str
    width: int
    height: int
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class VectorRecord:
    """One photo's vector and tags under one encoder."""

    sha256: str
    vector: Vectors
    """(dim,) float32, unit; kept as float16."""
    tags: Tags


@dataclass(frozen=True, slots=True)
class StoreRows:
    """What a reader needs to answer searches: everything, or what changed since it last asked.

    `product_rows`, `product_ids`, `fields` and `tags` run in parallel; so do `photo_products`,
    `photo_positions` and `vectors`. A product that changed stands in both `gone` and
    `product_rows`; one that was deleted only in `gone`.
    """

    counter: int
    encoder: EncoderIdentity
    gone: Rows
    product_rows: Rows
    product_ids: Sequence[str]
    fields: Mapping[str, Sequence[str | float | int | None]]
    extra: Sequence[str]
    """One JSON object a product: the shop's own columns."""
    tags: Sequence[str | None]
    """One JSON object a product: head -> [value, confidence, unsure], of its first photo; None
    without a photo."""
    photo_products: Rows
    photo_positions: Rows
    vectors: Vectors
    """(n_photos, dim)"""


@dataclass(frozen=True, slots=True)
class TermRows:
    """The products that say a term."""

    product_rows: Rows
    """As `StoreRows.product_rows` numbers them."""
    bm25: NDArray[np.float64]
    """(n,) higher is better; a word in the title counts more than one in the description."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many products a write inserted, and how many it replaced by something else."""

    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key to the HTTP API, without its secret."""

    key_id: str
    kind: str
    name: str
    """What it is for, in its owner's words."""
    sha256: str
    """Of the whole key, which nobody keeps."""
    created_at: str
    """ISO 8601, UTC."""
    revoked_at: str = ""
    """Empty: it opens."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A piece of work that outlives the request, and the server, that began it."""

    job_id: str
    kind: str
    request: Json
    """What whoever does it has to know."""
    created_at: str
    """ISO 8601, UTC; so are the others."""
    state: str = "queued"
    """queued, running, done, failed or cancelled; the last three are final."""
    done: int = 0
    total: int = 0
    note: str = ""
    """What it waits for, or why it failed."""
    cancelling: bool = False
    """Somebody asked a running job to stop."""
    leased_until: float = 0.0
    """Seconds since 1970: until then nobody but `leased_by` may do it."""
    leased_by: str = ""
    started_at: str = ""
    finished_at: str = ""
    result: Json = field(default_factory=dict[str, object])
    n_failures: int = 0
    number: int = 0
    """Given by the store; grows with every job."""


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job came to its end, or back into the queue."""

    state: str
    at: str
    note: str = ""
    result: Json = field(default_factory=dict[str, object])
    failures: Sequence[RowFailure] = ()


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """What a person decided about a value of a product."""

    product_id: str
    field: str
    value: str
    """What was judged; where the product says something else by now, nobody has judged that."""
    decided: str
    """kept, corrected, ..."""
    decided_at: str
    """ISO 8601, UTC."""


class Writer(Protocol):
    """One transaction: everything done through it appears together or not at all."""

    def put_images(self, records: Iterable[ImageRecord]) -> None:
        """Keep photo contents; one that is there already stays as it is."""
        ...

    def put_vectors(self, encoder: EncoderIdentity, records: Iterable[VectorRecord]) -> None:
        """Keep vectors beside those of other encoders; the images must be there."""
        ...

    def put_products(self, entries: Sequence[tuple[Product, Sequence[PhotoRef]]]) -> Written:
        """Insert or replace products with their photos and words; equal ones are left alone.

        An image that a photo names must be there. Of several entries with one id the last counts.
        """
        ...

    def delete_products(self, product_ids: Iterable[str]) -> int:
        """Remove products, their photos and words; how many there were."""
        ...

    def switch_encoder(self, encoder: EncoderIdentity) -> None:
        """Make `encoder` the shop's own and drop the vectors of all others."""
        ...

    def put_key(self, key: KeyRecord) -> None:
        """Keep a key, or replace the one of the same `key_id`."""
        ...

    def put_job(self, job: JobRecord) -> None:
        """Queue a job; its id must be new."""
        ...

    def take_job(self, holder: str, *, now: float, until: float) -> JobRecord | None:
        """Lease the oldest job that waits or whose lease ran out.

        None where there is none, or where another one is being done.
        """
        ...

    def keep_job(
        self, job_id: str, holder: str, *, until: float, done: int, total: int, note: str = ""
    ) -> JobRecord | None:
        """Renew a lease and say how far the job is; None where it is somebody else's by now."""
        ...

    def end_job(self, job_id: str, holder: str, end: JobEnd) -> bool:
        """Let go of a job; False, and nothing is changed, where it is somebody else's by now.

        The state `queued` puts it back, to be taken again. Earlier failures are replaced.
        """
        ...

    def cancel_job(self, job_id: str, at: str) -> JobRecord | None:
        """Take a job out of the queue, or ask whoever does it to stop; one that ended stays.

        None where there is no such job.
        """
        ...

    def forget_jobs(self, n_kept: int) -> None:
        """Drop jobs that ended, but for the newest."""
        ...

    def put_reviews(self, reviews: Iterable[ReviewRecord]) -> int:
        """Keep decisions, the latest of each product and field; how many products are there.

        They go with their product, and stay when it is put again.
        """
        ...

    def sweep(self) -> int:
        """Drop images that no product shows any more; how many there were.

        Only for the one importer: it may be about to show an image that is there.
        """
        ...


class Store(Protocol):
    """A shop's rows. Readers never wait for a writer; there is one writer at a time."""

    @property
    def location(self) -> str:
        """Path or URL, as the user wrote it."""
        ...

    def encoder(self) -> EncoderIdentity:
        """The encoder whose vectors are searched."""
        ...

    def counter(self) -> int:
        """Grows with every transaction that changes what a search may answer; cheap."""
        ...

    def rows(self, since: int = 0) -> StoreRows:
        """Rows of the active encoder that changed after `since`, from one consistent view."""
        ...

    def products(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """The named products that exist."""
        ...

    def product_ids(self) -> set[str]:
        """Every product's id."""
        ...

    def n_said(self, fields: Sequence[str]) -> dict[str, int]:
        """Field of plain words -> how many products say something there."""
        ...

    def iterate(self) -> Iterator[tuple[Product, Sequence[PhotoRef]]]:
        """Every product in order of `product_id`, with its photos."""
        ...

    def photos(self, product_ids: Sequence[str]) -> dict[str, Sequence[PhotoRef]]:
        """Photos of the named products, in the catalogue's order."""
        ...

    def known_images(self, encoder: EncoderIdentity) -> set[str]:
        """sha256 of every photo that has a vector of this encoder."""
        ...

    def knows_image(self, encoder: EncoderIdentity, sha256: str) -> bool:
        """Whether one photo has a vector of this encoder."""
        ...

    def thumbnail(self, sha256: str) -> bytes | None:
        """A small re-encoded copy of a photo."""
        ...

    def match_word(self, term: str, *, prefix: bool = False) -> TermRows:
        """Products that say a term of `folding`, or one that begins with it."""
        ...

    def words_like(self, word: str, k: int) -> Sequence[str]:
        """Give the k words of the shop that share most trigrams with `word`, for their lengths.

        Only terms that can be misspelt, of products that are there; ties in alphabetical order.
        """
        ...

    def keys(self) -> Sequence[KeyRecord]:
        """Every key that was ever made, the oldest first."""
        ...

    def job(self, job_id: str) -> JobRecord | None:
        """One job."""
        ...

    def jobs(self, k: int, *, before: int | None = None) -> Sequence[JobRecord]:
        """Give k jobs, the newest first, with numbers below `before`."""
        ...

    def job_failures(self, job_id: str, k: int, *, offset: int = 0) -> Sequence[RowFailure]:
        """Rows that a job left out, in their order."""
        ...

    def reviews(
        self, product_ids: Sequence[str] | None = None, fields: Sequence[str] | None = None
    ) -> Sequence[ReviewRecord]:
        """Decisions about these products and fields, or all; by product and field."""
        ...

    def importing(self, *, wait_s: float = 0.0) -> AbstractContextManager[None]:
        """Be the one importer until the block ends; small writes and readers go on beside it.

        Raises:
            LockedError: another process is importing and did not finish within `wait_s`.
        """
        ...

    def transaction(self) -> AbstractContextManager[Writer]:
        """Open one transaction; an exception rolls all of it back."""
        ...

    def backup(self, path: Path) -> None:
        """Copy the shop as it is at this moment, writers or not."""
        ...

    def problems(self) -> list[str]:
        """Check every checksum and reference; one line for each thing that is wrong."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
