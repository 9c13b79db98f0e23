"""What is found on pages, before it is a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from vitrine.types import Json


@dataclass(frozen=True, slots=True)
class FoundPhoto:
    """A photo's address and what its page says of its licence; empty where it says nothing."""

    url: str
    license: str = ""
    """Address of the licence, or its name."""
    acquire_license_page: str = ""
    credit: str = ""
    copyright: str = ""


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product in the words of its page."""

    fields: Mapping[str, str]
    """Field of the vocabulary (or `mpn`) -> what the page says; no empty ones."""
    photos: tuple[FoundPhoto, ...] = ()

    def to_json(self) -> Json:
        """Plain values, for the journal."""
        return {"fields": dict(self.fields), "photos": [asdict(photo) for photo in self.photos]}

    @classmethod
    def from_json(cls, value: Json) -> FoundProduct:
        """Read what `to_json` gave."""
        return cls(value["fields"], tuple(FoundPhoto(**photo) for photo in value["photos"]))


@dataclass(frozen=True, slots=True)
class Found:
    """What one page, sitemap or answer of an API leads to."""

    products: tuple[FoundProduct, ...] = ()
    likely: tuple[str, ...] = ()
    """Pages that are probably products, the likeliest first."""
    possible: tuple[str, ...] = ()
    """Other pages of the same site, for when nothing else is left."""
    further: tuple[str, ...] = ()
    """Pages that go on with this list: the next page, the sitemaps of an index."""
    problems: tuple[str, ...] = field(default=())
    """What on the page could not be understood."""

    def to_json(self) -> Json:
        """Plain values, for the journal."""
        return {
            "products": [product.to_json() for product in self.products],
            "likely": [*self.likely],
            "possible": [*self.possible],
            "further": [*self.further],
            "problems": [*self.problems],
        }

    @classmethod
    def from_json(cls, value: Json) -> Found:
        """Read what `to_json` gave."""
        return cls(
            tuple(FoundProduct.from_json(product) for product in value["products"]),
            tuple(value["likely"]),
            tuple(value["possible"]),
            tuple(value["further"]),
            tuple(value["problems"]),
        )
