from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest
from tests.collect.conftest import Collect, titles
from tests.collect.fake_shop import FakeShop, listing

from vitrine.collect.robots import DisallowedError, Manners
from vitrine.errors import FetchError
from vitrine.fetch import Fetcher, FetchLimits


@pytest.fixture
def manners(fetcher: Fetcher) -> Manners:
    return Manners(fetcher, delay_s=0.0)


def rules(shop: FakeShop, text: str, status: int = 200) -> None:
    shop.put("/robots.txt", text, type="text/plain", status=status)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /private", "/private/a", False),
        ("User-agent: *\nDisallow: /private", "/public", True),
        ("User-agent: *\nDisallow: /\nAllow: /products/", "/products/a", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: vitrine\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Vitrine\nAllow: /", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /*.html$", "/a.html", False),
        ("\ufeffUser-agent: *\r\nDisallow: /x\r\n", "/x", False),
        ("<html>not found</html>", "/a", True),
        ("", "/a", True),
    ],
)
def test_rules_are_kept_to(
    shop: FakeShop, manners: Manners, text: str, path: str, allowed: bool
) -> None:
    rules(shop, text)
    assert manners.allows(shop.url(path)) is allowed


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_robots_file_allows_all(shop: FakeShop, manners: Manners, status: int) -> None:
    rules(shop, "Disallow: /", status)
    manners.check(shop.url("/a"))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_file_that_cannot_be_had_forbids_all(
    shop: FakeShop, manners: Manners, status: int
) -> None:
    rules(shop, "", status)
    with pytest.raises(DisallowedError, match=f"robots.txt cannot be read.*{status}"):
        manners.check(shop.url("/a"))


def test_robots_are_read_once_for_each_site(shop: FakeShop, manners: Manners) -> None:
    for path in "abc":
        manners.gate(shop.url(f"/{path}"))
    assert shop.asked() == ["/robots.txt"]


def test_a_robots_file_behind_a_redirect_counts(shop: FakeShop, manners: Manners) -> None:
    shop.moves("/robots.txt", "/rules.txt")
    shop.put("/rules.txt", "User-agent: *\nDisallow: /x")
    assert not manners.allows(shop.url("/x"))


@pytest.mark.parametrize("line", ["Crawl-delay: 0.2", "Request-rate: 5/1", ""])
def test_the_longer_delay_is_kept_between_requests(
    shop: FakeShop, fetcher: Fetcher, line: str
) -> None:
    rules(shop, f"User-agent: *\n{line}")
    manners = Manners(fetcher, delay_s=0.05 if line else 0.2)
    started = monotonic()
    for number in range(3):
        fetcher.fetch(shop.photo(f"/{number}.png", number), gate=manners.gate)
    assert monotonic() - started >= 3 * 0.2  # robots.txt was a request too
    assert (len(shop.requests), manners.n_requests) == (4, 4)


def test_one_host_need_not_wait_for_another(fetcher: Fetcher) -> None:
    manners, started = Manners(fetcher, delay_s=60), monotonic()
    for host in "abc":
        manners.rest(f"https://{host}.example/")
    assert monotonic() - started < 30


def test_what_is_disallowed_is_not_asked_for(shop: FakeShop, gather: Collect, out: Path) -> None:
    rules(shop, "User-agent: *\nDisallow: /products/coat-2\nDisallow: /media/1.png")
    paths = [f"/products/coat-{number}" for number in range(3)]
    for number in range(3):
        shop.product(number)
    report = gather(shop.put("/coats", listing(paths)))
    assert titles(out) == ["Coat 0", "Coat 1"]
    assert (report.disallowed, report.failed, report.without_photo) == (2, 0, 1)
    assert not {"/products/coat-2", "/media/1.png"} & {*shop.asked()}


def test_a_redirect_to_what_is_disallowed_is_not_followed(shop: FakeShop, gather: Collect) -> None:
    rules(shop, "User-agent: *\nDisallow: /secret")
    shop.put("/secret", "secret")
    shop.product(1)
    shop.moves("/products/moved", "/secret")
    report = gather(shop.put("/coats", listing(["/products/moved", "/products/coat-1"])))
    assert (report.products, report.disallowed) == (1, 1)
    assert "/secret" not in shop.asked()


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("User-agent: *\nDisallow: /", 200, "robots.txt disallows it for 'vitrine'"),
        ("", 500, "robots.txt cannot be read, so nothing is fetched"),
    ],
)
def test_a_source_that_is_disallowed_is_an_error(
    shop: FakeShop, gather: Collect, text: str, status: int, message: str
) -> None:
    rules(shop, text, status)
    with pytest.raises(FetchError, match=message):
        gather(shop.product(1))
    assert shop.asked() == ["/robots.txt"]


def test_we_say_who_we_are(shop: FakeShop, gather: Collect) -> None:
    gather(shop.product(1))
    agents = {request.headers["user-agent"] for request in shop.requests}
    assert len(agents) == 1
    assert agents.pop().startswith("vitrine/")
    assert shop.requests[0].headers["user-agent"].endswith(" (+bot@test.example)")


@pytest.fixture
def unreachable() -> str:
    with FakeShop() as shop:
        url = shop.url("/")
    return url


def test_a_site_that_does_not_answer_forbids_all(unreachable: str) -> None:
    with Fetcher(FetchLimits(allow_private=True, retries=0)) as fetcher:
        assert not Manners(fetcher, delay_s=0.0).allows(unreachable)
