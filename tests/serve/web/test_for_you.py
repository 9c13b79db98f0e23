"""Suggestions follow what a visitor said a moment ago, and say why they are there."""

from __future__ import annotations

import pytest
from tests.serve.serving import Served
from tests.serve.web.desks import Person
from tests.serve.web.pages import Page


@pytest.fixture
def guest(boutique: Served) -> Person:
    who = Person(boutique)
    who.open("/")
    return who


BLOUSE = "Cardamere | Puff-Sleeve Blouse"


def named_as_reason(page: Page, title: str) -> bool:
    """Whether a row or a card is there because of a product."""
    starts = ("Because you liked", "Often bought with", "Liked by those who like")
    return any(f"{start} {title}" in page.text for start in starts)


def lists(page: Page) -> set[str]:
    return {found["data-list"] for found in page.all("ol", data_list="")}


def test_a_new_visitor_is_told_that_we_do_not_know_him(guest: Person) -> None:
    page = guest.open("/for-you")
    assert "We do not know your taste yet" in page.text
    assert page.ids
    assert "home.for-you" not in lists(guest.open("/"))


def test_one_like_changes_the_next_page_and_is_its_reason(guest: Person) -> None:
    before = guest.open("/for-you")
    assert not named_as_reason(before, BLOUSE)
    guest.send("/likes", product="D0040", opinion="like", back="/for-you")
    page = guest.open("/for-you")
    assert named_as_reason(page, BLOUSE)
    assert page.ids != before.ids
    assert "D0040" not in page.ids
    assert "home.for-you" in lists(guest.open("/"))


def test_what_is_liked_less_stays_away(guest: Person) -> None:
    guest.send("/likes", product="D0040", opinion="like", back="/")
    unwanted = guest.open("/for-you").ids[0]
    guest.send("/likes", product=unwanted, opinion="dislike", back="/")
    assert unwanted not in guest.open("/for-you").ids


def test_a_second_press_takes_a_like_back(guest: Person) -> None:
    guest.send("/likes", product="D0040", opinion="like", back="/")
    assert 'value="unlike"' in guest.ask("GET", "/products/D0040").text
    guest.send("/likes", product="D0040", opinion="unlike", back="/")
    page = guest.ask("GET", "/products/D0040").text
    assert 'value="unlike"' not in page
    assert 'aria-pressed="true"' not in page
    assert not named_as_reason(guest.open("/for-you"), BLOUSE)


def test_other_visitors_are_not_mixed_up(guest: Person, boutique: Served) -> None:
    guest.send("/likes", product="D0035", opinion="like", back="/")
    assert "We do not know your taste yet" not in guest.open("/for-you").text
    other = Person(boutique)
    other.open("/")
    assert "We do not know your taste yet" in other.open("/for-you").text


def test_every_product_stands_in_one_row_only(guest: Person) -> None:
    guest.send("/likes", product="D0040", opinion="like", back="/")
    ids = guest.open("/for-you").ids
    assert len(ids) == len(set(ids))


def test_whoever_is_not_noted_gets_what_others_like(boutique: Served) -> None:
    answer = Person(boutique).ask("GET", "/for-you", headers={"DNT": "1"})
    assert "Nothing is noted about you" in answer.text
    assert "/ratings" not in answer.text


def test_thanks_are_said_for_a_rating(guest: Person) -> None:
    forms = guest.open("/for-you").all("form", action="/ratings")
    assert len(forms) == 1
    page = guest.open("/for-you?rated=1")
    assert "Thank you" in page.text
    assert not page.all("form", action="/ratings")
