"""The nouns that rooms hand to each other. No behaviour beyond what a record needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""(n, dim) float32, rows of length 1 unless said otherwise."""

Pixels: TypeAlias = NDArray[np.uint8]
"""(height, width, 3) uint8 sRGB, or a batch (n, height, width, 3)."""

Rows: TypeAlias = NDArray[np.int64]
"""(n,) positions in a matrix or table, ascending unless said otherwise."""

Scores: TypeAlias = NDArray[np.float32]
"""(n,) higher is better."""

Curve: TypeAlias = tuple[tuple[float, float], ...]
"""Points (x, y) by rising x, straight lines between them, level beyond the ends."""

Where: TypeAlias = Mapping[str, Any]
"""A filter: {"gender": "women", "price": {"lte": 50}, "article_type": ["Dresses", "Tops"]}."""

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Price:
    """An amount and its ISO 4217 currency; a product without a price has None instead."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class Product:
    """One row of a catalogue, in vitrine's vocabulary.

    Empty string means "the source says nothing". Choice fields hold translated values
    (`gender` is women, men, girls, boys or unisex); `original` keeps what the source wrote
    wherever the translation changed it, `extra` keeps columns that the vocabulary has no word for.

    `photos` are absolute paths or http(s) URLs, the main photo first; empty is allowed.
    """

    product_id: str
    title: str = ""
    description: str = ""
    link: str = ""
    brand: str = ""
    price: Price | None = None
    sale_price: Price | None = None
    availability: str = ""
    gender: str = ""
    age_group: str = ""
    master_category: str = ""
    sub_category: str = ""
    article_type: str = ""
    product_type: str = ""
    colour: str = ""
    pattern: str = ""
    material: str = ""
    size: str = ""
    season: str = ""
    usage: str = ""
    year: int | None = None
    gtin: str = ""
    seller: str = ""
    item_group_id: str = ""
    photos: tuple[str, ...] = ()
    original: Mapping[str, str] = field(default_factory=dict[str, str])
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    added_at: str = field(default="", compare=False)
    """When it came into the shop, ISO 8601 in UTC; empty where nobody knows."""


@dataclass(frozen=True, slots=True)
class RowFailure:
    """A row or photo that was left out: where it stands, and why."""

    source: str
    line: int | None
    """1-based line of the source file; None where the source has no lines."""
    product_id: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A predicted label; `unsure` when `confidence` (0..1) is below the head's threshold."""

    value: str
    confidence: float
    unsure: bool
    level: float | None = field(default=None, repr=False, compare=False)
    """Where the photo lies on an order of the head's values, 0..1: how formal its usage is. None
    where the model was not taught an order, and for tags that a shop has stored."""


Tags: TypeAlias = Mapping[str, Tag]
"""head name -> tag, for one photo."""


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What a shop remembers of the encoder that made its vectors."""

    name: str
    sha256: str
    """Of the model files, or of the algorithm's own version for a weight-free encoder."""
    dim: int
    preprocessing: str
    """Side, resize rule and normalisation in one line; part of the identity."""
    similarity: Curve = field(default=(), compare=False)
    """Cosine of two photos -> probability that they show the same article type in the same colour;
    empty where nobody measured it. Not of words with a photo, which lie further apart."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A product found: `score` is 0..1, higher is better; `why` explains it."""

    product_id: str
    score: float
    product: Json
    why: Json
