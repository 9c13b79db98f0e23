"""Outfits as front ends get them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from vitrine.shop.results import product_to_json
from vitrine.types import Json, Price, Product

Show: TypeAlias = Callable[[Product], Json]
"""How a product is said."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Why a piece goes with another one."""

    product_id: str | None
    """The other one; None for what is on the photo."""
    slot: str
    says: str
    score: float
    """Of the two alone, 0..1."""

    def to_json(self) -> Json:
        """One flat object."""
        said = {"with": self.product_id, "slot": self.slot, "says": self.says}
        return said | {"score": round(self.score, 4)}


@dataclass(frozen=True, slots=True)
class OutfitPiece:
    """One product of an outfit."""

    slot: str
    product: Product
    kept: bool
    """Whether it was asked for."""
    why: tuple[Pairing, ...]
    """One for each other piece."""
    alternatives: tuple[Product, ...] = ()
    """What could stand in its place, the best first."""

    def to_json(self, show: Show = product_to_json) -> Json:
        """With its product and reasons."""
        return {
            "slot": self.slot,
            "product_id": self.product.product_id,
            "kept": self.kept,
            "why": [pairing.to_json() for pairing in self.why],
            "product": show(self.product),
            "alternatives": [show(product) for product in self.alternatives],
        }


@dataclass(frozen=True, slots=True)
class Outfit:
    """Pieces that go together, no two in one slot."""

    score: float
    """0..1, higher is better: the logistic function of the mean pair's logit."""
    pieces: tuple[OutfitPiece, ...]

    @property
    def total(self) -> Price | None:
        """What it costs; None where a price is missing or currencies differ."""
        prices = [piece.product.sale_price or piece.product.price for piece in self.pieces]
        known = [price for price in prices if price is not None]
        if len(known) < len(prices) or len({price.currency for price in known}) != 1:
            return None
        return Price(sum((price.amount for price in known), Decimal(0)), known[0].currency)

    def to_json(self, show: Show = product_to_json) -> Json:
        """The shape that the command line and the HTTP API print."""
        total = self.total
        return {
            "score": round(self.score, 4),
            "total": total and {"amount": str(total.amount), "currency": total.currency},
            "pieces": [piece.to_json(show) for piece in self.pieces],
        }


@dataclass(frozen=True, slots=True)
class OutfitResult:
    """Outfits, the best first."""

    outfits: tuple[Outfit, ...]
    photo: Json | None = None
    """What was seen on the photo: slot, kind, colour, and how sure the kind is, 0..1."""
    notes: tuple[str, ...] = ()
    """What the asker should know: a slot that this shop cannot fill, say."""
    took_ms: float = 0.0

    def to_json(self, show: Show = product_to_json) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {
            "took_ms": round(self.took_ms, 2),
            "outfits": [outfit.to_json(show) for outfit in self.outfits],
            **({"photo": self.photo} if self.photo else {}),
            **({"notes": list(self.notes)} if self.notes else {}),
        }

    def product_ids(self) -> Sequence[str]:
        """Every product that is shown, alternatives left out."""
        shown = (piece.product.product_id for outfit in self.outfits for piece in outfit.pieces)
        return list(dict.fromkeys(shown))
