"""What pages say, in one table for each language, with its numbers and prices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from vitrine.types import Json

_FIRST = "en"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "INR": "₹", "JPY": "¥", "KRW": "₩"}
_WHOLE = {"JPY", "KRW"}


@dataclass(frozen=True, slots=True)
class Language:
    """One table, `wording/CODE.json`."""

    code: str
    texts: Mapping[str, Any]
    """key -> text, or {"one": text, "other": text} that the number `n` chooses from."""
    decimal: str
    """Between units and hundredths."""
    thousands: str
    """Between groups of three digits."""
    price: str
    """Such as {symbol}{amount}."""

    def say(self, key: str, **values: object) -> str:
        """One text, its {places} filled.

        Raises:
            KeyError: the table has no such text, or a value is missing.
        """
        text = self.texts[key]
        if isinstance(text, dict):
            text = text["one" if values["n"] == 1 else "other"]
        shown = {
            name: self.number(value) if isinstance(value, int | float | Decimal) else value
            for name, value in values.items()
        }
        return text.format_map(shown) if shown else text

    def has(self, key: str) -> bool:
        """Whether the table has a text for something that a shop may say."""
        return key in self.texts

    def number(self, value: float | Decimal, places: int = 0) -> str:
        """A number as people of this language write it.

        Example:
            >>> language("en").number(12345.5, 1)
            '12,345.5'
        """
        whole, _, rest = f"{value:,.{places}f}".partition(".")
        return whole.replace(",", self.thousands) + (f"{self.decimal}{rest}" if rest else "")

    def money(self, price: Json) -> str:
        """A price as people of this language write it.

        Example:
            >>> language("en").money({"amount": "1249.5", "currency": "EUR"})
            '€1,249.50'
            >>> language("en").money({"amount": "9", "currency": "SEK"})
            '9.00 SEK'
        """
        currency = str(price["currency"])
        amount = self.number(Decimal(price["amount"]), 0 if currency in _WHOLE else 2)
        symbol = _SYMBOLS.get(currency)
        form = self.price if symbol else "{amount} {symbol}"
        return form.format(symbol=symbol or currency, amount=amount)


def language_for(accepted: str) -> Language:
    """The best of our tables for a header Accept-Language; English, where none fits.

    Example:
        >>> language_for("xx, en-GB;q=0.8").code
        'en'
    """
    for tag in _by_wish(accepted):
        for name in (tag, tag.partition("-")[0]):
            if name in languages():
                return languages()[name]
    return language(_FIRST)


def language(code: str) -> Language:
    """The table of one language.

    Raises:
        KeyError: there is none.
    """
    return languages()[code]


@cache
def languages() -> Mapping[str, Language]:
    """Code -> table, of all that ship."""
    folder = files("vitrine.serve.web").joinpath("wording")
    tables = [entry for entry in folder.iterdir() if entry.name.endswith(".json")]
    return {table.name[:-5].lower(): _read(table.read_text("utf-8")) for table in tables}


def _read(text: str) -> Language:
    table = json.loads(text)
    numbers = table["numbers"]
    return Language(
        table["code"], table["texts"], numbers["decimal"], numbers["thousands"], numbers["price"]
    )


def _by_wish(accepted: str) -> list[str]:
    """Tags of the header, the most wanted first; what cannot be read counts nothing."""
    wishes: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), tag.strip().lower()))
        except ValueError:
            continue
    return [tag for wish, tag in sorted(wishes, key=lambda pair: pair[0]) if wish < 0]
