from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.serve.serving import Served, served
from tests.serve.web.desks import Person
from tests.serve.web.views import assert_sound, looking

from vitrine.serve.web.desk.labelling import HEIGHT, WIDTH, curve_of
from vitrine.shop.style_label_results import LabelProgress
from vitrine.styles.labelling import CurvePoint

PLACE = "/desk/labels"


@pytest.fixture(scope="module")
def own(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("labels")
    with served(Path(shutil.copy(built, folder / "my.shop")), folder / "models") as running:
        yield running


def test_one_piece_after_the_other(own: Served) -> None:
    who = Person(own)
    assert "vitrine styles fit" in who.open(PLACE).text
    own.service.shop.styles.fit(3)
    labels = own.service.shop.style_labels
    page = who.open(PLACE)
    [asked] = page.all("input", name="product")
    assert asked["value"] == labels.queue(1)[0].product_id
    answer = who.fill(page, PLACE, product=asked["value"], label=" for the  beach ")
    assert (answer.status_code, answer.headers["location"]) == (303, PLACE)
    assert labels.given() == ((asked["value"], "for the beach"),)
    page = who.open(PLACE)
    known = page.all("button", name="known")
    assert [each["value"] for each in known] == ["for the beach"]
    second = labels.queue(1)[0].product_id
    who.fill(page, PLACE, product=second, known="for the beach", label="")
    third = labels.queue(1)[0].product_id
    assert len({asked["value"], second, third}) == 3
    who.fill(page, PLACE, product=third, do="skip")
    assert labels.progress().n_skipped == 1
    who.fill(page, PLACE, product=second, do="forget")
    assert dict(labels.given()) == {asked["value"]: "for the beach"}
    assert who.fill(page, PLACE, product=second, label="").status_code == 303
    assert "1 to 80 letters" in who.open(PLACE).text
    assert who.send(PLACE, csrf="forged", product=second, label="x").status_code == 403


def test_the_curve_is_drawn_from_its_points() -> None:
    points = (CurvePoint(5, 0.5, 0.25, 0.75, 0.1), CurvePoint(15, 1.0, 0.5, 1.0, 0.1))
    drawn = curve_of(LabelProgress(15, 100, 0, {"a": 15}, 20, 4, points))
    assert drawn
    assert drawn.dots == ((0, HEIGHT / 2), (WIDTH, 0))
    assert drawn.line == f"0,{HEIGHT // 2} {WIDTH},0"
    assert drawn.rows == ((5, 50, 25, 75, "", 10), (15, 100, 50, 100, "+5.00", 10))
    assert curve_of(LabelProgress(0, 100, 0, {}, 100, 0, ())) is None


@pytest.mark.browser
@pytest.mark.slow
def test_labels_by_keyboard(chromium: Browser, built: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(built, tmp_path / "my.shop"))
    with served(path, tmp_path / "models") as own:
        own.service.shop.styles.fit(3)
        labels = own.service.shop.style_labels
        with looking(chromium, own) as view:
            page = view.page
            view.open(PLACE)
            assert_sound(page)
            page.keyboard.type("boho")
            page.keyboard.press("Enter")
            page.locator(".last-words li").first.wait_for()
            page.keyboard.press("1")
            page.locator(".last-words li").nth(1).wait_for()
            page.keyboard.press("Escape")
            page.wait_for_load_state("networkidle")
            assert [word for _, word in labels.given()] == ["boho", "boho"]
            assert labels.progress().n_skipped == 1
        phone = {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"}
        with looking(chromium, own, **phone) as view:
            view.open(PLACE)
            assert_sound(view.page)
