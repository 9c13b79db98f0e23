"""What a shop hands to its front ends, ready to be printed as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from vitrine.types import Hit, Json, Price, Product

_WHERE_ASKED = ("facets", "total", "nothing_close", "understood")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first."""

    hits: tuple[Hit, ...]
    took_ms: float = 0.0
    facets: Json | None = None
    """field -> how many products say what, where facets were asked for."""
    total: int | None = None
    """Products that match, of which the hits are one page; counted together with facets."""
    nothing_close: bool | None = None
    """With `min_score`: whether there are products, but none that is close enough."""
    understood: Json | None = None
    """With `but`: what was read as a change, and which words are left."""
    notes: tuple[str, ...] = ()
    """What the asker should know, one line each: a filter's value that no product says, say."""

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def __getitem__(self, rank: int) -> Hit:
        return self.hits[rank]

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        more = {name: getattr(self, name) for name in _WHERE_ASKED}
        return {
            "took_ms": round(self.took_ms, 2),
            "hits": [asdict(hit) for hit in self.hits],
            **{name: value for name, value in more.items() if value is not None},
            **({"notes": list(self.notes)} if self.notes else {}),
        }


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did."""

    products: int
    """Of the catalogue, and now in the shop; fewer than it holds where the import was stopped."""
    photos: int
    """Of those products, readable and embedded."""
    without_photo: int
    """Products that no photo stands for; they are found by words and filters."""
    not_fetched: int
    """Photos left at their URL because fetching was off."""
    failed: int
    """Rows, cells and photos left out; `errors` lists them."""
    added: int
    changed: int
    unchanged: int
    deleted: int
    embedded: int
    """Photos that went through the encoder; the others were known."""
    seconds: float
    photos_per_second: float
    encoder: str
    shop: str
    errors: str
    """Path of the list of errors; empty when nothing failed."""
    dry_run: bool = False

    def to_json(self) -> Json:
        """One flat object."""
        return asdict(self)


def product_to_json(product: Product) -> Json:
    """What a product says, leaving out what it does not."""
    said = {field.name: getattr(product, field.name) for field in fields(product)}
    return {name: _plain(value) for name, value in said.items() if value not in ("", None, (), {})}


def _plain(value: Any) -> Any:
    if isinstance(value, Price):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownVariableType]
    return list(value) if isinstance(value, tuple) else value
