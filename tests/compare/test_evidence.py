from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compare.selling import listing, listings_of

from vitrine.compare.evidence import COLOURWAY, DESIGN, Evidence, evidence
from vitrine.types import Price, Product

ROW_0, ROW_1 = np.array([0]), np.array([1])


def of_two(one: Product, other: Product) -> dict[str, float]:
    found = evidence(listings_of(one, other), ROW_0, ROW_1)
    return {name: float(values[0]) for name, values in found.columns.items()}


def test_titles_share_the_weight_of_their_words() -> None:
    said = of_two(listing("a", "x", "wool polo 502"), listing("b", "y", "wool polo"))
    common, rare = math.log(3 / 3) + 0.1, math.log(3 / 2) + 0.1
    assert said["title"] == pytest.approx(2 * common / math.sqrt(2 * common * (2 * common + rare)))
    assert said["contained"] == pytest.approx(1.0)
    assert (said["same_words"], said["same_code"], said["other_code"]) == (0, 0, 0)


@pytest.mark.parametrize(("theirs", "same", "other"), [("502", 1, 0), ("511", 0, 1), ("", 0, 0)])
def test_model_numbers_agree_or_contradict(theirs: str, same: int, other: int) -> None:
    said = of_two(listing("a", "x", "502 jeans"), listing("b", "y", f"{theirs} jeans"))
    assert (said["same_code"], said["other_code"]) == (same, other)


@pytest.mark.parametrize(
    ("ours", "theirs", "trait"),
    [
        ("striped shirt", "checked shirt", "other_pattern"),
        ("floral dress", "leopard dress", "other_motif"),
        ("slim chino", "relaxed chino", "other_fit"),
        ("crew neck tee", "polo tee", "other_neck"),
        ("sleeveless top", "long sleeve top", "other_sleeve"),
        ("maxi dress", "mini dress", "other_length"),
        ("dress", "petite dress", "other_range"),
        ("shorts", "trousers", "other_kind"),
    ],
)
def test_what_contradicts(ours: str, theirs: str, trait: str) -> None:
    said = of_two(listing("a", "x", ours), listing("b", "y", theirs))
    assert {name for name, value in said.items() if name.startswith("other_") and value} == {trait}


@pytest.mark.parametrize(
    ("ours", "theirs", "how"),
    [
        ("Red", "Red", "same_colour"),
        ("coral", "Coral", "same_colour"),
        ("Navy Blue", "Blue", "near_colour"),
        ("Red", "Green", "other_colour"),
        ("Red", "Multi", None),
        ("Red", "", None),
        ("coral", "mango", None),
    ],
)
def test_colours(ours: str, theirs: str, how: str | None) -> None:
    said = of_two(listing("a", "x", colour=ours), listing("b", "y", colour=theirs))
    held = [n for n in ("same_colour", "near_colour", "other_colour") if said[n]]
    assert held == ([how] if how else [])


def test_prices_speak_only_in_one_currency() -> None:
    dear, cheap = listing("a", "x", price="20"), listing("b", "y", price="10")
    assert of_two(dear, cheap)["price_gap"] == pytest.approx(math.log(2))
    assert of_two(dear, listing("b", "y", price="20.00"))["same_price"] == 1
    foreign = Product("b", seller="y", brand="Fjordwane", price=Price(Decimal(20), "USD"))
    assert (of_two(dear, foreign)["same_price"], of_two(dear, foreign)["price_gap"]) == (0, 0)
    unpriced = Product("b", seller="y", brand="Fjordwane")
    assert (of_two(dear, unpriced)["same_price"], of_two(dear, unpriced)["price_gap"]) == (0, 0)


def test_photos_are_measured_against_the_usual_distance() -> None:
    angles = np.radians([0, 10, 90, 180, 270])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    vectors = np.concatenate([vectors, np.zeros((1, 2), np.float32)])
    shop = listings_of(*(listing(str(n), str(n)) for n in range(6)), vectors=vectors)
    pairs = [float(vectors[a] @ vectors[b]) for a in range(5) for b in range(5) if a != b]
    assert shop.usual_cosine == pytest.approx(np.mean(pairs), abs=1e-6)
    found = evidence(shop, np.array([0, 0, 0, 0]), np.array([1, 2, 0, 5]))
    near = -math.log10((1 - math.cos(angles[1])) / (1 - shop.usual_cosine))
    assert found.columns["photo"].tolist() == pytest.approx(
        [near, -math.log10(1 / (1 - shop.usual_cosine)), 2.0, 0.0], abs=1e-5
    )
    assert found.columns["same_photo"].tolist() == [0, 0, 1, 0]
    assert found.columns["has_photo"].tolist() == [1, 1, 1, 0]


def test_women_and_men_are_never_one_product() -> None:
    shop = listings_of(
        listing("a", "x", gender="women"),
        listing("b", "y", gender="men"),
        listing("c", "z", gender="unisex"),
    )
    assert evidence(shop, np.array([0, 0, 1]), np.array([1, 2, 2])).vetoed.tolist() == [1, 0, 0]


words = st.lists(
    st.sampled_from(("striped", "checked", "slim", "shirt", "502", "white", "women", "dress"))
)


@settings(max_examples=30)
@given(st.lists(st.tuples(words, st.integers(1, 30)), min_size=2, max_size=6))
def test_which_of_the_two_is_asked_about_makes_no_difference(
    titles: list[tuple[list[str], int]],
) -> None:
    shop = listings_of(
        *(listing(str(n), str(n), " ".join(t), str(p)) for n, (t, p) in enumerate(titles))
    )
    left, right = np.triu_indices(len(titles), 1)
    one, other = evidence(shop, left, right), evidence(shop, right, left)
    for names in (DESIGN, COLOURWAY):
        assert np.allclose(one.table(names), other.table(names))
        assert np.isfinite(one.table(names)).all()
    assert isinstance(one, Evidence)
