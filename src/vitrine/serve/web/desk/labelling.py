"""`/desk/labels`: one piece at a time, whose label says most about the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import product_address, title_of
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
from vitrine.shop import product_to_json

if TYPE_CHECKING:
    from vitrine.shop.style_label_results import AskedProduct, LabelProgress
    from vitrine.styles.labelling import CurvePoint

router = APIRouter(route_class=DeskRoute)

HERE = f"{PLACE}/labels"
WIDTH, HEIGHT = 480, 160
_N_KNOWN, _N_LAST = 9, 6


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word to choose instead of typing it."""

    word: str
    key: int
    """1 to 9, on the keyboard."""
    percent: int | None
    """How likely; None where it was not proposed."""


@dataclass(frozen=True, slots=True)
class AskedPiece:
    """What somebody should say a word about."""

    product_id: str
    title: str
    address: str
    photo: str
    reason: str
    style: str
    """Name; so is `beside`."""
    beside: str
    known: tuple[KnownWord, ...]


@dataclass(frozen=True, slots=True)
class GivenWord:
    """A label that was given, and may be taken back."""

    product_id: str
    word: str
    photo: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares right by labels, in a box of 480 by 160, 0 at the bottom and 1 at the top."""

    line: str
    """Points of a polyline."""
    band: str
    """Points of a polygon: the 95 % intervals."""
    dots: tuple[tuple[float, float], ...]
    rows: tuple[tuple[int, int, int, int, str, int], ...]
    """Labels; percent right, from, to; points that a label brought; percent of the commonest."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the page shows."""

    progress: LabelProgress
    piece: AskedPiece | None
    last: tuple[GivenWord, ...]
    curve: Curve | None


@router.get(HERE)
async def labels(request: Request, service: ServiceHere, visit: VisitHere) -> Response:
    """Show the next piece, and how far the labels have come."""
    sight = await service.searches.run(partial(_look, service))
    size = {"width": WIDTH, "height": HEIGHT}
    return show(request, visit, "desk_labels.html.jinja", here="styles", sight=sight, **size)


@router.post(HERE)
async def answer(service: ServiceHere, form: PostedForm) -> Response:
    """Keep a label, or that there is none, and go on with the next piece."""
    try:
        await service.writes.run(partial(_answer, service, form))
    except (NotFoundError, UsageError) as error:
        form.session.notices.append(("desk.labels.refused", {"reason": str(error)}))
    return see_other(HERE)


def curve_of(progress: LabelProgress) -> Curve | None:
    """Draw what labels get right; None where that is not known yet."""
    points = progress.curve
    if not points:
        return None
    dots = _dots([each.right for each in points])
    around = (*_dots([p.high for p in points]), *reversed(_dots([p.low for p in points])))
    brought = ("" if each is None else f"{100 * each:+.2f}" for each in progress.brought())
    rows = tuple(_row(point, said) for point, said in zip(points, brought, strict=True))
    return Curve(_said(dots), _said(around), dots, rows)


def _row(point: CurvePoint, brought: str) -> tuple[int, int, int, int, str, int]:
    right, low, high, common = (
        round(100 * each) for each in (point.right, point.low, point.high, point.commonest)
    )
    return point.n_labels, right, low, high, brought, common


def _dots(shares: Sequence[float]) -> tuple[tuple[float, float], ...]:
    step = WIDTH / max(1, len(shares) - 1)
    return tuple((round(n * step, 1), round(HEIGHT * (1 - s), 1)) for n, s in enumerate(shares))


def _said(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _answer(service: Service, form: DeskForm) -> None:
    known, product_id = service.shop.style_labels, form.one("product")
    if form.one("do") == "skip":
        known.skip([product_id])
    elif form.one("do") == "forget":
        known.forget([product_id])
    else:
        known.give([(product_id, form.one("known") or form.one("label"))])


def _look(service: Service) -> Sight | None:
    """What there is to label; None where no styles were found."""
    shop = service.shop
    try:
        progress = shop.style_labels.progress()
        asked = shop.style_labels.queue(1)
        given = shop.style_labels.given()[:_N_LAST]
    except (NotFoundError, DataError):
        return None
    piece = _piece(service, asked[0], progress) if asked else None
    last = tuple(GivenWord(name, word, desk_picture(name)) for name, word in given)
    return Sight(progress, piece, last, curve_of(progress))


def _piece(service: Service, asked: AskedProduct, progress: LabelProgress) -> AskedPiece:
    names = {style.style_id: style.name for style in service.shop.styles.list()}
    product = service.shop.get(asked.product_id)
    likely = dict(asked.proposed)
    words = list(dict.fromkeys([*likely, *progress.words]))[:_N_KNOWN]
    known = tuple(
        KnownWord(word, key, round(100 * likely[word]) if word in likely else None)
        for key, word in enumerate(words, 1)
    )
    return AskedPiece(
        asked.product_id,
        title_of(product_to_json(product)),
        product_address(asked.product_id),
        desk_picture(asked.product_id),
        asked.reason,
        names[asked.style_id],
        names[asked.beside],
        known,
    )
