"""The full-text table and the spellings beside it: terms in, product rows out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, delete, func, select, text

from vitrine.store.folding import trigrams
from vitrine.store.nouns import TermRows
from vitrine.store.records import spelled_words
from vitrine.store.schema import trigrams as trigrams_table

_MATCH = (
    "SELECT rowid, -bm25(words, 4.0, 3.0, 2.0, 1.0)"  # title, brand, attributes, description
    " FROM words WHERE words MATCH ?"
)


def match(connection: Connection, term: str, *, prefix: bool = False) -> TermRows:
    """See `Store.match_word`."""
    cursor = connection.connection.cursor()  # the driver's own: a common word has many rows
    found = cursor.execute(_MATCH, (_quoted(term) + "*" * prefix,)).fetchall()
    return TermRows(
        np.fromiter((row for row, _ in found), np.int64, len(found)),
        np.fromiter((rank for _, rank in found), np.float64, len(found)),
    )


def like(connection: Connection, word: str, k: int) -> Sequence[str]:
    """See `Store.words_like`."""
    grams = trigrams(word)
    known = trigrams_table.c.word
    # Dice's coefficient of the two sets; a word has one trigram more than letters
    likeness = 2.0 * func.count() / (func.length(known) + 1 + len(grams))
    return connection.scalars(
        select(known)
        .where(trigrams_table.c.trigram.in_(grams))
        .group_by(known)
        .order_by(likeness.desc(), known)
        .limit(k)
    ).all()


def replace(connection: Connection, values_of: Mapping[int, Mapping[str, str] | None]) -> None:
    """Let each product row say this and no more (column -> terms); None: nothing, it goes."""
    rows = [{"row": row} for row in values_of]
    before = _spelled(connection, values_of)
    connection.execute(text("DELETE FROM words WHERE rowid = :row"), rows)
    said = {row: values for row, values in values_of.items() if values is not None}
    if said:
        connection.execute(
            text(
                "INSERT INTO words (rowid, title, brand, attributes, description)"
                " VALUES (:row, :title, :brand, :attributes, :description)"
            ),
            [{"row": row, **values} for row, values in said.items()],
        )
    after = {word for values in said.values() for word in spelled_words(values.values())}
    _learn(connection, after - before)
    _forget(connection, before - after)


def _spelled(connection: Connection, rows: Iterable[int]) -> set[str]:
    """Words that the rows say now."""
    said = connection.execute(
        text(
            "SELECT title, brand, attributes, description FROM words"
            " WHERE rowid IN (SELECT value FROM json_each(:rows))"
        ),
        {"rows": json.dumps(list(rows))},
    )
    return {word for values in said for word in spelled_words(values)}


def _learn(connection: Connection, words: Iterable[str]) -> None:
    rows = [(gram, word) for word in words for gram in trigrams(word)]
    if rows:
        connection.exec_driver_sql("INSERT OR IGNORE INTO trigrams VALUES (?, ?)", rows)


def _forget(connection: Connection, words: Iterable[str]) -> None:
    """Drop the words that no product says any more."""
    said = "SELECT 1 FROM words WHERE words MATCH ? LIMIT 1"
    for word in words:
        if connection.exec_driver_sql(said, (_quoted(word),)).first() is None:
            grams = trigrams_table.c.trigram.in_(trigrams(word))
            connection.execute(delete(trigrams_table).where(grams, trigrams_table.c.word == word))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""').replace("\0", "") + '"'
