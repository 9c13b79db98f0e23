"""What was learned from the shop's own rows, and lives in its file.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add one table; nothing that was there is touched."""
    op.create_table(
        "learned",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("learned_at", sa.String, nullable=False),
    )
