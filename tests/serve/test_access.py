from __future__ import annotations

from pathlib import Path

import pytest
from tests.serve.serving import Serve, Served, code_of

from vitrine.serve import create_key, revoke_key
from vitrine.store import KeyRecord, open_sqlite


def make_key(shop: Path, kind: str) -> tuple[str, KeyRecord]:
    store = open_sqlite(shop)
    made = create_key(store, kind, f"a {kind} key")  # pyright: ignore[reportArgumentType]
    store.close()
    return made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_keys_open_what_they_are_for(serve: Serve, shop: Path) -> None:
    search, record = make_key(shop, "search")
    admin, _ = make_key(shop, "admin")
    with serve() as own:
        without = own("GET", "/v1/products/p1")
        assert (without.status_code, code_of(without)) == (401, "key_missing")
        assert without.headers["www-authenticate"] == "Bearer"
        assert own("GET", "/v1/products/p1", headers=bearer(search)).status_code == 200
        assert own("GET", "/v1/products/p1", headers={"X-API-Key": search}).status_code == 200
        for method, path in (("DELETE", "/v1/products/p1"), ("PUT", "/v1/products:batch")):
            refused = own(method, path, headers=bearer(search))
            assert (refused.status_code, code_of(refused)) == (403, "key_insufficient")
        assert own("DELETE", "/v1/products/p1", headers=bearer(admin)).status_code == 204
        for path in ("/livez", "/readyz", "/version", "/docs", "/openapi.json"):
            assert own("GET", path).status_code == 200, path
        store = open_sqlite(shop)
        revoke_key(store, record.key_id)
        store.close()
        own.service.keys._read_at = -1e9  # pyright: ignore[reportPrivateUsage]
        assert code_of(own("GET", "/v1/products/p2", headers=bearer(search))) == "key_unknown"


def test_wrong_keys_open_nothing(serve: Serve, shop: Path) -> None:
    token, record = make_key(shop, "admin")
    wrong = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token.replace("admin", "search"),
        f"vitrine_admin_{record.key_id}_",
        f"vitrine_admin_{record.key_id}_{record.sha256}",
        record.sha256,
        "'; DROP TABLE api_keys; --",
        "x" * 5000,
    ]
    with serve() as own:
        for each in wrong:
            refused = own("GET", "/v1/products/p1", headers=bearer(each))
            assert (refused.status_code, code_of(refused)) == (401, "key_unknown")
            assert token not in refused.text
        basic = own("GET", "/v1/products/p1", headers={"Authorization": "Basic eDp5"})
        assert code_of(basic) == "key_missing"


def test_a_key_is_never_kept_in_clear(shop: Path) -> None:
    token, record = make_key(shop, "search")
    secret = token.rsplit("_", 1)[-1]
    kept = b"".join(path.read_bytes() for path in shop.parent.glob("own.shop*"))
    assert record.sha256.encode() in kept
    assert secret.encode() not in kept
    assert token.encode() not in kept


def test_two_keys_have_nothing_in_common(shop: Path) -> None:
    first, second = make_key(shop, "search"), make_key(shop, "search")
    assert first[1].key_id != second[1].key_id
    assert first[1].sha256 != second[1].sha256
    assert len(first[0].split("_", 3)[3]) == 43  # 256 bits


def test_without_keys_only_this_computer_is_served(ask: Served) -> None:
    assert ask("GET", "/v1/products/p1").status_code == 200
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        through_a_proxy = ask("GET", "/v1/products/p1", headers={name: "for=203.0.113.7"})
        assert (through_a_proxy.status_code, code_of(through_a_proxy)) == (403, "loopback_only")
        assert code_of(ask("GET", "/metrics", headers={name: "x"})) == "loopback_only"


def test_a_trusted_proxy_says_who_asks(serve: Serve) -> None:
    with serve(serve_trust_proxies=("127.0.0.1",)) as own:
        response = own("GET", "/v1/products/p1", headers={"X-Forwarded-For": "203.0.113.7"})
        assert code_of(response) == "loopback_only"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:80", "192.0.2.1", "LocalHost"])
def test_names_that_no_stranger_can_have(ask: Served, host: str) -> None:
    assert ask("GET", "/livez", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::1", ""]
)
def test_a_name_of_somebody_else_is_refused(ask: Served, host: str) -> None:
    refused = ask("GET", "/v1/products/p1", headers={"Host": host})
    assert (refused.status_code, code_of(refused)) == (403, "host_refused")


def test_pages_of_strangers_may_not_ask(ask: Served) -> None:
    for origin in ("https://evil.example", "null", "http://localhost:1", "http://[::1"):
        refused = ask.search_from(origin)
        assert (refused.status_code, code_of(refused)) == (403, "origin_refused")
    assert ask.search_from(ask.url).status_code == 200


def test_pages_of_an_allowed_origin_may(serve: Serve) -> None:
    origin = "https://shop.example"
    with serve(serve_allow_origins=(origin,), serve_allow_hosts=("api.shop.example",)) as own:
        preflight = own(
            "OPTIONS",
            "/v1/search",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type",
            },
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == origin
        found = own.search_from(origin, Host="api.shop.example")
        assert found.status_code == 200
        assert found.headers["access-control-allow-origin"] == origin
        assert code_of(own.search_from("https://evil.example")) == "origin_refused"


def test_callers_are_slowed_each_by_itself(serve: Serve, shop: Path) -> None:
    first, second = make_key(shop, "search")[0], make_key(shop, "search")[0]
    with serve(serve_rate_per_s=0.01, serve_burst=3) as own:
        for _ in range(3):
            assert own("GET", "/v1/products/p1", headers=bearer(first)).status_code == 200
        slowed = own("GET", "/v1/products/p1", headers=bearer(first))
        assert (slowed.status_code, code_of(slowed)) == (429, "rate_limited")
        assert 1 <= int(slowed.headers["retry-after"]) <= 100
        assert own("GET", "/v1/products/p1", headers=bearer(second)).status_code == 200
        for _ in range(3):
            assert own("GET", "/v1/products/p1", headers=bearer("guess")).status_code == 401
        assert own("GET", "/v1/products/p1", headers=bearer("guess")).status_code == 429
        assert own("GET", "/livez").status_code == 200
