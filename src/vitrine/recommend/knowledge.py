"""Everything that a recommender may look at: products, events, and what was counted of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vitrine.events import Visitor
from vitrine.recommend.behaviour import Behaviour
from vitrine.recommend.exposure import Exposure, exposure_of
from vitrine.recommend.factors import Learned, Space
from vitrine.recommend.names import Names
from vitrine.recommend.pairs import by_people, pairs_of
from vitrine.recommend.popularity import Popularity, popularity_of, segments_of
from vitrine.recommend.repurchase import repurchase_rates
from vitrine.recommend.season import Seasons, seasons_of
from vitrine.recommend.shelf import Shelf
from vitrine.recommend.together import Neighbours, bought_together, liked_together
from vitrine.types import Rows

Figures = NDArray[np.float64]

GONE = -1
_OTHER_GENDER = 0.3  # of its popularity is left to a product for others than the visitor's gender


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted over all visitors, by product number; made anew now and then."""

    at: float
    last: int
    """The newest event that is in it."""
    popularity: Popularity
    seasons: Seasons
    liked_together: Neighbours
    bought_together: Neighbours
    repurchase: Figures
    """(n_products,) share of buyers who bought again on another day, smoothed."""
    exposure: Exposure


def count(
    behaviour: Behaviour, shelf: Shelf, at: float, facts: Mapping[str, Visitor] | None = None
) -> Counted:
    """Count everything; about a second for a million events.

    Args:
        behaviour: all events.
        shelf: whose seasons are looked at.
        at: now.
        facts: what is known of visitors.
    """
    events = by_people(behaviour.all())
    n_products = len(behaviour.product_names)
    pairs = pairs_of(events, at)
    known = facts or {}
    return Counted(
        at,
        behaviour.last,
        popularity_of(pairs, n_products, behaviour.visitor_names, known),
        seasons_of(events, shelf, behaviour.product_names, at),
        liked_together(pairs, n_products),
        bought_together(events, n_products),
        repurchase_rates(pairs, n_products),
        exposure_of(events, n_products),
    )


@dataclass(frozen=True)
class Placed:
    """What was counted, by rows of a shelf; made when either changed."""

    shelf: Shelf
    counted: Counted
    product_names: Names
    learned: Mapping[str, Learned] = field(default_factory=dict[str, Learned])

    @cached_property
    def rows(self) -> Rows:
        """(n_products,) the shelf row of each counted product number; -1 where it is gone."""
        n_products = len(self.counted.repurchase)
        row_of = self.shelf.row_of
        ids = (self.product_names[code] for code in range(n_products))
        return np.array([row_of.get(each, GONE) for each in ids], dtype=np.int64)

    @cached_property
    def codes(self) -> Rows:
        """(n_rows,) the product number of each shelf row; -1 where nobody met it."""
        codes = np.full(len(self.shelf), GONE, dtype=np.int64)
        living = np.flatnonzero(self.rows >= 0)
        codes[self.rows[living]] = living
        return codes

    def on_shelf(self, figures: Figures, missing: float = 0.0) -> Figures:
        """Figures by product number as figures by shelf row, (n_rows,)."""
        out = np.full(len(self.shelf), missing)
        living = self.rows >= 0
        out[self.rows[living]] = figures[living]
        return out

    @cached_property
    def season(self) -> Figures:
        """How much more a product is wanted at this time of the year, by shelf row."""
        return self.counted.seasons.lift(self.shelf)

    @cached_property
    def trending(self) -> Figures:
        """How much faster each product gains visitors than it did, by shelf row."""
        return self.on_shelf(self.counted.popularity.growth, 1.0)

    @cached_property
    def repurchase(self) -> Figures:
        """Chance that a product is bought again, by shelf row."""
        return self.on_shelf(self.counted.repurchase)

    @cached_property
    def exposure(self) -> Exposure:
        """Impressions and clicks that were counted, by shelf row."""
        exposure = self.counted.exposure
        return Exposure(self.on_shelf(exposure.shown), self.on_shelf(exposure.clicked))

    @cached_property
    def spaces(self) -> Mapping[str, Space]:
        """Name -> the learned space by shelf row."""
        return {name: learned.on(self.shelf) for name, learned in self.learned.items()}

    @cached_property
    def popular(self) -> dict[object, Figures]:
        """Popularity by shelf row, of the kinds of visitors that asked so far."""
        return {}


@dataclass(frozen=True)
class Knowledge:
    """One moment of a shop: what was counted, and every event up to now."""

    placed: Placed
    behaviour: Behaviour

    @property
    def shelf(self) -> Shelf:
        """The products."""
        return self.placed.shelf

    def after(self, behaviour: Behaviour) -> Knowledge:
        """The same counts beside newer events."""
        return Knowledge(self.placed, behaviour)

    def rows_of(self, codes: Rows | NDArray[np.int32]) -> Rows:
        """Shelf rows of product numbers, (n,); -1 where a product is gone."""
        names, row_of = self.behaviour.product_names, self.shelf.row_of
        return np.array([row_of.get(names[code], GONE) for code in codes.tolist()], np.int64)

    def popular(self, facts: Visitor | None) -> Figures:
        """Popularity by shelf row, with visitors of this kind and at this time of the year."""
        segments = (*segments_of(facts),)
        kept = self.placed.popular
        if segments not in kept:
            figures = self.placed.on_shelf(self.placed.counted.popularity.among(facts))
            kept[segments] = figures * self.popular_kinds(facts)
        return kept[segments]

    def popular_kinds(self, facts: Visitor | None) -> Figures:
        """What season and gender alone say of products, by shelf row; 1 where they say nothing."""
        return self.placed.season * self._own_gender(facts)

    @cached_property
    def exposure(self) -> Exposure:
        """Impressions and clicks by shelf row, the newest events included."""
        tail, counted = self.behaviour.tail, self.placed.exposure
        if not len(tail):
            return counted
        codes, events = np.unique(tail.products, return_inverse=True)
        newer = exposure_of(replace(tail, products=events.astype(np.int32)), len(codes))
        rows = self.rows_of(codes)
        living = rows >= 0
        shown, clicked = counted.shown.copy(), counted.clicked.copy()
        shown[rows[living]] += newer.shown[living]
        clicked[rows[living]] += newer.clicked[living]
        return Exposure(shown, clicked)

    def _own_gender(self, facts: Visitor | None) -> Figures:
        """What a visitor's gender alone says of products that few of that gender met."""
        column = self.shelf.words["gender"]
        if facts is None or not facts.gender:
            return np.ones(len(self.shelf))
        other = column.known() & ~column.has([facts.gender, "unisex"])
        return np.where(other, _OTHER_GENDER, 1.0)


def know(
    shelf: Shelf,
    behaviour: Behaviour,
    at: float,
    facts: Mapping[str, Visitor] | None = None,
    learned: Mapping[str, Learned] | None = None,
) -> Knowledge:
    """Look at a shop at one moment; only events before it are looked at."""
    earlier = behaviour.before(at)
    counted = count(earlier, shelf, at, facts)
    return Knowledge(Placed(shelf, counted, earlier.product_names, learned or {}), earlier)
