"""What a collection did, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from vitrine.types import Json

_MOST_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out."""

    url: str
    reason: str
    disallowed: bool = False
    """robots.txt asks for it: no failure of ours."""


@dataclass(slots=True)
class CollectReport:
    """Counts of one run; the totals are those of the folder."""

    source: str
    out: str
    resumed: bool = False
    products: int = 0
    """Products in the catalogue now."""
    photos: int = 0
    """Photo files that the catalogue names now."""
    without_photo: int = 0
    visited: int = 0
    """Products that this run saw, new or not."""
    pages: Counter[str] = field(default_factory=Counter[str])
    """new, changed, unchanged, resumed, gone; those without a product: empty."""
    photos_new: int = 0
    photos_known: int = 0
    """Photos of this run's products that were there already."""
    photo_copies: int = 0
    """Downloads that were the same file as another's."""
    requests: int = 0
    downloaded_bytes: int = 0
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list[Problem])
    notes: list[str] = field(default_factory=list[str])

    @property
    def failed(self) -> int:
        """Pages and photos that could not be had, robots.txt apart."""
        return sum(not problem.disallowed for problem in self.problems)

    @property
    def disallowed(self) -> int:
        """Pages and photos that robots.txt asks us to leave."""
        return sum(problem.disallowed for problem in self.problems)

    def to_json(self) -> Json:
        """Plain values; at most 1,000 problems, `failed` and `disallowed` count all."""
        return {
            "source": self.source,
            "out": self.out,
            "resumed": self.resumed,
            "products": self.products,
            "photos": self.photos,
            "without_photo": self.without_photo,
            "visited": self.visited,
            "pages": {
                name: self.pages[name]
                for name in ("new", "changed", "unchanged", "resumed", "gone", "empty")
            },
            "photos_new": self.photos_new,
            "photos_known": self.photos_known,
            "photo_copies": self.photo_copies,
            "requests": self.requests,
            "downloaded_bytes": self.downloaded_bytes,
            "disallowed": self.disallowed,
            "failed": self.failed,
            "problems": [
                {"url": one.url, "reason": one.reason, "disallowed": one.disallowed}
                for one in self.problems[:_MOST_PROBLEMS]
            ],
            "notes": self.notes,
            "seconds": round(self.seconds, 3),
        }
