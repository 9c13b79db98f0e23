"""What the address of an outfit board says, and addresses of boards that differ in one thing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from vitrine.errors import QueryError
from vitrine.outfits import BudgetError
from vitrine.serve.web.wishes import said_in

T = TypeVar("T")

PLACE = "/outfits"
SEASONS = ("Spring", "Summer", "Fall", "Winter")
GENDERS = ("women", "men", "girls", "boys")

MOST_PIECES = 10
_MOST_PASSED = 40
_MOST_IDEAS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardWish:
    """A board as its address says it, so that it can be shared and gone back to."""

    pieces: tuple[tuple[str, str], ...] = ()
    """Slot and product: what lies on it, as somebody put it; empty leaves it to the shop."""
    keep: tuple[str, ...] = ()
    """Products that stay when the rest is thought of anew."""
    passed: tuple[tuple[str, str], ...] = ()
    """Slot and product: what was turned down, the newest last."""
    add: str = ""
    """A slot to be filled besides."""
    photo: str = ""
    """Name of a kept photo of a piece that is worn with it."""
    budget: float | None = None
    season: str = ""
    gender: str = ""
    idea: int = 0

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """Read the parts of an address; names that mean nothing here are passed over.

        Raises:
            BudgetError: the budget is no amount.
            QueryError: another value cannot be meant so.
        """
        said = said_in(pairs)
        one = {name: values[-1] for name, values in said.items()}
        return cls(
            pieces=_few(_placed(said.get("piece", []))),
            keep=_few(tuple(dict.fromkeys(said.get("keep", [])))),
            passed=_placed(said.get("passed", []))[-_MOST_PASSED:],
            add=one.get("add", ""),
            photo=one.get("photo", ""),
            budget=_budget(one.get("budget", "")),
            season=_one_of(SEASONS, one.get("season", "")),
            gender=_one_of(GENDERS, one.get("gender", "")),
            idea=_idea(one.get("idea", "0")),
        )

    @property
    def begins(self) -> bool:
        """Whether there is nothing yet to go by."""
        return not (self.pieces or self.keep or self.photo)

    @property
    def seeds(self) -> tuple[str, ...]:
        """What a new idea is built around."""
        return self.keep or (() if self.photo else self.ids[:1])

    @property
    def ids(self) -> tuple[str, ...]:
        """Products that lie on it."""
        return tuple(product_id for _, product_id in self.pieces)

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """What an address or a form says of it, leaving some names out."""
        said: list[tuple[str, str]] = [("photo", self.photo)]
        said += [("piece", f"{slot}:{product_id}") for slot, product_id in self.pieces]
        said += [("keep", each) for each in self.keep]
        said += [("passed", f"{slot}:{product_id}") for slot, product_id in self.passed]
        said += [("add", self.add), ("budget", "" if self.budget is None else f"{self.budget:g}")]
        said += [("season", self.season), ("gender", self.gender)]
        said.append(("idea", str(self.idea) if self.idea else ""))
        return [(name, value) for name, value in said if value and name not in without]

    def address(self, **changes: Any) -> str:
        """Link to it, or to one that differs."""
        query = urlencode(replace(self, **changes).pairs())
        return f"{PLACE}?{query}" if query else PLACE

    def swapped(self, slot: str, old: str, new: str) -> str:
        """With another piece in a slot; the old one is turned down."""
        return self.address(
            pieces=_instead(self.pieces, old, new),
            keep=tuple(each for each in self.keep if each != old),
            passed=(*self.passed, (slot, old))[-_MOST_PASSED:],
        )

    def taken_back(self, slot: str, now: str) -> str:
        """With the piece that was turned down last in a slot; empty where none was."""
        earlier = [product_id for each, product_id in self.passed if each == slot]
        if not earlier:
            return ""
        rest = list(self.passed)
        rest.remove((slot, earlier[-1]))
        return self.address(pieces=_instead(self.pieces, now, earlier[-1]), passed=tuple(rest))

    def without(self, product_id: str) -> str:
        """Without a piece."""
        return self.address(
            pieces=tuple(each for each in self.pieces if each[1] != product_id),
            keep=tuple(each for each in self.keep if each != product_id),
        )

    def keeping(self, product_id: str) -> str:
        """With a piece that stays, or stays no longer."""
        others = tuple(each for each in self.keep if each != product_id)
        return self.address(keep=others if product_id in self.keep else (*others, product_id))

    def another_idea(self) -> str:
        """Something else around what is kept."""
        return self.address(
            pieces=(), keep=self.seeds, passed=(), idea=(self.idea + 1) % _MOST_IDEAS
        )


def _instead(
    pieces: tuple[tuple[str, str], ...], old: str, new: str
) -> tuple[tuple[str, str], ...]:
    return tuple((slot, new if each == old else each) for slot, each in pieces)


def _placed(values: list[str]) -> tuple[tuple[str, str], ...]:
    """Slot and product, of `slot:product`."""
    parted = (value.partition(":") for value in dict.fromkeys(values))
    return tuple((slot, product_id) for slot, _, product_id in parted if product_id)


def _few(pieces: tuple[T, ...]) -> tuple[T, ...]:
    if len(pieces) > MOST_PIECES:
        raise QueryError(f"an outfit of {len(pieces)} pieces; at most {MOST_PIECES} are laid out")
    return pieces


def _budget(text: str) -> float | None:
    if not text:
        return None
    try:
        budget = float(text.replace(",", "."))
    except ValueError:
        budget = math.nan
    if not (math.isfinite(budget) and budget > 0):
        raise BudgetError(f"the budget is {text[:20]!r}; write a number above 0")
    return budget


def _one_of(known: tuple[str, ...], said: str) -> str:
    return next((each for each in known if each.casefold() == said.casefold()), "")


def _idea(text: str) -> int:
    return int(text) % _MOST_IDEAS if text.isascii() and text.isdigit() and len(text) < 7 else 0
