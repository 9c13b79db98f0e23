"""What tests of imports share: archives, a gated web site, and following a job."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.serve.serving import Served, draw, until

HEADER = "id,title,color,gender,price,image_link\n"


def table_of(*rows: tuple[str, str]) -> bytes:
    """A CSV of products with one photo each."""
    lines = [
        f"{name},Coat {name},Red,women,{20 + n}.00 EUR,{photo}\n"
        for n, (name, photo) in enumerate(rows)
    ]
    return (HEADER + "".join(lines)).encode()


def archive_of(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def photo_archive(n_products: int, prefix: str = "z", more: bytes = b"") -> bytes:
    """A ZIP of a table and one drawn photo for each product."""
    names = [f"{prefix}{n:03}" for n in range(n_products)]
    table = table_of(*((name, f"photos/{name}.png") for name in names)) + more
    photos = {
        f"spring/photos/{name}.png": draw(n % 20, 60 + n // 20) for n, name in enumerate(names)
    }
    return archive_of({"spring/products.csv": table, **photos})


def send(server: Served, name: str, data: bytes, **options: Any) -> Any:
    """Post a file; the answer as it came."""
    form: dict[str, Any] = {"file": (name, data)}
    if options:
        form["options"] = (None, json.dumps(options))
    return server("POST", "/v1/imports", files=form)


def ended(server: Served, job: Mapping[str, Any]) -> Any:
    """An import after its end."""
    until(lambda: _state(server, job) in ("done", "failed", "cancelled"), 60)
    return server("GET", f"/v1/imports/{job['id']}").json()


def _state(server: Served, job: Mapping[str, Any]) -> str:
    return server("GET", f"/v1/imports/{job['id']}").json()["state"]


def events_of(lines: Iterator[str]) -> Generator[tuple[str, Any]]:
    """Name and data of every server-sent event."""
    event: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif event:
            yield event["event"], json.loads(event["data"])
            event = {}


@dataclass
class Site:
    """A web site on this computer that answers when its gate is open."""

    url: str
    pages: dict[str, bytes]
    gate: threading.Event = field(default_factory=threading.Event)
    n_asked: int = 0


@contextmanager
def gated_site() -> Generator[Site]:
    """Run one until the block ends."""
    site = Site("", {})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.n_asked += 1
            if "gated" in self.path:
                site.gate.wait(60)
            page = site.pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Length", str(len(page or b"")))
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked was killed meanwhile
                self.wfile.write(page or b"")

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        site.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
