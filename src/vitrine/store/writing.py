"""One write transaction over the tables of `schema`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from vitrine.store import jobs, prices, words
from vitrine.store.nouns import (
    ImageRecord,
    JobEnd,
    JobRecord,
    KeyRecord,
    LearnedRecord,
    PhotoRef,
    ReviewRecord,
    VectorRecord,
    Written,
)
from vitrine.store.records import fingerprint, product_values, tags_to_json, word_values
from vitrine.store.reviewing import put_reviews
from vitrine.store.schema import (
    api_keys,
    deleted,
    encoders,
    images,
    learned,
    meta,
    photos,
    products,
    vectors,
)
from vitrine.types import EncoderIdentity, Product
from vitrine.vectors import to_float16_bytes


class CoreWriter:
    """A `Writer` on an open connection; whoever opened the transaction commits it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counter: int | None = None

    def put_images(self, records: Iterable[ImageRecord]) -> None:
        """See `Writer.put_images`."""
        rows = [
            {"sha256": r.sha256, "width": r.width, "height": r.height, "thumbnail": r.thumbnail}
            for r in records
        ]
        if rows:
            self._connection.execute(insert_or(images).on_conflict_do_nothing(), rows)

    def put_vectors(self, encoder: EncoderIdentity, records: Iterable[VectorRecord]) -> None:
        """See `Writer.put_vectors`."""
        encoder_row = self._encoder_row(encoder)
        rows = [
            {
                "encoder_row": encoder_row,
                "sha256": r.sha256,
                "vector": to_float16_bytes(r.vector),
                "tags": tags_to_json(r.tags),
            }
            for r in records
        ]
        if rows:
            newly_seen = self._newly_seen(encoder_row, rows)
            self._connection.execute(insert_or(vectors).on_conflict_do_nothing(), rows)
            self._touch(newly_seen)

    def put_products(self, entries: Sequence[tuple[Product, Sequence[PhotoRef]]]) -> Written:
        """See `Writer.put_products`."""
        known = self._known([product.product_id for product, _ in entries])
        changed: dict[str, tuple[dict[str, Any], Product, Sequence[PhotoRef]]] = {}
        for product, refs in entries:
            values = product_values(product)
            mark = fingerprint(values, refs)
            if known.get(product.product_id, (0, ""))[1] != mark:
                values |= {"fingerprint": mark, "added_at": product.added_at}
                changed[product.product_id] = (values, product, refs)
        if not changed:
            return Written(0, 0)
        self._write_products([values for values, _, _ in changed.values()], known)
        rows = self._known(list(changed))
        self._write_photos({rows[p][0]: refs for p, (_, _, refs) in changed.items()})
        said = {rows[p][0]: word_values(product) for p, (_, product, _) in changed.items()}
        words.replace(self._connection, said)
        prices.note(self._connection, [rows[p][0] for p in changed])
        n_known = len(changed.keys() & known.keys())
        return Written(len(changed) - n_known, n_known)

    def delete_products(self, product_ids: Iterable[str]) -> int:
        """See `Writer.delete_products`."""
        rows = [row for row, _ in self._known(list(product_ids)).values()]
        if not rows:
            return 0
        now = self._tick()
        self._connection.execute(
            insert(deleted), [{"product_row": row, "changed_at": now} for row in rows]
        )
        words.replace(self._connection, dict.fromkeys(rows))
        self._each("DELETE FROM products WHERE product_row = :row", rows)
        return len(rows)

    def switch_encoder(self, encoder: EncoderIdentity) -> None:
        """See `Writer.switch_encoder`."""
        chosen = self._encoder_row(encoder)
        self._connection.execute(delete(encoders).where(encoders.c.encoder_row != chosen))
        self._connection.execute(update(encoders).values(active=True))
        self._tick()

    def put_key(self, key: KeyRecord) -> None:
        """See `Writer.put_key`."""
        values = asdict(key)
        self._connection.execute(
            insert_or(api_keys).values(values).on_conflict_do_update(set_=values)
        )

    def put_learned(self, record: LearnedRecord) -> None:
        """See `Writer.put_learned`."""
        values = asdict(record) | {"about": json.dumps(record.about)}
        self._connection.execute(
            insert_or(learned).values(values).on_conflict_do_update(set_=values)
        )

    def drop_learned(self, name: str) -> bool:
        """See `Writer.drop_learned`."""
        return self._connection.execute(delete(learned).where(learned.c.name == name)).rowcount > 0

    def put_job(self, job: JobRecord) -> None:
        """See `Writer.put_job`."""
        jobs.put(self._connection, job)

    def take_job(self, holder: str, *, now: float, until: float) -> JobRecord | None:
        """See `Writer.take_job`."""
        return jobs.take(self._connection, holder, now, until)

    def keep_job(
        self, job_id: str, holder: str, *, until: float, done: int, total: int, note: str = ""
    ) -> JobRecord | None:
        """See `Writer.keep_job`."""
        said = {"leased_until": until, "done": done, "total": total, "note": note}
        return jobs.keep(self._connection, job_id, holder, said)

    def end_job(self, job_id: str, holder: str, end: JobEnd) -> bool:
        """See `Writer.end_job`."""
        return jobs.end(self._connection, job_id, holder, end)

    def cancel_job(self, job_id: str, at: str) -> JobRecord | None:
        """See `Writer.cancel_job`."""
        return jobs.cancel(self._connection, job_id, at)

    def forget_jobs(self, n_kept: int) -> None:
        """See `Writer.forget_jobs`."""
        jobs.forget(self._connection, n_kept)

    def put_reviews(self, reviews: Iterable[ReviewRecord]) -> int:
        """See `Writer.put_reviews`."""
        return put_reviews(self._connection, reviews)

    def sweep(self) -> int:
        """See `Writer.sweep`."""
        shown = exists().where(photos.c.sha256 == images.c.sha256)
        return self._connection.execute(delete(images).where(~shown)).rowcount

    def _write_products(
        self, values: list[dict[str, Any]], known: dict[str, tuple[int, str]]
    ) -> None:
        tick, now = self._tick(), datetime.now(UTC).isoformat(timespec="seconds")
        fresh = [
            v | {"changed_at": tick, "added_at": v["added_at"] or now}
            for v in values
            if v["product_id"] not in known
        ]
        if fresh:
            self._connection.execute(insert(products), fresh)
        stale = [
            {f"new_{name}": value for name, value in v.items() if name != "added_at"}
            | {"new_changed_at": tick}
            for v in values
            if v["product_id"] in known
        ]
        if stale:
            names = [name.removeprefix("new_") for name in stale[0]]
            self._connection.execute(
                update(products)
                .where(products.c.product_id == bindparam("new_product_id"))
                .values({name: bindparam(f"new_{name}") for name in names if name != "product_id"}),
                stale,
            )

    def _newly_seen(self, encoder_row: int, rows: Sequence[Mapping[str, object]]) -> list[int]:
        """Rows of products that show the photos of these vectors and had none of them.

        Empty for an encoder that is not the shop's own.
        """
        same = (vectors.c.encoder_row == encoder_row, vectors.c.sha256 == photos.c.sha256)
        query = (
            select(photos.c.product_row)
            .distinct()
            .where(photos.c.sha256.in_([row["sha256"] for row in rows]), ~exists().where(*same))
            .where(exists().where(encoders.c.encoder_row == encoder_row, encoders.c.active))
        )
        return [*self._connection.scalars(query)]

    def _touch(self, product_rows: list[int]) -> None:
        """Mark products as changed, so that readers load them again."""
        if product_rows:
            touched = update(products).where(products.c.product_row.in_(product_rows))
            self._connection.execute(touched.values(changed_at=self._tick()))

    def _write_photos(self, refs_of: dict[int, Sequence[PhotoRef]]) -> None:
        self._each("DELETE FROM photos WHERE product_row = :row", refs_of)
        rows = [
            {
                "product_row": row,
                "position": position,
                "location": ref.location,
                "sha256": ref.sha256 or None,
                "etag": ref.etag,
            }
            for row, refs in refs_of.items()
            for position, ref in enumerate(refs)
        ]
        if rows:
            self._connection.execute(insert(photos), rows)

    def _each(self, statement: str, rows: Iterable[int]) -> None:
        self._connection.execute(text(statement), [{"row": row} for row in rows])

    def _known(self, product_ids: list[str]) -> dict[str, tuple[int, str]]:
        """product_id -> (product_row, fingerprint) of those that exist."""
        found: dict[str, tuple[int, str]] = {}
        for start in range(0, len(product_ids), 1000):
            query = select(
                products.c.product_id, products.c.product_row, products.c.fingerprint
            ).where(products.c.product_id.in_(product_ids[start : start + 1000]))
            found |= {i: (row, mark) for i, row, mark in self._connection.execute(query)}
        return found

    def _encoder_row(self, encoder: EncoderIdentity) -> int:
        row = encoder_row(self._connection, encoder)
        if row is not None:
            return row
        added = self._connection.execute(
            insert(encoders).values(
                name=encoder.name,
                sha256=encoder.sha256,
                dim=encoder.dim,
                preprocessing=encoder.preprocessing,
                similarity=json.dumps(encoder.similarity),
                active=False,
            )
        )
        return int(added.inserted_primary_key[0])  # pyright: ignore[reportOptionalSubscript]

    def _tick(self) -> int:
        """Advance the change counter, once a transaction."""
        if self._counter is None:
            self._counter = read_counter(self._connection) + 1
            self._connection.execute(
                update(meta).where(meta.c.name == "counter").values(value=str(self._counter))
            )
        return self._counter


def read_counter(connection: Connection) -> int:
    """The change counter as this transaction sees it."""
    return int(connection.scalar(select(meta.c.value).where(meta.c.name == "counter")) or 0)


def encoder_row(connection: Connection, encoder: EncoderIdentity) -> int | None:
    """Row of an encoder that the shop has vectors of; None if it has none."""
    return connection.scalar(
        select(encoders.c.encoder_row).where(
            encoders.c.name == encoder.name,
            encoders.c.sha256 == encoder.sha256,
            encoders.c.dim == encoder.dim,
            encoders.c.preprocessing == encoder.preprocessing,
        )
    )
