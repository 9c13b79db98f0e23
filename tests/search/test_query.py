from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.errors import QueryError
from vitrine.search import Box, query_of

NAN = float("nan")


def test_one_value_or_several_make_the_same_query() -> None:
    assert query_of(like="a") == query_of(like=["a"]) == query_of(like={"a": 1.0})
    assert query_of(image="a.jpg").images == query_of(image=["a.jpg"]).images == ("a.jpg",)
    assert query_of(like="a", where="gender=men").where == {"gender": {"in": ["men"]}}
    assert query_of(like="a", facets="colour, price,colour").facets == ("colour", "price")
    assert query_of(image="a", crop="0.1,0,1,.5").crop == Box(0.1, 0, 1, 0.5)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({}, "nothing to search by; give a photo, a product id or words"),
        ({"facets": "colour"}, "nothing to search by"),
        ({"dislike": "a"}, "disliked examples alone are nothing to search by"),
        ({"dislike_image": "a.jpg", "where": {}}, "disliked examples alone"),
        ({"but": "red"}, "'but' 'red' changes a photo or a product, and there is none"),
        ({"text": "shirt", "but": "red"}, "changes a photo or a product, and there is none"),
        ({"like": "a", "dislike": "a"}, "'a' is both liked and disliked"),
        ({"like": {"a": NAN}}, "like gives 'a' the weight nan"),
        ({"like": {"a": 0}}, "like gives 'a' the weight 0"),
        ({"dislike": {"a": -1}, "like": "b"}, "dislike gives 'a' the weight -1"),
        ({"like": "a", "k": 0}, "k is 0; ask for at least one hit"),
        ({"like": "a", "k": "3"}, "k is '3'"),
        ({"like": "a", "k": True}, "k is True"),
        ({"like": "a", "offset": -1}, "offset is -1"),
        ({"like": "a", "offset": 1.5}, "offset is 1.5"),
        ({"like": "a", "sort": "price"}, "no sort is called 'price'.*Did you mean 'price_"),
        ({"like": "a", "group_by": "group"}, "no grouping is called 'group'"),
        ({"like": "a", "diversity": NAN}, "diversity is nan; it is a number between 0 and 1"),
        ({"like": "a", "diversity": 1.1}, "diversity is 1.1"),
        ({"like": "a", "diversity": 0.5, "sort": "newest"}, "sort=newest cannot hold as well"),
        ({"like": "a", "min_score": "high"}, "min_score is 'high'"),
        ({"like": "a", "min_score": -0.1}, "min_score is -0.1"),
        ({"like": "a", "crop": (0, 0, 1, 1)}, "crop goes with one photo to search by, not with 0"),
        ({"image": ["a", "b"], "crop": (0, 0, 1, 1)}, "crop goes with one photo.*not with 2"),
        ({"image": "a", "crop": (0, NAN, 1, 1)}, "crop is 0,nan,1,1; give left, top"),
        ({"image": "a", "crop": (0, 0, 640, 480)}, "as shares of the photo between 0 and 1"),
        ({"image": "a", "crop": (0.5, 0, 0.5, 1)}, "which holds nothing"),
        ({"image": "a", "crop": (0, 0.9, 1, 0.1)}, "which holds nothing"),
        ({"image": "a", "crop": (0, 0, 1)}, "crop is 0,0,1; give four numbers"),
        ({"image": "a", "crop": "0,0,1,x"}, "crop holds 'x', which is no number"),
        ({"text": 5}, "text is 5; it is words"),
        ({"like": "a", "but": ["red"]}, "it is words"),
        ({"like": 5}, "like is 5; give one value or a list of them"),
        ({"like": "a", "facets": 5}, "facets is 5; give one value or a list"),
        ({"image": "a", "crop": 0.5}, "crop is 0.5; give one value or a list"),
        ({"image": "a", "crop": (0, None, 1, 1)}, "crop is 0,None,1,1; give left, top"),
        ({"like": "a", "where": "price<"}, "cannot read the filter"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(asked: dict[str, Any], complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint) as error:
        query_of(**asked)
    assert "\n" not in str(error.value)


SHARES = st.floats(0, 1)


@given(SHARES, SHARES, SHARES, SHARES, st.integers(1, 5000), st.integers(1, 5000))
def test_a_box_always_holds_a_pixel_and_stays_inside(
    left: float, top: float, right: float, bottom: float, width: int, height: int
) -> None:
    if left >= right or top >= bottom:
        with pytest.raises(QueryError, match="holds nothing"):
            Box(left, top, right, bottom)
        return
    x0, y0, x1, y1 = Box(left, top, right, bottom).pixels(width, height)
    assert 0 <= x0 < x1 <= width
    assert 0 <= y0 < y1 <= height
