"""What should be different: "red", "cheaper", "for men", "in linen", "without stripes"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vitrine.catalog import parse_price, translate
from vitrine.catalog.vocabulary import WORDS
from vitrine.errors import DataError, QueryError
from vitrine.index import Columns, filter_fields
from vitrine.index.filters import choice_of
from vitrine.types import Json, Where

_FIELDS = (
    *("article_type", "material", "pattern", "colour", "gender", "usage", "season"),
    *("age_group", "brand"),
)
"""Fields that words can change; a word that two of them know is read as the first."""
_LONGEST = 4

_PRICE = r"(?:[$€£₹¥]\s*)?\d[\d.,]*(?:\s*(?:[$€£₹¥]|[A-Za-z]{3}\b))?"
_BELOW = r"(?:under|below|less than|cheaper than|up to|at most|max(?:imum)?|<=?)"
_ABOVE = r"(?:over|above|more than|dearer than|at least|min(?:imum)?|>=?)"
_BETWEEN = re.compile(rf"\bbetween\s+(?P<low>{_PRICE})\s+and\s+(?P<high>{_PRICE})", re.I)
_BOUND = re.compile(rf"(?<!\w)(?:(?P<below>{_BELOW})|{_ABOVE})\s*(?P<price>{_PRICE})", re.I)
_CHEAPER = re.compile(
    r"\b(?:cheaper|less (?:expensive|pricey)|more affordable|(?:at|for) a lower price)\b", re.I
)
_DEARER = re.compile(
    r"\b(?:dearer|pricier|more expensive|less cheap|(?:at|for) a higher price)\b", re.I
)
_WORD = re.compile(r"[^\W_]+(?:[-'\u2019/&][^\W_]+)*|[,;]")
_NOT = frozenset({"without", "no", "not", "non", "minus", "except", "never"})
_GOES_ON = frozenset({"or", "nor", "and"})
_CARRY_NO_WISH = """
    a all also an and any are as at be both but by colour colored coloured color euro euros f for
    from fw i in instead into is it just like m made make more of on one only or please same similar
    something ss that the these this those to version w want whole with would
"""
_FILLERS = frozenset(_CARRY_NO_WISH.split())
"""The vocabulary would read some of them as one."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked to differ from the examples of a query."""

    wanted: Mapping[str, tuple[str, ...]]
    """field -> values, any of which will do."""
    unwanted: Mapping[str, tuple[str, ...]]
    """field -> values, none of which will."""
    price: Mapping[str, float]
    """Bounds: lte, gte."""
    currency: str
    """Of the bounds; empty where nothing says it."""
    towards: int
    """-1 cheaper than the examples, 1 dearer, 0 neither."""
    words: str
    """What is no change: ordinary words."""

    @property
    def fields(self) -> set[str]:
        """Fields that are to change."""
        return {*self.wanted, *self.unwanted}

    @property
    def where(self) -> Where:
        """The filter that a product which is changed so must pass."""
        conditions: dict[str, dict[str, object]] = {}
        for name, values in self.wanted.items():
            conditions.setdefault(name, {})["in"] = list(values)
        for name, values in self.unwanted.items():
            conditions.setdefault(name, {})["not_in"] = list(values)
        if self.price:
            conditions["price"] = dict(self.price)
        if self.currency:
            conditions["currency"] = {"in": [self.currency]}
        return conditions

    def to_json(self) -> Json:
        """What was understood, leaving out what was not asked."""
        said = {
            "wanted": {name: list(values) for name, values in self.wanted.items()},
            "unwanted": {name: list(values) for name, values in self.unwanted.items()},
            "price": dict(self.price) | ({"towards": self.towards} if self.towards else {}),
            "currency": self.currency,
            "words": self.words,
        }
        return {name: value for name, value in said.items() if value}


def read_change(text: str, columns: Columns) -> Change:
    """Read what should be different, in the words of the vocabulary and of the shop.

    `not`, `no` and `without` stand before what is unwanted and reach over `or`, `nor` and `and`.
    Words that name no attribute are left for a search by words.

    Args:
        text: such as "red, for men and under 50".
        columns: of the shop, whose own values count as well.

    Raises:
        QueryError: the text asks for nothing, contradicts itself, or excludes something that is no
            attribute.
    """
    rest, bounds, currency = _read_bounds(text)
    rest, n_cheaper = _CHEAPER.subn(" , ", rest)
    rest, n_dearer = _DEARER.subn(" , ", rest)
    known = {name: _known(columns, name) for name in _FIELDS if name in filter_fields(columns)}
    wanted: dict[str, list[str]] = {}
    unwanted: dict[str, list[str]] = {}
    words: list[str] = []
    for phrase, meant, negated in _phrases(rest, known):
        if meant is not None:
            values = (unwanted if negated else wanted).setdefault(meant[0], [])
            values += [] if meant[1] in values else [meant[1]]
        elif negated:
            raise QueryError(
                f"{phrase!r} is no attribute known here, so it cannot be left out; "
                f"known: {', '.join(known)}"
            )
        else:
            words.append(phrase)
    change = Change(
        {name: tuple(values) for name, values in wanted.items()},
        {name: tuple(values) for name, values in unwanted.items()},
        bounds,
        currency,
        bool(n_dearer) - bool(n_cheaper),
        " ".join(words),
    )
    _check(change, text, both_ways=bool(n_cheaper and n_dearer))
    return change


def _check(change: Change, text: str, *, both_ways: bool) -> None:
    for name in change.wanted:
        clash = set(change.wanted[name]) & set(change.unwanted.get(name, ()))
        if clash:
            raise QueryError(f"'but' {text!r} asks for {name} {min(clash)} and for none of it")
    low, high = change.price.get("gte"), change.price.get("lte")
    if both_ways or (low is not None and high is not None and low > high):
        raise QueryError(f"'but' {text!r} asks for a price that is both higher and lower")
    if not (change.fields or change.price or change.towards or change.words):
        raise QueryError(
            f"'but' {text!r} says nothing that could change; write it like 'red', 'cheaper', "
            "'for men' or 'without stripes'"
        )


def _read_bounds(text: str) -> tuple[str, dict[str, float], str]:
    """The text without its price bounds, the bounds, and their currency."""
    bounds: dict[str, float] = {}
    currencies: set[str] = set()

    def bound(side: str, price: str) -> None:
        try:
            read = parse_price(_amount(price))
        except DataError as error:
            raise QueryError(f"'but' {text!r}: {error}") from error
        if side in bounds:
            raise QueryError(f"'but' {text!r} bounds the price twice on one side")
        bounds[side] = float(read.amount)
        currencies.update({read.currency} - {""})

    def between(match: re.Match[str]) -> str:
        bound("gte", match["low"])
        bound("lte", match["high"])
        return " , "

    def one(match: re.Match[str]) -> str:
        bound("lte" if match["below"] else "gte", match["price"])
        return " , " + _left_behind(match["price"])

    rest = _BOUND.sub(one, _BETWEEN.sub(between, text))
    if len(currencies) > 1:
        raise QueryError(f"'but' {text!r} names prices in several currencies")
    return rest, bounds, "".join(currencies)


_CODE_AFTER = re.compile(r"\s*([A-Za-z]{3})$")


def _amount(price: str) -> str:
    """The price without a word of three letters that is no currency code ("50 and")."""
    return _CODE_AFTER.sub("", price) if _left_behind(price) else price.upper().rstrip(".,")


def _left_behind(price: str) -> str:
    code = _CODE_AFTER.search(price)
    if code is None:
        return ""
    try:
        parse_price(f"1 {code[1].upper()}")
    except DataError:
        return code[1]
    return ""


Meant = tuple[str, str]
"""Field and value."""


def _phrases(
    text: str, known: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, Meant | None, bool]]:
    """What the text names, longest phrases first: phrase, meaning, and whether it is negated."""
    tokens = [part for word in _WORD.findall(text.casefold()) for part in _apart(word)]
    negated = named = False
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token in _NOT:
            negated, named, place = True, False, place + 1
            continue
        length, meant = _longest(tokens[place : place + _LONGEST], known)
        if meant is None and (token in _FILLERS or token in ",;"):
            # "not red or blue" goes on; "not red, in linen" does not
            negated = negated and (not named or token in _GOES_ON)
            named = named and token not in _GOES_ON
        else:
            negated = negated and not named
            yield " ".join(tokens[place : place + length]), meant, negated
            named = True
        place += length


def _apart(word: str) -> list[str]:
    """Split the word "non-striped", but not "t-shirt"."""
    first, dash, rest = word.partition("-")
    return [first, rest] if dash and first in _NOT else [word]


def _longest(tokens: list[str], known: Mapping[str, Mapping[str, str]]) -> tuple[int, Meant | None]:
    for length in range(len(tokens), 0, -1):
        if tokens[0] in _FILLERS or not set(tokens[:length]).isdisjoint(_NOT | {",", ";"}):
            continue
        phrase = " ".join(tokens[:length])
        for name, values in known.items():
            value = values.get(_squeeze(translate(name, phrase)))
            if value:
                return length, (name, value)
    return 1, None


def _known(columns: Columns, name: str) -> dict[str, str]:
    """Squeezed value -> value: the vocabulary's and the shop's own."""
    words = (*choice_of(columns, name).words, *WORDS.get(name, ()))
    return {_squeeze(word): word for word in reversed(words) if word}


def _squeeze(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold()))
