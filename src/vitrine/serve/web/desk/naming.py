"""`/desk/styles`: new styles are decided about, and all get names that people understand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.style_inbox import decided
from vitrine.serve.style_questions import DecisionQuestion
from vitrine.serve.web.desk.photos import desk_picture
from vitrine.serve.web.desk.visits import (
    PLACE,
    DeskForm,
    DeskRoute,
    PostedForm,
    VisitHere,
    see_other,
    show,
)
from vitrine.serve.web.style_pages import known_styles

if TYPE_CHECKING:
    from vitrine.styles import StyleSummary

router = APIRouter(route_class=DeskRoute)

_N_PICTURES = 6


@dataclass(frozen=True, slots=True)
class NamedStyle:
    """A style and pictures that tell what to call it."""

    style_id: str
    name: str
    size: int
    by_hand: bool
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposedStyle:
    """Pieces that are new and look alike, as the inbox shows them."""

    proposal_id: str
    name: str
    size: int
    nearest: str
    """The id of the style that they come closest to."""
    photos: tuple[str, ...]


@router.get(f"{PLACE}/styles")
async def styles(request: Request, service: ServiceHere, visit: VisitHere) -> Response:
    """Show what is new to all styles, and every style with its name in a field."""
    shown = await service.searches.run(partial(_styles, service))
    waiting, proposed = await service.searches.run(partial(_proposed, service))
    return show(
        request,
        visit,
        "desk_styles.html.jinja",
        here="styles",
        styles=shown,
        waiting=waiting,
        proposed=proposed,
    )


@router.post(f"{PLACE}/styles/rename")
async def rename(service: ServiceHere, form: PostedForm) -> Response:
    """Give a style a name; a later fit keeps it."""
    name = form.one("name")
    work = partial(service.shop.styles.rename, form.one("style"), name)
    try:
        await service.writes.run(work)
    except (NotFoundError, UsageError) as error:
        return _told(form, "desk.styles.refused", reason=str(error))
    return _told(form, "desk.styles.renamed", name=name)


@router.post(f"{PLACE}/styles/novel")
async def decide(service: ServiceHere, form: PostedForm) -> Response:
    """Make a proposal a style, a part of one, or no news."""
    name, style_id = form.one("name"), form.one("style")
    work = partial(_decided, service, form.one("proposal"), form.one("decision"), name, style_id)
    try:
        style = await service.writes.run(work)
    except (NotFoundError, UsageError) as error:
        return _told(form, "desk.styles.refused", reason=str(error))
    if style is None:
        return _told(form, "desk.styles.dismissed")
    is_new = form.one("decision") == "accept"
    return _told(form, "desk.styles.accepted" if is_new else "desk.styles.joined", name=style.name)


@router.post(f"{PLACE}/styles/merge")
async def merge(service: ServiceHere, form: PostedForm) -> Response:
    """Make the selected styles one, under the name of the first."""
    try:
        merged = await service.writes.run(partial(service.shop.styles.merge, form.all("style")))
    except (NotFoundError, UsageError) as error:
        return _told(form, "desk.styles.refused", reason=str(error))
    return _told(form, "desk.styles.merged", name=merged.name)


def _decided(
    service: Service, proposal_id: str, decision: str, name: str, style_id: str
) -> StyleSummary | None:
    said = {"decision": decision, "name": name or None, "style_id": style_id or None}
    try:
        asked = DecisionQuestion.model_validate(said)
    except ValidationError as error:
        raise UsageError(error.errors(include_url=False)[0]["msg"]) from error
    return decided(service.shop.styles, proposal_id, asked)


def _proposed(service: Service) -> tuple[int, list[ProposedStyle]]:
    """How many pieces are new to all styles, and the styles that they may be."""
    try:
        found = service.shop.styles.novel()
    except (NotFoundError, DataError):
        return 0, []
    return len(found.waiting), [
        ProposedStyle(
            each.proposal_id,
            each.name,
            len(each.product_ids),
            each.nearest.style_id,
            tuple(desk_picture(product_id) for product_id in each.exemplars[:_N_PICTURES]),
        )
        for each in found.proposals
    ]


def _styles(service: Service) -> list[NamedStyle]:
    return [
        NamedStyle(
            each.style_id,
            each.name,
            each.size,
            each.by_hand,
            tuple(desk_picture(product_id) for product_id in each.exemplars[:_N_PICTURES]),
        )
        for each in known_styles(service)
    ]


def _told(form: DeskForm, key: str, **values: object) -> Response:
    form.session.notices.append((key, values))
    return see_other(f"{PLACE}/styles")
