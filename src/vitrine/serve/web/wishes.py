"""What the address of a page asks for, and addresses that ask for something else."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from vitrine.errors import QueryError
from vitrine.search import SORTS, Box, Query, query_of
from vitrine.serve.questions import DEEPEST_HIT, MOST_LIKED

if TYPE_CHECKING:
    from vitrine.search.query import Photo

FACETS = (
    *("article_type", "gender", "colour", "size", "brand", "pattern", "material", "season"),
    *("usage", "currency"),
)
"""Fields that visitors narrow a search by, in the order in which they are shown."""

N_CARDS = 24
"""Products on one page."""

CLOSE_ENOUGH = 0.01
"""Likeness, as a probability, below which a product is not offered unless it is asked for."""

_LONGEST = {"q": 500, "but": 200, "photo": 64, "piece": 600, "passed": 600}
_LONGEST_VALUE = 512
_SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A search as its address says it; every page of it can be shared as a link."""

    q: str = ""
    """Words."""
    photo: str = ""
    """Name of a photo that is kept for this visitor."""
    like: tuple[str, ...] = ()
    """Product ids."""
    dislike: tuple[str, ...] = ()
    """Product ids."""
    but: tuple[str, ...] = ()
    """What should be different, one wish each."""
    crop: tuple[float, ...] = ()
    """Left, top, right, bottom as shares of the photo; empty is all of it."""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Field of `FACETS` -> values, any of which will do."""
    price_min: float | None = None
    price_max: float | None = None
    sort: str = ""
    page: int = 1
    anyway: bool = False
    """Show also what is not close."""

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """Read the parts of an address; names that mean nothing here are passed over.

        Raises:
            QueryError: a value cannot be meant so.
        """
        said = said_in(pairs)
        one = {name: values[-1] for name, values in said.items()}
        sort = one.get("sort", "")
        return cls(
            q=one.get("q", ""),
            photo=one.get("photo", ""),
            like=_ids("like", said),
            dislike=_ids("dislike", said),
            but=tuple(dict.fromkeys(said.get("but", ())))[:MOST_LIKED],
            crop=_crop(one),
            filters={
                name: tuple(dict.fromkeys(said[name]))[:MOST_LIKED]
                for name in FACETS
                if name in said
            },
            price_min=_price("price_min", one),
            price_max=_price("price_max", one),
            sort=sort if sort in SORTS else "",
            page=_page(one.get("page", "1")),
            anyway="anyway" in one,
        )

    @property
    def shows(self) -> bool:
        """Whether there is something to look like."""
        return bool(self.photo or self.like)

    @property
    def browses(self) -> bool:
        """Whether every product is as good as any other."""
        return not (self.shows or self.q)

    @property
    def bounded(self) -> bool:
        """Whether what is not close is held back: where a score is likeness and nothing else."""
        return self.shows and not (self.q or self.but or self.anyway)

    @property
    def order(self) -> str:
        """One of `SORTS`."""
        return self.sort or ("newest" if self.browses else "relevance")

    @property
    def where(self) -> dict[str, Any]:
        """As a filter."""
        where: dict[str, Any] = {name: list(values) for name, values in self.filters.items()}
        bounds = {"gte": self.price_min, "lte": self.price_max}
        if price := {word: bound for word, bound in bounds.items() if bound is not None}:
            where["price"] = price
        return where

    def query(self, image: Photo | None, *, facets: tuple[str, ...], min_score: bool) -> Query:
        """As the shop is asked: this page, and one product more, which tells of another page.

        Raises:
            QueryError: wishes contradict each other.
        """
        return query_of(
            image=image,
            like=self.like,
            dislike=() if self.browses else self.dislike,
            text=self.q or None,
            but=", ".join(self.but) if self.but and self.shows else None,
            crop=self.crop or None if image is not None else None,
            where=self.where,
            sort=self.order,
            group_by="item_group_id",
            min_score=CLOSE_ENOUGH if min_score else None,
            offset=(self.page - 1) * N_CARDS,
            k=N_CARDS + 1,
            facets=facets,
        )

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """What an address or a form says of it, leaving some names out."""
        said: list[tuple[str, object]] = [("q", self.q), ("photo", self.photo)]
        for name in ("like", "dislike", "but"):
            said += [(name, value) for value in getattr(self, name)]
        said.append(("crop", ",".join(f"{side:g}" for side in self.crop)))
        said += [(name, value) for name, values in self.filters.items() for value in values]
        for name in ("price_min", "price_max"):
            bound = getattr(self, name)
            said.append((name, "" if bound is None else f"{bound:g}"))
        said += [("sort", self.sort), ("anyway", "1" if self.anyway else "")]
        said.append(("page", str(self.page) if self.page > 1 else ""))
        return [(name, str(value)) for name, value in said if value and name not in without]

    def address(self, place: str = "/search", **more: str) -> str:
        """Link to it."""
        query = urlencode([*self.pairs(), *more.items()])
        return f"{place}?{query}" if query else place

    def but_with(self, **changes: Any) -> Wish:
        """The same from its first page on, with something else."""
        return replace(self, **{"page": 1, **changes})

    def toggled(self, name: str, value: str) -> Wish:
        """With a filter's value, or without it where it was there."""
        values = self.filters.get(name, ())
        kept = tuple(each for each in values if each.casefold() != value.casefold())
        chosen = kept if len(kept) < len(values) else (*values, value)
        rest = {each: said for each, said in self.filters.items() if each != name}
        return self.but_with(filters=rest | ({name: chosen} if chosen else {}))

    def without_product(self, product_id: str) -> Wish:
        """Neither liking nor disliking a product."""
        return self.but_with(
            like=tuple(each for each in self.like if each != product_id),
            dislike=tuple(each for each in self.dislike if each != product_id),
        )

    def liking(self, product_id: str) -> Wish:
        """Liking one product more."""
        rest = self.without_product(product_id)
        return replace(rest, like=(*rest.like, product_id)[-MOST_LIKED:])

    def disliking(self, product_id: str) -> Wish:
        """Disliking one product more."""
        rest = self.without_product(product_id)
        return replace(rest, dislike=(*rest.dislike, product_id)[-MOST_LIKED:])


def said_in(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Parts of an address by name, without empty ones.

    Raises:
        QueryError: a value is longer than is read, or holds a NUL.
    """
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        if value := value.strip():
            said.setdefault(name, []).append(_checked(name, value))
    return said


def _checked(name: str, value: str) -> str:
    most = _LONGEST.get(name, _LONGEST_VALUE)
    if len(value) > most:
        raise QueryError(f"{name!r} has {len(value)} characters; at most {most} are read")
    if "\0" in value:
        raise QueryError(f"{name!r} holds a NUL character")
    return value


def _ids(name: str, said: Mapping[str, list[str]]) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(said.get(name, ())))
    if len(ids) > MOST_LIKED:
        raise QueryError(f"{name!r} names {len(ids)} products; at most {MOST_LIKED} are read")
    return ids


def _crop(one: Mapping[str, str]) -> tuple[float, ...]:
    """From `crop=0.1,0,0.9,0.5`, or from the fields of the form, in percent."""
    if "crop" in one:
        sides = [_number("crop", side) for side in one["crop"].split(",")]
    elif any(f"crop_{side}" in one for side in _SIDES):
        whole = dict(zip(_SIDES, ("0", "0", "100", "100"), strict=True))
        sides = [
            _number(f"crop_{side}", one.get(f"crop_{side}", whole[side])) / 100 for side in _SIDES
        ]
    else:
        return ()
    if len(sides) != 4:
        raise QueryError("crop is four numbers: left, top, right, bottom")
    Box(*sides)
    return () if sides == [0, 0, 1, 1] else tuple(round(side, 4) for side in sides)


def _price(name: str, one: Mapping[str, str]) -> float | None:
    return _number(name, one[name]) if name in one else None


def _page(text: str) -> int:
    last = DEEPEST_HIT // N_CARDS
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= last):
        raise QueryError(f"page is {text[:20]!r}; there are pages 1 to {last}")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        number = float(text.replace(",", ".") if name != "crop" else text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise QueryError(f"{name} is {text[:20]!r}, which is no number")
    return number
