"""`/for-you`: what may suit a visitor, in rows that say why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import Card, card_of, title_of
from vitrine.serve.web.guests import Guest, GuestHere, GuestRoute
from vitrine.serve.web.noting import opinions_of
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import Wish
from vitrine.serve.web.wording import Language
from vitrine.shop import product_to_json
from vitrine.types import Hit

router = APIRouter(dependencies=[Depends(visitor_of)], route_class=GuestRoute)

N_SUGGESTED = 48
_LEAST_OF_A_ROW = 3
_MOST_OF_A_ROW = 12
_ABOUT_EVERYONE = ("popular", "trending", "new", "explored")


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the shop suggests to a guest, as it stands after the guest's last click."""

    strategy: str
    hits: tuple[Hit, ...]
    titles: Mapping[str, str]
    """Of the products that the reasons name."""
    opinions: Mapping[str, str]

    @property
    def personal(self) -> bool:
        """Whether anything is there because of what this guest did."""
        return any(_because(hit) not in _ABOUT_EVERYONE for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Row:
    """Suggestions for one reason."""

    name: str
    """Of the list, in events."""
    heading: str
    cards: tuple[Card, ...]


@router.get("/for-you")
async def for_you(request: Request, service: ServiceHere, guest: GuestHere) -> Response:
    """Show suggestions in rows, what is closest to the guest first."""
    found = await service.searches.run(lambda: suggested(service, guest, N_SUGGESTED))
    return render(
        request,
        "for_you.html.jinja",
        rows=list(rows_of(found, language_of(request))),
        personal=found.personal,
        strategy=found.strategy,
        opinions=found.opinions,
        rated="rated" in request.query_params,
    )


def suggested(service: Service, guest: Guest, k: int) -> Suggested:
    """Ask the shop; runs on a thread of the searches' lane."""
    found = service.shop.recommend(visitor=guest.visitor_id if guest.noted else "", k=k)
    named = {product_id for hit in found.hits for product_id in _named(hit)}
    return Suggested(
        found.strategy, found.hits, _titles(service, named), opinions_of(service, guest)
    )


def rows_of(found: Suggested, language: Language) -> Iterable[Row]:
    """Group suggestions that share a reason; those with one of their own come together, last."""
    groups: dict[tuple[str, str], list[Hit]] = {}
    for hit in found.hits:
        groups.setdefault((_because(hit), "".join(_named(hit)[:1])), []).append(hit)
    rest: list[Hit] = []
    for n, (reason, hits) in enumerate(groups.items()):
        if len(hits) < _LEAST_OF_A_ROW:
            rest += hits
            continue
        cards = [_card(hit, language) for hit in hits[:_MOST_OF_A_ROW]]
        yield Row(f"for-you.{n}", _reason(found, *reason, language), tuple(cards))
    if rest:
        heading = language.say("for_you.rest" if len(rest) < len(found.hits) else "for_you.all")
        cards = said_cards(replace(found, hits=tuple(rest)), language)
        yield Row("for-you.rest", heading, tuple(cards))


def said_cards(found: Suggested, language: Language) -> list[Card]:
    """Suggestions as cards that each say why they are there."""
    return [
        replace(
            _card(hit, language),
            closeness=_reason(found, _because(hit), "".join(_named(hit)[:1]), language),
        )
        for hit in found.hits
    ]


def _reason(found: Suggested, because: str, product_id: str, language: Language) -> str:
    title = found.titles.get(product_id, "")
    key = f"because.{because}" if title else f"because.{because}.plain"
    if not language.has(key):
        key = "because.other"
    return language.say(key, title=title)


def _card(hit: Hit, language: Language) -> Card:
    return card_of(hit, Wish(), language, calibrated=False)


def _because(hit: Hit) -> str:
    return str(hit.why.get("because", ""))


def _named(hit: Hit) -> list[str]:
    return [str(each) for each in hit.why.get("product_ids", ())]


def _titles(service: Service, product_ids: Iterable[str]) -> dict[str, str]:
    found = service.shop.get_all(product_ids)
    return {name: title_of(product_to_json(product)) for name, product in found.items()}
