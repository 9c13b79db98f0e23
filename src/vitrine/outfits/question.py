"""What outfits are asked for, read and checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from vitrine.catalog import translate
from vitrine.errors import QueryError
from vitrine.outfits.templates import named_slots
from vitrine.types import Price, Where

MOST_OUTFITS = 24
MOST_PIECES = 10
MOST_ALTERNATIVES = 24
_MOST_SHUFFLE = 2**31 - 1
_WORDS = {
    "gender": ("women", "men", "girls", "boys", "unisex"),
    "season": ("Spring", "Summer", "Fall", "Winter"),
}


class BudgetError(QueryError):
    """A budget that cannot be read or kept to."""


@dataclass(frozen=True, slots=True)
class OutfitQuestion:
    """What every outfit holds, what may join it, and how many are wanted.

    Raises:
        QueryError: a number is out of its range.
    """

    like: tuple[str, ...] = ()
    """Products that every outfit holds."""
    where: Where | None = None
    """A filter for whatever is added."""
    budget: Price | None = None
    """For all products of an outfit together."""
    season: str = ""
    gender: str = ""
    exclude: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    """What an outfit is made of; empty leaves it to a template."""
    k: int = 3
    n_pieces: int = 5
    n_alternatives: int = 0
    shuffle: int = 0

    def __post_init__(self) -> None:
        bounds = (
            ("k", self.k, 1, MOST_OUTFITS),
            ("pieces", self.n_pieces, 2, MOST_PIECES),
            ("alternatives", self.n_alternatives, 0, MOST_ALTERNATIVES),
            ("shuffle", self.shuffle, 0, _MOST_SHUFFLE),
        )
        for name, value, low, high in bounds:
            if not low <= value <= high:
                raise QueryError(f"{name} is {value}; it goes from {low} to {high}")


def outfit_question(
    *,
    like: str | Sequence[str] = (),
    keep: str | Sequence[str] = (),
    where: Where | None = None,
    budget: str | Price | None = None,
    season: str = "",
    gender: str = "",
    exclude: str | Sequence[str] = (),
    slots: str | Sequence[str] = (),
    k: int = 3,
    pieces: int = 5,
    alternatives: int = 0,
    shuffle: int = 0,
) -> OutfitQuestion:
    """Read what somebody wrote; `Shop.outfits` describes the arguments.

    Raises:
        QueryError: a value does not read as what it should be, or is out of its range.

    Example:
        >>> outfit_question(like="a", keep=["b", "a"], budget="99.90 eur", season="autumn").like
        ('a', 'b')
    """
    return OutfitQuestion(
        tuple(dict.fromkeys([*_listed(like), *_listed(keep)])),
        where,
        _budget(budget),
        _word("season", season),
        _word("gender", gender),
        tuple(_listed(exclude)),
        named_slots(_listed(slots)),
        k,
        pieces,
        alternatives,
        shuffle,
    )


def _listed(values: str | Sequence[str]) -> list[str]:
    return [values] if isinstance(values, str) else list(values)


def _word(name: str, said: str) -> str:
    """A word of the vocabulary."""
    word = translate(name, said)
    if said and word not in _WORDS[name]:
        raise QueryError(f"{name} is {said!r}; it is one of {', '.join(_WORDS[name])}")
    return word


def _budget(said: str | Price | None) -> Price | None:
    if said is None or isinstance(said, Price):
        return said
    amount, _, currency = said.strip().partition(" ")
    try:
        price = Price(Decimal(amount), currency.strip().upper())
    except InvalidOperation:
        price = None
    if price is None or not _is_price(price):
        raise BudgetError(
            f"the budget is {said!r}; write an amount and a currency, such as '100 EUR'"
        )
    return price


def _is_price(price: Price) -> bool:
    named = len(price.currency) == 3 and price.currency.isascii() and price.currency.isalpha()
    return named and price.amount.is_finite() and price.amount > 0
