"""Catalogues that are not taken: each with a clear problem, and nothing left behind."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.serve.importing import archive_of, ended, gated_site, send, table_of
from tests.serve.serving import Serve, Served, code_of, served, until

FORM = {"Content-Type": "multipart/form-data; boundary=xyz"}
GOOD = table_of(("g1", ""))


@pytest.fixture(scope="module")
def small(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that takes little."""
    folder = tmp_path_factory.mktemp("refused")
    shop = Path(shutil.copy(built, folder / "own.shop"))
    limits = {
        "serve_import_mb": 0.5,
        "serve_import_unpacked_mb": 1.0,
        "serve_import_files": 5,
        "serve_import_timeout_s": 2.0,
        "offline": True,
    }
    with served(shop, folder / "models", **limits) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_stays(small: Served) -> Iterator[None]:
    yield
    folder = small.shop.with_name("own.shop.imports")
    assert not folder.exists() or list(folder.iterdir()) == []
    assert small("GET", "/v1/imports").json() == {"imports": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("name", "data", "code", "said"),
    [
        ("empty.csv", b"", "catalogue_invalid", "empty.csv is empty"),
        ("table.zip", archive_of({"t.csv": b""}), "catalogue_invalid", "t.csv is empty"),
        ("tale.txt", b"Once upon a time\n", "catalogue_invalid", "tale.txt is in no known format"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(60), "catalogue_invalid", "no known format"),
        ("odd.csv", b"foo,bar\n1,2\n", "catalogue_invalid", "odd.csv is a table, but none of"),
        ("bad.zip", b"PK\x03\x04 nothing", "archive_invalid", "it is damaged"),
        ("p.zip", archive_of({"a.png": b"x"}), "archive_invalid", "holds no table"),
        ("many.zip", archive_of({f"{n}.png": b"" for n in range(6)}), "archive_invalid", "5 files"),
        (
            "big.zip",
            archive_of({"t.csv": bytes(600_000)}),
            "archive_invalid",
            "larger than 524,288",
        ),
        ("evil.zip", archive_of({"../t.csv": GOOD}), "archive_invalid", "leads out"),
        ("big.csv", os.urandom(800_000), "body_too_large", "larger than"),
    ],
)
def test_files(small: Served, name: str, data: bytes, code: str, said: str) -> None:
    answer = send(small, name, data)
    assert code_of(answer) == code
    assert said in answer.json()["detail"]
    assert (code == "archive_invalid") == ("archive_code" in answer.json())
    assert str(small.shop.parent) not in answer.text


def part(name: str, data: bytes) -> bytes:
    head = f"--xyz\r\nContent-Disposition: form-data; name={name}\r\n\r\n"
    return head.encode() + data + b"\r\n"


END = b"--xyz--\r\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "breaks off"),
        (b"no form at all", "cannot be read"),
        (part("file", GOOD), "breaks off"),
        (END, "no part 'file'"),
        (part("options", b"{}") + END, "no part 'file'"),
        (part("photo", b"x") + END, "there is no part 'photo'; known: file, options"),
        (part("file", b"x") * 2 + END, "'file' comes twice"),
        (part("options", b"x" * 70_000) + END, "'options' is longer"),
    ],
)
def test_forms(small: Served, body: bytes, said: str) -> None:
    answer = small("POST", "/v1/imports", content=body, headers=FORM)
    assert code_of(answer) == "malformed_form"
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"prune": "perhaps"}, "invalid"),
        ({"colums": {}}, "invalid"),
        ({"format": "folder"}, "invalid"),
        ({"url": "https://shop.example"}, "invalid"),
        ({"columns": {"title": 3}}, "invalid"),
    ],
)
def test_options(small: Served, options: dict[str, Any], code: str) -> None:
    assert code_of(send(small, "t.csv", GOOD, **options)) == code


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("text/csv", GOOD, "media_type_unsupported"),
        ("", GOOD, "media_type_unsupported"),
        ("multipart/form-data", GOOD, "malformed_form"),
        (f"multipart/form-data; boundary={'x' * 300}", GOOD, "malformed_form"),
        ("application/json", b"{", "malformed_json"),
        ("application/json", b"{}", "invalid"),
        ("application/json", b'{"url": ""}', "invalid"),
        ("application/json", b'{"url": "https://shop.example/", "file": "x"}', "invalid"),
    ],
)
def test_bodies(small: Served, content_type: str, body: bytes, code: str) -> None:
    headers = {"Content-Type": content_type}
    assert code_of(small("POST", "/v1/imports", content=body, headers=headers)) == code


def test_offline_no_feed_is_fetched(small: Served) -> None:
    answer = small("POST", "/v1/imports", json={"url": "https://shop.example/feed.xml"})
    assert code_of(answer) == "feed_refused"
    assert "this server is offline" in answer.json()["detail"]


@contextmanager
def half_sent(server: Served) -> Generator[socket.socket]:
    """A client that sends the beginning of a form."""
    begun = part("file", b"id,title")
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname or "", place.port or 0), 10) as client:
        client.sendall(
            b"POST /v1/imports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
            b"Content-Type: multipart/form-data; boundary=xyz\r\n\r\n" + begun
        )
        until(lambda: server.service.imports.intake.n_receiving == 1)
        yield client


def test_an_upload_that_is_too_slow(small: Served) -> None:
    with half_sent(small) as client:
        answer = client.recv(65536)
        while b"}" not in answer:
            answer += client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"body_too_slow"' in answer


def test_a_client_that_goes_away_leaves_nothing(small: Served) -> None:
    with half_sent(small):
        pass
    until(lambda: small.service.imports.intake.n_receiving == 0)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("k=0", "invalid"),
        ("k=101", "invalid"),
        ("cursor=x", "cursor_invalid"),
        ("page=2", "invalid"),
    ],
)
def test_lists(small: Served, query: str, code: str) -> None:
    assert code_of(small("GET", f"/v1/imports?{query}")) == code


def test_no_more_than_sixteen_wait(serve: Serve) -> None:
    with gated_site() as site, serve(fetch_allow_private=True) as own:
        slow = {"url": f"{site.url}/gated.csv"}
        site.pages["/gated.csv"] = GOOD
        jobs = [own("POST", "/v1/imports", json=slow).json() for _ in range(16)]
        answer = own("POST", "/v1/imports", json=slow)
        assert code_of(answer) == "busy"
        assert answer.headers["retry-after"] == "60"
        for job in jobs[1:]:
            assert own("DELETE", f"/v1/imports/{job['id']}").json()["state"] == "cancelled"
        site.gate.set()
        assert ended(own, jobs[0])["state"] == "done"
