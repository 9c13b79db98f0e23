"""Hits, filters and counts in the language of a shop."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from vitrine.search import parse_where
from vitrine.store import pieces
from vitrine.types import Hit, Json, Product

_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "INR": "₹", "JPY": "¥"}
_WHOLE = {"JPY"}
_SELF_EVIDENT = {"article_type", "brand", "colour", "gender", "pattern"}
_NOUNS = {"article_type": "type", "colour": "colour", "pattern": "pattern"}
_MOST_SHARED = 3
_COMPARISONS = {"lt": "under", "lte": "up to", "gt": "over", "gte": "from"}


def money(price: Json) -> str:
    """An amount as people write it.

    Example:
        >>> money({"amount": "1249.5", "currency": "EUR"})
        '€1,249.50'
        >>> money({"amount": "9", "currency": "SEK"})
        '9.00 SEK'
    """
    currency = price["currency"]
    amount = f"{Decimal(price['amount']):,.{0 if currency in _WHOLE else 2}f}"
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{amount}" if symbol else f"{amount} {currency}"


def prices(product: Json) -> tuple[str, str]:
    """What a product costs now, and what it cost before; empty where nothing is said."""
    regular, reduced = product.get("price"), product.get("sale_price")
    if reduced:
        return money(reduced), money(regular) if regular else ""
    return money(regular) if regular else "", ""


def chips(where: str) -> list[str]:
    """A filter as short labels.

    Example:
        >>> chips("gender=women article_type=dresses|tops price<60 season!=winter")
        ['women', 'dresses or tops', 'price under 60', 'season: not winter']
    """
    return [
        _chip(name, word, value)
        for name, conditions in parse_where(where).items()
        for word, value in conditions.items()
    ]


def reason(hit: Hit, words: str = "", where: str = "") -> str:
    """Why a hit was found, in one short sentence.

    Args:
        hit: what was found.
        words: the query's words, if it had any.
        where: its filter; what every hit must have is no reason.

    Example:
        >>> shared = {"colour": "Red", "gender": "men", "season": "Fall"}
        >>> reason(Hit("p1", 0.8, {}, {"photo": 0, "shared": shared}), where="gender=men")
        'Same colour; also fall.'
        >>> reason(Hit("p1", 0.8, {}, {"words": ["red"]}), "red shirt")
        'Says red, not shirt.'
    """
    if "words" in hit.why:
        return _words_said(hit.why["words"], words)
    given = set(parse_where(where)) - {"article_type"}
    shared = {k: v for k, v in hit.why.get("shared", {}).items() if k not in given}
    same = [noun for name, noun in _NOUNS.items() if name in shared]
    rest = [_fact(name, value) for name, value in shared.items() if name not in _NOUNS]
    also = ", ".join(rest[:_MOST_SHARED])
    if same:
        return f"Same {listed(same)}; also {also}." if also else f"Same {listed(same)}."
    if also:
        return f"Shares: {also}."
    return f"Looks like its {'shop' if hit.why.get('photo', 0) == 0 else 'second'} photo."


def kinship(hit: Hit, product: Product | None) -> str:
    """What the catalogue itself says of a hit and the product asked about; empty if nothing."""
    if product is None:
        return ""
    if hit.product_id == product.product_id:
        return "The one in the photo"
    key = product.extra.get("product_key")
    if key and hit.product.get("extra", {}).get("product_key") == key:
        return f"The same, at {hit.product.get('seller', 'another shop')}"
    group = product.item_group_id
    return "Another colour of it" if group and hit.product.get("item_group_id") == group else ""


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Join words as people do.

    Example:
        >>> listed(["type", "colour", "pattern"])
        'type, colour and pattern'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def count(number: int, noun: str) -> str:
    """A number and its noun.

    Example:
        >>> count(1, "photo"), count(1200, "photo")
        ('1 photo', '1,200 photos')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _chip(name: str, word: str, value: Any) -> str:
    values = [_plain(each) for each in value] if isinstance(value, list) else [_plain(value)]
    label = name.replace("_", " ")
    if word in _COMPARISONS:
        return f"{label} {_COMPARISONS[word]} {values[0]}"
    if word == "exists":
        return f"with {label}" if value else f"without {label}"
    either = listed(values, "or")
    if word == "not_in":
        return f"{label}: not {either}"
    return either if name in _SELF_EVIDENT else f"{label}: {either}"


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _fact(name: str, value: str) -> str:
    if name == "gender":
        return "unisex" if value == "unisex" else f"for {value}"
    return value if name == "brand" else value.lower()


def _words_said(said: Sequence[str], words: str) -> str:
    """Compare what was found with what was asked by the rule that search reads words by."""
    if not said:
        return "Looks like the words."
    found = {piece.folded for word in said for piece in pieces(word)}
    asked = {piece.folded: piece.written for piece in pieces(words)}
    corrected = found - asked.keys()  # nearly spelled so
    missing = [
        written
        for folded, written in asked.items()
        if folded not in found and not get_close_matches(folded, corrected, n=1)
    ]
    if not missing:
        return "Says every word." if len(asked) > 1 else f"Says {said[0]}."
    return f"Says {listed(said)}, not {listed(missing, 'or')}."
