"""The tables of events, the same in a shop's own file and on PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
    select,
)

metadata = MetaData()
"""Their own, so that they can be made without the tables of products."""

_Number = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is SQLite's own row number

events = Table(
    "events",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("visitor_id", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("value", Float),
    Column("aspect", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("attributes", Text, nullable=False),
    Index("events_event_id", "event_id", unique=True),
    Index("events_visitor", "visitor_id", "at"),
    Index("events_at", "at"),
)

event_products = Table(
    "event_products",
    metadata,
    Column(
        "number",
        _Number,
        ForeignKey("events.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("product_id", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("position", Integer),
    Column("price", Float),
    sqlite_with_rowid=False,
)
"""What an event is about, in the order in which the sender named it."""

visitors = Table(
    "visitors",
    metadata,
    Column("visitor_id", Text, primary_key=True),
    Column("age", Integer),
    Column("gender", Text, nullable=False),
    Column("region", Text, nullable=False),
)

event_marks = Table(
    "event_marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""`last`: number of the newest event, whose row every writer locks, so that numbers become visible
in their order; `purges`: how often events were removed; `schema`: of these tables."""

MARKS = {"last": 0, "purges": 0, "schema": 1}
"""What stands in `event_marks` of an empty store."""


def make(connection: Connection) -> None:
    """Make what is missing of the tables, and of their marks."""
    metadata.create_all(connection)
    there = set(connection.scalars(select(event_marks.c.name)))
    missing = [{"name": name, "value": value} for name, value in MARKS.items() if name not in there]
    if missing:
        connection.execute(insert(event_marks), missing)
