"""Hits as cards: a photo, a quiet caption, and why they are there, in a shop's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from vitrine.serve.web.pictures import picture_address
from vitrine.serve.web.wishes import Wish
from vitrine.serve.web.wording import Language
from vitrine.shop import product_to_json
from vitrine.types import Hit, Json, Product

_CLOSENESS = ((0.6, "very_close"), (0.3, "close"), (0.1, "related"), (0.0, "far"))
_SHOWN_AS_LINK = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Card:
    """One product among others."""

    product_id: str
    title: str
    brand: str
    address: str
    """Of its own page."""
    photo: str
    """Address; empty where there is none."""
    price: str
    price_before: str
    """Empty unless it is reduced."""
    variants: str
    """How many others there are of it; empty where none."""
    closeness: str
    """How near it is, in words; empty where nothing is compared."""
    reasons: tuple[str, ...]
    """Why it is there."""
    why: str
    """Where more is said about that; empty where there is no more."""
    more: str
    """Address of what looks like it."""
    like: str
    dislike: str
    """Addresses; empty where there is nothing to add to."""


def card_of(hit: Hit, wish: Wish, language: Language, *, calibrated: bool) -> Card:
    """Say a hit of a wish as a card."""
    plain = _plain(hit.product, language)
    refines = not wish.browses
    return Card(
        **plain,
        variants=_variants(hit.why, language),
        closeness=_closeness(hit, wish, language),
        reasons=reasons(hit, wish, language, calibrated=calibrated),
        why=_why_address(hit, wish),
        more=more_like(hit.product_id),
        like=wish.liking(hit.product_id).address() if refines else "",
        dislike=wish.disliking(hit.product_id).address() if refines else "",
    )


def product_card(product: Product, language: Language) -> Card:
    """Say a product as a card that gives no reasons."""
    return Card(
        **_plain(product_to_json(product), language),
        variants="",
        closeness="",
        reasons=(),
        why="",
        more=more_like(product.product_id),
        like="",
        dislike="",
    )


def more_like(product_id: str) -> str:
    """Address of what looks like a product."""
    return Wish(like=(product_id,)).address()


def product_address(product_id: str) -> str:
    """Address of a product's own page."""
    return f"/products/{quote(product_id, safe='')}"


def title_of(product: Json) -> str:
    """What a product is called; of one without a title, what it is."""
    return str(product.get("title") or product.get("article_type") or product["product_id"])


def prices(product: Json, language: Language) -> tuple[str, str]:
    """What a product costs, and what it cost before; empty where nothing is said."""
    regular, reduced = product.get("price"), product.get("sale_price")
    if reduced:
        return language.money(reduced), language.money(regular) if regular else ""
    return language.money(regular) if regular else "", ""


def shop_link(product: Product) -> str:
    """The product's page in the shop itself; empty unless it is on the web."""
    return product.link if product.link.lower().startswith(_SHOWN_AS_LINK) else ""


def value_label(name: str, value: str, language: Language) -> str:
    """A value of a field as a visitor reads it."""
    key = f"value.{name}.{value.casefold()}"
    if language.has(key):
        return language.say(key)
    return value[:1].upper() + value[1:]


def reasons(hit: Hit, wish: Wish, language: Language, *, calibrated: bool) -> tuple[str, ...]:
    """Why a hit is there, each reason a sentence."""
    said = [
        *_changed(hit.why.get("changed", {}), language),
        *_shared(hit.why, language),
        *_words(hit.why.get("words"), wish, language),
    ]
    if wish.shows and not (wish.q or wish.but) and calibrated:
        said.append(language.say("why.score", percent=round(100 * hit.score)))
    return tuple(said)


def _plain(product: Json, language: Language) -> dict[str, Any]:
    product_id = str(product["product_id"])
    price, before = prices(product, language)
    return {
        "product_id": product_id,
        "title": title_of(product),
        "brand": str(product.get("brand", "")),
        "address": product_address(product_id),
        "photo": picture_address(product_id) if product.get("photos") else "",
        "price": price,
        "price_before": before,
    }


def _variants(why: Json, language: Language) -> str:
    n = int(why.get("group", {}).get("n", 1)) - 1
    return language.say("card.variants", n=n) if n > 0 else ""


def _closeness(hit: Hit, wish: Wish, language: Language) -> str:
    if not wish.shows:
        return ""
    name = next(name for least, name in _CLOSENESS if hit.score >= least)
    return language.say(f"close.{name}")


def _why_address(hit: Hit, wish: Wish) -> str:
    return wish.address("/why", product=hit.product_id) if wish.shows else ""


def _shared(why: Json, language: Language) -> list[str]:
    shared: Mapping[str, str] = why.get("shared", {})
    sure: Mapping[str, float] = why.get("confidence", {})
    labels = {name: value_label(name, value, language) for name, value in shared.items()}
    known = [label for name, label in labels.items() if name not in sure]
    seen = [
        language.say("why.seen", value=labels[name], percent=round(100 * confidence))
        for name, confidence in sure.items()
    ]
    return [language.say("why.said", values=", ".join(known)), *seen] if known else seen


def _changed(changed: Mapping[str, Json], language: Language) -> list[str]:
    said: list[str] = []
    for name, each in changed.items():
        field = language.say(f"field.{name}")
        was, now = (_shown(name, each[side], language) for side in ("was", "is"))
        if now:
            key = "why.changed" if was and was != now else "why.is"
            said.append(language.say(key, field=field, was=was, now=now))
    return said


def _shown(name: str, value: str | None, language: Language) -> str:
    if not value:
        return ""
    if name != "price":
        return value_label(name, value, language)
    amount, _, currency = value.partition(" ")
    try:
        return language.money({"amount": amount, "currency": currency})
    except ArithmeticError:  # prices of several examples
        return value


def _words(words: Sequence[str] | None, wish: Wish, language: Language) -> list[str]:
    if words:
        return [language.say("why.words", words=", ".join(words))]
    return [language.say("why.looks_like_words", words=wish.q)] if words == [] and wish.q else []
