"""What the house asks of a store: rows in, rows out, never its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from vitrine.store.event_protocol import EventStore
from vitrine.store.nouns import (
    ImageRecord,
    JobEnd,
    JobRecord,
    KeyRecord,
    LearnedRecord,
    PhotoRef,
    PriceRecord,
    ReviewRecord,
    StoreRows,
    TermRows,
    VectorRecord,
    Written,
)
from vitrine.types import EncoderIdentity, Product, RowFailure


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
        `added_at` counts where a product is inserted, now if it says none; later ones change
        nothing.
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

    def put_learned(self, record: LearnedRecord) -> None:
        """Keep what was learned, in place of the earlier one of that name."""
        ...

    def drop_learned(self, name: str) -> bool:
        """Forget what was learned; whether there was any."""
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

    def price_history(self, product_ids: Sequence[str] | None = None) -> Sequence[PriceRecord]:
        """What these products cost over time, by `product_id`, the oldest first.

        None: every product whose prices changed at least once.
        """
        ...

    def learned(self, name: str) -> LearnedRecord | None:
        """What was learned under a name."""
        ...

    def learned_at(self, name: str) -> str:
        """When it was learned, empty where it was not; cheap."""
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

    def events(self) -> EventStore:
        """What visitors did, kept with these rows; it lives as long as this store."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
