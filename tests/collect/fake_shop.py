"""A shop on this machine: a real HTTP server whose pages are drawn by the test."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic
from typing import Any, Self, TypeAlias

from PIL import Image, ImageDraw

from vitrine.fetch import Fetcher, FetchLimits, public_only
from vitrine.fetch.addresses import IPAddress


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes = b""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    versioned: bool = True
    """Whether it has an ETag, and is answered 304 to who has it."""


Act: TypeAlias = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: dict[str, str]
    status: int
    at: float


class FakeShop(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes: dict[str, Answer | Act] = {}
        self.requests: list[Request] = []
        self.stopped = Event()
        self.port = int(self.server_address[1])
        self._thread = Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: str | bytes, **answer: Any) -> str:
        data = body.encode() if isinstance(body, str) else body
        self.routes[path] = Answer(data, **answer)
        return self.url(path)

    def does(self, path: str, act: Act) -> str:
        self.routes[path] = act
        return self.url(path)

    def moves(self, path: str, to: str) -> str:
        return self.put(path, b"", status=302, headers={"Location": to})

    def photo(self, path: str, number: int) -> str:
        return self.put(path, drawing(number), type="image/png")

    def product(self, number: int, *, path: str = "", **more: Any) -> str:
        """A page with one product in JSON-LD and one photo."""
        self.photo(f"/media/{number}.png", number)
        item = {
            "@context": "https://schema.org",
            "@type": "Product",
            "sku": f"SKU-{number}",
            "name": f"Coat {number}",
            "image": f"/media/{number}.png",
            "brand": {"@type": "Brand", "name": "Nadel"},
            "offers": {
                "@type": "Offer",
                "price": f"{number + 10}.90",
                "priceCurrency": "EUR",
                "availability": "https://schema.org/InStock",
            },
        }
        return self.put(path or f"/products/coat-{number}", page(item | more))

    def asked(self, start: str = "/") -> list[str]:
        return [one.path for one in self.requests if one.path.startswith(start)]

    def bodies(self) -> list[str]:
        """Paths that were answered with a body, robots.txt apart."""
        return [
            one.path for one in self.requests if one.status == 200 and one.path != "/robots.txt"
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        shop = self.server
        assert isinstance(shop, FakeShop)
        answer = shop.routes.get(self.path) or shop.routes.get(self.path.partition("?")[0])
        if callable(answer):
            self._note(200)
            with suppress(OSError):
                answer(self)
            self.close_connection = True
            return
        self._send(answer or Answer(b"no such page", status=404, versioned=False))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the tests quiet."""

    def _send(self, answer: Answer) -> None:
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        known = answer.versioned and self.headers.get("If-None-Match") == etag
        status = 304 if known else answer.status
        self._note(status)
        self.send_response(status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.versioned and answer.status == 200:
            self.send_header("ETag", etag)
        if not known:
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not known:
            self.wfile.write(answer.body)

    def _note(self, status: int) -> None:
        shop = self.server
        assert isinstance(shop, FakeShop)
        headers = {name.lower(): value for name, value in self.headers.items()}
        shop.requests.append(Request(self.path, headers, status, monotonic()))


def only(*shops: FakeShop, timeout_s: float = 5.0, max_bytes: int = 5_000_000) -> Fetcher:
    """A fetcher that may reach these local shops, and beyond them what is public."""
    ports = {shop.port for shop in shops}

    def rule(address: IPAddress, port: int) -> str:
        return "" if port in ports else public_only(address, port)

    limits = FetchLimits(max_bytes, timeout_s, retries=0, per_host=1)
    return Fetcher(limits, rule=rule, contact="bot@test.example")


def page(*items: Any, head: str = "", body: str = "") -> str:
    """A page with these JSON-LD items."""
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(item)}</script>' for item in items
    )
    return f"<!doctype html><html><head>{head}{scripts}</head><body>{body}</body></html>"


def listing(paths: Iterable[str], more: str = "") -> str:
    """A page with photo cards that lead to these paths."""
    cards = "".join(f'<a href="{path}"><img src="/thumb.png"></a>' for path in paths)
    return page(body=f"<header><a href='/cart'>cart</a></header>{cards}{more}")


def sitemap(urls: Sequence[str], kind: str = "urlset") -> bytes:
    inner = "url" if kind == "urlset" else "sitemap"
    rows = "".join(f"<{inner}><loc>{url}</loc></{inner}>" for url in urls)
    name = f'{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return f'<?xml version="1.0" encoding="UTF-8"?><{name}>{rows}</{kind}>'.encode()


def bomb(n_megabytes: int) -> bytes:
    """Zeros by the megabyte, packed to almost nothing."""
    return gzip.compress(bytes(n_megabytes * 2**20), compresslevel=9)


def drawing(number: int) -> bytes:
    """A garment-like block; every number looks different."""
    image = Image.new("RGB", (60, 80), "white")
    colour = (number * 37 % 256, number * 91 % 256, number * 151 % 256)
    ImageDraw.Draw(image).rectangle((8 + number % 20, 8, 50, 70 - number // 20 % 30), fill=colour)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
