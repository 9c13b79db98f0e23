"""Hashtags against a local fake of the documented endpoints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.collect.conftest import rows
from tests.collect.fake_shop import FakeShop, drawing, only

from vitrine.collect import CollectReport, Wish, collect, foresee
from vitrine.collect.instagram import Account
from vitrine.errors import ConfigurationError, FetchError, UsageError
from vitrine.fetch import Fetcher
from vitrine.settings import Settings, read_settings
from vitrine.types import Json

TOKEN = "SECRET-token-123"
USER = "17841405309211844"
Run = Callable[..., CollectReport]


def post(shop: FakeShop, number: int, **more: object) -> Json:
    address = f"/cdn/{number}.png"
    shop.put(address, drawing(number), type="image/png")
    return {
        "id": f"178{number}",
        "media_type": "IMAGE",
        "media_url": shop.url(f"{address}?sig={len(shop.requests)}"),
        "permalink": f"https://www.instagram.com/p/post{number}/",
        "caption": f"Coat {number} #coats\nmore words",
        "timestamp": "2026-02-28T15:04:05+0000",
        **more,
    }


class GraphApi:
    """`ig_hashtag_search`, `recent_media` and `top_media`, two posts a page."""

    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop
        self.posts: list[Callable[[], Json]] = []
        self.refusal: tuple[int, str] | None = None
        self.tags = {"coats": "17843857450040591"}
        shop.does("/v1/ig_hashtag_search", self._search)
        for edge in ("recent_media", "top_media"):
            shop.does(f"/v1/17843857450040591/{edge}", self._media)

    def _search(self, handler: BaseHTTPRequestHandler) -> None:
        asked = self._asked(handler)
        found = self.tags.get(asked["q"])
        self._answer(handler, {"data": [{"id": found}] if found else []})

    def _media(self, handler: BaseHTTPRequestHandler) -> None:
        asked = self._asked(handler)
        assert {"media_url", "permalink", "caption", "media_type"} <= {*asked["fields"].split(",")}
        start = int(asked.get("after", "0"))
        data = [make() for make in self.posts[start : start + 2]]
        after = {"cursors": {"after": str(start + 2)}, "next": f"https://x/?access_token={TOKEN}"}
        self._answer(handler, {"data": data, "paging": after if data else {}})

    def _asked(self, handler: BaseHTTPRequestHandler) -> dict[str, str]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        assert (asked["access_token"], asked["user_id"]) == (TOKEN, USER)
        return asked

    def _answer(self, handler: BaseHTTPRequestHandler, value: Json) -> None:
        status = 200
        if self.refusal:
            status, message = self.refusal
            value = {"error": {"message": message, "type": "OAuthException", "code": 190}}
        body = json.dumps(value).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Connection", "close")  # or the client may use it once more
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def api(shop: FakeShop) -> GraphApi:
    api = GraphApi(shop)
    api.posts = [lambda n=n: post(shop, n) for n in range(5)]
    return api


@pytest.fixture
def settings() -> Settings:
    return read_settings(instagram_token=TOKEN, instagram_user_id=USER)


@pytest.fixture
def run(shop: FakeShop, api: GraphApi, settings: Settings, out: Path) -> Iterator[Run]:
    with only(shop) as fetcher:

        def run(tag: str = "#coats", limit: int = 100) -> CollectReport:
            wish = Wish(tag, limit=limit, delay_s=0)
            return collect(wish, out, settings, fetcher=fetcher, graph_api=shop.url("/v1"))

        yield run


def test_posts_become_a_catalogue(run: Run, out: Path) -> None:
    report = run()
    first, *others = rows(out)
    assert first["product_id"] == "instagram-1780"
    assert first["title"] == "Coat 0 #coats"
    assert first["description"] == "Coat 0 #coats more words"
    assert first["link"] == "https://www.instagram.com/p/post0/"
    assert first["seller"] == "instagram"
    assert (out / first["image_link"]).read_bytes() == drawing(0)
    assert (len(others), report.photos, report.failed) == (4, 5, 0)


def test_the_token_is_written_nowhere(
    run: Run, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report = run()
    for path in out.rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes()
    assert TOKEN not in json.dumps(report.to_json())
    assert TOKEN not in "".join(capfd.readouterr())


def test_the_limit_stops_the_asking(run: Run, shop: FakeShop, out: Path) -> None:
    run(limit=2)
    assert len(rows(out)) == 2
    assert len(shop.asked("/v1/17843857450040591")) == 1


def test_top_media_is_another_edge(
    shop: FakeShop, api: GraphApi, settings: Settings, out: Path
) -> None:
    with only(shop) as fetcher:
        wish = Wish("coats", edge="top_media", delay_s=0)
        collect(wish, out, settings, fetcher=fetcher, graph_api=shop.url("/v1"))
    assert shop.asked("/v1/17843857450040591/top_media")
    assert not shop.asked("/v1/17843857450040591/recent_media")


def test_photos_of_posts_that_are_there_are_not_asked_for_again(run: Run, shop: FakeShop) -> None:
    run()
    shop.requests.clear()
    report = run()
    assert not shop.asked("/cdn")
    assert (report.products, report.photos, report.pages["unchanged"]) == (5, 5, 5)


def test_albums_and_videos(run: Run, api: GraphApi, shop: FakeShop, out: Path) -> None:
    inner = [post(shop, 20), post(shop, 21) | {"media_type": "VIDEO"}, post(shop, 22)]
    album = {"media_type": "CAROUSEL_ALBUM", "media_url": None, "children": {"data": inner}}
    api.posts = [lambda: post(shop, 1) | album, lambda: post(shop, 2, media_type="VIDEO")]
    run()
    (row,) = rows(out)
    assert (out / row["image_link"]).read_bytes() == drawing(20)
    assert len(row["additional_image_link"]) == 1


def test_a_cursor_that_never_changes_ends(
    run: Run, api: GraphApi, shop: FakeShop, out: Path
) -> None:
    api.posts = [lambda: post(shop, 1)] * 500
    run()
    assert len(rows(out)) == 1
    assert len(shop.asked("/v1/17843857450040591")) < 5


@pytest.mark.parametrize("status", [400, 401, 403])
def test_what_the_api_refuses_is_told_without_the_token(
    run: Run, api: GraphApi, status: int
) -> None:
    api.refusal = (status, f"Error validating access token {TOKEN}: it has expired")
    with pytest.raises(FetchError, match=r"refuses ig_hashtag_search: .* has expired") as caught:
        run()
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("status", [404, 500])
def test_an_api_that_fails_does_not_give_the_token_away(
    run: Run, api: GraphApi, shop: FakeShop, status: int
) -> None:
    shop.put("/v1/ig_hashtag_search", "no", status=status)
    with pytest.raises(FetchError, match=r"access_token=\.\.\.") as caught:
        run()
    assert TOKEN not in str(caught.value)


def test_an_unknown_hashtag(run: Run) -> None:
    with pytest.raises(FetchError, match="knows no hashtag 'nothing'"):
        run("nothing")


@pytest.mark.parametrize("answer", ["<html>", "[1]", "[" * 50_000])
def test_an_answer_that_is_no_json(run: Run, shop: FakeShop, answer: str) -> None:
    shop.put("/v1/ig_hashtag_search", answer)
    with pytest.raises(FetchError, match="no JSON"):
        run()


def test_without_a_token_it_is_said_what_is_missing(out: Path) -> None:
    with pytest.raises(ConfigurationError, match="VITRINE_INSTAGRAM_TOKEN and VITRINE_INSTAGRAM_"):
        collect(Wish("#coats"), out, Settings())
    assert not out.exists()


def test_a_token_is_not_shown(settings: Settings) -> None:
    assert TOKEN not in repr(settings) + repr(Account.of(settings))
    assert TOKEN not in json.dumps(settings.model_dump(mode="json"))


def test_a_hashtag_cannot_be_foreseen(settings: Settings, out: Path, fetcher: Fetcher) -> None:
    with pytest.raises(UsageError, match="cannot be foreseen"):
        foresee(Wish("#coats"), out, settings, fetcher=fetcher)
