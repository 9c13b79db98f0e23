from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.shop.conftest import MakeProduct, catalogue_of

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.events import Event, EventProduct
from vitrine.settings import Settings
from vitrine.shop import Shop, build

DAY_S = 86_400.0
START = 1_700_000_000.0
N = 32


@pytest.fixture
def stocked(tmp_path: Path, product: MakeProduct, settings: Settings) -> Iterator[Shop]:
    """Shirts of four colours; green ones become more with the years."""
    draw = random.Random(0)
    products = [
        replace(
            product(number, number % 8),
            colour=draw.choice(["Green"] * (1 + 2 * (number // 60)) + ["Red", "Blue", "White"] * 2),
            year=2019 + number // 60,
            extra={"first_seen": f"2026-0{1 + number // 60}-15", "fit": "slim"},
            added_at=f"2025-{1 + number // 60:02}-20T12:00:00+00:00",
        )
        for number in range(360)
    ]
    with build(catalogue_of(*products), tmp_path / "my.shop", settings=settings) as shop:
        yield shop


@pytest.fixture
def visited(tmp_path: Path, product: MakeProduct, settings: Settings) -> Iterator[Shop]:
    catalogue = catalogue_of(*(product(number, number % 8) for number in range(N)))
    with build(catalogue, tmp_path / "my.shop", settings=settings) as shop:
        yield shop


def deeds(*, greens: bool) -> list[Event]:
    """Forty visitors a week for eight weeks; products are numbered, and every fourth is green."""
    draw = random.Random(1)
    events: list[Event] = []
    for week in range(8):
        for visitor in range(40):
            green = greens and draw.random() < 0.1 * week
            number = 4 * draw.randrange(N // 4) + 1 if green else draw.randrange(N)
            name = f"{week}-{visitor}"
            kind = draw.choice(["detail-page-view", "like", "purchase-complete"])
            at = START + week * 7 * DAY_S + visitor * 3600
            one = (EventProduct(f"p{number:03}"),)
            events.append(Event(name, kind, f"v{name}", at, one, currency="EUR"))
    return events


def test_a_colour_that_comes_with_the_years(stocked: Shop) -> None:
    found = stocked.style_trends("colour")
    assert [each.value for each in found.rising] == ["Green"]
    assert found.periods.labels == tuple(str(2019 + n) for n in range(6))
    told = found.to_json()
    assert told["rising"] == ["Green"]
    green = told["values"][0]
    assert green["shares"][0] < green["shares"][-1]
    assert green["share_low"][0] <= green["shares"][0] <= green["share_high"][0]
    for place in range(6):
        assert sum(each.shares[place] for each in found.values) == pytest.approx(1)
    assert stocked.style_trends("colour") is found


def test_dates_of_the_shops_own(stocked: Shop) -> None:
    found = stocked.style_trends("colour", dates="first_seen")
    assert found.periods.per == "week"
    assert [each.value for each in found.rising] == ["Green"]
    with pytest.raises(UsageError, match="no dates"):
        stocked.style_trends("colour", dates="fit")
    with pytest.raises(UsageError, match="no column is called 'x'"):
        stocked.style_trends("colour", dates="x")


def test_when_products_came_into_the_shop(stocked: Shop) -> None:
    found = stocked.style_trends("colour", source="arrivals")
    assert found.periods.per == "week"
    assert found.periods.labels[0] == "2025-01-20"
    assert [each.value for each in found.rising] == ["Green"]
    assert found.source == "arrivals"
    assert "notes" not in found.to_json()


def test_a_shop_that_was_indexed_in_one_go_has_one_period(visited: Shop) -> None:
    found = visited.style_trends("colour")
    assert found.source == "arrivals"
    assert len(found.periods.labels) == 1
    assert not found.rising
    [note] = found.to_json()["notes"]
    assert "fill 1 of the 3 periods" in note
    assert "--dates" in note


def test_a_change_of_the_shop_changes_its_trends(stocked: Shop) -> None:
    before = stocked.style_trends("colour")
    stocked.delete([f"p{number:03}" for number in range(300, 360)])
    assert len(stocked.style_trends("colour").periods.labels) == len(before.periods.labels) - 1


def test_what_visitors_turn_to(visited: Shop) -> None:
    visited.events.append(deeds(greens=True))
    found = visited.style_trends("colour", source="events")
    assert found.periods.per == "week"
    assert [each.value for each in found.rising] == ["Green"]


def test_what_visitors_do_not_turn_to(visited: Shop) -> None:
    visited.events.append(deeds(greens=False))
    found = visited.style_trends("colour", source="events")
    assert not found.rising
    assert not found.fading
    assert found.to_json()["unclear"] == 4


def test_the_heaviest_event_of_a_period_counts(visited: Shop) -> None:
    kinds = ("detail-page-view", "purchase-complete", "detail-page-view", "impression", "dislike")
    one, other = (EventProduct("p000"),), (EventProduct("p001"),)
    visited.events.append(
        [
            *(
                Event(f"{visitor}-{n}", kind, f"v{visitor}", START + n, one, currency="EUR")
                for visitor in range(30)
                for n, kind in enumerate(kinds)
            ),
            *(
                Event(f"{visitor}-o", "detail-page-view", f"v{visitor}", START, other)
                for visitor in range(30)
            ),
        ]
    )
    found = visited.style_trends("colour", source="events")
    shares = {each.value: each.shares[0] for each in found.values}
    assert shares == {"Red": pytest.approx(5 / 6), "Green": pytest.approx(1 / 6)}
    assert found.n_effective == (pytest.approx(30),)


def test_styles_over_time(stocked: Shop) -> None:
    with pytest.raises(NotFoundError, match="vitrine styles fit"):
        stocked.style_trends()
    names = {style.style_id: style.name for style in stocked.styles.fit(3).styles}
    found = stocked.style_trends()
    assert {each.value: each.name for each in found.values} == names
    first = next(iter(names))
    stocked.styles.rename(first, "our best")
    assert {each.name for each in stocked.style_trends().values} > {"our best"}


def test_bad_requests(visited: Shop) -> None:
    with pytest.raises(UsageError, match="article_type"):
        visited.style_trends("x")
    with pytest.raises(UsageError, match="'x'"):
        visited.style_trends(source="x")
    with pytest.raises(UsageError, match="dates of their own"):
        visited.style_trends("colour", source="events", dates="x")
    with pytest.raises(UsageError, match="dates of their own"):
        visited.style_trends("colour", source="arrivals", dates="x")
    with pytest.raises(DataError, match="no visitor"):
        visited.style_trends("colour", source="events")
    with pytest.raises(DataError, match="says its pattern"):
        visited.style_trends("pattern")
