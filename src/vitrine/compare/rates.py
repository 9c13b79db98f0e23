"""What one currency is worth in another, as far as somebody said so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from vitrine.catalog import parse_price
from vitrine.errors import DataError, UsageError
from vitrine.types import Price

_RATE = re.compile(r"\s*([A-Za-z]{3})\s*=\s*(.+)")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates between currencies; nothing is looked up anywhere.

    Example:
        >>> rates = parse_rates(["USD=75 INR", "EUR=1.10 USD"])
        >>> str(rates.convert(Price(Decimal(2), "EUR"), "INR"))
        '165.00 INR'
        >>> rates.convert(Price(Decimal(2), "EUR"), "GBP") is None
        True
    """

    worth: Mapping[str, Mapping[str, Decimal]] = field(
        default_factory=dict[str, Mapping[str, Decimal]]
    )
    """Currency -> currency -> how many of the second one of the first is."""

    def convert(self, price: Price, currency: str) -> Price | None:
        """Say a price in a currency, rounded to cents; None where no rates lead there.

        Raises:
            UsageError: the amount has more than 28 digits.
        """
        reached = {price.currency: price.amount}
        waiting = [price.currency]
        while waiting and currency not in reached:
            here = waiting.pop(0)
            for there, rate in self.worth.get(here, {}).items():
                if there not in reached:
                    reached[there] = reached[here] * rate
                    waiting.append(there)
        if currency == price.currency:
            return price
        if currency not in reached:
            return None
        try:
            return Price(reached[currency].quantize(_CENT), currency)
        except InvalidOperation as error:
            raise UsageError(
                f"by these rates {price} is more {currency} than can be written; check the rates"
            ) from error


def parse_rates(written: Iterable[str]) -> Rates:
    """Read rates such as "EUR=90 INR": one euro is 90 rupees.

    Raises:
        UsageError: one cannot be read, or two disagree.
    """
    worth: dict[str, dict[str, Decimal]] = {}
    for text in written:
        ours, amount, theirs = _rate(text)
        if worth.get(ours, {}).get(theirs, amount) != amount:
            raise UsageError(f"two rates for {ours} in {theirs}; give one")
        worth.setdefault(ours, {})[theirs] = amount
        worth.setdefault(theirs, {}).setdefault(ours, 1 / amount)
    return Rates(worth)


def _rate(text: str) -> tuple[str, Decimal, str]:
    found = _RATE.fullmatch(text)
    try:
        if found is None:
            raise DataError("no = in it")
        one, many = parse_price(f"1 {found[1]}"), parse_price(found[2])
    except DataError as error:
        raise UsageError(f"not a rate: {text!r} ({error}); write EUR=90 INR") from error
    if not many.currency or many.currency == one.currency:
        raise UsageError(f"not a rate: {text!r}; name another currency, as in EUR=90 INR")
    return one.currency, many.amount, many.currency
