"""`/styles`: the looks that a shop has, and each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from vitrine.errors import DataError, NotFoundError
from vitrine.serve.access import ServiceHere
from vitrine.serve.problems import Problem
from vitrine.serve.service import Service
from vitrine.serve.web.cards import Card, product_card, value_label
from vitrine.serve.web.guests import GuestHere, GuestRoute
from vitrine.serve.web.noting import noted_page, opinions_of
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import FACETS, Wish
from vitrine.serve.web.wording import Language

if TYPE_CHECKING:
    from vitrine.styles import StyleDetail, StyleSummary

PLACE = "/styles"
router = APIRouter(prefix=PLACE, dependencies=[Depends(visitor_of)], route_class=GuestRoute)

_N_ON_A_TILE = 4
_N_LIKE = 5
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class StyleTile:
    """A style as a picture of a few of its pieces."""

    name: str
    size: int
    address: str
    cards: tuple[Card, ...]


@router.get("")
async def styles(request: Request, service: ServiceHere, guest: GuestHere) -> Response:
    """Show every style, the largest first."""
    language = language_of(request)

    def look() -> list[StyleTile]:
        return [tile_of(service, each, language) for each in known_styles(service)]

    tiles = await service.searches.run(look)
    page = render(request, "styles.html.jinja", tiles=tiles)
    return noted_page(request, page, guest, "category-page-view", attributes={"by": "styles"})


@router.get("/{style_id}")
async def style(
    request: Request, service: ServiceHere, guest: GuestHere, style_id: str
) -> Response:
    """Show one style: its pieces, what sets it apart, and what lies beside it."""
    language = language_of(request)

    def look() -> dict[str, Any]:
        try:
            found = service.shop.styles.show(style_id)
        except NotFoundError as error:
            raise Problem("not_found", str(error)) from error
        by_id = {each.style_id: each for each in service.shop.styles.list()}
        return {
            "heading": shown_name(found.summary),
            "size": found.summary.size,
            "cards": cards_of_ids(service, found.summary.exemplars, language),
            "words": list(_words(found, language)),
            "palette": [
                (value_label("colour", each.name, language), each.hex) for each in found.palette
            ],
            "more": Wish(like=found.summary.exemplars[:_N_LIKE]).address(),
            "neighbours": [
                tile_of(service, by_id[each.style_id], language)
                for each in found.neighbours
                if each.style_id in by_id
            ],
            "opinions": opinions_of(service, guest),
        }

    page = render(request, "style.html.jinja", **await service.searches.run(look))
    said = {"by": "style", "style": style_id}
    return noted_page(request, page, guest, "category-page-view", attributes=said)


def known_styles(service: Service) -> Sequence[StyleSummary]:
    """The shop's styles; none where nobody found them yet, or for another encoder."""
    try:
        return service.shop.styles.list()
    except (NotFoundError, DataError):
        return ()


def tile_of(service: Service, style: StyleSummary, language: Language) -> StyleTile:
    """A style with a few of its pieces."""
    cards = cards_of_ids(service, style.exemplars[:_N_ON_A_TILE], language)
    return StyleTile(shown_name(style), style.size, f"{PLACE}/{style.style_id}", tuple(cards))


def cards_of_ids(service: Service, product_ids: Sequence[str], language: Language) -> list[Card]:
    """Products as cards; those that left the shop are left out."""
    found = service.shop.get_all(product_ids)
    return [product_card(found[name], language) for name in product_ids if name in found]


def shown_name(style: StyleSummary) -> str:
    """Its name as a heading has it."""
    return style.name[:1].upper() + style.name[1:]


def _words(found: StyleDetail, language: Language) -> Iterator[tuple[str, str]]:
    """What sets it apart, each with a search for just that where there is one."""
    shown: set[str] = set()
    for each in found.typical:
        label = value_label(each.field, each.word.rpartition(">")[2].strip(), language)
        if label.casefold() in shown or len(shown) == _MOST_WORDS:
            continue
        shown.add(label.casefold())
        searched = Wish(filters={each.field: (each.word,)}) if each.field in FACETS else None
        yield label, searched.address() if searched else ""
