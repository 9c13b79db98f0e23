"""`/desk/styles`: styles get names that people understand, and become one where they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from vitrine.errors import NotFoundError, UsageError
from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
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


@router.get(f"{PLACE}/styles")
async def styles(request: Request, service: ServiceHere, visit: VisitHere) -> Response:
    """Show every style with its name in a field."""
    shown = await service.searches.run(partial(_styles, service))
    return show(request, visit, "desk_styles.html.jinja", here="styles", styles=shown)


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


@router.post(f"{PLACE}/styles/merge")
async def merge(service: ServiceHere, form: PostedForm) -> Response:
    """Make the selected styles one, under the name of the first."""
    try:
        merged = await service.writes.run(partial(service.shop.styles.merge, form.all("style")))
    except (NotFoundError, UsageError) as error:
        return _told(form, "desk.styles.refused", reason=str(error))
    return _told(form, "desk.styles.merged", name=merged.name)


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
