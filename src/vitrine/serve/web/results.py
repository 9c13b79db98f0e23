"""The page of hits, put together from what was found."""

from __future__ import annotations

import base64
from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response

from vitrine.serve.service import Service
from vitrine.serve.web.cards import Card, card_of, product_card, title_of, value_label
from vitrine.serve.web.found import Found, answer
from vitrine.serve.web.guests import known_guest
from vitrine.serve.web.narrowing import buts_of, chosen_of, groups_of, offers_of, orders_of
from vitrine.serve.web.noting import opinions_of
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.shelf import KeptPhoto, shelf_of
from vitrine.serve.web.wishes import N_CARDS, Wish
from vitrine.serve.web.wording import Language
from vitrine.shop import product_to_json
from vitrine.types import Json

_SECONDS = 60
UNNAMED = "-"
"""Stands for the name of a photo that is not kept."""


async def results_page(
    request: Request, service: Service, wish: Wish, photo: KeptPhoto | None, *, part: str = ""
) -> Response:
    """Answer a wish with a page, or with its cards alone.

    Raises:
        QueryError: wishes contradict each other.
        NotFoundError: a liked product is not in the shop any more.
        Problem: `busy`.
    """
    cards_only = part == "cards"
    guest = known_guest(request)

    def work() -> tuple[Found, dict[str, str]]:
        found = answer(service, wish, photo, cards_only=cards_only)
        return found, opinions_of(service, guest) if wish.browses else {}

    found, opinions = await service.searches.run(work)
    language = language_of(request)
    cards = cards_of(service, found, language)
    following = "" if _passing(wish) or not found.has_more else _page(wish, wish.page + 1)
    if cards_only:
        return render(
            request, "cards.html.jinja", cards=cards, following=following, opinions=opinions
        )
    return render(
        request,
        "search.html.jinja",
        cards=cards,
        following=following,
        opinions=opinions,
        start=(wish.page - 1) * N_CARDS,
        wish=wish,
        found=found,
        title=_title(found, language),
        photo=photo_values(request, wish, photo),
        passing=_passing(wish),
        before=_page(wish, wish.page - 1) if wish.page > 1 else "",
        groups=groups_of(found, language),
        orders=orders_of(found, language),
        chosen=chosen_of(wish, language, found.currency),
        buts=buts_of(wish),
        offers=[] if _passing(wish) else offers_of(found, language),
        liked=_examples(wish, found, "liked", language),
        disliked=_examples(wish, found, "disliked", language),
        parts=[] if photo is None else _parts(wish, photo, language),
        crop=[round(100 * side, 1) for side in wish.crop or (0, 0, 1, 1)],
    )


def cards_of(service: Service, found: Found, language: Language) -> list[Card]:
    """All hits of a page as cards."""
    calibrated = bool(service.encoder.identity.similarity)
    cards = [card_of(hit, found.wish, language, calibrated=calibrated) for hit in found.hits]
    if _passing(found.wish):
        return [replace(card, like="", dislike="", why="") for card in cards]
    return cards


def photo_values(request: Request, wish: Wish, photo: KeptPhoto | None) -> Json | None:
    """What the template says of the photo that is searched by."""
    if photo is None:
        return None
    size = {"width": photo.width, "height": photo.height}
    if _passing(wish):
        data = base64.b64encode(photo.data).decode()
        return {**size, "src": f"data:image/jpeg;base64,{data}", "minutes": 0, "forget": ""}
    left_s = shelf_of(request).left_s(wish.photo)
    return {
        **size,
        "src": f"/photos/{wish.photo}",
        "minutes": max(1, round(left_s / _SECONDS)),
        "forget": f"/photos/{wish.photo}/forget",
    }


def _parts(wish: Wish, photo: KeptPhoto, language: Language) -> list[Json]:
    """Garments on the photo, each a part to search by."""
    return [
        {
            "label": language.say(f"part.{kind}"),
            "address": wish.but_with(crop=sides).address(),
            "box": ",".join(f"{side:g}" for side in sides),
            "percent": [100 * side for side in sides],
            "chosen": wish.crop == sides,
        }
        for kind, sides in photo.parts
    ]


def _passing(wish: Wish) -> bool:
    return wish.photo == UNNAMED


def _page(wish: Wish, number: int) -> str:
    return replace(wish, page=number).address()


def _title(found: Found, language: Language) -> str:
    wish = found.wish
    if wish.photo:
        return language.say("results.photo_and" if wish.q else "results.photo", words=wish.q)
    if found.liked:
        title = title_of(product_to_json(found.liked[0]))
        more = len(found.liked) - 1
        key = "results.like_more" if more else "results.like"
        return language.say(key, title=title, n=more)
    if wish.q:
        return language.say("results.words", words=wish.q)
    labels = [
        value_label(name, value, language)
        for name, values in wish.filters.items()
        for value in values
    ]
    return ", ".join(labels) or language.say("results.all")


def _examples(wish: Wish, found: Found, name: str, language: Language) -> list[tuple[Card, str]]:
    """Liked or disliked products, each with the address of the search without it."""
    products = found.liked if name == "liked" else found.disliked
    return [
        (product_card(product, language), wish.without_product(product.product_id).address())
        for product in products
    ]
