"""What a comparison hands to front ends, ready to be printed as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field

from vitrine.types import Json, Price, Product


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing, and how likely it is the product that was asked about."""

    product: Product
    probability: float
    sizes: tuple[str, ...]
    price_since: str = ""
    """When the shop first had this price, ISO 8601, UTC; empty where it has none."""
    converted: Price | None = None
    """What it costs, in the currency of comparison; None where no rate leads there."""
    why: Json = field(default_factory=dict[str, object])

    @property
    def costs(self) -> Price | None:
        """What is to be paid now."""
        return self.product.sale_price or self.product.price

    def to_json(self) -> Json:
        """What is not said is left out."""
        product = self.product
        said: Json = {
            "product_id": product.product_id,
            "probability": round(self.probability, 4),
            "seller": product.seller,
            "title": product.title,
            "brand": product.brand,
            "colour": product.colour,
            "price": _money(product.price),
            "sale_price": _money(product.sale_price),
            "costs": _money(self.costs),
            "converted": _money(self.converted),
            "price_since": self.price_since,
            "sizes": list(self.sizes),
            "availability": product.availability,
            "link": product.link,
            "why": self.why,
        }
        return {name: value for name, value in said.items() if value not in ("", None, [], {})}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One product elsewhere."""

    product: Offer
    """The listing that was asked about."""
    offers: tuple[Offer, ...]
    """The same product at other sellers."""
    variants: tuple[Offer, ...]
    """The same design in other colours at other sellers."""
    cheapest: str | None
    """Of it and its offers, those in stock; None where prices cannot be compared."""
    notes: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {
            "product": self.product.to_json(),
            "offers": [offer.to_json() for offer in self.offers],
            "variants": [offer.to_json() for offer in self.variants],
            "cheapest": self.cheapest,
            **({"notes": list(self.notes)} if self.notes else {}),
        }


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """One product at several sellers."""

    probability: float
    offers: tuple[Offer, ...]
    """By seller."""
    cheapest: str | None

    def to_json(self) -> Json:
        """One object."""
        return {
            "probability": round(self.probability, 4),
            "cheapest": self.cheapest,
            "offers": [offer.to_json() for offer in self.offers],
        }


@dataclass(frozen=True, slots=True)
class OfferGroups:
    """Every product that several sellers have, the surest first."""

    groups: tuple[OfferGroup, ...]
    total: int
    """Of which `groups` are the first."""
    sellers: int
    notes: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """The shape that the command line prints."""
        return {
            "groups": [group.to_json() for group in self.groups],
            "total": self.total,
            "sellers": self.sellers,
            **({"notes": list(self.notes)} if self.notes else {}),
        }


@dataclass(frozen=True, slots=True)
class PriceDrop:
    """A product that costs less than it did."""

    product: Product
    before: Price
    now: Price
    since: str
    """When it got its price, ISO 8601, UTC."""

    @property
    def share(self) -> float:
        """Of the earlier price that fell away, 0..1."""
        return float(1 - self.now.amount / self.before.amount)

    def to_json(self) -> Json:
        """One object."""
        return {
            "product_id": self.product.product_id,
            "title": self.product.title,
            **({"seller": self.product.seller} if self.product.seller else {}),
            "before": _money(self.before),
            "now": _money(self.now),
            "share": round(self.share, 4),
            "since": self.since,
            **({"link": self.product.link} if self.product.link else {}),
        }


@dataclass(frozen=True, slots=True)
class PriceDrops:
    """Products that cost less than at a moment, the largest drops first."""

    since: str
    """The moment, ISO 8601, UTC."""
    drops: tuple[PriceDrop, ...]
    total: int
    """Of which `drops` are the first."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        shown = [drop.to_json() for drop in self.drops]
        return {"since": self.since, "total": self.total, "drops": shown}


def _money(price: Price | None) -> Json | None:
    return None if price is None else {"amount": str(price.amount), "currency": price.currency}
