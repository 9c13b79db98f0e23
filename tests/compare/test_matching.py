from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compare.selling import listing, listings_of

from vitrine.compare import Listings, groups, judge, judge_pairs, shipped_model
from vitrine.compare.candidates import MOST, candidates
from vitrine.types import Product

MODEL = shipped_model()


def every(shop: Listings) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(len(shop.readings))


def test_an_offer_a_variant_and_something_else_are_told_apart() -> None:
    shop = listings_of(
        listing("a", "x", "Brushed Wool Overshirt", "89", colour="Navy Blue", gender="men"),
        listing("b", "y", "Fjordwane Men's Overshirt, Brushed Wool", "89", colour="navy"),
        listing("c", "y", "Fjordwane Men's Overshirt, Brushed Wool", "89", colour="Rust"),
        listing("d", "y", "Fjordwane Men's Striped Linen Shirt", "59", colour="Navy Blue"),
        listing("e", "z", "Brushed Wool Overshirt", "89", colour="Navy Blue", gender="women"),
    )
    judged = judge(shop, MODEL, np.array([0]))
    [offer] = judged.offers_of(0, 0.5)
    [variant] = judged.variants_of(0, 0.5)
    assert (offer.row, variant.row) == (1, 2)
    assert offer.probability > 0.7
    assert not judged.offers_of(3, 0.5)


def test_listings_of_one_seller_that_cannot_be_told_apart_share_the_probability() -> None:
    alone = [
        listing("a", "x", "Ribbed Wool Beanie", colour="Red"),
        listing("b", "y", "Ribbed Wool Beanie", colour="Red"),
    ]
    twins = [*alone, listing("c", "y", "Ribbed Wool Beanie", colour="Red")]
    [one] = judge(listings_of(*alone), MODEL, np.array([0])).offers_of(0, 0.01)
    two = judge(listings_of(*twins), MODEL, np.array([0])).offers_of(0, 0.01)
    assert one.probability > 0.5
    assert [match.row for match in two] == [1, 2]
    assert two[0].probability == two[1].probability < 0.5
    odds = two[0].probability / (1 - 2 * two[0].probability)
    assert odds / (1 + odds) == pytest.approx(one.probability, abs=0.05)
    seen_from_the_twin = judge(listings_of(*twins), MODEL, np.array([2])).offers_of(2, 0.01)
    assert seen_from_the_twin[0].probability == pytest.approx(two[1].probability)


def test_sizes_of_one_seller_are_no_rivals() -> None:
    sizes = [
        listing("a", "x", "Ribbed Wool Beanie", colour="Red"),
        listing("b", "y", "Ribbed Wool Beanie", colour="Red", item_group_id="g", size="S"),
        listing("c", "y", "Ribbed Wool Beanie", colour="Red", item_group_id="g", size="M"),
    ]
    found = judge(listings_of(*sizes), MODEL, np.array([0])).offers_of(0, 0.5)
    assert [match.row for match in found] == [1, 2]


def test_a_gtin_that_both_say_decides_across_brands_and_titles() -> None:
    shop = listings_of(
        listing("a", "x", "Overshirt", gtin="4006381333931"),
        listing("b", "y", "Jacke", brand="FW", gtin="04006381333931"),
        listing("c", "z", "Jacke", brand="FW", gtin="4006381333932"),
    )
    [match] = judge(shop, MODEL, every(shop)).offers_of(0, 0.5)
    assert (match.row, match.probability > 0.95) == (1, True)


def test_listings_of_one_seller_or_of_other_brands_are_not_compared() -> None:
    shop = listings_of(
        listing("a", "x", "Ribbed Wool Beanie"),
        listing("b", "x", "Ribbed Wool Beanie"),
        listing("c", "y", "Ribbed Wool Beanie", brand="Varnholt"),
    )
    assert len(judge(shop, MODEL, every(shop)).offer) == 0


def test_near_photos_bring_together_what_titles_do_not() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 2]]
    named = [listing(str(n), f"s{n}", t) for n, t in enumerate(("Parka", "Anorak", "Hat", "Belt"))]
    left, right = candidates(listings_of(*named, vectors=vectors), np.array([0]))
    assert (left.tolist(), right.tolist()) == ([0], [1])


@pytest.mark.parametrize("products", [[], [Product("a", seller="x"), Product("b", seller="y")]])
def test_nothing_to_compare_is_no_error(products: list[Product]) -> None:
    shop = listings_of(*products)
    judged = judge(shop, MODEL, every(shop))
    assert len(judged.offer) == 0
    assert groups(judged, shop.sellers, 0.5) == []


def test_a_group_has_one_listing_of_a_seller_the_surest_first() -> None:
    shop = listings_of(
        listing("a", "x", "Ribbed Wool Beanie", colour="Red"),
        listing("b", "y", "Ribbed Wool Beanie", colour="Red"),
        listing("c", "z", "Ribbed Beanie", colour="Red"),
        listing("d", "y", "Ribbed Beanie Hat", "23", colour="Red"),
    )
    judged = judge(shop, MODEL, every(shop))
    [group] = groups(judged, shop.sellers, 0.3)
    assert group.rows == (0, 1, 2)
    assert group.probability <= judged.offer.max()


titles = st.sampled_from(
    ("wool beanie", "ribbed wool beanie", "striped beanie", "beanie 502", "linen shirt", "")
)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(titles, st.sampled_from("xyz"), st.sampled_from(("Red", "Navy Blue", ""))),
        min_size=2,
        max_size=12,
    )
)
def test_a_listing_is_expected_at_most_once_at_each_seller(
    said: list[tuple[str, str, str]],
) -> None:
    shop = listings_of(
        *(listing(str(n), seller, t, colour=c) for n, (t, seller, c) in enumerate(said))
    )
    judged = judge(shop, MODEL, every(shop))
    for row in every(shop).tolist():
        expected: dict[int, float] = {}
        for match in judged.offers_of(row, 0.0):
            seller = int(shop.sellers[match.row])
            expected[seller] = expected.get(seller, 0.0) + match.probability
        assert all(total <= 1 + 1e-9 for total in expected.values())
        assert int(shop.sellers[row]) not in expected
    again = judge_pairs(shop, MODEL, judged.right, judged.left)
    assert np.allclose(again.offer, judged.offer)
    for group in groups(judged, shop.sellers, 0.2):
        sellers = shop.sellers[list(group.rows)].tolist()
        assert len(sellers) == len({*sellers}) > 1


def test_candidates_are_the_nearest_titles_of_a_naive_search() -> None:
    rng = np.random.default_rng(5)
    vocabulary = [f"w{n}x" for n in range(40)]
    shop = listings_of(
        *(
            listing(f"{n:03}", "xy"[n % 2], " ".join(rng.choice(vocabulary, 4)), str(n + 1))
            for n in range(300)
        )
    )
    unit = shop.terms.unit.toarray()
    left, right = candidates(shop, np.array([7]))
    theirs = np.flatnonzero(shop.sellers != shop.sellers[7])
    naive = theirs[np.argsort(-(unit[theirs] @ unit[7]), kind="stable")][:MOST]
    assert {*left.tolist()} == {7}
    assert {*naive[:20].tolist()} <= {*right.tolist()}
    assert len(right) == MOST
