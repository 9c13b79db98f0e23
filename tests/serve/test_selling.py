from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote

from tests.serve.serving import Serve, Served, code_of, draw

from vitrine.serve.answers import BatchAnswer, ProductOut
from vitrine.store import open_sqlite

ODD = "sale/50% off?ü"


@contextmanager
def photo_host() -> Generator[str]:
    """A web server whose every address is a photo, except /missing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            photo = draw(20)
            self.send_response(404 if "missing" in self.path else 200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(photo)))
            self.end_headers()
            self.wfile.write(photo)

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_product_whatever_its_id(ask: Served) -> None:
    product = ProductOut.model_validate(ask("GET", "/v1/products/p2").json())
    assert (product.title, product.colour) == ("Green dress 2", "Green")
    assert product.price is not None
    assert (product.price.amount, product.price.currency) == ("12", "EUR")
    odd = ask("GET", f"/v1/products/{quote(ODD, safe='')}")
    assert odd.json()["link"] == "https://shop.example/scarf"
    missing = ask("GET", "/v1/products/nobody")
    assert (missing.status_code, code_of(missing)) == (404, "product_not_found")


def test_a_photo_comes_once(ask: Served) -> None:
    photo = ask("GET", ask("GET", "/v1/products/p2").json()["photos"][0])
    assert photo.headers["content-type"] == "image/webp"
    assert photo.content[8:12] == b"WEBP"
    again = ask("GET", "/v1/products/p2/photos/0", headers={"If-None-Match": photo.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for path in ("p2/photos/1", "nobody/photos/0", f"{quote(ODD, safe='')}/photos/0"):
        assert code_of(ask("GET", f"/v1/products/{path}")) == "photo_not_found"
    for position in ("-1", "x", "1000000000"):
        assert code_of(ask("GET", f"/v1/products/p2/photos/{position}")) in ("invalid", "not_found")


def test_a_batch_is_put_searched_and_taken_away(serve: Serve) -> None:
    with photo_host() as host, serve(fetch_allow_private=True) as own:
        items = [
            {
                "product_id": "new",
                "title": "Wrap dress",
                "colour": "navy",
                "gender": "female",
                "price": {"amount": "49.90", "currency": "EUR"},
                "photos": [f"{host}/new.png"],
                "extra": {"fit": "wide"},
            },
            {"product_id": "half", "price": "a lot", "photos": [f"{host}/missing.png"]},
            {"product_id": "new", "title": "the same again"},
        ]
        response = own("PUT", "/v1/products:batch", json={"products": items})
        answer = BatchAnswer.model_validate(response.json())
        assert (answer.products, answer.added, answer.photos, answer.embedded) == (2, 2, 1, 1)
        failed = {(failure.product_id, failure.field) for failure in answer.failures}
        assert failed == {("half", "price"), ("half", "photo"), ("new", "product_id")}
        assert str(own.shop.parent) not in response.text
        shown = own("GET", "/v1/products/new").json()
        assert (shown["colour"], shown["gender"]) == ("Navy Blue", "women")
        assert shown["price"] == {"amount": "49.90", "currency": "EUR"}
        found = own("POST", "/v1/search", files={"photo": draw(20)}).json()["hits"]
        assert found[0]["product_id"] == "new"
        again = own("PUT", "/v1/products:batch", json={"products": items[:1]}).json()
        assert (again["unchanged"], again["embedded"]) == (1, 0)
        assert own("DELETE", "/v1/products/new").status_code == 204
        assert code_of(own("DELETE", "/v1/products/new")) == "product_not_found"
        assert code_of(own("GET", "/v1/products/new")) == "product_not_found"


def test_a_photo_of_a_batch_is_never_a_file(ask: Served) -> None:
    places = ("/etc/passwd", "file:///etc/passwd", "C:\\photos\\1.png", "../1.png", "ftp://a/b")
    for place in places:
        item = {"product_id": "x", "photos": [place]}
        response = ask("PUT", "/v1/products:batch", json={"products": [item]})
        assert (response.status_code, code_of(response)) == (422, "invalid")
        assert response.json()["errors"][0]["field"] == "products.0.photos.0"


def test_a_batch_waits_for_nobody(serve: Serve) -> None:
    with serve() as own:
        store = open_sqlite(own.shop)
        with store.importing():
            response = own("PUT", "/v1/products:batch", json={"products": [{"product_id": "x"}]})
        store.close()
        assert (response.status_code, code_of(response)) == (409, "import_running")
        assert response.headers["retry-after"]
        assert str(own.shop.parent) not in response.text
