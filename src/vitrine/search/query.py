"""A query: all that can be asked, checked once, whoever asks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from vitrine.errors import QueryError, unknown
from vitrine.search.where import parse_where
from vitrine.types import Where

if TYPE_CHECKING:
    from PIL import Image

    Photo: TypeAlias = str | Path | bytes | Image.Image
    """A path, an encoded file, or a picture."""

SORTS = ("relevance", "price_asc", "price_desc", "newest")
GROUPINGS = ("none", "item_group_id", "near_duplicate")
_LEAST_SHARE = 0.05

T = TypeVar("T")

Weights: TypeAlias = Mapping[str, float]
"""product_id -> how much it counts."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a photo, in shares of its width and height: (0, 0, 1, 1) is the whole.

    Raises:
        QueryError: a side is outside 0..1, or nothing lies between two sides.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        sides = (self.left, self.top, self.right, self.bottom)
        if not all(_is_number(side) and 0 <= side <= 1 for side in sides):
            raise QueryError(
                f"crop is {_listed(sides)}; give left, top, right and bottom as shares of the "
                "photo between 0 and 1, such as 0.1,0,0.9,0.5"
            )
        if self.left >= self.right or self.top >= self.bottom:
            raise QueryError(
                f"crop is {_listed(sides)}, which holds nothing; left must be less than right, "
                "and top less than bottom"
            )

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels of a photo; at least one pixel each way.

        Example:
            >>> Box(0.25, 0.0, 0.75, 0.5).pixels(60, 80)
            (15, 0, 45, 40)
        """
        left = min(round(self.left * width), width - 1)
        top = min(round(self.top * height), height - 1)
        right = max(round(self.right * width), left + 1)
        return left, top, right, max(round(self.bottom * height), top + 1)

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        return self.left, self.top, self.right, self.bottom

    def within(self, outer: Box) -> Box:
        """Where this part of a part of a photo lies on the photo.

        Example:
            >>> Box(0.0, 0.5, 1.0, 1.0).within(Box(0.5, 0.0, 1.0, 0.5)).sides
            (0.5, 0.25, 1.0, 0.5)
        """
        width, height = outer.right - outer.left, outer.bottom - outer.top
        return Box(
            outer.left + self.left * width,
            outer.top + self.top * height,
            min(outer.right, outer.left + self.right * width),
            min(outer.bottom, outer.top + self.bottom * height),
        )

    @property
    def share(self) -> float:
        """How much it leaves of the side that it cuts most, but at least a twentieth.

        A photo that is decoded larger by this has enough pixels in the part.

        Example:
            >>> Box(0.25, 0.0, 0.75, 1.0).share
            0.5
        """
        return max(_LEAST_SHARE, min(self.right - self.left, self.bottom - self.top))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of a shop; `query_of` makes one of looser values.

    Raises:
        QueryError: a value is not what it should be, or two of them contradict each other.
    """

    images: tuple[Photo, ...] = ()
    """Photos to search by."""
    dislike_images: tuple[Photo, ...] = ()
    """Photos to keep away from."""
    like: Weights = field(default_factory=dict[str, float])
    """Products to search by; they are never among the hits."""
    dislike: Weights = field(default_factory=dict[str, float])
    """Products to keep away from; they are never among the hits either."""
    crop: Box | None = None
    """The part of the one photo to search by."""
    text: str | None = None
    """Words to search by."""
    but: str | None = None
    """What should be different: "red", "cheaper", "for men", "without stripes"."""
    where: Where | None = None
    """A filter."""
    k: int = 12
    """How many hits."""
    offset: int = 0
    """How many hits to pass over: page n has the offset n * k."""
    sort: str = "relevance"
    """One of `SORTS`."""
    diversity: float = 0.0
    """0 ranks by score alone, 1 by unlikeness to the hits before."""
    group_by: str = "none"
    """One of `GROUPINGS`: of each group only the best is a hit."""
    min_score: float | None = None
    """Hits below this score are left out."""
    facets: tuple[str, ...] = ()
    """Fields whose values are counted."""

    def __post_init__(self) -> None:
        _check_whole("k", self.k, 1, "ask for at least one hit")
        _check_whole("offset", self.offset, 0, "it is how many hits to pass over, 0 or more")
        _check_share("diversity", self.diversity)
        if self.min_score is not None:
            _check_share("min_score", self.min_score)
        for name in ("text", "but"):
            _check_words(name, getattr(self, name))
        _check_choice("sort", self.sort, SORTS)
        _check_choice("grouping", self.group_by, GROUPINGS)
        _check_parts(self)
        if self.diversity and self.sort != "relevance":
            raise QueryError(
                f"diversity orders hits in its own way, so sort={self.sort} cannot hold as well; "
                "leave one of them out"
            )

    @property
    def shows(self) -> bool:
        """Whether there is something to look like."""
        return bool(self.images or self.like)

    @property
    def browses(self) -> bool:
        """Whether every product that the filter lets through is as good as any other."""
        return not self.shows and self.text is None


def query_of(
    *,
    image: Photo | Sequence[Photo] | None = None,
    dislike_image: Photo | Sequence[Photo] | None = None,
    like: str | Sequence[str] | Weights = (),
    dislike: str | Sequence[str] | Weights = (),
    crop: Box | Sequence[float] | str | None = None,
    where: Where | str | None = None,
    facets: str | Sequence[str] = (),
    **others: Any,
) -> Query:
    """Make a query of what people write: one value or several, a filter as a line.

    Raises:
        QueryError: see `Query`; also a filter line that cannot be read.
    """
    return Query(
        images=_photos(image),
        dislike_images=_photos(dislike_image),
        like=_weights("like", like),
        dislike=_weights("dislike", dislike),
        crop=_box(crop),
        where=parse_where(where) if isinstance(where, str) else where,
        facets=_names(facets),
        **others,
    )


def _check_parts(query: Query) -> None:
    asked = query.where is not None or query.sort != "relevance"
    if query.browses and (query.dislike or query.dislike_images):
        raise QueryError(
            "disliked examples alone are nothing to search by; add a photo, a product id or words"
        )
    if query.browses and not (asked or query.but is not None):
        raise QueryError("nothing to search by; give a photo, a product id or words")
    if query.but is not None and not query.shows:
        raise QueryError(
            f"'but' {query.but!r} changes a photo or a product, and there is none; give one, or "
            "search by the words alone"
        )
    if query.crop is not None and len(query.images) != 1:
        raise QueryError(f"crop goes with one photo to search by, not with {len(query.images)}")
    for product_id in query.like:
        if product_id in query.dislike:
            raise QueryError(f"product {product_id!r} is both liked and disliked; choose one")


def _check_whole(name: str, value: object, least: int, advice: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise QueryError(f"{name} is {value!r}; {advice}")


def _check_share(name: str, value: object) -> None:
    if not _is_number(value) or not 0 <= cast("float", value) <= 1:
        raise QueryError(f"{name} is {value!r}; it is a number between 0 and 1")


def _check_words(name: str, value: object) -> None:
    if value is not None and not isinstance(value, str):
        raise QueryError(f"{name} is {value!r}; it is words")


def _check_choice(what: str, value: object, known: Sequence[str]) -> None:
    if value not in known:
        raise QueryError(unknown(what, str(value), known))


def _photos(given: Photo | Sequence[Photo] | None) -> tuple[Photo, ...]:
    if given is None:
        return ()
    return tuple(given) if isinstance(given, list | tuple) else (cast("Photo", given),)


def _weights(name: str, given: str | Sequence[str] | Weights) -> dict[str, float]:
    if isinstance(given, str):
        return {given: 1.0}
    if not isinstance(given, Mapping):
        ids = _several(name, given)
        return dict.fromkeys(ids, 1.0)
    for product_id, weight in given.items():
        if not _is_number(weight) or weight <= 0:
            raise QueryError(
                f"{name} gives {product_id!r} the weight {weight!r}; above 0 it counts"
            )
    return dict(given)


def _box(given: Box | Sequence[float] | str | None) -> Box | None:
    if given is None or isinstance(given, Box):
        return given
    sides = given.split(",") if isinstance(given, str) else _several("crop", given)
    sides = [_side(side) if isinstance(side, str) else side for side in sides]
    if len(sides) != 4:
        raise QueryError(f"crop is {_listed(sides)}; give four numbers: left, top, right, bottom")
    return Box(*sides)


def _side(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise QueryError(f"crop holds {text!r}, which is no number") from error


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    names = given.split(",") if isinstance(given, str) else _several("facets", given)
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _several(name: str, given: Iterable[T]) -> list[T]:
    try:
        return list(given)
    except TypeError as error:
        raise QueryError(f"{name} is {given!r}; give one value or a list of them") from error


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _listed(values: Iterable[object]) -> str:
    return ",".join(str(value) for value in values)
