"""A board of pieces: all that is done to it stands in its address."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.serve.serving import Served
from tests.serve.web.desks import Person
from tests.serve.web.pages import Page, visit

from vitrine.errors import QueryError
from vitrine.serve.web.board_wishes import BoardWish

SEED = "D0040"


@pytest.fixture(scope="module")
def board(boutique: Served) -> Page:
    return visit(boutique, f"/outfits?keep={SEED}")


def pieces(page: Page) -> dict[str, str]:
    """Slot -> product, as the link to the board says."""
    address = page.all("form", action="/outfits/save")
    assert address
    said = [found["value"] for found in page.all("input", name="piece")]
    return dict(each.split(":", 1) for each in said)


def link(page: Page, control: str) -> str:
    return page.all("a", id=control)[0]["href"]


def said(address: str) -> Mapping[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_a_piece_is_completed_with_reasons_and_a_sum(board: Page) -> None:
    laid = pieces(board)
    assert laid["top"] == SEED
    assert {"bottom", "shoes"} <= set(laid)
    assert board.ids[0] == SEED
    assert "often worn with" in board.text
    assert "€" in board.text
    assert "They go well together" in board.text


def test_the_link_gives_the_same_board_to_everybody(boutique: Served, board: Page) -> None:
    shared = next(a["href"] for a in board.all("a") if "piece=" in a.get("href", ""))
    again = visit(boutique, BoardWish(pieces=tuple(pieces(board).items())).address())
    assert pieces(again) == pieces(board)
    assert shared.startswith("/outfits?")


def test_another_piece_and_the_one_before(boutique: Served, board: Page) -> None:
    swapped = visit(boutique, link(board, "following-shoes"))
    first, second = pieces(board), pieces(swapped)
    assert {slot for slot in first if first[slot] != second.get(slot)} == {"shoes"}
    third = visit(boutique, link(swapped, "following-shoes"))
    assert pieces(third)["shoes"] not in {first["shoes"], second["shoes"]}
    assert pieces(visit(boutique, link(third, "before-shoes"))) == second
    back = visit(boutique, link(visit(boutique, link(third, "before-shoes")), "before-shoes"))
    assert pieces(back) == first
    assert not back.all("a", id="before-shoes")


def test_what_is_left_out_stays_out_and_can_be_added(boutique: Served, board: Page) -> None:
    without = visit(boutique, link(board, "remove-shoes"))
    assert "shoes" not in pieces(without)
    more = visit(boutique, link(without, "add-shoes"))
    assert pieces(more).keys() == pieces(board).keys()
    assert not more.all("a", id="add-shoes")
    assert not more.all("a", id="add-dress")  # beside a top


def test_what_is_kept_stays_when_the_rest_is_laid_out_anew(boutique: Served, board: Page) -> None:
    keeping = visit(boutique, link(board, "keep-shoes"))
    shoes = pieces(board)["shoes"]
    idea = next(a["href"] for a in keeping.all("a", rel="nofollow") if "idea=" in a["href"])
    assert set(said(idea)["keep"]) == {SEED, shoes}
    other = pieces(visit(boutique, idea))
    assert (other["top"], other["shoes"]) == (SEED, shoes)


def test_budget_and_season_are_kept_to(boutique: Served) -> None:
    page = visit(boutique, f"/outfits?keep={SEED}&budget=150&season=Summer&gender=women")
    cost = sum(
        float((product.sale_price or product.price).amount)  # pyright: ignore[reportOptionalMemberAccess]
        for product in map(boutique.service.shop.get, pieces(page).values())
    )
    assert cost <= 150
    assert page.all("option", value="Summer")[0].get("selected") is not None
    save = [found["value"] for found in page.all("input", name="piece")]
    dear = visit(boutique, "/outfits", params={"piece": save, "budget": "20"})
    assert "more than you wanted to spend" in dear.text


def test_ones_own_piece_begins_a_board(boutique: Served, photo: Path) -> None:
    sent = {"photo": photo.read_bytes(), "query": (None, "for=outfits")}
    answer = boutique("POST", "/photos", files=sent)
    place = answer.headers["location"]
    assert place.startswith("/outfits?photo=")
    page = visit(boutique, place + "&gender=women")
    assert "We see: " in page.text
    laid = pieces(page)
    assert "top" not in laid
    following = page.all("a", id="following-")[0]["href"]
    assert said(following)["photo"] == said(place)["photo"]
    assert pieces(visit(boutique, following)).keys() == laid.keys()
    assert visit(boutique, "/outfits?photo=gone").answer.status_code == 410


@pytest.mark.parametrize(
    ("budget", "reason"),
    [("-3", "write a number above 0"), ("1", "more than the budget of 1 EUR"), ("50", "50 EUR")],
)
def test_a_budget_that_cannot_be_kept_to_is_told(
    boutique: Served, budget: str, reason: str
) -> None:
    page = visit(boutique, f"/outfits?keep={SEED}&budget={budget}&season=Summer")
    assert "The budget does not work out" in page.text
    assert reason in page.text
    freed = next(a["href"] for a in page.all("a") if f"keep={SEED}" in a["href"])
    assert pieces(visit(boutique, freed))["top"] == SEED


@pytest.mark.parametrize(
    "address",
    [
        "/outfits?keep=nothing-like-that",
        "/outfits?" + "&".join(f"keep=D00{n:02}" for n in range(11)),
        "/outfits?keep=D0040&add=moustache&piece=top:D0040",
        "/outfits?piece=top:D0040&piece=top:D0041",
    ],
)
def test_what_makes_no_board_is_said_kindly(boutique: Served, address: str) -> None:
    page = visit(boutique, address)
    assert page.answer.status_code in (200, 404, 422)
    assert len(page.all("h1")) == 1
    assert not page.all("ul", class_="board")


def test_beginning_without_anything(boutique: Served) -> None:
    page = visit(boutique, "/outfits")
    seeds = [a["href"] for a in page.all("a", class_="pick-one")]
    assert len(seeds) == len(set(seeds)) > 3
    assert pieces(visit(boutique, seeds[0]))
    assert page.all("input", type="file")


def test_a_look_is_kept_and_found_again(boutique: Served) -> None:
    who = Person(boutique)
    who.open("/")
    page = who.open(f"/outfits?keep={SEED}")
    laid = [(found["name"], found["value"]) for found in page.all("input", name="piece")]
    answer = who.send("/outfits/save", *laid)
    assert answer.headers["location"].endswith("&saved=1")
    assert "Kept." in who.open(answer.headers["location"]).text
    looks = who.open("/outfits").all("a", class_="look")
    assert len(looks) == 1
    assert pieces(who.open(looks[0]["href"])) == pieces(page)
    assert who.send("/outfits/save").status_code == 422
    assert Person(boutique).send("/outfits/save", *laid).status_code == 409


def test_addresses_say_what_they_read() -> None:
    wish = BoardWish(
        pieces=(("top", "a:b"), ("shoes", "c")),
        keep=("a:b",),
        passed=(("shoes", "x"),),
        budget=99.5,
        season="Fall",
        idea=3,
    )
    pairs = [(name, value) for name, values in said(wish.address()).items() for value in values]
    assert BoardWish.read(pairs) == wish
    assert BoardWish.read([("season", "monsoon"), ("idea", "-1"), ("piece", "top:")]) == BoardWish()
    with pytest.raises(QueryError, match="budget is 'much'"):
        BoardWish.read([("budget", "much")])
