from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.errors import QueryError
from vitrine.search import parse_where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", {}),
        ("   ", {}),
        ("gender=women", {"gender": {"in": ["women"]}}),
        ("gender = women", {"gender": {"in": ["women"]}}),
        ("article_type=dresses|tops", {"article_type": {"in": ["dresses", "tops"]}}),
        ("colour='navy blue'|\"off white\"", {"colour": {"in": ["navy blue", "off white"]}}),
        ("gender!=men", {"gender": {"not_in": ["men"]}}),
        ("price<50", {"price": {"lt": 50.0}}),
        ("price>=9.5 price<=20", {"price": {"gte": 9.5, "lte": 20.0}}),
        ("price=20|30", {"price": {"in": [20.0, 30.0]}}),
        ("brand=2", {"brand": {"in": ["2"]}}),
        ("tag.gender=women", {"tag.gender": {"in": ["women"]}}),
        ("brand=*", {"brand": {"exists": True}}),
        ("brand!=*", {"brand": {"exists": False}}),
        ("colour=été", {"colour": {"in": ["été"]}}),
        (' {"or": [{"gender": "women"}]}', {"or": [{"gender": "women"}]}),
    ],
)
def test_a_line_reads_as_this_filter(text: str, where: dict[str, Any]) -> None:
    assert parse_where(text) == where


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("women", "cannot read the filter at 'women'; write filters like"),
        ("gender=women cheap", "cannot read the filter at 'cheap'"),
        ("gender=", "cannot read the filter at 'gender='"),
        ("gender='women", "cannot read"),
        ("price<cheap", "'price' is compared with one number, not 'cheap'"),
        ("price<5|6", "'price' is compared with one number, not '5|6'"),
        ("gender=a gender=b", "names gender= twice; join values with | instead"),
        ('{"gender": ', "the filter is not valid JSON"),
        ("{" * 100_000, "not valid JSON"),
    ],
)
def test_a_line_that_reads_as_nothing_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(QueryError) as error:
        parse_where(text)
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


@given(st.text(max_size=60))
def test_any_line_reads_or_is_refused(text: str) -> None:
    try:
        parse_where(text)
    except QueryError:
        return
