"""From a shop's pages to a folder that is a catalogue."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.collect.conftest import Collect, rows, titles
from tests.collect.fake_shop import (
    FakeShop,
    bomb,
    drawing,
    listing,
    only,
    page,
    sitemap,
)

from vitrine.catalog import read_catalogue
from vitrine.collect import Wish, collect, foresee
from vitrine.errors import (
    ConfigurationError,
    DataError,
    FetchError,
    LockedError,
    MissingExtraError,
    UsageError,
)
from vitrine.fetch import Fetcher
from vitrine.settings import Settings


def coats(shop: FakeShop, n_coats: int, path: str = "/coats") -> str:
    """A list of coats, and their pages; gives its address."""
    for number in range(n_coats):
        shop.product(number)
    return shop.put(path, listing(f"/products/coat-{number}" for number in range(n_coats)))


_FILES = ("collect.sqlite", "products.jsonl", "sources.jsonl")

# what comes out


def test_a_product_page_becomes_a_catalogue(shop: FakeShop, gather: Collect, out: Path) -> None:
    source = shop.product(3)
    report = gather(source)
    (row,) = rows(out)
    photo = row["image_link"]
    assert row == {
        "product_id": "SKU-3",
        "link": source,
        "seller": f"127.0.0.1:{shop.port}",
        "title": "Coat 3",
        "brand": "Nadel",
        "price": "13.90 EUR",
        "availability": "in_stock",
        "image_link": photo,
        "collected_at": row["collected_at"],
    }
    assert (out / photo).read_bytes() == drawing(3)
    assert (report.products, report.photos, report.failed) == (1, 1, 0)
    (product,) = read_catalogue(out).products
    assert (product.product_id, str(product.price)) == ("SKU-3", "13.90 EUR")
    assert product.photos == (str(out / photo),)


def test_the_source_and_licence_of_each_photo_are_kept(
    shop: FakeShop, gather: Collect, out: Path
) -> None:
    image = {
        "@type": "ImageObject",
        "url": "/media/1.png",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "creditText": "Ann",
    }
    source = shop.product(1, image=image)
    gather(source)
    (photo,) = rows(out, "sources.jsonl")
    assert photo["url"] == shop.url("/media/1.png")
    assert photo["page"] == source
    assert photo["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (photo["credit"], photo["acquire_license_page"]) == ("Ann", "")
    assert photo["file"] == rows(out)[0]["image_link"]
    assert photo["collected_at"].startswith("20")


def test_a_list_is_followed_up_to_the_limit(shop: FakeShop, gather: Collect, out: Path) -> None:
    report = gather(coats(shop, 6), limit=4)
    assert titles(out) == ["Coat 0", "Coat 1", "Coat 2", "Coat 3"]
    assert report.visited == 4
    assert "/products/coat-4" not in shop.asked()


def test_a_larger_limit_goes_on(shop: FakeShop, gather: Collect, out: Path) -> None:
    source = coats(shop, 6)
    gather(source, limit=2)
    gather(source, limit=5)
    assert titles(out) == [f"Coat {number}" for number in range(5)]


def test_lists_of_several_pages(shop: FakeShop, gather: Collect, out: Path) -> None:
    for number in range(4):
        shop.product(number)
    more = '<a href="/coats?page=2">2</a>'
    source = shop.put("/coats", listing(["/products/coat-0", "/products/coat-1"], more))
    shop.put("/coats?page=2", listing(["/products/coat-2", "/products/coat-3"], more))
    gather(source)
    assert titles(out) == ["Coat 0", "Coat 1", "Coat 2", "Coat 3"]


def test_pages_that_are_no_products_do_not_count(
    shop: FakeShop, gather: Collect, out: Path
) -> None:
    shop.product(1)
    shop.put("/products/guide", page(body="How to wear coats"))
    report = gather(shop.put("/all", listing(["/products/guide", "/products/coat-1"])), limit=1)
    assert titles(out) == ["Coat 1"]
    assert report.pages == {"new": 1, "empty": 2}


def test_variants_are_cut_at_the_limit(shop: FakeShop, gather: Collect, out: Path) -> None:
    variants = [{"@type": "Product", "sku": f"V{n}", "size": str(n)} for n in range(5)]
    group = {"@type": "ProductGroup", "name": "Coat", "productGroupID": "G", "hasVariant": variants}
    source = shop.put("/products/coat", page(group))
    gather(source, limit=3)
    assert [row["product_id"] for row in rows(out)] == ["V0", "V1", "V2"]
    assert {row["item_group_id"] for row in rows(out)} == {"G"}
    gather(source, limit=9)
    assert len(rows(out)) == 5


def test_numbers_that_two_products_share_are_told_apart(
    shop: FakeShop, gather: Collect, out: Path
) -> None:
    paths = [shop.product(n, sku="", path=f"/{n}/products/coat.html") for n in range(3)]
    gather(shop.put("/all", listing(paths)))
    site = f"127.0.0.1:{shop.port}"
    assert [row["product_id"] for row in rows(out)] == [
        *("coat", f"coat@{site}", f"coat@{site}-2"),
    ]


def test_two_shops_in_one_folder(shop: FakeShop, other: FakeShop, out: Path) -> None:
    with only(shop, other) as fetcher:
        for source in (shop.product(1), other.product(1)):
            collect(Wish(source, delay_s=0), out, Settings(), fetcher=fetcher)
    assert [row["product_id"] for row in rows(out)] == ["SKU-1", f"SKU-1@127.0.0.1:{other.port}"]
    assert len({row["image_link"] for row in rows(out)}) == 1


def test_a_page_met_twice_is_one_product(shop: FakeShop, gather: Collect, out: Path) -> None:
    shop.product(1)
    shop.moves("/products/old", "/products/coat-1")
    gather(shop.put("/all", listing(["/products/old", "/products/coat-1"])))
    assert titles(out) == ["Coat 1"]


# photos


def test_copies_of_a_photo_are_kept_once(shop: FakeShop, gather: Collect, out: Path) -> None:
    shop.put("/media/copy.png", drawing(1), type="image/png")
    report = gather(shop.product(1, image=["/media/1.png", "/media/copy.png?size=2"]))
    assert len([*(out / "photos").iterdir()]) == 1
    assert (report.photos, report.photos_new, report.photo_copies) == (1, 1, 1)
    assert len(rows(out, "sources.jsonl")) == 2
    assert "additional_image_link" not in rows(out)[0]


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd.png",
        "/%2e%2e%2f%2e%2e%2fx.png",
        "/con.png",
        "/" + "a" * 1500 + ".png",
        "/a%00b.png",
        "/..%5c..%5cx.exe",
        "/a b\u202egnp.exe",
    ],
)
def test_no_name_from_a_shop_reaches_the_disk(
    shop: FakeShop, gather: Collect, out: Path, path: str
) -> None:
    shop.photo("/media/1.png", 1)
    asked = quote(path, safe="/%.")
    for spelling in (asked, "/etc/passwd.png"):
        shop.put(spelling, drawing(7), type="image/png")
    gather(shop.product(1, image=path, sku="../../x\x1b", name="..\\..\\x"))
    names = sorted(entry.relative_to(out.parent).as_posix() for entry in out.parent.rglob("*"))
    photo = rows(out)[0]["image_link"]
    assert names == sorted(
        f"{out.name}{inner}" for inner in ("", "/photos", f"/{photo}", *map("/{}".format, _FILES))
    )


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"<html>sorry</html>", "image/png", "web page, not a photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "SVG"),
        (b"", "image/png", "no photo"),
    ],
)
def test_what_is_no_photo_is_left_out(
    shop: FakeShop, gather: Collect, out: Path, body: bytes, kind: str, reason: str
) -> None:
    source = shop.product(1)
    shop.put("/media/1.png", body, type=kind)
    report = gather(source)
    assert (report.products, report.photos, report.without_photo, report.failed) == (1, 0, 1, 1)
    assert reason in report.problems[0].reason
    assert "image_link" not in rows(out)[0]


def test_photos_of_one_product_are_limited(shop: FakeShop, gather: Collect, out: Path) -> None:
    for number in range(5):
        shop.photo(f"/{number}.png", number)
    gather(shop.product(9, image=[f"/{number}.png" for number in range(5)]), photos_each=3)
    assert len(rows(out)[0]["additional_image_link"]) == 2


# again


def test_a_second_time_nothing_is_downloaded(shop: FakeShop, gather: Collect, out: Path) -> None:
    source = coats(shop, 3)
    gather(source)
    first = (out / "products.jsonl").read_bytes()
    shop.requests.clear()
    report = gather(source)
    assert shop.bodies() == []
    assert report.downloaded_bytes == 0
    assert report.pages == {"unchanged": 3, "empty": 1}
    assert (report.photos_new, report.photos_known) == (0, 3)
    assert (out / "products.jsonl").read_bytes() == first
    assert not any(path.startswith("/media") for path in shop.asked())


def test_a_new_price_is_taken_and_the_photo_asked_for_by_version(
    shop: FakeShop, gather: Collect, out: Path
) -> None:
    source = shop.product(1)
    gather(source)
    shop.product(1, offers={"@type": "Offer", "price": "9,50", "priceCurrency": "EUR"})
    shop.requests.clear()
    report = gather(source)
    assert rows(out)[0]["price"] == "9.50 EUR"
    assert report.pages == {"changed": 1}
    assert [(one.path, one.status) for one in shop.requests][1:] == [
        *(("/products/coat-1", 200), ("/media/1.png", 304)),
    ]


def test_a_new_photo_under_an_old_address_is_taken(
    shop: FakeShop, gather: Collect, out: Path
) -> None:
    source = shop.product(1)
    gather(source)
    shop.product(1, name="Newer coat")
    shop.photo("/media/1.png", 50)
    gather(source)
    assert (out / rows(out)[0]["image_link"]).read_bytes() == drawing(50)


def test_photos_of_unknown_version_are_not_asked_for_again(shop: FakeShop, gather: Collect) -> None:
    source = shop.product(1)
    shop.put("/media/1.png", drawing(1), type="image/png", versioned=False)
    gather(source)
    shop.product(1, name="Newer coat")
    gather(source)
    assert shop.asked("/media") == ["/media/1.png"]


def test_a_page_without_a_version_is_compared(shop: FakeShop, gather: Collect) -> None:
    source = shop.product(1)
    answer = shop.routes["/products/coat-1"]
    assert not callable(answer)
    shop.put("/products/coat-1", answer.body, versioned=False)
    gather(source)
    assert gather(source).pages == {"unchanged": 1}


def test_a_lost_photo_is_fetched_again(shop: FakeShop, gather: Collect, out: Path) -> None:
    source = shop.product(1)
    gather(source)
    next((out / "photos").iterdir()).unlink()
    assert gather(source).photos_new == 1


def test_products_that_are_gone_leave_the_catalogue(
    shop: FakeShop, gather: Collect, out: Path
) -> None:
    source = coats(shop, 3)
    gather(source)
    del shop.routes["/products/coat-1"]
    report = gather(source)
    assert titles(out) == ["Coat 0", "Coat 2"]
    assert (report.pages["gone"], report.failed) == (1, 0)


def test_a_page_that_fails_for_now_stays(shop: FakeShop, gather: Collect, out: Path) -> None:
    source = coats(shop, 2)
    gather(source)
    shop.put("/products/coat-1", "busy", status=503)
    report = gather(source)
    assert titles(out) == ["Coat 0", "Coat 1"]
    assert report.failed == 1


# interrupted


def test_an_interrupted_run_goes_on_where_it_stopped(
    shop: FakeShop, fetcher: Fetcher, out: Path
) -> None:
    wish = Wish(coats(shop, 5), delay_s=0)

    def stop(done: int, _wanted: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(wish, out, Settings(), fetcher=fetcher, on_progress=stop)
    assert titles(out) == ["Coat 0", "Coat 1", "Coat 2"]  # what was there is written down
    shop.requests.clear()
    report = collect(wish, out, Settings(), fetcher=fetcher)
    assert report.resumed
    assert titles(out) == [f"Coat {number}" for number in range(5)]
    assert shop.asked() == [
        *("/robots.txt", "/products/coat-3", "/media/3.png", "/products/coat-4", "/media/4.png"),
    ]


_RUN = """
import sys
from pathlib import Path
from vitrine.collect import Wish, collect
from vitrine.settings import Settings
collect(Wish(sys.argv[1], delay_s=0), Path(sys.argv[2]), Settings(fetch_allow_private=True))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not sent there")
def test_a_killed_run_loses_nothing(shop: FakeShop, out: Path) -> None:
    source = coats(shop, 12)
    command = [sys.executable, "-c", _RUN, source, str(out)]
    running = subprocess.Popen(command)
    while len(shop.asked("/media")) < 5:
        assert running.poll() is None
        time.sleep(0.001)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    asked = [*shop.asked()]
    subprocess.run(command, check=True)
    assert titles(out) == [f"Coat {number}" for number in range(12)]
    again = shop.asked()[len(asked) :]
    assert len({*again} & {*asked} - {"/robots.txt"}) <= 2  # the page and photo in hand
    assert not [*out.glob("**/*.part")]
    for row in rows(out, "sources.jsonl"):
        number = int(row["url"].rsplit("/", 1)[1].removesuffix(".png"))
        assert (out / row["file"]).read_bytes() == drawing(number)


def test_two_runs_do_not_share_a_folder(shop: FakeShop, fetcher: Fetcher, out: Path) -> None:
    wish = Wish(coats(shop, 2), delay_s=0)

    def meanwhile(done: int, _wanted: int) -> None:
        if done != 1:
            return
        with pytest.raises(LockedError, match="another process"):
            collect(wish, out, Settings(), fetcher=fetcher)

    collect(wish, out, Settings(), fetcher=fetcher, on_progress=meanwhile)
    assert len(titles(out)) == 2


def test_another_file_in_the_journals_place_is_an_error(
    shop: FakeShop, gather: Collect, out: Path
) -> None:
    out.mkdir()
    (out / "collect.sqlite").write_bytes(b"something else entirely" * 99)
    with pytest.raises(DataError, match="cannot be used"):
        gather(shop.product(1))


# hostile servers


def test_a_redirect_to_a_private_address_is_refused(
    shop: FakeShop, other: FakeShop, gather: Collect
) -> None:
    shop.product(1)
    shop.moves("/products/evil", other.put("/secret", "secret"))
    report = gather(shop.put("/all", listing(["/products/evil", "/products/coat-1"])))
    assert report.failed + report.disallowed == 1
    assert "(loopback), which is refused for safety" in report.problems[0].reason
    assert other.requests == []


@pytest.mark.parametrize("image", ["http://169.254.169.254/latest/", "http://[::1]/a.png"])
def test_photos_at_private_addresses_are_refused(
    shop: FakeShop, gather: Collect, image: str
) -> None:
    report = gather(shop.product(1, image=image))
    assert (report.products, report.photos) == (1, 0)
    assert "refused for safety" in report.problems[0].reason


def endless(piece: bytes, every_s: float = 0.0) -> Callable[[BaseHTTPRequestHandler], None]:
    def act(handler: BaseHTTPRequestHandler) -> None:
        shop = handler.server
        assert isinstance(shop, FakeShop)
        handler.send_response(200)
        handler.end_headers()
        while not shop.stopped.wait(every_s):
            handler.wfile.write(piece)

    return act


def test_an_endless_page_ends(shop: FakeShop, gather: Collect, out: Path) -> None:
    shop.product(1)
    shop.does("/products/endless", endless(b"<p>" * 20_000))
    report = gather(shop.put("/all", listing(["/products/endless", "/products/coat-1"])))
    assert titles(out) == ["Coat 1"]
    assert "larger than the 6,000,000 bytes" in report.problems[0].reason


def test_a_slow_page_ends(shop: FakeShop, out: Path) -> None:
    shop.product(1)
    shop.does("/products/slow", endless(b"<p>", every_s=0.05))
    source = shop.put("/all", listing(["/products/slow", "/products/coat-1"]))
    with only(shop, timeout_s=0.5) as fetcher:
        report = collect(Wish(source, delay_s=0), out, Settings(), fetcher=fetcher)
    assert titles(out) == ["Coat 1"]
    assert "longer than the 0.5 s allowed" in report.problems[0].reason


def test_an_endless_photo_ends(shop: FakeShop, gather: Collect) -> None:
    source = shop.product(1)
    shop.does("/media/1.png", endless(drawing(1) * 1000))
    report = gather(source, settings=Settings(max_photo_mb=1))
    assert (report.products, report.photos) == (1, 0)
    assert "larger than the 1,048,576 bytes" in report.problems[0].reason


# sitemaps


def test_a_sitemap(shop: FakeShop, gather: Collect, out: Path) -> None:
    urls = [shop.url("/about"), *(shop.product(number) for number in range(3))]
    source = shop.put(
        "/sitemap.xml",
        sitemap([*urls, "https://other.example/products/1"]),
        type="application/xml",
    )
    gather(source, limit=2)
    assert titles(out) == ["Coat 0", "Coat 1"]
    assert "/about" not in shop.asked()


def test_an_index_of_packed_sitemaps(shop: FakeShop, gather: Collect, out: Path) -> None:
    packed = gzip.compress(sitemap([shop.product(1)]))
    names = [
        shop.put("/pages.xml", sitemap([shop.url("/about")])),
        shop.put("/products.xml.gz", packed, type="application/gzip"),
    ]
    gather(shop.put("/sitemap.xml", sitemap(names, "sitemapindex")))
    assert titles(out) == ["Coat 1"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (bomb(60), "larger than the 52,428,800 bytes"),
        (gzip.compress(b"<urlset>" * 99)[:-10], "cut short"),
        (
            b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc>'
            b"</url></urlset>",
            "declares entities",
        ),
        (b"<urlset><nothing", "no sitemap"),
    ],
)
def test_hostile_sitemaps_are_errors(
    shop: FakeShop, gather: Collect, body: bytes, reason: str
) -> None:
    with pytest.raises((DataError, FetchError), match=reason):
        gather(shop.put("/sitemap.xml", body))


def test_a_sitemap_that_breaks_off_is_used_as_far_as_it_goes(
    shop: FakeShop, gather: Collect, out: Path
) -> None:
    whole = sitemap([shop.product(1), shop.product(2)])
    gather(shop.put("/sitemap.xml", whole[:-30]))
    assert titles(out) == ["Coat 1"]


def test_a_sitemap_that_names_itself_ends(shop: FakeShop, gather: Collect) -> None:
    shop.put("/sitemap.xml", sitemap([shop.url("/sitemap.xml")], "sitemapindex"))
    with pytest.raises(DataError, match="no product was found"):
        gather(shop.url("/sitemap.xml"))


# beforehand, and what is wrong


def test_what_would_be_fetched_is_told_and_nothing_written(
    shop: FakeShop, fetcher: Fetcher, out: Path
) -> None:
    shop.put("/robots.txt", "User-agent: *\nDisallow: /products/coat-1")
    source = coats(shop, 4)
    plan = foresee(Wish(source, limit=3, delay_s=0), out, Settings(), fetcher=fetcher)
    assert plan == [
        {"url": shop.url(f"/products/coat-{number}"), "allowed": number != 1, "known": False}
        for number in range(3)
    ]
    assert shop.asked() == ["/robots.txt", "/coats"]
    assert not out.exists()


def test_what_is_there_already_is_told(shop: FakeShop, fetcher: Fetcher, out: Path) -> None:
    wish = Wish(coats(shop, 2), delay_s=0)
    collect(Wish(shop.url("/products/coat-1"), delay_s=0), out, Settings(), fetcher=fetcher)
    kept = (out / "collect.sqlite").read_bytes()
    plan = foresee(wish, out, Settings(), fetcher=fetcher)
    assert [page["known"] for page in plan] == [False, True]
    assert (out / "collect.sqlite").read_bytes() == kept


def test_nothing_found_is_an_error_that_says_what_to_do(shop: FakeShop, gather: Collect) -> None:
    with pytest.raises(DataError, match=r"no product was found.*--scroll"):
        gather(shop.put("/empty", page(body="soon")))


def test_a_shop_without_products_is_left_in_peace(shop: FakeShop, gather: Collect) -> None:
    paths = [f"/products/{number}" for number in range(100)]
    for path in paths:
        shop.put(path, page(body="nothing"))
    with pytest.raises(DataError, match="no product"):
        gather(shop.put("/all", listing(paths)))
    assert len(shop.asked("/products")) == 30


@pytest.mark.parametrize("source", ["shop.example/a", "ftp://a.example", "two words", "", "#"])
def test_a_source_that_is_none(source: str) -> None:
    with pytest.raises(UsageError, match="neither an address nor a hashtag"):
        Wish(source)


@pytest.mark.parametrize("contact", ["me\r\nX: y", "a b", "(x)", "é"])
def test_a_contact_that_is_none(contact: str) -> None:
    with pytest.raises(UsageError, match="contact"):
        Wish("https://a.example", contact=contact)


def test_offline_is_kept_to(out: Path) -> None:
    with pytest.raises(ConfigurationError, match="VITRINE_OFFLINE"):
        collect(Wish("https://a.example"), out, Settings(offline=True))
    assert not out.exists()


def test_by_default_private_addresses_are_refused(shop: FakeShop, out: Path) -> None:
    with pytest.raises(FetchError, match="refused for safety"):
        collect(Wish(shop.product(1), delay_s=0), out, Settings())
    assert shop.requests == []


@pytest.mark.parametrize("package", ["protego", "extruct.jsonld"])
def test_what_has_to_be_installed_is_told(
    shop: FakeShop, gather: Collect, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"pip install '.*\[collect\]'"):
        gather(shop.product(1))
