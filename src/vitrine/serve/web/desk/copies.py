"""`/desk/copies`: products that look the same, and what to do about them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import prices, product_address, title_of
from vitrine.serve.web.desk.photos import desk_picture
from vitrine.serve.web.desk.reviewing import remember
from vitrine.serve.web.desk.visits import (
    PLACE,
    DeskRoute,
    DeskState,
    PostedForm,
    VisitHere,
    see_other,
    show,
    state_of,
)
from vitrine.serve.web.rendering import language_of
from vitrine.serve.web.wording import Language
from vitrine.shop import product_to_json
from vitrine.shop.desk import Copies, Desk
from vitrine.types import Product

router = APIRouter(route_class=DeskRoute)

_N_GROUPS = 12
_MOST_SHOWN = 12
_PATIENCE_S = 1.5
_RELOADED_S = 3


@dataclass(frozen=True, slots=True)
class Twin:
    """One product of a group, as the page shows it."""

    product_id: str
    title: str
    address: str
    photo: str
    price: str
    group: str


@dataclass(frozen=True, slots=True)
class _Sight:
    copies: Copies
    products: dict[str, Product]
    changed: bool
    """Whether the shop changed since it was looked at."""


@router.get(f"{PLACE}/copies")
async def copies(
    request: Request,
    service: ServiceHere,
    visit: VisitHere,
    again: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show the groups; the first time, or again, while they are looked for."""
    state = state_of(request)
    desk = state.desk
    sight = await service.reads.run(partial(_read, service, desk))
    if (sight is None or (again and sight.changed)) and not await _look(service, state):
        page = show(request, visit, "desk_looking.html.jinja", here="copies")
        page.headers["Refresh"] = str(_RELOADED_S)
        return page
    sight = await service.reads.run(partial(_read, service, desk))
    language = language_of(request)
    groups = sight.copies.groups if sight else ()
    products = sight.products if sight else {}
    return show(
        request,
        visit,
        "desk_copies.html.jinja",
        here="copies",
        groups=[
            (
                group.product_ids,
                [
                    _twin(products[name], language)
                    for name in group.product_ids[:_MOST_SHOWN]
                    if name in products
                ],
            )
            for group in groups[:_N_GROUPS]
        ],
        n_groups=len(groups),
        looked_at=sight.copies.looked_at if sight else "",
        changed=bool(sight and sight.changed),
    )


@router.post(f"{PLACE}/copies/join")
async def join(request: Request, service: ServiceHere, form: PostedForm) -> Response:
    """Make products variants of each other."""
    desk = state_of(request).desk
    batch = await service.writes.run(partial(desk.join, form.all("product")))
    remember(form, batch)
    return see_other(f"{PLACE}/copies")


@router.post(f"{PLACE}/copies/apart")
async def apart(request: Request, service: ServiceHere, form: PostedForm) -> Response:
    """Remember that products are different, however alike they look."""
    desk = state_of(request).desk
    await service.writes.run(partial(desk.tell_apart, form.all("product")))
    form.session.notices.append(("desk.copies.told_apart", {}))
    return see_other(f"{PLACE}/copies")


@router.get(f"{PLACE}/delete")
async def ask_to_delete(
    request: Request,
    service: ServiceHere,
    visit: VisitHere,
    product: Annotated[str, Query(min_length=1, max_length=512)],
) -> Response:
    """Ask whether a product is really to go."""
    found = await service.reads.run(partial(service.shop.get, product))
    twin = _twin(found, language_of(request))
    return show(request, visit, "desk_delete.html.jinja", here="copies", twin=twin)


@router.post(f"{PLACE}/delete")
async def delete(service: ServiceHere, form: PostedForm) -> Response:
    """Remove a product; only an import brings it back."""
    product_id = form.one("product")
    n_deleted = await service.writes.run(partial(service.shop.delete, product_id))
    said = "desk.deleted" if n_deleted else "desk.deleted.gone"
    form.session.notices.append((said, {"product": product_id} if n_deleted else {}))
    return see_other(f"{PLACE}/copies")


async def _look(service: Service, state: DeskState) -> bool:
    """Look for copies in the background; whether that was done before patience ended."""
    if state.looking is None or state.looking.done():
        look = partial(state.desk.look_for_copies, stop=lambda: service.stopping)
        state.looking = asyncio.create_task(asyncio.to_thread(look))
    done, _ = await asyncio.wait({state.looking}, timeout=_PATIENCE_S)
    return bool(done) and state.looking.result() is not None


def _read(service: Service, desk: Desk) -> _Sight | None:
    found = desk.copies()
    if found is None:
        return None
    ids = [name for group in found.groups[:_N_GROUPS] for name in group.product_ids[:_MOST_SHOWN]]
    store = service.imports.store
    return _Sight(found, store.products(ids), store.counter() != found.counter)


def _twin(product: Product, language: Language) -> Twin:
    said = product_to_json(product)
    return Twin(
        product.product_id,
        title_of(said),
        product_address(product.product_id),
        desk_picture(product.product_id) if product.photos else "",
        prices(said, language)[0],
        product.item_group_id,
    )
