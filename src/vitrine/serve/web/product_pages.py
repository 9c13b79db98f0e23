"""`/products/{id}`: all that a shop says and shows of one product, and what goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from vitrine.events import EventProduct
from vitrine.index import TAG_OF
from vitrine.search.reasons import ATTRIBUTES
from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.board_wishes import BoardWish
from vitrine.serve.web.cards import card_of, more_like, prices, shop_link, title_of, value_label
from vitrine.serve.web.guests import Guest, GuestHere, GuestRoute
from vitrine.serve.web.noting import came_from, looks, note_later, opinions_of, view_of
from vitrine.serve.web.offers import offer_table, offers_of
from vitrine.serve.web.pictures import picture_address
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import Wish
from vitrine.serve.web.wording import Language
from vitrine.shop import Comparison, product_to_json
from vitrine.types import Hit, Product, Tags

router = APIRouter(dependencies=[Depends(visitor_of)], route_class=GuestRoute)

_N_SIMILAR = 12
_MOST_VARIANTS = 24
_MOST_PHOTOS = 12
_COARSE = ("master_category", "sub_category")
_OTHER_FACTS = ("size", "age_group", "year", "seller", "availability")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a product."""

    label: str
    value: str
    """The shop's word; else what the encoder sees."""
    sure_percent: int | None
    """How sure the encoder is, where the value is its own."""
    seen: str
    """What the encoder sees instead, where it differs from the shop's word."""
    seen_percent: int


@dataclass(frozen=True, slots=True)
class _Around:
    product: Product
    tags: Tags
    similar: tuple[Hit, ...]
    variants: tuple[Hit, ...]
    opinions: dict[str, str]
    elsewhere: Comparison | None


@router.get("/products/{product_id:path}")
async def product_page(
    request: Request, service: ServiceHere, guest: GuestHere, product_id: str
) -> Response:
    """Show one product, its variants, and what looks like it."""
    around = await service.searches.run(partial(_look_around, service, product_id, guest))
    product, language = around.product, language_of(request)
    said = product_to_json(product)
    like = Wish(like=(product_id,))
    price, before = prices(said, language)
    page = render(
        request,
        "product.html.jinja",
        product=product,
        title=title_of(said),
        price=price,
        price_before=before,
        photos=[
            (picture_address(product_id, n), picture_address(product_id, n, large=True))
            for n in range(min(len(product.photos), _MOST_PHOTOS))
        ],
        facts=list(facts_of(product, around.tags, language)),
        shop_link=shop_link(product),
        similar=[
            replace(card_of(hit, like, language, calibrated=False), like="", dislike="")
            for hit in around.similar
        ],
        variants=[card_of(hit, Wish(), language, calibrated=False) for hit in around.variants],
        more=more_like(product_id),
        outfit=BoardWish(keep=(product_id,)).address(),
        opinions=around.opinions,
        table=offer_table(around.elsewhere, language) if around.elsewhere else None,
    )
    seen = view_of(guest, EventProduct(product_id), {"from": came_from(request)})
    return note_later(page, service, seen) if guest.noted and looks(request) else page


def facts_of(product: Product, tags: Tags, language: Language) -> Iterator[Fact]:
    """What is known, the most telling first: the shop's word, the encoder's beside it."""
    heads = {name: TAG_OF.get(name, name) for name in ATTRIBUTES}
    rest = [head for head in tags if head not in {*heads.values(), *_COARSE}]
    for name, head in (*heads.items(), *((head, head) for head in rest)):
        own = str(getattr(product, name, "") or "")
        tag = tags.get(head)
        seen = value_label(name, tag.value, language) if tag else ""
        percent = round(100 * tag.confidence) if tag else 0
        if own:
            differs = bool(tag) and seen.casefold() != own.casefold()
            label = value_label(name, own, language)
            yield Fact(_label(name, language), label, None, seen if differs else "", percent)
        elif seen:
            yield Fact(_label(name, language), seen, percent, "", 0)
    for name in _OTHER_FACTS:
        if own := str(getattr(product, name) or ""):
            label = value_label(name, own, language)
            yield Fact(_label(name, language), label, None, "", 0)


def _look_around(service: Service, product_id: str, guest: Guest) -> _Around:
    shop = service.shop
    product = shop.get(product_id)
    similar: tuple[Hit, ...] = ()
    if shop.thumbnail(product_id) is not None:  # a photo stands for it
        found = shop.search(like=product_id, group_by="item_group_id", k=_N_SIMILAR)
        similar = found.hits
    return _Around(
        product,
        shop.tags(product_id),
        similar,
        _variants(service, product),
        opinions_of(service, guest),
        offers_of(service, product),
    )


def _variants(service: Service, product: Product) -> tuple[Hit, ...]:
    if not product.item_group_id:
        return ()
    where: Mapping[str, object] = {"item_group_id": [product.item_group_id]}
    found = service.shop.search(where=where, k=_MOST_VARIANTS + 1)
    others = [hit for hit in found if hit.product_id != product.product_id]
    return tuple(others[:_MOST_VARIANTS])


def _label(name: str, language: Language) -> str:
    key = f"field.{name}"
    return language.say(key) if language.has(key) else name.replace("_", " ").capitalize()
