"""The desk's figures of visitors, and its names for styles."""

from __future__ import annotations

import pytest
from tests.serve.serving import Serve, Served
from tests.serve.web.desks import Person

from vitrine.shop import Shop


@pytest.fixture
def staff(boutique: Served) -> Person:
    """Somebody on the shop's own computer; the boutique has no keys."""
    return Person(boutique)


@pytest.fixture
def styled(boutique: Served) -> Shop:
    boutique.service.shop.styles.fit(6)
    return boutique.service.shop


def test_figures_count_what_visitors_did(boutique: Served, staff: Person) -> None:
    guest = Person(boutique)
    guest.open("/")
    guest.send("/likes", product="D0040", opinion="like", back="/")
    counts = boutique.service.shop.events.counts()
    page = staff.open("/desk/visitors")
    assert f"{counts.types['like']:,}" in page.text
    assert "Liked" in page.text
    rising = boutique.service.shop.recommend(kind="trending", k=12, explore=False).hits
    assert page.ids == [hit.product_id for hit in rising]
    assert "web-" not in page.answer.text


def test_a_shop_without_visitors_says_so(serve: Serve) -> None:
    with serve() as own:
        assert "Nobody did anything yet" in Person(own).open("/desk/visitors").text


def test_styles_are_renamed_and_keep_their_name(styled: Shop, staff: Person) -> None:
    page = staff.open("/desk/styles")
    names = [found["value"] for found in page.all("input", name="name")]
    assert names == [each.name for each in styled.styles.list()]
    style = styled.styles.list()[0]
    answer = staff.fill(page, "/desk/styles/rename", style=style.style_id, name="Quiet classics")
    assert answer.headers["location"] == "/desk/styles"
    assert "It is called Quiet classics now" in staff.open("/desk/styles").text
    assert "Quiet classics" in Person(staff.server).open("/styles").text
    taken = staff.fill(
        page, "/desk/styles/rename", style=styled.styles.list()[1].style_id, name="Quiet classics"
    )
    assert taken.status_code == 303
    assert "That was not possible" in staff.open("/desk/styles").text
    assert staff.send("/desk/styles/rename", style=style.style_id, name="x").status_code == 403


def test_styles_become_one(styled: Shop, staff: Person) -> None:
    before = styled.styles.list()
    page = staff.open("/desk/styles")
    both = [("style", each.style_id) for each in before[:2]]
    staff.fill(page, "/desk/styles/merge", *both)
    assert len(styled.styles.list()) == len(before) - 1
    staff.fill(page, "/desk/styles/merge", both[0])
    assert "That was not possible" in staff.open("/desk/styles").text
