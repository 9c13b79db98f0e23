"""When products came into the shop.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add one column; of the products that are there nobody knows when they came."""
    op.add_column("products", sa.Column("added_at", sa.String))
