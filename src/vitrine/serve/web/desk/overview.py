"""`/desk`: what the shop holds, how much it says, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.imports import public_job
from vitrine.serve.service import Service
from vitrine.serve.web.cards import value_label
from vitrine.serve.web.desk.visits import PLACE, DeskRoute, VisitHere, show, state_of
from vitrine.serve.web.rendering import language_of
from vitrine.serve.web.wording import Language
from vitrine.shop.coverage import Coverage
from vitrine.shop.desk import Desk
from vitrine.shop.doubts import KINDS
from vitrine.types import Json

router = APIRouter(route_class=DeskRoute)

_N_IMPORTS = 5
_N_VALUES = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart; widths are shares of the whole, 0..100."""

    name: str
    label: str
    n: int
    percent: float
    more: float = 0.0
    """What the encoder adds, after the first part."""


@dataclass(frozen=True, slots=True)
class _Sight:
    coverage: Coverage
    waiting: Mapping[str, int]
    jobs: Sequence[Json]


@router.get(PLACE)
async def overview(request: Request, service: ServiceHere, visit: VisitHere) -> Response:
    """Show counts, coverage, and the last imports."""
    desk = state_of(request).desk
    sight = await service.reads.run(partial(_look, service, desk))
    language, coverage = language_of(request), sight.coverage
    return show(
        request,
        visit,
        "desk_overview.html.jinja",
        here="overview",
        coverage=coverage,
        fields=_fields(coverage, language),
        charts=_charts(coverage, language),
        waiting=sight.waiting,
        imports=sight.jobs,
        n_failed=next((job["errors"] for job in sight.jobs if job["finished_at"]), 0),
        last_id=next((job["id"] for job in sight.jobs if job["finished_at"]), ""),
    )


def _look(service: Service, desk: Desk) -> _Sight:
    queue = desk.queue()
    jobs = service.imports.store.jobs(_N_IMPORTS)
    return _Sight(
        desk.coverage(),
        {kind: queue.count(kind) for kind in KINDS},
        [public_job(job) for job in jobs],
    )


def _fields(coverage: Coverage, language: Language) -> list[Bar]:
    """A bar for every field, as a share of all products."""
    whole = max(1, coverage.n_products)
    return [
        Bar(
            name,
            language.say(f"desk.field.{name}"),
            n,
            100 * n / whole,
            100 * coverage.n_seen.get(name, 0) / whole,
        )
        for name, n in coverage.n_said.items()
    ]


def _charts(coverage: Coverage, language: Language) -> list[tuple[str, list[Bar]]]:
    """What products are, by kind, colour and gender; the longest bar is the most frequent."""
    charts: list[tuple[str, list[Bar]]] = []
    for name, counted in coverage.values.items():
        values = [(str(each["value"]), int(each["count"])) for each in counted["values"]]
        shown, rest = values[:_N_VALUES], values[_N_VALUES:]
        others = sum(n for _, n in rest) + int(counted["others"])
        longest = max((n for _, n in values), default=1)
        bars = [
            Bar(value, value_label(name, value, language), n, 100 * n / longest)
            for value, n in shown
        ]
        for key, n in (("others", others), ("missing", int(counted["missing"]))):
            if n:
                label = language.say(f"desk.chart.{key}")
                bars.append(Bar("", label, n, 0.0))
        if values:
            charts.append((name, bars))
    return charts
