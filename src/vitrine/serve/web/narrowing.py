"""Ways to go on from a page of hits: filters, orders, and "like this, but"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vitrine.search import SORTS
from vitrine.serve.web.cards import value_label
from vitrine.serve.web.found import Found
from vitrine.serve.web.wishes import Wish
from vitrine.serve.web.wording import Language
from vitrine.types import Product

_SPEAKABLE = re.compile(r"[^\W\d_]+(?:[ '\u2019/&-][^\W\d_]+)*")
_PLAIN = frozenset({"solid", "plain", "solid colour", "solid color", "none", "unknown"})
_MOST_VALUES = 40
_MOST = {"colour": 4, "gender": 2, "pattern": 2}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes the search."""

    label: str
    address: str
    count: int | None = None
    chosen: bool = False
    value: str = ""
    """As the shop says it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Choices of one kind."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    n_chosen: int


def groups_of(found: Found, language: Language) -> list[Group]:
    """Facets as links, each value with the number of products that say it."""
    return [
        Group(
            facet.name,
            language.say(f"field.{facet.name}"),
            tuple(_values(found.wish, facet.name, facet.values, language)),
            len(found.wish.filters.get(facet.name, ())),
        )
        for facet in found.facets
    ]


def orders_of(found: Found, language: Language) -> Group:
    """The orders that make sense, as links."""
    wish = found.wish
    names = [name for name in SORTS if name != "relevance" or not wish.browses]
    if found.prices is None:
        names = [name for name in names if not name.startswith("price") or name == wish.order]
    choices = (
        Choice(
            language.say(f"sort.{name}"),
            wish.but_with(sort=name).address(),
            None,
            name == wish.order,
        )
        for name in names
    )
    return Group("sort", language.say(f"sort.{wish.order}"), tuple(choices), 0)


def chosen_of(wish: Wish, language: Language, currency: str) -> list[Choice]:
    """What the search is narrowed by, as links that take it back."""
    chosen = [
        Choice(value_label(name, value, language), wish.toggled(name, value).address())
        for name, values in wish.filters.items()
        for value in values
    ]
    for name in ("price_min", "price_max"):
        bound = getattr(wish, name)
        if bound is not None:
            shown = _money(bound, currency, language)
            label = language.say(f"chosen.{name}", price=shown)
            chosen.append(Choice(label, wish.but_with(**{name: None}).address()))
    return chosen


def buts_of(wish: Wish) -> list[Choice]:
    """Wishes for something different, as links that take them back."""
    return [
        Choice(but, wish.but_with(but=tuple(b for b in wish.but if b != but)).address())
        for but in wish.but
    ]


def offers_of(found: Found, language: Language) -> list[Choice]:
    """What else might be wished of things like these: "red", "cheaper", "for women"."""
    wish = found.wish
    if not wish.shows or not found.hits:
        return []
    said = {" ".join(but.casefold().split()) for but in wish.but}
    offers = dict(_offered(found, language))
    return [
        Choice(label, wish.but_with(but=(*wish.but, but)).address())
        for but, label in offers.items()
        if but.casefold() not in said
    ]


def _offered(found: Found, language: Language) -> Iterator[tuple[str, str]]:
    """Words for `but`, and how they read on a chip."""
    shared = found.hits[0].why.get("shared", {})
    counted = {facet.name: facet.values for facet in found.facets}
    if found.prices and any(_costs(product) for product in found.liked):
        yield "cheaper", language.say("but.cheaper")
    for name in ("colour", "gender", "pattern"):
        given = {str(shared.get(name, "")).casefold()}
        given |= {str(getattr(product, name)).casefold() for product in found.liked}
        values = [
            value
            for value, _ in counted.get(name, ())
            if value.casefold() not in given and value.casefold() not in _PLAIN
        ]
        for value in list(filter(_SPEAKABLE.fullmatch, values))[: _MOST[name]]:
            label = value_label(name, value, language).lower()
            yield value.lower(), language.say(f"but.{name}", value=label)
    pattern = str(shared.get("pattern", ""))
    if _SPEAKABLE.fullmatch(pattern) and pattern.casefold() not in _PLAIN:
        shown = value_label("pattern", pattern, language).lower()
        yield f"not {pattern.lower()}", language.say("but.not", value=shown)


def _values(
    wish: Wish, name: str, values: tuple[tuple[str, int], ...], language: Language
) -> Iterator[Choice]:
    chosen = {value.casefold() for value in wish.filters.get(name, ())}
    first = [pair for pair in values if pair[0].casefold() in chosen]
    rest = [pair for pair in values if pair[0].casefold() not in chosen]
    for value, count in (*first, *rest[: max(0, _MOST_VALUES - len(first))]):
        yield Choice(
            value_label(name, value, language),
            wish.toggled(name, value).address(),
            count,
            value.casefold() in chosen,
            value,
        )


def _costs(product: Product) -> bool:
    return product.price is not None or product.sale_price is not None


def _money(amount: float, currency: str, language: Language) -> str:
    if not currency:
        return language.number(amount, 0 if amount.is_integer() else 2)
    return language.money({"amount": f"{amount:g}", "currency": currency})
