"""The tables of a shop, as SQLAlchemy Core sees them; `migrations/` holds how they came about.

Photos are content-addressed: two products that show the same file share one row in `images` and
one vector per encoder. `products.changed_at` and `deleted.changed_at` hold the value of the change
counter at the transaction that touched the product, so a reader can ask for what is new.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from vitrine.types import Product

HEAD = "0006"
"""The newest revision in `migrations/versions`; a test keeps the two together."""

TEXT_FIELDS = (
    *("title", "description", "link", "brand", "availability", "gender", "age_group"),
    *("master_category", "sub_category", "article_type", "product_type", "colour", "pattern"),
    *("material", "size", "season", "usage", "gtin", "seller", "item_group_id"),
)
"""Fields of a product that are plain words: one text column each."""

_OTHER = {"product_id", "price", "sale_price", "year", "photos", "original", "extra", "added_at"}
if set(TEXT_FIELDS) | _OTHER != set(Product.__dataclass_fields__):
    raise RuntimeError("the products table and types.Product name different fields")

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

encoders = Table(
    "encoders",
    metadata,
    Column("encoder_row", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("dim", Integer, nullable=False),
    Column("preprocessing", String, nullable=False),
    Column("similarity", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)

products = Table(
    "products",
    metadata,
    Column("product_row", Integer, primary_key=True, autoincrement=True),
    Column("product_id", String, nullable=False, unique=True),
    *(Column(name, Text, nullable=False) for name in TEXT_FIELDS),
    Column("price_amount", String),
    Column("price_currency", String),
    Column("sale_price_amount", String),
    Column("sale_price_currency", String),
    Column("year", Integer),
    Column("original", Text, nullable=False),
    Column("extra", Text, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("changed_at", Integer, nullable=False),
    Column("added_at", String),
    Index("products_changed_at", "changed_at"),
    sqlite_autoincrement=True,
)

deleted = Table(
    "deleted",
    metadata,
    Column("product_row", Integer, primary_key=True, autoincrement=False),
    Column("changed_at", Integer, nullable=False),
    Index("deleted_changed_at", "changed_at"),
)

images = Table(
    "images",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("thumbnail", LargeBinary, nullable=False),
)

photos = Table(
    "photos",
    metadata,
    Column("photo_row", Integer, primary_key=True),
    Column(
        "product_row",
        ForeignKey("products.product_row", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),
    Column("location", Text, nullable=False),
    Column("sha256", ForeignKey("images.sha256")),
    Column("etag", String, nullable=False),
    Index("photos_product", "product_row", "position", unique=True),
    Index("photos_sha256", "sha256"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("encoder_row", ForeignKey("encoders.encoder_row", ondelete="CASCADE"), primary_key=True),
    Column("sha256", ForeignKey("images.sha256", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("tags", Text, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("revoked_at", String, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("cancelling", Boolean, nullable=False),
    Column("leased_until", Float, nullable=False),
    Column("leased_by", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("started_at", String, nullable=False),
    Column("finished_at", String, nullable=False),
    Column("request", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("n_failures", Integer, nullable=False),
    Index("jobs_state", "state", "number"),
    sqlite_autoincrement=True,
)

job_failures = Table(
    "job_failures",
    metadata,
    Column("number", ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("line", Integer),
    Column("product_id", Text, nullable=False),
    Column("column", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    Column(
        "product_row",
        ForeignKey("products.product_row", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("field", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("decided", String, nullable=False),
    Column("decided_at", String, nullable=False),
)

learned = Table(
    "learned",
    metadata,
    Column("name", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("about", Text, nullable=False),
    Column("learned_at", String, nullable=False),
)

price_history = Table(
    "price_history",
    metadata,
    Column("number", Integer, primary_key=True),
    Column(
        "product_row",
        ForeignKey("products.product_row", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("at", String, nullable=False),
    Column("price_amount", String),
    Column("price_currency", String),
    Column("sale_price_amount", String),
    Column("sale_price_currency", String),
    Index("price_history_product", "product_row", "number"),
)
"""A row for each time that a product's prices became others, its first ones included."""

trigrams = Table(
    "trigrams",
    metadata,
    Column("trigram", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    sqlite_with_rowid=False,
)
"""The words that products say and that can be misspelt, by each of their trigrams."""

WORDS = """
CREATE VIRTUAL TABLE words USING fts5(
    title, brand, attributes, description, tokenize = 'ascii'
)
"""
"""Terms of each product, folded by `folding`, spaces between them; its rowid is `product_row`.

The tokenizer does nothing but split: all that is not ASCII is a letter to it.
"""
