"""What these tests share: a drawn catalogue, and real servers on 127.0.0.1."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageDraw

from vitrine.serve import Service, make_server, open_service
from vitrine.settings import Settings
from vitrine.types import Price, Product

MARKUP = '<script>alert("title")</script>'
COLOURS = {"Red": (200, 30, 40), "Blue": (40, 60, 180), "Green": (30, 120, 60)}
N_PRODUCTS = 9


def draw(number: int, side_px: int = 80) -> bytes:
    """A garment-like block as a PNG file; every number looks different."""
    image = Image.new("RGB", (side_px * 3 // 4, side_px), "white")
    colour = list(COLOURS.values())[number % 3]
    box = (side_px // 10 + number, side_px // 10, side_px * 6 // 10, side_px * 8 // 10 - number)
    ImageDraw.Draw(image).rectangle(box, fill=colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def drawn_products(folder: Path) -> list[Product]:
    """Products with a photo each; the last has none, and an id that addresses must escape."""
    products: list[Product] = []
    for number in range(N_PRODUCTS - 1):
        photo = folder / f"{number}.png"
        photo.write_bytes(draw(number))
        products.append(
            Product(
                f"p{number}",
                title=f"{list(COLOURS)[number % 3]} dress {MARKUP if number == 1 else number}",
                colour=list(COLOURS)[number % 3],
                gender="women" if number % 2 else "men",
                price=Price(Decimal(10 + number), "EUR"),
                photos=(str(photo),),
                extra={"fit": "slim", "source_file": str(photo), "image": photo.name},
            )
        )
    odd = Product("sale/50% off?ü", title="Scarf", link="https://shop.example/scarf")
    return [*products, odd]


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    service: Service
    shop: Path
    client: httpx.Client

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask it something."""
        return self.client.request(method, path, **options)

    def search(self, **question: Any) -> httpx.Response:
        """Search with a JSON body."""
        return self("POST", "/v1/search", json=question)

    def search_from(self, origin: str, **headers: str) -> httpx.Response:
        """Search as a page of that origin would."""
        question = {"text": "dress"}
        return self("POST", "/v1/search", json=question, headers={"Origin": origin, **headers})


Serve = Callable[..., AbstractContextManager[Served]]


@contextmanager
def served(path: Path, models: Path, **limits: Any) -> Generator[Served]:
    """Serve a shop on a free port until the block ends."""
    defaults: dict[str, Any] = {
        "threads": 1,
        "serve_port": 0,
        "serve_rate_per_s": 0.0,
        "models_dir": models,
    }
    with open_service(path, Settings(**(defaults | limits))) as service:
        started = threading.Event()
        urls: list[str] = []

        def on_start(url: str) -> None:
            urls.append(url)
            started.set()

        server = make_server(service, on_start)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            assert started.wait(20)
            with httpx.Client(base_url=urls[0], timeout=30, trust_env=False) as client:
                yield Served(urls[0], service, path, client)
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


def code_of(response: httpx.Response) -> str:
    """The code of a problem, after checking that it is one in every respect."""
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == f"/docs#{problem['code']}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return problem["code"]


def until(holds: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Wait for something that happens elsewhere."""
    ends = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < ends, "it did not happen"
        with suppress(InterruptedError):
            time.sleep(0.02)
