"""`/outfits`: a board of pieces that go together; what is done to it is in its address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from vitrine.errors import QueryError
from vitrine.events import EventProduct
from vitrine.outfits import NO_KIND, SLOTS, BudgetError, kind_of
from vitrine.outfits.slots import SLOT_OF_KIND
from vitrine.search import query_of
from vitrine.serve.access import ServiceHere
from vitrine.serve.problems import Problem
from vitrine.serve.service import Service
from vitrine.serve.web.board_wishes import GENDERS, MOST_PIECES, PLACE, SEASONS, BoardWish
from vitrine.serve.web.cards import Card, card_of, product_card
from vitrine.serve.web.forms import FormHere
from vitrine.serve.web.guests import Guest, GuestHere, GuestRoute, require_own_page
from vitrine.serve.web.noting import event_of, note
from vitrine.serve.web.rendering import PAGE_HEADERS, language_of, render
from vitrine.serve.web.searching import photo_gone
from vitrine.serve.web.shelf import KeptPhoto, shelf_of
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import Wish
from vitrine.serve.web.wording import Language
from vitrine.types import Hit

if TYPE_CHECKING:
    from vitrine.shop.outfit_results import Outfit, OutfitPiece, OutfitResult

router = APIRouter(prefix=PLACE, dependencies=[Depends(visitor_of)], route_class=GuestRoute)

_N_OUTFITS = 4
_N_ALTERNATIVES = 7
_N_SEEDS = 12
_SEEDS_OF_A_SLOT = 2
_LOOKED_THROUGH = 200
_MOST_SAVED = 12
_MOST_LAST = 400
_SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Place:
    """One piece on the board, and what can be done with it."""

    slot: str
    card: Card
    kept: bool
    reasons: tuple[tuple[str, str], ...]
    """Title of another piece, and why the two go together."""
    keep: str
    """Addresses of boards that differ in this piece; empty where there is none."""
    remove: str
    following: str
    before: str
    others: tuple[tuple[Card, str], ...]
    """Alternatives, each with the board that has it."""


@dataclass(frozen=True, slots=True)
class Board:
    """An outfit as a page shows it."""

    wish: BoardWish
    places: tuple[Place, ...]
    total: str
    fit_percent: int
    additions: tuple[tuple[str, str], ...]
    """Slot, and the board that fills it."""
    ideas: tuple[tuple[tuple[Card, ...], str, str], ...]
    """Other outfits: pieces, total, and their board."""
    notes: tuple[str, ...]
    seen: Mapping[str, str]
    """What was seen on the photo."""
    over_budget: bool


@router.get("")
async def board(request: Request, service: ServiceHere, guest: GuestHere) -> Response:
    """Lay out an outfit, or say how to begin."""
    pairs = request.query_params.multi_items()
    try:
        wish = BoardWish.read(pairs)
    except BudgetError as error:
        rest = BoardWish.read(pair for pair in pairs if pair[0] != "budget")
        return _regretted(request, rest, error)
    photo = shelf_of(request).get(wish.photo) if wish.photo else None
    if wish.photo and photo is None:
        return photo_gone(request, Wish())
    if wish.begins:
        return await _beginning(request, service, guest)
    return await board_page(request, service, wish, photo)


async def board_page(
    request: Request, service: Service, wish: BoardWish, photo: KeptPhoto | None
) -> Response:
    """Answer with a board; with a word of regret where the pieces make none."""
    language = language_of(request)
    try:
        laid = await service.searches.run(lambda: laid_out(service, wish, photo, language))
    except QueryError as error:
        return _regretted(request, wish, error)
    return render(
        request,
        "outfit_board.html.jinja",
        board=laid,
        wish=wish,
        photo=photo,
        seasons=SEASONS,
        genders=GENDERS,
        saved="saved" in request.query_params,
    )


def _regretted(request: Request, wish: BoardWish, error: QueryError) -> Response:
    """Say why there is no board; where it is the budget, offer the board without one."""
    freed = wish.address(budget=None) if isinstance(error, BudgetError) else ""
    return render(request, "outfit_regret.html.jinja", trouble=str(error), freed=freed)


@router.post("/save", dependencies=[Depends(require_own_page)])
async def save(service: ServiceHere, guest: GuestHere, form: FormHere) -> Response:
    """Keep an outfit among the visitor's events."""
    wish = BoardWish.read(form.pairs)
    if not guest.noted:
        raise Problem("not_noted", "nothing is kept of this visitor, so no outfit can be either")
    if not wish.pieces:
        raise Problem("invalid", "an outfit that is kept has pieces")
    await service.reads.run(lambda: [service.shop.get(each) for each in wish.ids])
    products = [EventProduct(each) for each in wish.ids]
    said = {"slots": ",".join(slot for slot, _ in wish.pieces if slot in SLOTS)}
    await note(service, [event_of(guest, "outfit-save", products, attributes=said)])
    kept = wish.address()
    return RedirectResponse(f"{kept}&saved=1", _SEE_OTHER, PAGE_HEADERS)


def laid_out(
    service: Service, wish: BoardWish, photo: KeptPhoto | None, language: Language
) -> Board:
    """Ask the shop for a board; runs on a thread of the searches' lane.

    Raises:
        QueryError: the pieces are no outfit, or nothing fits; a BudgetError where one was set.
        NotFoundError: a piece has left the shop.
    """
    found = _ask(service, wish, photo)
    if not found.outfits:
        kind = QueryError if wish.budget is None else BudgetError
        raise kind("; ".join(found.notes) or "nothing goes with it")
    outfit = found.outfits[0]
    total = outfit.total
    lies = replace(wish, pieces=_lying(outfit), add="", keep=wish.seeds)
    return Board(
        wish=lies,
        places=tuple(_places(outfit, lies, language)),
        total=_total(outfit, language),
        fit_percent=round(100 * outfit.score),
        additions=tuple(_additions(outfit, found, lies)),
        ideas=tuple(_ideas(found, lies, language)),
        notes=found.notes,
        seen=found.photo or {},
        over_budget=bool(wish.budget and total and float(total.amount) > wish.budget),
    )


def _ask(service: Service, wish: BoardWish, photo: KeptPhoto | None) -> OutfitResult:
    image = None if photo is None else service.decode(photo.data)
    asked: dict[str, Any] = {
        "image": image,
        "season": wish.season,
        "gender": wish.gender,
        "exclude": [product_id for _, product_id in wish.passed],
        "alternatives": _N_ALTERNATIVES,
    }
    if wish.pieces:  # what lies there stays, also where it is dearer than was said
        slots = [slot for slot, _ in wish.pieces if slot in SLOTS] + [wish.add] * bool(wish.add)
        return service.shop.outfits(
            like=wish.ids, slots=slots, pieces=max(2, len(slots) + bool(image)), k=1, **asked
        )
    if wish.budget is not None:
        currency = _currency_of(service, wish)
        asked["budget"] = f"{wish.budget:g} {currency}" if currency else None
    return service.shop.outfits(like=wish.keep, k=_N_OUTFITS, shuffle=wish.idea, **asked)


def _currency_of(service: Service, wish: BoardWish) -> str:
    """Of the pieces that are kept, else the shop's main one; empty where nothing has a price."""
    prices = [service.shop.get(product_id).price for product_id in wish.keep]
    if found := {price.currency for price in prices if price}:
        return found.pop()
    facets = service.shop.answer(query_of(k=1, facets=("currency",))).facets or {}
    values = facets["currency"]["values"]
    return str(values[0]["value"]) if values else ""


def _places(outfit: Outfit, wish: BoardWish, language: Language) -> Iterator[Place]:
    titles = {piece.product.product_id: _title(piece, language) for piece in outfit.pieces}
    for piece in sorted(outfit.pieces, key=lambda piece: SLOTS.index(piece.slot)):
        product_id = piece.product.product_id
        others = [
            (product_card(each, language), wish.swapped(piece.slot, product_id, each.product_id))
            for each in piece.alternatives
        ]
        yield Place(
            slot=piece.slot,
            card=product_card(piece.product, language),
            kept=product_id in wish.keep,
            reasons=tuple(
                (titles.get(pair.product_id or "", language.say("outfit.your_photo")), pair.says)
                for pair in piece.why
            ),
            keep=wish.keeping(product_id),
            remove=wish.without(product_id) if len(wish.pieces) > 1 else "",
            following=others[0][1] if others else "",
            before=wish.taken_back(piece.slot, product_id),
            others=tuple(others[1:]),
        )


def _additions(outfit: Outfit, found: OutfitResult, wish: BoardWish) -> Iterator[tuple[str, str]]:
    """Slots that are free; a dress stands for a top and a bottom."""
    taken = {piece.slot for piece in outfit.pieces} | {str((found.photo or {}).get("slot", ""))}
    if "dress" in taken:
        taken |= {"top", "bottom"}
    elif taken & {"top", "bottom"}:
        taken.add("dress")
    if len(outfit.pieces) < MOST_PIECES:
        yield from ((slot, wish.address(add=slot)) for slot in SLOTS if slot not in taken)


def _ideas(
    found: OutfitResult, wish: BoardWish, language: Language
) -> Iterator[tuple[tuple[Card, ...], str, str]]:
    for other in found.outfits[1:]:
        cards = tuple(product_card(piece.product, language) for piece in other.pieces)
        lies = replace(wish, pieces=_lying(other), passed=())
        yield cards, _total(other, language), lies.address()


def _lying(outfit: Outfit) -> tuple[tuple[str, str], ...]:
    return tuple((piece.slot, piece.product.product_id) for piece in outfit.pieces)


def _title(piece: OutfitPiece, language: Language) -> str:
    return product_card(piece.product, language).title


def _total(outfit: Outfit, language: Language) -> str:
    total = outfit.total
    said = {"amount": str(total.amount), "currency": total.currency} if total else None
    return language.money(said) if said else ""


async def _beginning(request: Request, service: Service, guest: Guest) -> Response:
    """Say how to begin, with pieces to begin with and outfits that were kept."""
    language = language_of(request)
    kept, seeds = await service.searches.run(
        lambda: (list(_kept_outfits(service, guest, language)), _seeds(service, language))
    )
    return render(request, "outfits.html.jinja", kept=kept, seeds=seeds)


def _seeds(service: Service, language: Language) -> list[tuple[Card, str]]:
    """The newest products of a few kinds, what looks are built on first, and boards around them."""
    newest = query_of(where={}, sort="newest", group_by="item_group_id", k=_LOOKED_THROUGH)
    found: dict[int, Hit] = {}
    for hit in service.shop.answer(newest).hits:
        kind = kind_of(str(hit.product.get("article_type", "")))
        if kind is not None and kind != NO_KIND:
            found.setdefault(kind, hit)
    slots: Counter[int] = Counter()
    seeds: list[tuple[Card, str]] = []
    for kind, hit in sorted(found.items()):
        slot = int(SLOT_OF_KIND[kind])
        slots[slot] += 1
        if slots[slot] <= _SEEDS_OF_A_SLOT:
            card = card_of(hit, Wish(), language, calibrated=False)
            seeds.append((card, BoardWish(keep=(hit.product_id,)).address()))
    return seeds[:_N_SEEDS]


def _kept_outfits(
    service: Service, guest: Guest, language: Language
) -> Iterator[tuple[list[Card], str]]:
    """What a visitor kept, the newest first; pieces that left the shop are left out."""
    if not guest.noted:
        return
    events = service.shop.events.of_visitor(guest.visitor_id, _MOST_LAST)
    saved = [event for event in events if event.event_type == "outfit-save"][:_MOST_SAVED]
    for event in saved:
        slots = event.attributes.get("slots", "").split(",")
        ids = [product.product_id for product in event.products]
        here = service.shop.get_all(ids)
        pieces = [
            (slot, here[name]) for slot, name in zip(slots, ids, strict=False) if name in here
        ]
        lies = tuple((slot, product.product_id) for slot, product in pieces)
        if lies:
            cards = [product_card(product, language) for _, product in pieces]
            yield cards, BoardWish(pieces=lies).address()
