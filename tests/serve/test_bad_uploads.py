"""Forms and photos that are none, too large, too slow, or never come: a problem, nothing kept."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest
from tests.serve.serving import Serve, Served, code_of, draw, until

from vitrine.serve.bodies import parse_form

MB = 2**20


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
        assert response.status_code == {"malformed_form": 400, "media_type_unsupported": 415}[code]


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
    assert (unannounced.status_code, code_of(unannounced)) == (413, "body_too_large")
    headers = {"Content-Type": "application/json"}
    words = ask("POST", "/v1/search", content=b" " * MB, headers=headers)
    assert (words.status_code, code_of(words)) == (413, "body_too_large")
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


@pytest.mark.parametrize(
    ("content_type", "begun"),
    [
        (b"application/json", b"{"),
        (
            b"multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n\xff\xd8',
        ),
    ],
    ids=["json", "photo"],
)
def test_an_upload_that_never_ends(serve: Serve, content_type: bytes, begun: bytes) -> None:
    with serve(serve_upload_timeout_s=0.4) as own:
        place = urlsplit(own.url)
        with socket.create_connection((place.hostname or "", place.port or 0), 10) as slow:
            slow.sendall(
                b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
                b"Content-Type: " + content_type + b"\r\n\r\n" + begun
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
