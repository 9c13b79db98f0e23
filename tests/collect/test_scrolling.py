"""Pages that load more as one scrolls, in a real Chromium that our rules hold."""

from __future__ import annotations

import json
import os
import shutil
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.collect.conftest import titles
from tests.collect.fake_shop import FakeShop, only, page

from vitrine.collect import CollectReport, Wish, collect
from vitrine.settings import Settings

pytestmark = pytest.mark.browser

SCROLL = """<main></main><script>
let n = 0, busy = false;
async function more() {
  if (busy) return;
  busy = true;
  for (const path of await (await fetch("/more?from=" + n)).json()) {
    document.querySelector("main").insertAdjacentHTML(
      "beforeend", `<a href="${path}" style="display:block;height:700px"><img></a>`);
    n++;
  }
  busy = false;
}
more();
addEventListener("scroll", () => {
  if (innerHeight + scrollY >= document.documentElement.scrollHeight - 50) more();
});
</script>"""


@pytest.fixture
def chromium_settings() -> Settings:
    program = os.environ.get("VITRINE_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium on this machine; install it or set VITRINE_CHROMIUM")
    return Settings(chromium=program)


def scrolling_coats(shop: FakeShop, n_coats: int) -> str:
    """A list that shows four coats at first, and four more at each scroll to its end."""
    for number in range(n_coats):
        shop.product(number)

    def more(handler: BaseHTTPRequestHandler) -> None:
        start = int(handler.path.rpartition("=")[2])
        paths = [f"/products/coat-{n}" for n in range(start, min(start + 4, n_coats))]
        body = json.dumps(paths).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    shop.does("/more", more)
    return shop.put("/coats", page(body=SCROLL))


def scroll(
    source: str, out: Path, settings: Settings, shop: FakeShop, limit: int = 100
) -> CollectReport:
    with only(shop, timeout_s=20.0) as fetcher:
        wish = Wish(source, limit=limit, delay_s=0, scroll=True)
        return collect(wish, out, settings, fetcher=fetcher)


def test_a_page_is_scrolled_until_the_limit(
    shop: FakeShop, out: Path, chromium_settings: Settings
) -> None:
    scroll(scrolling_coats(shop, 60), out, chromium_settings, shop, limit=6)
    assert titles(out) == [f"Coat {number}" for number in range(6)]
    assert 2 <= len(shop.asked("/more")) < 8
    agents = {request.headers["user-agent"].partition("/")[0] for request in shop.requests}
    assert agents == {"vitrine"}


@pytest.mark.slow
def test_a_page_is_scrolled_to_its_end(
    shop: FakeShop, out: Path, chromium_settings: Settings
) -> None:
    report = scroll(scrolling_coats(shop, 10), out, chromium_settings, shop)
    assert titles(out) == [f"Coat {number}" for number in range(10)]
    assert report.photos == 10


@pytest.mark.slow
def test_a_product_that_only_scripts_write_is_read(
    shop: FakeShop, out: Path, chromium_settings: Settings
) -> None:
    item = json.dumps({"@type": "Product", "name": "Late coat", "sku": "L"})
    script = "const s = document.createElement('script'); s.type = 'application/ld+json';"
    script += f"s.textContent = {json.dumps(item)}; document.head.append(s);"
    source = shop.put("/products/late", page(body=f"<script>{script}</script>"))
    scroll(source, out, chromium_settings, shop)
    assert titles(out) == ["Late coat"]


ESCAPES = """<a href="/products/coat-1"><img src="{0}/img"></a>
<link rel=stylesheet href="{0}/style"><script src="{0}/script"></script>
<iframe src="{0}/frame"></iframe><video src="{0}/video"></video>
<script>
fetch("{0}/fetch", {{mode: "no-cors"}}).catch(() => 0);
fetch("{0}/post", {{mode: "no-cors", method: "POST", body: "x"}}).catch(() => 0);
navigator.sendBeacon("{0}/beacon", "x");
new Image().src = "{0}/image";
try {{ new WebSocket("{0}/socket".replace("http", "ws")); }} catch {{}}
try {{ new EventSource("{0}/events"); }} catch {{}}
try {{ new Worker(URL.createObjectURL(new Blob(["fetch('{0}/worker')"]))); }} catch {{}}
open("{0}/popup");
const link = document.createElement("a");
link.href = "{0}/download"; link.download = "x"; link.click();
</script>"""


def test_no_page_leads_the_browser_to_where_it_must_not(
    shop: FakeShop, other: FakeShop, out: Path, chromium_settings: Settings
) -> None:
    shop.product(1)
    shop.put("/robots.txt", "User-agent: *\nDisallow: /private")
    escapes = ESCAPES.format(f"http://127.0.0.1:{other.port}")
    escapes += "<script src=/private/a.js></script><script>fetch('/private/b')</script>"
    scroll(shop.put("/coats", page(body=escapes)), out, chromium_settings, shop)
    assert titles(out) == ["Coat 1"]
    assert other.requests == []
    assert not shop.asked("/private")
