"""The first schema: products, photos, images, vectors with tags, words, encoders, changes, keys.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT_FIELDS = (
    *("title", "description", "link", "brand", "availability", "gender", "age_group"),
    *("master_category", "sub_category", "article_type", "product_type", "colour", "pattern"),
    *("material", "size", "season", "usage", "gtin", "seller", "item_group_id"),
)


def upgrade() -> None:
    """Make every table of the first release."""
    op.create_table(
        "meta",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    op.create_table(
        "encoders",
        sa.Column("encoder_row", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("dim", sa.Integer, nullable=False),
        sa.Column("preprocessing", sa.String, nullable=False),
        sa.Column("similarity", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "products",
        sa.Column("product_row", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("product_id", sa.String, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXT_FIELDS),
        sa.Column("price_amount", sa.String),
        sa.Column("price_currency", sa.String),
        sa.Column("sale_price_amount", sa.String),
        sa.Column("sale_price_currency", sa.String),
        sa.Column("year", sa.Integer),
        sa.Column("original", sa.Text, nullable=False),
        sa.Column("extra", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("changed_at", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("products_changed_at", "products", ["changed_at"])
    op.create_table(
        "deleted",
        sa.Column("product_row", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("changed_at", sa.Integer, nullable=False),
    )
    op.create_index("deleted_changed_at", "deleted", ["changed_at"])
    op.create_table(
        "images",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("thumbnail", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "photos",
        sa.Column("photo_row", sa.Integer, primary_key=True),
        sa.Column(
            "product_row",
            sa.Integer,
            sa.ForeignKey("products.product_row", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("location", sa.Text, nullable=False),
        sa.Column("sha256", sa.String, sa.ForeignKey("images.sha256")),
        sa.Column("etag", sa.String, nullable=False),
    )
    op.create_index("photos_product", "photos", ["product_row", "position"], unique=True)
    op.create_index("photos_sha256", "photos", ["sha256"])
    op.create_table(
        "vectors",
        sa.Column(
            "encoder_row",
            sa.Integer,
            sa.ForeignKey("encoders.encoder_row", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "sha256",
            sa.String,
            sa.ForeignKey("images.sha256", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
    )
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("revoked_at", sa.String, nullable=False),
    )
    op.create_table(
        "trigrams",
        sa.Column("trigram", sa.Text, primary_key=True),
        sa.Column("word", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.execute(
        "CREATE VIRTUAL TABLE words USING fts5("
        "title, brand, attributes, description, tokenize = 'ascii')"
    )
