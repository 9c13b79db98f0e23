"""What products cost, and since when.

Revision ID: 0005
Revises: 0004
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COLUMNS = ("price_amount", "price_currency", "sale_price_amount", "sale_price_currency")


def upgrade() -> None:
    """Add one table; the prices that are there have been so since now at the latest."""
    op.create_table(
        "price_history",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column(
            "product_row",
            sa.Integer,
            sa.ForeignKey("products.product_row", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("at", sa.String, nullable=False),
        *(sa.Column(name, sa.String) for name in _COLUMNS),
    )
    op.create_index("price_history_product", "price_history", ["product_row", "number"])
    names = ", ".join(_COLUMNS)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    op.execute(
        f"INSERT INTO price_history (product_row, at, {names}) "
        f"SELECT product_row, '{now}', {names} FROM products "
        "WHERE price_amount IS NOT NULL OR sale_price_amount IS NOT NULL"
    )
