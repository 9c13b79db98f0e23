"""The desk's figures of visitors, and its names for styles."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.serve.serving import Serve, Served, served
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


def test_new_looks_wait_for_a_decision(arrivals: Path, tmp_path: Path) -> None:
    with served(Path(shutil.copy(arrivals, tmp_path / "my.shop")), tmp_path / "models") as own:
        staff, styles = Person(own), own.service.shop.styles
        page = staff.open("/desk/styles")
        assert "14 pieces are like no style" in page.text
        [proposal] = styles.novel().proposals
        assert page.all("input", name="proposal")[0]["value"] == proposal.proposal_id
        said = {"proposal": proposal.proposal_id, "name": "Yellow rain"}
        place = "/desk/styles/novel"
        assert staff.send(place, decision="accept", **said).status_code == 403
        staff.fill(page, place, decision="forget", **said)
        assert "That was not possible" in staff.open("/desk/styles").text
        staff.fill(page, place, decision="accept", **said)
        page = staff.open("/desk/styles")
        assert "A new style: Yellow rain." in page.text
        assert not page.all("input", name="proposal")
        assert "Yellow rain" in {each.name for each in styles.list()}
        staff.fill(page, place, decision="dismiss", **said)
        assert "That was not possible" in staff.open("/desk/styles").text


def test_new_looks_join_a_style_or_are_let_be(arrivals: Path, tmp_path: Path) -> None:
    for decision, told in (("merge", "It is a part of"), ("dismiss", "not proposed again")):
        path = Path(shutil.copy(arrivals, tmp_path / f"{decision}.shop"))
        with served(path, tmp_path / "models") as own:
            staff, styles = Person(own), own.service.shop.styles
            page = staff.open("/desk/styles")
            [proposal] = styles.novel().proposals
            said = {"proposal": proposal.proposal_id, "style": styles.list()[0].style_id}
            staff.fill(page, "/desk/styles/novel", decision=decision, **said)
            assert told in staff.open("/desk/styles").text
            assert len(styles.list()) == 3
            assert styles.novel().proposals == ()
