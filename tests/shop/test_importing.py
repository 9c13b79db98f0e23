from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zlib import crc32

import pytest

from vitrine.catalog import Catalogue
from vitrine.errors import LockedError
from vitrine.settings import Settings
from vitrine.shop import Shop, create_shop, open_shop
from vitrine.types import Product, RowFailure

MakeProduct = Callable[..., Product]
MakePhoto = Callable[[int], Path]


@pytest.fixture
def shop(tmp_path: Path, settings: Settings) -> Shop:
    return create_shop(tmp_path / "a.shop", settings=settings)


def test_the_report_counts_what_happened(
    shop: Shop, product: MakeProduct, photo: MakePhoto
) -> None:
    shop.add([product(n) for n in range(4)])
    photo(9).write_bytes(b"<html>not a photo</html>")
    products = [
        product(0),  # unchanged
        product(1, title="renamed"),
        product(2, 2, 7),  # one more photo
        product(5),
        product(9),  # broken photo
        Product("wordy", title="no photo"),
    ]
    broken_row = RowFailure("feed.csv", 7, "x", "price", "not a number")
    report = shop.add(Catalogue("csv", "feed.csv", products, [broken_row]), prune=True)
    assert (report.products, report.photos, report.without_photo) == (6, 5, 2)
    assert (report.added, report.changed, report.unchanged, report.deleted) == (3, 2, 1, 1)
    assert (report.embedded, report.failed) == (2, 2)
    assert report.encoder == "colour"
    assert report.shop == shop.location
    with open(report.errors, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["product_id"], row["column"]) for row in rows] == [
        ("7", "x", "price"),
        ("", "p009", "photo"),
    ]
    assert {p.product_id for p in shop.products()} == {p.product_id for p in products}


def test_the_same_photo_in_many_products_is_embedded_once_or_twice_not_always(
    shop: Shop, product: MakeProduct
) -> None:
    shop.add([product(0)])
    report = shop.add([product(n, 0) for n in range(1, 6)])
    assert (report.photos, report.embedded) == (5, 0)
    assert [hit.score for hit in shop.search(like="p000", k=5)] == [1.0] * 5


def test_a_photo_that_cannot_be_read_now_keeps_what_was_known(
    shop: Shop, product: MakeProduct, photo: MakePhoto
) -> None:
    shop.add([product(1), product(2)])
    photo(1).unlink()
    report = shop.add([replace(product(2), photos=()), product(3)])
    assert report.failed == 0
    gone = shop.get("p001")
    report = shop.add([replace(gone, title="renamed")])
    assert report.failed == 1
    assert shop.search(like="p001", k=1)[0].product_id == "p003"
    assert shop.get("p001").title == "renamed"


def test_a_changed_file_under_the_same_name_is_embedded_again(
    shop: Shop, product: MakeProduct, photo: MakePhoto
) -> None:
    shop.add([product(1), product(2)])
    photo(1).write_bytes(photo(7).read_bytes())
    report = shop.add([product(1), product(2)])
    assert (report.embedded, report.changed) == (1, 1)
    assert shop.search(image=photo(7), k=1)[0].product_id == "p001"
    assert shop.verify() == []


def test_progress_ends_at_the_number_of_photos(shop: Shop, product: MakeProduct) -> None:
    seen: list[tuple[int, int]] = []
    products = [product(n, n, n + 1) for n in range(70)]
    shop.add(products, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (140, 140)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize("n_asked", [0, 40, 150, 200])
def test_an_import_that_is_stopped_keeps_whole_products_and_goes_on_later(
    shop: Shop, product: MakeProduct, n_asked: int
) -> None:
    products = [product(n, n, n + 1) for n in range(70)]
    shop.add([product(99)])
    stopped = threading.Event()

    def stop() -> bool:  # asked by every thread that reads photos as well
        nonlocal n_asked
        n_asked -= 1
        if n_asked < 0:
            stopped.set()
        return stopped.is_set()

    report = shop.add(products, prune=True, stop=stop)
    assert report.products == report.added < len(products)
    assert (report.deleted, report.failed, report.errors) == (0, 0, "")
    assert len(shop) == 1 + report.products
    assert all(len(found.photos) == 2 for found in shop.products() if found.product_id != "p099")
    assert shop.verify() == []
    rest = shop.add(products, prune=True)
    assert (rest.products, rest.added, rest.deleted) == (70, 70 - report.added, 1)


def test_only_one_import_at_a_time(shop: Shop, product: MakeProduct, settings: Settings) -> None:
    started, release = threading.Event(), threading.Event()

    def pause(_done: int, _total: int) -> None:
        started.set()
        release.wait(20)

    first = threading.Thread(target=lambda: shop.add([product(1)], on_progress=pause))
    first.start()
    assert started.wait(20)
    with open_shop(shop.location, settings=settings) as other:
        with pytest.raises(LockedError, match="another process is importing"):
            other.add([product(2)])
        other.patch("p001", title="patched meanwhile")
        assert other.delete("nobody") == 0
        release.set()
        other.add([product(2)], wait_s=20)
        assert len(other) == 2
    first.join()


def test_a_reader_sees_what_another_connection_imports(
    shop: Shop, product: MakeProduct, photo: MakePhoto, settings: Settings
) -> None:
    with open_shop(shop.location, settings=settings) as reader:
        assert len(reader) == 0
        for number in range(5):
            shop.add([product(number)])
            assert reader.search(image=photo(number), k=1)[0].product_id == f"p{number:03}"
        shop.delete("p004")
        assert reader.search(image=photo(4), k=1)[0].product_id != "p004"


class Photos(BaseHTTPRequestHandler):
    """Serves photos with ETags, or with dates alone, and counts what it sent."""

    files: dict[str, bytes]
    sent: list[tuple[str, int]]
    dated = False

    def do_GET(self) -> None:
        data = self.files.get(self.path)
        if self.dated:  # a date that goes with the content, so that no test has to wait
            name, asked = "Last-Modified", self.headers["If-Modified-Since"]
            version = formatdate(crc32(data or b""), usegmt=True)
        else:
            name, asked, version = "ETag", self.headers["If-None-Match"], f'"{hash(data)}"'
        status = 404 if data is None else 304 if asked == version else 200
        self.sent.append((self.path, status))
        self.send_response(status)
        body = data if status == 200 and data is not None else b""
        self.send_header(name, version)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Generator[tuple[str, type[Photos]]]:
    handler = type("Handler", (Photos,), {"files": {}, "sent": []})
    running = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", handler
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.mark.parametrize("dated", [False, True])
def test_photos_at_urls_are_fetched_once(
    tmp_path: Path,
    settings: Settings,
    photo: MakePhoto,
    server: tuple[str, type[Photos]],
    dated: bool,
) -> None:
    url, handler = server
    handler.dated = dated
    handler.files |= {"/1.png": photo(1).read_bytes(), "/2.png": photo(2).read_bytes()}
    products = [Product(f"u{n}", photos=(f"{url}/{n}.png",)) for n in (1, 2, 3)]
    allowed = settings.model_copy(update={"fetch_allow_private": True})
    with create_shop(tmp_path / "urls.shop", settings=allowed) as shop:
        report = shop.add(products)
        assert (report.photos, report.failed, report.without_photo) == (2, 1, 1)
        assert shop.search(image=photo(2), k=1)[0].product_id == "u2"
        handler.sent.clear()
        handler.files["/2.png"] = photo(5).read_bytes()
        again = shop.add(products)
        assert sorted(handler.sent) == [("/1.png", 304), ("/2.png", 200), ("/3.png", 404)]
        assert (again.embedded, again.changed, again.photos) == (1, 1, 2)
        assert shop.search(image=photo(5), k=1)[0].product_id == "u2"


def test_a_photo_that_could_not_be_reindexed_is_embedded_by_the_next_import(
    tmp_path: Path,
    settings: Settings,
    photo: MakePhoto,
    server: tuple[str, type[Photos]],
    second_encoder: Path,
) -> None:
    url, handler = server
    handler.files["/1.png"] = photo(1).read_bytes()
    products = [Product("u1", photos=(f"{url}/1.png",))]
    allowed = settings.model_copy(update={"fetch_allow_private": True})
    with create_shop(tmp_path / "urls.shop", settings=allowed) as shop:
        shop.add(products)
        assert [f.product_id for f in shop.reindex(second_encoder, fetch=False)[1]] == ["u1"]
        assert not shop.search(image=photo(1))
        assert shop.add(products).embedded == 1
        assert shop.search(image=photo(1))[0].product_id == "u1"


def test_private_addresses_are_refused_unless_allowed(
    shop: Shop, photo: MakePhoto, server: tuple[str, type[Photos]]
) -> None:
    url, handler = server
    handler.files["/1.png"] = photo(1).read_bytes()
    report = shop.add([Product("u1", photos=(f"{url}/1.png",))])
    assert (report.photos, report.failed, handler.sent) == (0, 1, [])


def test_without_fetching_photos_wait_at_their_url(
    tmp_path: Path, settings: Settings, photo: MakePhoto, server: tuple[str, type[Photos]]
) -> None:
    url, handler = server
    handler.files["/1.png"] = photo(1).read_bytes()
    products = [Product("u1", title="Waiting", photos=(f"{url}/1.png",))]
    allowed = settings.model_copy(update={"fetch_allow_private": True})
    with create_shop(tmp_path / "urls.shop", settings=allowed) as shop:
        report = shop.add(products, fetch=False)
        assert (report.photos, report.failed, report.not_fetched) == (0, 0, 1)
        assert shop.search(text="waiting")[0].product_id == "u1"
        report = shop.add(products)
        assert (report.photos, report.changed) == (1, 1)
        assert shop.add(products, fetch=False).not_fetched == 0
        assert shop.search(image=photo(1), k=1)[0].product_id == "u1"
