"""The map of styles and what is rising, as pages."""

from __future__ import annotations

import random
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from tests.serve.serving import Served, code_of
from tests.serve.web.pages import AS_PERSON, visit

from vitrine.events import Event, EventProduct

DAY_S = 86_400.0
START = 1_700_000_000.0


@pytest.fixture(scope="module")
def mapped(boutique: Served) -> Iterator[Served]:
    """The boutique, its styles found and drawn, and its visitors turning to one product."""
    with turned(boutique):
        yield boutique


@contextmanager
def turned(boutique: Served) -> Generator[None]:
    """Find and draw its styles, and let visitors of long ago come, who leave nothing behind."""
    shop = boutique.service.shop
    shop.events.purge_before(time.time() + DAY_S)  # whoever was there for other tests
    shop.styles.fit(6)
    shop.style_maps.draw()
    shop.events.append(turning([each.product_id for each in shop.products()]))
    yield
    shop.events.purge_before(START + 20 * DAY_S)


def turning(product_ids: list[str]) -> list[Event]:
    """Sixty visitors a day; more and more of them want the first product, the rest anything."""
    draw = random.Random(0)
    return [
        Event(
            f"turn-{day}-{visitor}",
            "purchase-complete",
            f"turn-{visitor}",
            START + day * DAY_S,
            (EventProduct(product_ids[0] if visitor < 5 * day else draw.choice(product_ids)),),
            currency="EUR",
        )
        for day in range(10)
        for visitor in range(60)
    ]


def test_the_map_is_a_table_as_well(mapped: Served) -> None:
    page = visit(mapped, "/styles/map")
    known = {each.style_id: each for each in mapped.service.shop.styles.list() if each.size}
    rows = [found["href"].removeprefix("/styles/") for found in page.all("a", href="/styles/s")]
    assert set(rows) == set(known)
    for style in known.values():
        assert style.name.casefold() in page.text.casefold()
    colours = [found["fill"] for found in page.all("rect")]
    assert len(set(colours)) == len(rows)
    alone = [found for found in page.all("button") if "data-only" in found]
    assert len(alone) == len(rows)
    assert all("hidden" in found for found in alone)


def test_its_points(mapped: Served) -> None:
    told = mapped("GET", "/styles/map/points").json()
    assert len(told["product_ids"]) == len(told["x"]) == told["products"]
    assert max(told["style"]) < len(told["styles"])


def test_a_dot_says_what_it_is(mapped: Served) -> None:
    shown = mapped.service.shop.style_maps.show()
    product_id = shown.product_ids[0]
    page = visit(mapped, f"/styles/map/piece?product={product_id}")
    assert page.all("a", href=f"/products/{product_id}")
    assert shown.places[shown.styles[0]].name in page.text
    nothing = mapped("GET", "/styles/map/piece?product=nothing", headers=AS_PERSON)
    assert nothing.status_code == 404


def test_what_is_rising(mapped: Served) -> None:
    found = mapped.service.shop.style_trends("article_type", source="events")
    page = visit(mapped, "/styles/trends?by=article_type&from=events")
    assert len(found.rising) == 1
    assert len(page.all("svg", class_="chart rising")) == 1
    assert len(page.all("svg", class_="chart fading")) == len(found.fading)
    assert len(page.all("circle", r="2.5")) == 10 * (1 + len(found.fading))
    assert page.text.count("not enough to say") >= len(found.values) - 1 - len(found.fading)
    for label in found.periods.labels:
        assert label in page.text


def test_trends_of_styles_lead_to_them(mapped: Served) -> None:
    page = visit(mapped, "/styles/trends?from=events")
    known = {f"/styles/{each.style_id}" for each in mapped.service.shop.styles.list()}
    assert {found["href"] for found in page.all("a", href="/styles/s")} <= known


def test_nothing_was_found_yet(ask: Served) -> None:
    assert "not drawn yet" in visit(ask, "/styles/map").text
    assert code_of(ask("GET", "/styles/map/points")) == "style_not_found"
    for place in ("/styles/trends", "/styles/trends?by=colour", "/styles/trends?from=events"):
        assert "not enough to say yet" in visit(ask, place).text
    assert visit(ask, "/styles/trends?by=x").answer.status_code == 422
