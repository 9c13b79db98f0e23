"""The shop's styles, and somebody's own from a few photos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.serve.serving import Serve, Served
from tests.serve.web.desks import Person
from tests.serve.web.pages import visit

from vitrine.demo import demo_source

BLOUSE, TEE = "D0040-2.webp", "D0001-2.webp"


@pytest.fixture(scope="module")
def sorted_shop(boutique: Served) -> Served:
    """The boutique, its styles found."""
    boutique.service.shop.styles.fit(6)
    return boutique


@pytest.fixture
def own(serve: Serve) -> Iterator[Served]:
    with serve(serve_photo_kept_s=0) as running:
        yield running


def photos(*names: str) -> list[tuple[str, Any]]:
    folder = demo_source() / "images"
    return [("photo", (name, (folder / name).read_bytes())) for name in names]


def test_styles_are_shown_with_some_of_their_pieces(sorted_shop: Served) -> None:
    page = visit(sorted_shop, "/styles")
    known = {each.style_id for each in sorted_shop.service.shop.styles.list()}
    tiles = [found["href"].removeprefix("/styles/") for found in page.all("a", class_="tile")]
    assert set(tiles) == known
    assert len(tiles) == len(known) > 3
    style = sorted_shop.service.shop.styles.show(tiles[0])
    page = visit(sorted_shop, f"/styles/{tiles[0]}")
    assert page.ids == list(style.summary.exemplars)
    assert style.summary.name.casefold() in page.text.casefold()
    fills = [found["fill"] for found in page.all("circle") if "fill" in found]
    assert fills == [each.hex for each in style.palette]
    assert len(fills) > 1
    beside = [found["href"] for found in page.all("a", class_="tile")]
    assert beside == [f"/styles/{each.style_id}" for each in style.neighbours]


def test_a_style_that_is_not_there(sorted_shop: Served) -> None:
    assert visit(sorted_shop, "/styles/s999").answer.status_code == 404


def test_a_shop_without_styles_says_so(ask: Served) -> None:
    for place in ("/styles", "/your-style"):
        page = visit(ask, place)
        assert page.answer.status_code == 200
        assert "not sorted yet" in page.text
        assert not page.all("input", type="file")
    assert visit(ask, "/styles/s01").answer.status_code == 404


def test_ones_own_photos_tell_a_style_and_a_wardrobe(sorted_shop: Served) -> None:
    answer = sorted_shop("POST", "/your-style", files=photos(TEE, BLOUSE))
    place = answer.headers["location"]
    assert place.count("photo=") == 2
    page = visit(sorted_shop, place)
    assert "This is how it looks here" in page.text
    assert "Tops" in page.text
    own = [found["src"] for found in page.all("img", src="/photos/")]
    assert len(own) >= 2
    names = {each.name.casefold() for each in sorted_shop.service.shop.styles.list()}
    assert any(name in page.text.casefold() for name in names)
    more = sorted_shop(
        "POST",
        "/your-style",
        files=[*photos(BLOUSE), ("query", (None, place.partition("?")[2]))],
    )
    assert more.headers["location"].startswith(place)
    assert more.headers["location"].count("photo=") == 3


def test_photos_can_be_taken_back_and_forgotten(sorted_shop: Served) -> None:
    who = Person(sorted_shop)
    answer = who.ask("POST", "/your-style", files=photos(TEE, BLOUSE))
    page = who.open(answer.headers["location"])
    fewer = [found["href"] for found in page.all("a", class_="drop-example")]
    assert len(fewer) == 2
    assert who.open(fewer[0]).answer.status_code == 200
    names = [found["value"] for found in page.all("input", name="photo") if "value" in found]
    who.send("/your-style/forget", *(("photo", name) for name in names))
    gone = who.open(answer.headers["location"])
    assert "let go" in gone.text
    assert not gone.all("img", src="/photos/")


def test_where_nothing_is_kept_the_answer_comes_at_once(own: Served) -> None:
    own.service.shop.styles.fit(2)
    page = visit(own, "/your-style", files=photos(TEE))
    assert page.answer.status_code == 200
    assert "looked at and not kept" in page.text
    assert page.all("img", src="data:image/jpeg")
    assert not page.all("form", action="/forget")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([("photo", ("a.txt", b"no photo at all"))], 422),
        ([("photo", ("empty", b""))], 400),
        ([("query", (None, "photo=x"))], 400),
        ([("other", ("a", b"x"))], 400),
    ],
)
def test_what_is_no_photo_is_refused(
    sorted_shop: Served, sent: list[tuple[str, Any]], status: int
) -> None:
    assert visit(sorted_shop, "/your-style", files=sent).answer.status_code == status


def test_too_many_photos_are_refused_before_they_are_looked_at(
    sorted_shop: Served, tmp_path: Path
) -> None:
    sent = [("photo", (str(n), b"x")) for n in range(13)]
    assert visit(sorted_shop, "/your-style", files=sent).answer.status_code == 400
