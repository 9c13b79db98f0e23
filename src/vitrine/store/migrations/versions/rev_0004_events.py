"""What visitors did, and what is known of them.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add four tables; nothing that was there is touched."""
    op.create_table(
        "events",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("visitor_id", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("aspect", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("attributes", sa.Text, nullable=False),
    )
    op.create_index("events_event_id", "events", ["event_id"], unique=True)
    op.create_index("events_visitor", "events", ["visitor_id", "at"])
    op.create_index("events_at", "events", ["at"])
    op.create_table(
        "event_products",
        sa.Column(
            "number",
            sa.Integer,
            sa.ForeignKey("events.number", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer),
        sa.Column("price", sa.Float),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "visitors",
        sa.Column("visitor_id", sa.Text, primary_key=True),
        sa.Column("age", sa.Integer),
        sa.Column("gender", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
    )
    op.create_table(
        "event_marks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO event_marks VALUES ('last', 0), ('purges', 0), ('schema', 1)")
