"""What a recommender is asked, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from vitrine.events import Visitor
from vitrine.index import Mask

KINDS = ("for-you", "looking-similar", "bought-together", "trending")
"""What can be asked for: what suits a visitor, what looks like a product, what is bought with it,
what gains visitors."""

BECAUSE = (
    *("liked", "viewed", "bought", "bought-with", "variant", "similar-visitors"),
    *("popular", "trending", "new", "repurchase", "explored"),
)
"""Why a product is recommended."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for recommendations, when, and what is known besides the events."""

    at: float
    """Seconds since 1970, UTC: only what happened before is looked at."""
    visitor_id: str = ""
    """Empty: nobody that is known."""
    liked: tuple[str, ...] = ()
    """Product ids, besides those of events; they are never recommended."""
    disliked: tuple[str, ...] = ()
    """Product ids to keep away from, and from what looks like them."""
    viewed: tuple[str, ...] = ()
    """Product ids of a session that is not among the events, the oldest first."""
    among: Mask | None = None
    """(n_rows of the shelf,) products that may be recommended; None for all."""
    facts: Visitor | None = None
    """Age, gender and region, as far as known."""
    explore: bool = True
    """Whether some places go to products that few were shown."""


@dataclass(frozen=True, slots=True)
class Recommended:
    """One product, and why."""

    product_id: str
    score: float
    """0..1, higher is better; comparable within one list."""
    because: str
    """One of `BECAUSE`."""
    product_ids: tuple[str, ...] = ()
    """Of the visitor's products, those that it is recommended for."""


class Recommender(Protocol):
    """Ranks a shelf for a visitor; safe to share between threads."""

    @property
    def name(self) -> str:
        """Of the table `RECOMMENDERS`."""
        ...

    def recommend(self, asked: Asked, k: int) -> list[Recommended]:
        """Give k products, best first, or all that may be given where they are fewer.

        The same question of the same events gives the same list. Nothing that is out of stock,
        liked or disliked in the question, or outside `asked.among` is ever given.
        """
        ...
