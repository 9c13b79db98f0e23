"""Reads over the tables of `schema`; the caller holds the transaction that makes them agree."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, func, select

from vitrine.store.nouns import KeyRecord, LearnedRecord, PhotoRef, StoreRows
from vitrine.store.records import product_from
from vitrine.store.schema import (
    TEXT_FIELDS,
    api_keys,
    deleted,
    encoders,
    learned,
    vectors,
)
from vitrine.store.schema import (
    photos as photos_table,
)
from vitrine.store.schema import (
    products as products_table,
)
from vitrine.store.writing import encoder_row, read_counter
from vitrine.types import EncoderIdentity, Product
from vitrine.vectors import from_float16_bytes

_FILTER_TEXT = tuple(n for n in TEXT_FIELDS if n not in {"title", "description", "link"})
_CHUNK = 1000


def active_encoder(connection: Connection) -> tuple[int, EncoderIdentity]:
    """Row and identity of the encoder whose vectors are searched."""
    row = connection.execute(select(encoders).where(encoders.c.active)).one()
    curve = tuple((float(x), float(y)) for x, y in json.loads(row.similarity))
    return row.encoder_row, EncoderIdentity(row.name, row.sha256, row.dim, row.preprocessing, curve)


def rows(connection: Connection, since: int) -> StoreRows:
    """See `Store.rows`."""
    encoder, identity = active_encoder(connection)
    listed = connection.execute(_listed(encoder, since)).all()
    shown = connection.execute(_shown(encoder, since)).all()
    dropped = connection.scalars(
        select(deleted.c.product_row).where(deleted.c.changed_at > since)
    ).all()
    columns = list(zip(*listed, strict=True)) or [()] * len(_LISTED)
    named = dict(zip(_LISTED, columns, strict=True))
    product_rows = np.array(named["product_row"], dtype=np.int64)
    return StoreRows(
        counter=read_counter(connection),
        encoder=identity,
        gone=np.concatenate([product_rows, np.array(dropped, dtype=np.int64)]),
        product_rows=product_rows,
        product_ids=named["product_id"],
        fields={name: named[name] for name in _FIELDS},
        extra=named["extra"],
        tags=named["tags"],
        photo_products=np.array([row.product_row for row in shown], dtype=np.int64),
        photo_positions=np.array([row.position for row in shown], dtype=np.int64),
        vectors=from_float16_bytes([row.vector for row in shown], identity.dim),
    )


_FIELDS = (
    *_FILTER_TEXT,
    *("price_amount", "price_currency", "sale_price_amount", "sale_price_currency", "year"),
    "added_at",
)
_LISTED = ("product_row", "product_id", *_FIELDS, "extra", "tags")


def _listed(encoder: int, since: int) -> Select[Any]:
    """Products with the tags of their first photo."""
    products, photos = products_table, photos_table
    is_first = (photos.c.product_row == products.c.product_row) & (photos.c.position == 0)
    is_its = (vectors.c.sha256 == photos.c.sha256) & (vectors.c.encoder_row == encoder)
    return (
        select(*(products.c[name] for name in _LISTED[:-1]), vectors.c.tags)
        .outerjoin(photos, is_first)
        .outerjoin(vectors, is_its)
        .where(products.c.changed_at > since)
        .order_by(products.c.product_row)
    )


def _shown(encoder: int, since: int) -> Select[int, int, bytes]:
    return (
        select(photos_table.c.product_row, photos_table.c.position, vectors.c.vector)
        .join(vectors, vectors.c.sha256 == photos_table.c.sha256)
        .join(products_table, products_table.c.product_row == photos_table.c.product_row)
        .where(vectors.c.encoder_row == encoder, products_table.c.changed_at > since)
        .order_by(photos_table.c.product_row, photos_table.c.position)
    )


def products(connection: Connection, product_ids: Sequence[str]) -> dict[str, Product]:
    """See `Store.products`."""
    found = _in_chunks(connection, select(products_table), product_ids)
    refs = photos(connection, product_ids)
    named = (dict(zip(products_table.c.keys(), row, strict=True)) for row in found)
    return {row["product_id"]: product_from(row, refs.get(row["product_id"], ())) for row in named}


def photos(connection: Connection, product_ids: Sequence[str]) -> dict[str, Sequence[PhotoRef]]:
    """See `Store.photos`."""
    query = (
        select(products_table.c.product_id, photos_table)
        .join(photos_table, photos_table.c.product_row == products_table.c.product_row)
        .order_by(products_table.c.product_id, photos_table.c.position)
    )
    found = _in_chunks(connection, query, product_ids)
    return {
        product_id: tuple(PhotoRef(row.location, row.sha256 or "", row.etag) for row in group)
        for product_id, group in groupby(found, key=lambda row: row.product_id)
    }


def n_said(connection: Connection, fields: Sequence[str]) -> dict[str, int]:
    """See `Store.n_said`."""
    said = [func.count(func.nullif(products_table.c[name], "")) for name in fields]
    counts = connection.execute(select(*said)).one() if said else ()
    return dict(zip(fields, counts, strict=True))


def iterate(connection: Connection) -> Iterator[tuple[Product, Sequence[PhotoRef]]]:
    """See `Store.iterate`."""
    ids = connection.scalars(select(products_table.c.product_id).order_by("product_id")).all()
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        found, refs = products(connection, chunk), photos(connection, chunk)
        yield from ((found[product_id], refs.get(product_id, ())) for product_id in chunk)


def keys(connection: Connection) -> Sequence[KeyRecord]:
    """See `Store.keys`."""
    found = connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.key_id))
    return [KeyRecord(*row) for row in found]


def find_learned(connection: Connection, name: str) -> LearnedRecord | None:
    """See `Store.learned`."""
    row = connection.execute(select(learned).where(learned.c.name == name)).one_or_none()
    if row is None:
        return None
    return LearnedRecord(row.name, row.content, json.loads(row.about), row.learned_at)


def learned_at(connection: Connection, name: str) -> str:
    """See `Store.learned_at`."""
    return connection.scalar(select(learned.c.learned_at).where(learned.c.name == name)) or ""


def known_images(
    connection: Connection, encoder: EncoderIdentity, sha256: str | None = None
) -> set[str]:
    """See `Store.known_images`; with a `sha256` only that one, if it is known."""
    row = encoder_row(connection, encoder)
    query = select(vectors.c.sha256).where(vectors.c.encoder_row == row)
    if sha256 is not None:
        query = query.where(vectors.c.sha256 == sha256)
    return set(connection.scalars(query))


def _in_chunks(connection: Connection, query: Select[Any], ids: Sequence[str]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        found += connection.execute(query.where(products_table.c.product_id.in_(chunk))).all()
    return found
