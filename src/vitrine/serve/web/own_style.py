"""`/your-style`: a few of the visitor's own photos, and what they say of a style."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.web.cards import Card
from vitrine.serve.web.forms import FormHere
from vitrine.serve.web.guests import Guest, GuestHere, GuestRoute, require_own_page
from vitrine.serve.web.noting import opinions_of
from vitrine.serve.web.rendering import PAGE_HEADERS, language_of, render
from vitrine.serve.web.shelf import KeptPhoto, PhotoShelf, cleaned, shelf_of
from vitrine.serve.web.style_pages import (
    StyleTile,
    cards_of_ids,
    known_styles,
    shown_name,
    tile_of,
)
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wording import Language

if TYPE_CHECKING:
    from vitrine.shop.style_suggestions import StyleSuggestion

PLACE = "/your-style"
router = APIRouter(prefix=PLACE, dependencies=[Depends(visitor_of)], route_class=GuestRoute)

MOST_PHOTOS = 12
_N_OF_A_PART = 8
_MAIN_PARTS = ("top", "bottom", "dress", "outerwear", "shoes", "bag", "other")
_PHOTOS_AT_FULL_SIZE = 4
_FORM_OVERHEAD_BYTES = 64 * 1024
_SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class OwnPhoto:
    """A visitor's photo as the page shows it."""

    name: str
    """Empty where it is not kept."""
    src: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OwnLook:
    """Photos that look alike, and the style of the shop that they match."""

    name: str
    address: str
    photos: tuple[OwnPhoto, ...]


@dataclass(frozen=True, slots=True)
class OwnStyle:
    """What the photos say."""

    best: StyleTile | None
    """None where nothing matched."""
    exemplars: tuple[Card, ...]
    others: tuple[StyleTile, ...]
    looks: tuple[OwnLook, ...]
    outliers: tuple[OwnPhoto, ...]
    wardrobe: tuple[tuple[str, tuple[Card, ...]], ...]
    """Part of the wardrobe, and what fits there."""
    trifles: tuple[tuple[str, tuple[Card, ...]], ...]
    """The same of smaller things."""
    popular: tuple[Card, ...]


@router.get("")
async def own_style(request: Request, service: ServiceHere, guest: GuestHere) -> Response:
    """Ask for photos, or say what those in the address mean."""
    shelf = shelf_of(request)
    asked = _names(request.url.query, MOST_PHOTOS)
    kept = [(name, photo) for name in asked if (photo := shelf.get(name))]
    return await _page(request, service, guest, kept, n_gone=len(asked) - len(kept))


@router.post("")
async def take(request: Request, service: ServiceHere, guest: GuestHere, body: Body) -> Response:
    """Take photos beside those that the part `query` names."""
    most = int(service.settings.serve_upload_mb * 2**20) * _PHOTOS_AT_FULL_SIZE
    if service.searches.is_full:
        await body.drain(most)
        raise service.searches.refusal()
    form = await body.read_form(most + _FORM_OVERHEAD_BYTES, MOST_PHOTOS)
    shelf = shelf_of(request)
    photos = [await service.searches.run(partial(_clean, service, photo)) for photo in form.photos]
    if not shelf.kept_s:
        return await _page(request, service, guest, [("", photo) for photo in photos], n_gone=0)
    before = _names(form.query.decode("utf-8", "replace"), MOST_PHOTOS)
    names = [*(name for name in before if shelf.get(name)), *(shelf.put(each) for each in photos)]
    return RedirectResponse(_address(names[-MOST_PHOTOS:]), _SEE_OTHER, PAGE_HEADERS)


@router.post("/forget", dependencies=[Depends(require_own_page)])
async def forget(request: Request, form: FormHere) -> Response:
    """Let all photos go at once."""
    for name in form.all("photo")[:MOST_PHOTOS]:
        shelf_of(request).forget(name)
    return RedirectResponse(PLACE, _SEE_OTHER, PAGE_HEADERS)


async def _page(
    request: Request,
    service: Service,
    guest: Guest,
    kept: Sequence[tuple[str, KeptPhoto]],
    *,
    n_gone: int,
) -> Response:
    language = language_of(request)
    shown = [_shown(name, photo) for name, photo in kept]

    def look() -> tuple[bool, OwnStyle | None, dict[str, str]]:
        has_styles = bool(known_styles(service))
        if not (kept and has_styles):
            return has_styles, None, {}
        images = [service.decode(photo.data) for _, photo in kept]
        found = service.shop.suggest_styles(images, k=_N_OF_A_PART)
        said = _said(service, found, shown, language)
        return has_styles, said, opinions_of(service, guest)

    has_styles, found, opinions = await service.searches.run(look)
    names = [name for name, _ in kept if name]
    return render(
        request,
        "your_style.html.jinja",
        found=found,
        photos=shown,
        has_styles=has_styles,
        n_gone=n_gone,
        minutes=_minutes(shelf_of(request), names),
        without={name: _address([each for each in names if each != name]) for name in names},
        carried=urlencode([("photo", name) for name in names]),
        names=names,
        more=len(names) < MOST_PHOTOS,
        most=MOST_PHOTOS,
        opinions=opinions,
    )


def _said(
    service: Service, found: StyleSuggestion, photos: Sequence[OwnPhoto], language: Language
) -> OwnStyle:
    """Runs on a thread of the searches' lane."""
    tiles = [tile_of(service, each.style, language) for each in found.styles]
    exemplars = found.styles[0].style.exemplars if found.styles else ()
    named = {each.style_id: shown_name(each) for each in known_styles(service)}
    parts = [
        (part.part, tuple(cards_of_ids(service, [name for name, _ in part.hits], language)))
        for part in found.wardrobe
    ]
    return OwnStyle(
        best=tiles[0] if tiles else None,
        exemplars=tuple(cards_of_ids(service, exemplars, language)),
        others=tuple(tiles[1:]),
        looks=tuple(
            OwnLook(
                named.get(each.style_id, each.name),
                f"/styles/{each.style_id}",
                tuple(photos[n] for n in each.photos),
            )
            for each in found.looks
        ),
        outliers=tuple(photos[n] for n in found.outliers),
        wardrobe=tuple((part, cards) for part, cards in parts if cards and part in _MAIN_PARTS),
        trifles=tuple((part, cards) for part, cards in parts if cards and part not in _MAIN_PARTS),
        popular=tuple(cards_of_ids(service, found.popular, language)),
    )


def _clean(service: Service, photo: bytes) -> KeptPhoto:
    return cleaned(service.decode(photo))


def _shown(name: str, photo: KeptPhoto) -> OwnPhoto:
    if name:
        return OwnPhoto(name, f"/photos/{name}", photo.width, photo.height)
    data = base64.b64encode(photo.data).decode()
    return OwnPhoto("", f"data:image/jpeg;base64,{data}", photo.width, photo.height)


def _names(query: str, most: int) -> list[str]:
    said = parse_qsl(query[:4096])
    return list(dict.fromkeys(value for name, value in said if name == "photo"))[:most]


def _address(names: Sequence[str]) -> str:
    return f"{PLACE}?{urlencode([('photo', name) for name in names])}" if names else PLACE


def _minutes(shelf: PhotoShelf, names: Sequence[str]) -> int:
    """Until the first of them is let go."""
    return max(1, round(min((shelf.left_s(name) for name in names), default=0) / 60))
