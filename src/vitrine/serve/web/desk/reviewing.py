"""`/desk/review`: values that the photos contradict, and gaps that they could fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import product_address, title_of, value_label
from vitrine.serve.web.desk.entry import inside
from vitrine.serve.web.desk.photos import desk_picture
from vitrine.serve.web.desk.visits import (
    PLACE,
    DeskForm,
    DeskRoute,
    PostedForm,
    VisitHere,
    see_other,
    show,
    state_of,
)
from vitrine.serve.web.rendering import language_of
from vitrine.serve.web.wording import Language
from vitrine.shop import product_to_json
from vitrine.shop.deciding import Batch, Decision
from vitrine.shop.desk import Desk
from vitrine.shop.doubts import KINDS, REVIEWED, Doubt, DoubtKind
from vitrine.types import Product

router = APIRouter(route_class=DeskRoute)

N_ON_A_PAGE = 24
_LONGEST_VALUE = 200
_KEEP, _TAKE, _OTHER = "keep", "take", "other"


@dataclass(frozen=True, slots=True)
class Item:
    """One value to decide about, as the page shows it."""

    mark: str
    """All that a decision needs to know, for the form."""
    title: str
    brand: str
    address: str
    photo: str
    field: str
    field_label: str
    value: str
    seen: str
    percent: int


@dataclass(frozen=True, slots=True)
class _Queue:
    doubts: Sequence[Doubt]
    products: Mapping[str, Product]
    kinds: Mapping[str, int]
    fields: Mapping[str, int]
    values: Mapping[str, Sequence[str]]


@router.get(f"{PLACE}/review")
async def review(
    request: Request,
    service: ServiceHere,
    visit: VisitHere,
    kind: Annotated[str, Query(max_length=20)] = "",
    field: Annotated[str, Query(max_length=40)] = "",
    select: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show the most urgent values of one kind."""
    asked = kind if kind in KINDS else KINDS[0]
    field = field if field in REVIEWED else ""
    queue = await service.reads.run(partial(_read, service, state_of(request).desk, asked, field))
    language = language_of(request)
    return show(
        request,
        visit,
        "desk_review.html.jinja",
        here="review",
        kind=asked,
        field=field,
        kinds=queue.kinds,
        fields=[(name, language.say(f"desk.field.{name}"), n) for name, n in queue.fields.items()],
        items=list(_items(queue, language)),
        n_left=queue.fields.get(field, 0) if field else queue.kinds[asked],
        values=queue.values,
        all_selected=select == "all",
    )


@router.post(f"{PLACE}/review")
async def decide(request: Request, service: ServiceHere, form: PostedForm) -> Response:
    """Carry out what was decided, and go on with what is left."""
    decisions = list(decisions_in(form))
    if decisions:
        desk = state_of(request).desk
        batch = await service.writes.run(partial(desk.decide, decisions))
        remember(form, batch)
    else:
        form.session.notices.append(("desk.review.nothing", {}))
    asked = {"kind": form.one("kind"), "field": form.one("field")}
    query = urlencode({name: value for name, value in asked.items() if value})
    return see_other(f"{PLACE}/review?{query}")


@router.post(f"{PLACE}/undo")
async def undo(request: Request, service: ServiceHere, form: PostedForm) -> Response:
    """Take the last decisions back."""
    changes, form.session.last = form.session.last, ()
    if changes:
        batch = await service.writes.run(partial(state_of(request).desk.undo, changes))
        form.session.notices.append(("desk.undone", {"n": len(batch.changes)}))
        if batch.n_left:
            form.session.notices.append(("desk.review.left", {"n": batch.n_left}))
    return see_other(inside(form.one("back")))


def remember(form: DeskForm, batch: Batch) -> None:
    """Tell what was done, and how to take it back."""
    session = form.session
    n_kept = sum(change.kept for change in batch.changes)
    if batch.n_left:
        session.notices.append(("desk.review.left", {"n": batch.n_left}))
    if batch.changes:
        session.last = batch.changes
        n = len(batch.changes)
        counts = {"n": n, "kept": n_kept, "corrected": n - n_kept}
        session.notices.append(("desk.review.done", {**counts}))


def decisions_in(form: DeskForm) -> Iterator[Decision]:
    """What a form decides: item by item, and of selected ones at once."""
    selected, bulk = set(form.all("select")), form.one("bulk")
    for name, mark in form.pairs:
        if not name.startswith("item-"):
            continue
        number = name.removeprefix("item-")
        other = form.one(f"other-{number}")
        choice = form.one(f"do-{number}") or (_OTHER if other else "")
        if not choice and number in selected:
            choice = bulk
        if decision := _decision(mark, choice, other):
            yield decision


def _decision(mark: str, choice: str, other: str) -> Decision | None:
    """One decision; None where nothing is decided, or the item is none of ours."""
    said = {name: values[0] for name, values in parse_qs(mark, keep_blank_values=True).items()}
    if set(said) != {"product", "field", "value", "seen"} or said["field"] not in REVIEWED:
        return None
    becomes = {_KEEP: said["value"], _TAKE: said["seen"], _OTHER: other[:_LONGEST_VALUE]}
    if choice not in becomes or (choice != _KEEP and not becomes[choice]):
        return None
    return Decision(said["product"], said["field"], said["value"], becomes[choice])


def _read(service: Service, desk: Desk, kind: DoubtKind, field: str) -> _Queue:
    queue = desk.queue()
    doubts = queue.page(kind, field, N_ON_A_PAGE)
    products = service.imports.store.products([doubt.product_id for doubt in doubts])
    return _Queue(
        [doubt for doubt in doubts if doubt.product_id in products],
        products,
        {each: queue.count(each) for each in KINDS},
        queue.fields(kind),
        {name: desk.values(name) for name in dict.fromkeys(doubt.field for doubt in doubts)},
    )


def _items(queue: _Queue, language: Language) -> Iterator[Item]:
    for doubt in queue.doubts:
        product = queue.products[doubt.product_id]
        said = {
            "product": doubt.product_id,
            "field": doubt.field,
            "value": doubt.value,
            "seen": doubt.seen,
        }
        yield Item(
            mark=urlencode(said),
            title=title_of(product_to_json(product)),
            brand=product.brand,
            address=product_address(doubt.product_id),
            photo=desk_picture(doubt.product_id) if product.photos else "",
            field=doubt.field,
            field_label=language.say(f"desk.field.{doubt.field}"),
            value=value_label(doubt.field, doubt.value, language) if doubt.value else "",
            seen=value_label(doubt.field, doubt.seen, language),
            percent=min(99, round(100 * doubt.confidence)),
        )
