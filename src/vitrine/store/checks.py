"""Integrity of a shop file: SQLite's own checks, every hash that we keep, vectors and tags."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
from sqlalchemy import Connection, select, text

from vitrine.store import reading
from vitrine.store.records import fingerprint, product_values, spelled_words, word_values
from vitrine.store.schema import encoders, products, trigrams, vectors
from vitrine.vectors import from_float16_bytes

_SHOWN = 20
_LENGTH_TOLERANCE = 5e-3  # float16 rounding of a unit vector stays well below


def problems(connection: Connection) -> list[str]:
    """One line for each thing that is wrong; an empty list is a sound shop."""
    found = [
        f"SQLite: {line}"
        for line in connection.scalars(text(f"PRAGMA integrity_check({_SHOWN})"))
        if line != "ok"
    ]
    found += [
        f"table {table}: row {row} points to a missing row of {parent}"
        for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check"))
    ]
    return [*found, *_products(connection), *_words(connection), *_vectors(connection)]


def _products(connection: Connection) -> list[str]:
    marks = connection.execute(select(products.c.product_id, products.c.fingerprint))
    kept = {product_id: mark for product_id, mark in marks}
    return [
        f"product {product.product_id!r}: its row does not match its own hash"
        for product, refs in reading.iterate(connection)
        if kept[product.product_id] != fingerprint(product_values(product), refs)
    ]


def _words(connection: Connection) -> list[str]:
    said_by = text(
        "SELECT product_id, words.title, words.brand, attributes, words.description"
        " FROM words LEFT JOIN products ON product_row = words.rowid"
    )
    kept = {product_id: tuple(said) for product_id, *said in connection.execute(said_by)}
    found = ["the full-text index holds a product that is not there"] * (None in kept)
    spelled = spelled_words(value for said in kept.values() for value in said if value)
    for product, _ in reading.iterate(connection):
        said = kept.get(product.product_id)
        if said is None:
            found.append(f"product {product.product_id!r}: not in the full-text index")
        elif _bags(said) != _bags(word_values(product).values()):
            found.append(f"product {product.product_id!r}: the full-text index has other words")
    known = set(connection.scalars(select(trigrams.c.word)))
    if known != spelled:
        n_wrong = len(known ^ spelled)
        found.append(f"words known for typos but said by no product, or the reverse: {n_wrong}")
    return found


def _bags(columns: Iterable[str]) -> list[list[str]]:
    """The words of each column; a shop's own columns are written in any order."""
    return [sorted(words.split()) for words in columns]


def _vectors(connection: Connection) -> list[str]:
    found: list[str] = []
    kept = select(vectors.c.sha256, vectors.c.vector, vectors.c.tags, encoders.c.dim).join(encoders)
    for sha256, blob, tags, dim in connection.execute(kept.execution_options(yield_per=1000)):
        if not _are_tags(tags):
            found.append(f"photo {sha256[:12]}: its tags cannot be read")
        if len(blob) != 2 * dim:
            found.append(f"photo {sha256[:12]}: its vector has {len(blob)} bytes, not {2 * dim}")
            continue
        length = float(np.linalg.norm(from_float16_bytes([blob], dim).astype(np.float32)))
        if not abs(length - 1) < _LENGTH_TOLERANCE:  # NaN is not near anything
            found.append(f"photo {sha256[:12]}: its vector has length {length:.3f}, not 1")
    return found


def _are_tags(text: str) -> bool:
    """Whether this is what `tags_to_json` writes: head -> [value, confidence, unsure]."""
    try:
        return all(
            isinstance(value, str) and 0 <= confidence <= 1 and isinstance(unsure, bool)
            for value, confidence, unsure in json.loads(text).values()
        )
    except (AttributeError, TypeError, ValueError):
        return False
