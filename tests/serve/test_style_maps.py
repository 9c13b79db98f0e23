from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serve.serving import Served, code_of, served

from vitrine.events import Event, EventProduct
from vitrine.serve.style_maps import MapAnswer, TrendsAnswer
from vitrine.settings import Settings
from vitrine.shop import open_shop

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def mapped(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of a shop with a map, whose visitors turn from blue to red."""
    folder = tmp_path_factory.mktemp("mapped")
    path = Path(shutil.copy(built, folder / "my.shop"))
    with open_shop(path, settings=Settings(models_dir=folder / "models", threads=1)) as shop:
        shop.styles.fit(3)
        shop.style_maps.draw()
        shop.events.append(
            [
                Event(
                    f"{day}-{visitor}",
                    "like",
                    f"v{visitor}",
                    1_700_000_000 + day * DAY_S,
                    (EventProduct("p0" if visitor < 5 + 5 * day else "p1"),),
                )
                for day in range(10)
                for visitor in range(60)
            ]
        )
    with served(path, folder / "models") as running:
        yield running


def test_the_map(mapped: Served) -> None:
    found = MapAnswer.model_validate(mapped("GET", "/v1/styles/map").json())
    assert found.products == 8
    assert sorted(found.product_ids) == [f"p{number}" for number in range(8)]
    assert len(found.x) == len(found.y) == len(found.style) == 8
    assert sum(style.size for style in found.styles) == 8
    some = mapped("GET", "/v1/styles/map?limit=3").json()
    assert some["products"] == 8
    assert some["product_ids"] == found.product_ids[:3]


def test_trends(mapped: Served) -> None:
    answer = mapped("GET", "/v1/styles/trends?by=colour&from=events")
    found = TrendsAnswer.model_validate(answer.json())
    assert found.rising == ["Red"]
    assert found.fading == ["Blue"]
    assert len(found.periods) == 10
    assert all(len(value.shares) == 10 for value in found.values)
    in_one_go = mapped("GET", "/v1/styles/trends?by=colour").json()
    assert TrendsAnswer.model_validate(in_one_go).from_ == "arrivals"
    assert "in one go" in in_one_go["notes"][0]
    by_style = mapped("GET", "/v1/styles/trends?from=events").json()
    assert {value["value"] for value in by_style["values"]} <= {"s01", "s02", "s03"}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("trends?by=x", "invalid"),
        ("trends?from=x", "invalid"),
        ("trends?by=colour&dates=x", "query_invalid"),
        ("trends?by=colour&dates=fit", "query_invalid"),
        ("trends?by=colour&from=events&dates=fit", "query_invalid"),
        ("map?limit=0", "invalid"),
        ("map?limit=20001", "invalid"),
    ],
)
def test_bad_questions(mapped: Served, path: str, code: str) -> None:
    assert code_of(mapped("GET", f"/v1/styles/{path}")) == code


def test_before_anything_was_found(ask: Served) -> None:
    for path in ("map", "trends?from=events"):
        assert code_of(ask("GET", f"/v1/styles/{path}")) in ("style_not_found", "query_invalid")
