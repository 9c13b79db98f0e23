"""`/`: the shop's front window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import card_of
from vitrine.serve.web.for_you import said_cards, suggested
from vitrine.serve.web.found import Found, answer
from vitrine.serve.web.guests import GuestHere, GuestRoute
from vitrine.serve.web.narrowing import Group, groups_of
from vitrine.serve.web.noting import noted_page
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import Wish

router = APIRouter(dependencies=[Depends(visitor_of)], route_class=GuestRoute)

_N_NEW = 12
_N_SUGGESTED = 6
_WAYS_IN = ("article_type", "colour", "gender")
_MOST_WAYS = 14


@router.get("/")
async def home(request: Request, service: ServiceHere, guest: GuestHere) -> Response:
    """Show what may suit the visitor, what is new, and the ways in."""
    found, suggestions = await service.searches.run(
        lambda: (_window(service), suggested(service, guest, _N_SUGGESTED))
    )
    language = language_of(request)
    ways = {group.name: group for group in groups_of(found, language)}
    cards = [card_of(hit, found.wish, language, calibrated=False) for hit in found.hits[:_N_NEW]]
    page = render(
        request,
        "home.html.jinja",
        cards=cards,
        ways=_shortened([ways[name] for name in _WAYS_IN if name in ways]),
        n_products=len(service.shop),
        everything=Wish().address(),
        suggestions=said_cards(suggestions, language) if suggestions.personal else [],
        opinions=suggestions.opinions,
    )
    return noted_page(request, page, guest, "home-page-view")


def _window(service: Service) -> Found:
    return answer(service, Wish(), None, cards_only=False)


def _shortened(groups: Sequence[Group]) -> list[Group]:
    return [replace(group, choices=group.choices[:_MOST_WAYS]) for group in groups]
