"""What is rising and what is fading in a shop: styles, colours, patterns, article types."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError, UsageError, unknown
from vitrine.index import ChoiceColumn, Snapshot
from vitrine.shop.feedback import ShopEvents
from vitrine.shop.periods import Periods, collections, dated
from vitrine.shop.styling import Styling
from vitrine.store import EventRows, Store
from vitrine.styles import Looks, looks_of
from vitrine.styles.trends import (
    FADING,
    RISING,
    Shares,
    Sightings,
    Trend,
    risen,
    shares_of,
    trends_of,
    wilson,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Json, Rows

BY = ("style", "colour", "pattern", "article_type")
SOURCES = ("products", "arrivals", "events")
WEIGHTS = {
    "detail-page-view": 1.0,
    "like": 3.0,
    "outfit-save": 3.0,
    "add-to-cart": 3.0,
    "purchase-complete": 5.0,
}
"""What an event counts. Of a visitor and product only the heaviest of a period does."""

_LEAST_PERIODS = 3  # that can show a trend at all
_LEAST_IN_PERIOD = 20  # independent sightings, below which a period is left out
_DATE_COLUMNS = ("first_seen", "created_at", "published_at", "availability_date", "date_added")


@dataclass(frozen=True, slots=True)
class ValueTrend:
    """One style or word over time; the three series have one figure a period."""

    value: str
    """A style's id, or the word itself."""
    name: str
    trend: Trend
    early: float
    """Its share of the first half of the periods."""
    late: float
    """Its share of the last half."""
    shares: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API give."""
        trend = self.trend
        return {
            "value": self.value,
            "name": self.name,
            "verdict": trend.verdict,
            "score": round(trend.score, 4),
            "slope": _number(trend.slope),
            "low": _number(trend.low),
            "high": _number(trend.high),
            "false_share": round(trend.false_share, 4),
            "early": round(self.early, 5),
            "late": round(self.late, 5),
            "shares": [round(each, 5) for each in self.shares],
            "share_low": [round(each, 5) for each in self.low],
            "share_high": [round(each, 5) for each in self.high],
        }


@dataclass(frozen=True, slots=True)
class ShopTrends:
    """How shares move."""

    by: str
    source: str
    """What was counted: `arrivals` where `products` say neither years nor dates."""
    periods: Periods
    """Those that hold enough, in the order of time."""
    n_effective: tuple[float, ...]
    """Independent sightings in each."""
    n_left_out: int
    """Periods with fewer than 20."""
    values: tuple[ValueTrend, ...]
    """Rising, the strongest first; then those of which not enough is known; then fading, the
    strongest last."""

    @property
    def rising(self) -> tuple[ValueTrend, ...]:
        """What becomes more frequent, the strongest first."""
        return tuple(each for each in self.values if each.trend.verdict == RISING)

    @property
    def fading(self) -> tuple[ValueTrend, ...]:
        """What becomes less frequent, the strongest first."""
        return tuple(each for each in reversed(self.values) if each.trend.verdict == FADING)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the asker should know, one line each."""
        n = len(self.periods.labels)
        if self.source != "arrivals" or n >= _LEAST_PERIODS:
            return ()
        return (
            f"arrivals fill {n} of the {_LEAST_PERIODS} periods that a trend takes: a shop that "
            "was indexed in one go has one; name a column with dates (--dates COLUMN), or ask "
            "again when more has come",
        )

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API give."""
        return {
            "by": self.by,
            "from": self.source,
            "per": self.periods.per,
            "unit": self.periods.unit,
            "periods": [
                {"period": label, "n": round(n, 1)}
                for label, n in zip(self.periods.labels, self.n_effective, strict=True)
            ],
            "left_out": self.n_left_out,
            "rising": [each.value for each in self.rising],
            "fading": [each.value for each in self.fading],
            "unclear": len(self.values) - len(self.rising) - len(self.fading),
            "values": [each.to_json() for each in self.values],
            **({"notes": list(self.notes)} if self.notes else {}),
        }


class Trending:
    """Trends of one shop; safe to share between threads."""

    def __init__(
        self, store: Store, view: Callable[[], Snapshot], styling: Styling, events: ShopEvents
    ) -> None:
        self._store = store
        self._view = view
        self._styling = styling
        self._events = events
        self._found: dict[tuple[str, str, str], tuple[object, ShopTrends]] = {}
        self._finding = threading.Lock()

    def find(
        self, by: str = "style", *, source: str = "products", dates: str | None = None
    ) -> ShopTrends:
        """Tell how the shares of styles or words move, among products with a photo.

        Args:
            by: style, colour, pattern or article_type.
            source: `products`, by year and season, by date, or else when they came into the shop;
                `arrivals`, when they came into the shop; or `events`, weighted by type.
            dates: the shop's own column with the date of each product (ISO 8601). None: the year,
                else a column of a usual name (first_seen, created_at, published_at ...).

        Raises:
            UsageError: no such field, source or column.
            NotFoundError: no styles were found yet.
            DataError: nothing says when products came, or no visitor did anything.
        """
        if by not in BY:
            raise UsageError(unknown("field of trends", by, BY))
        if source not in SOURCES:
            raise UsageError(unknown("source of trends", source, SOURCES))
        if dates is not None and source != "products":
            raise UsageError(f"{source} have dates of their own; a column is for products only")
        view = self._view()
        state = (view.counter, self._store.learned_at("styles"), self._events_state(source))
        key = (by, source, dates or "")
        with self._finding:
            if key not in self._found or self._found[key][0] != state:
                looks = looks_of(view)
                column, names = self._column(by, looks)
                if source == "events":
                    counted, (periods, seen) = source, _deeds(self._events.rows(), looks, column)
                else:
                    counted, periods = _times(view, looks, source, dates)
                    seen = _once_each(view, looks, column, periods)
                found = _trends(by, counted, periods, seen, column.words, names)
                self._found[key] = (state, found)
            return self._found[key][1]

    def _events_state(self, source: str) -> tuple[int, int]:
        if source != "events":
            return 0, 0
        return self._events.last(), self._events.n_purges()

    def _column(self, by: str, looks: Looks) -> tuple[ChoiceColumn, tuple[str, ...]]:
        """What each product is, and what its values are called."""
        if by == "style":
            styles = self._styling.list()
            place = {style.style_id: number for number, style in enumerate(styles)}
            of = {product_id: place[style] for product_id, style, _ in self._styling.members()}
            codes = np.array([of.get(each, -1) for each in looks.product_ids], dtype=np.int32)
            return (
                ChoiceColumn(codes, tuple(style.style_id for style in styles)),
                tuple(style.name for style in styles),
            )
        if by not in looks.said or not looks.said[by].known().any():
            raise DataError(f"no product of this shop says its {by.replace('_', ' ')}")
        column = looks.said[by]
        return column, column.words


def _times(view: Snapshot, looks: Looks, source: str, dates: str | None) -> tuple[str, Periods]:
    """When each product came, and by what that is told: `products`, their own word, or `arrivals`.

    Their own word is the column that was named, else their year and season, else a column of a
    usual name.
    """
    own = view.columns.extra
    if dates is not None and dates not in own:
        raise UsageError(unknown("column", dates, sorted(own)))
    years = view.columns.numbers["year"][looks.rows]
    if source == "products":
        if dates is None and not np.isnan(years).all():
            season = view.columns.choices["season"]
            taken = ChoiceColumn(season.codes[looks.rows], season.words)
            return source, collections(years, taken)
        dates = dates or next((name for name in _DATE_COLUMNS if name in own), None)
        if dates is not None:
            return source, dated(_seconds(own[dates], looks.rows, dates))
    arrived = view.columns.arrived[looks.rows]
    if np.isnan(arrived).all():
        raise DataError(
            "nobody knows when the products of this shop came: none says its year, and all were "
            "there before that was noted; name a column of the shop with dates (--dates COLUMN), "
            "or look at what visitors do (--from events)"
        )
    return "arrivals", dated(arrived)


def _once_each(view: Snapshot, looks: Looks, column: ChoiceColumn, periods: Periods) -> Sightings:
    """Each product once, when it came; variants of one design are one source."""
    rows = np.flatnonzero((periods.of >= 0) & column.known())
    values = column.codes[rows].astype(np.int64)
    groups = view.columns.choices["item_group_id"].codes[looks.rows].astype(np.int64)
    sources = np.where(groups < 0, groups.max(initial=0) + 1 + np.arange(len(groups)), groups)
    return Sightings(periods.of[rows], values, np.ones(len(rows)), sources[rows])


def _deeds(rows: EventRows, looks: Looks, column: ChoiceColumn) -> tuple[Periods, Sightings]:
    """What visitors did: of each with each product the heaviest event of a period."""
    heavy = np.array([WEIGHTS.get(name, 0.0) for name in rows.type_names])
    place = {product_id: row for row, product_id in enumerate(looks.product_ids)}
    products = np.array([place.get(each, -1) for each in rows.product_ids], dtype=np.int64)
    if not len(rows) or not (heavy > 0).any():
        raise DataError("no visitor looked at, liked or bought anything in this shop yet")
    weights, where = heavy[rows.types], products[rows.products]
    kept = np.flatnonzero((weights > 0) & (where >= 0))
    kept = kept[column.known()[where[kept]]]
    periods = dated(rows.at[kept])
    cells = np.stack([periods.of, rows.visitors[kept], where[kept]])
    met, which = np.unique(cells, axis=1, return_inverse=True)
    heaviest = np.zeros(met.shape[1])
    np.maximum.at(heaviest, which.ravel(), weights[kept])
    values = column.codes[met[2]].astype(np.int64)
    return periods, Sightings(met[0], values, heaviest, met[1])


def _trends(
    by: str,
    source: str,
    periods: Periods,
    seen: Sightings,
    words: tuple[str, ...],
    names: tuple[str, ...],
) -> ShopTrends:
    counted = shares_of(seen, len(periods.labels), len(words))
    kept = np.flatnonzero(counted.n_effective >= _LEAST_IN_PERIOD)
    told = Periods(
        periods.per,
        tuple(periods.labels[each] for each in kept.tolist()),
        periods.times[kept],
        periods.unit,
        periods.seasons[kept],
        periods.of,
    )
    counted = Shares(counted.shares[kept], counted.n_effective[kept])
    trends = trends_of(counted, told.times, told.seasons)
    there = np.flatnonzero(counted.shares.sum(axis=0) > 0).tolist()
    rising, fading = risen(trends, RISING), risen(trends, FADING)
    unsure = sorted(set(there) - {*rising, *fading}, key=lambda place: -trends[place].score)
    return ShopTrends(
        by,
        source,
        told,
        tuple(counted.n_effective.tolist()),
        len(periods.labels) - len(kept),
        tuple(
            _value(words[place], names[place], trends[place], counted, place)
            for place in (*rising, *unsure, *reversed(fading))
        ),
    )


def _value(word: str, name: str, trend: Trend, counted: Shares, place: int) -> ValueTrend:
    shares, n = counted.shares[:, place], counted.n_effective
    low, high = wilson(shares, n / trend.jumpiness)
    half = len(n) // 2
    return ValueTrend(
        word,
        name,
        trend,
        float(np.average(shares[:half], weights=n[:half])) if half else float(shares[0]),
        float(np.average(shares[-half:], weights=n[-half:])) if half else float(shares[0]),
        tuple(shares.tolist()),
        tuple(low.tolist()),
        tuple(high.tolist()),
    )


def _seconds(column: ChoiceColumn, rows: Rows, name: str) -> NDArray[np.float64]:
    """Seconds since 1970 of each product; NaN where it says no date."""
    known = np.array([*(_moment(word) for word in column.words), nan])
    at = known[column.codes[rows]]
    if np.isnan(at).all():
        raise UsageError(f"the column {name!r} holds no dates like 2026-11-21")
    return at


def _moment(word: str) -> float:
    try:
        found = datetime.fromisoformat(word.strip())
    except ValueError:
        return nan
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _number(value: float) -> float | None:
    return None if isnan(value) else round(value, 4)
