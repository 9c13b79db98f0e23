"""URLs are read strictly and shown without secrets."""

from __future__ import annotations

import pytest

from vitrine.errors import FetchError
from vitrine.fetch.stopping import RefusedError
from vitrine.fetch.urls import read_url, redirected, shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file:///etc/passwd", "only http:// and https://"),
        ("ftp://shop.example/a.jpg", "only http:// and https://"),
        ("data:image/png;base64,AAAA", "only http:// and https://"),
        ("gopher://shop.example:70/_x", "only http:// and https://"),
        ("/photos/a.jpg", "only http:// and https://"),
        ("", r"^\(empty URL\): only http"),
        ("http:///a.jpg", "names no host"),
        ("https:a.jpg", "names no host"),
        ("http://me:secret@shop.example/", "user name or password"),
        ("http://me@shop.example/", "user name or password"),
        ("http://shop.example:99999/", "'shop.example:99999' is no host"),
        ("http://shop.example:0/", "is no host"),
        ("http://[fe80::1%25eth0]/", "no URL|is no host"),
        ("http://[::1/", "this is no URL"),
        ("http://sh op.example/", "is no host"),
        ("http://shop.example/\x00", "this is no URL"),
        ("http://shop.example/" + "a" * 70_000, "this is no URL"),
    ],
)
def test_what_is_no_web_address_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(FetchError, match=message) as caught:
        read_url(text)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_hosts_in_other_scripts_are_asked_by_their_ascii_name() -> None:
    url = read_url(" https://müller.example/schöne bilder/1.jpg#top ")
    assert url.raw_host == b"xn--mller-kva.example"
    assert url.raw_path == b"/sch%C3%B6ne%20bilder/1.jpg"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b.jpg", "http://shop.example/b.jpg"),
        ("b.jpg?w=1", "http://shop.example/photos/b.jpg?w=1"),
        ("//cdn.example/b.jpg", "http://cdn.example/b.jpg"),
        ("https://cdn.example/b.jpg", "https://cdn.example/b.jpg"),
    ],
)
def test_redirects_may_be_relative(location: str, target: str) -> None:
    assert str(redirected(read_url("http://shop.example/photos/a.jpg"), location)) == target


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("", "redirects to nowhere"),
        ("file:///etc/passwd", "only http:// and https://"),
        ("https://me:secret@shop.example/", "user name or password"),
        ("http://shop.example/a.jpg", "redirects from https to http://shop.example/a.jpg"),
        ("https://shop.example:bad/", "this is no URL"),
    ],
)
def test_redirects_are_as_strict_as_urls(location: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        redirected(read_url("https://shop.example/a.jpg"), location)


def test_long_urls_are_shown_short() -> None:
    assert len(shown("https://shop.example/" + "a" * 1000)) == 200
