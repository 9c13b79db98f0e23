from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.serve.serving import Serve, code_of
from tests.serve.test_access import make_key
from tests.serve.web.pages import AS_PERSON, visit

from vitrine.errors import ConfigurationError
from vitrine.serve.web.assets import assets
from vitrine.settings import read_settings

ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}


def test_pages_are_for_this_computer_unless_told_otherwise(serve: Serve) -> None:
    with serve() as own:
        assert visit(own, "/").answer.status_code == 200
        for path in ("/", "/search", "/products/p0", "/why?like=p0&product=p1"):
            page = visit(own, path, headers=ELSEWHERE)
            assert page.answer.status_code == 403
            assert "This window is closed" in page.text
        refused = own("GET", "/products/p0/photos/0", headers=ELSEWHERE)
        assert code_of(refused) == "web_local"


def test_public_pages_need_no_key(serve: Serve, shop: Any) -> None:
    make_key(shop, "search")
    with serve(serve_web="public") as own:
        assert visit(own, "/", headers=ELSEWHERE).answer.status_code == 200
        photo = own("GET", "/products/p0/photos/0", headers=ELSEWHERE)
        assert photo.headers["content-type"] == "image/webp"
        assert code_of(own.search(text="dress")) == "key_missing"


def test_pages_can_be_left_out(serve: Serve) -> None:
    with serve(serve_web="off") as own:
        for path in ("/", "/search", "/products/p0", f"/static/{assets().version}/vitrine.css"):
            assert code_of(own("GET", path, headers=AS_PERSON)) == "not_found"
        assert own.search(text="dress").status_code == 200


def test_whoever_asks_too_often_waits(serve: Serve) -> None:
    with serve(serve_web="public", serve_rate_per_s=0.1, serve_burst=2) as own:
        assert [visit(own, "/").answer.status_code for _ in range(3)] == [200, 200, 429]
        page = visit(own, "/")
        assert int(page.answer.headers["retry-after"]) > 0
        assert "One moment, please" in page.text
        assert own("GET", "/products/p0/photos/0").status_code == 200


def test_the_setting_is_one_of_three() -> None:
    with pytest.raises(ConfigurationError, match="serve_web"):
        read_settings(serve_web="everyone")


def test_forms_of_other_sites_are_refused(serve: Serve) -> None:
    with serve() as own:
        send: dict[str, Any] = {"files": {"photo": b"x"}}
        for origin in ("https://elsewhere.example", "null"):
            answer: httpx.Response = own("POST", "/photos", headers={"Origin": origin}, **send)
            assert code_of(answer) == "origin_refused"
