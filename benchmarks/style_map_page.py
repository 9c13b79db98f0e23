"""How long the page of the map takes in Chromium, on a shop whose map is drawn.

python -m benchmarks.style_map_page --shop my.shop [--visits 5]

The shop is served as `vitrine serve` does; every visit has a browser's context of its own, so
nothing is kept from the one before. VITRINE_CHROMIUM names the browser; left out, `chromium` is
looked for.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report import machine, print_table
from vitrine.serve import make_server, open_service
from vitrine.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_DRAWN = "performance.getEntriesByName('map drawn')"
_POINTS = "performance.getEntriesByType('resource').find((e) => e.name.endsWith('/map/points'))"


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at the page."""

    drawing_ms: float
    """From the points read to the dots drawn."""
    until_drawn_ms: float
    """From the click to the dots drawn."""
    points_kb: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--visits", type=int, default=5)
    asked = parser.parse_args()
    with _served(asked.shop) as (url, n_drawn), _browser() as browser:
        _visit(browser, url)  # the first answer is computed, later ones are remembered
        visits = [_visit(browser, url) for _ in range(asked.visits)]
    print(machine())
    columns = {
        "drawing, ms": [each.drawing_ms for each in visits],
        "from the click to the last dot, ms": [each.until_drawn_ms for each in visits],
        "points, kB": [each.points_kb for each in visits],
    }
    print_table(
        [f"{n_drawn:,} dots, {len(visits)} visits", "median", "least", "most"],
        [[name, statistics.median(of), min(of), max(of)] for name, of in columns.items()],
    )


@contextmanager
def _served(path: Path) -> Generator[tuple[str, int]]:
    with open_service(path, Settings(serve_port=0, serve_rate_per_s=0.0)) as service:
        n_drawn = len(service.shop.style_maps.show().to_json()["product_ids"])
        urls: list[str] = []
        started = threading.Event()

        def on_start(url: str) -> None:
            urls.append(url)
            started.set()

        server = make_server(service, on_start)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            started.wait(60)
            yield urls[0], n_drawn
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _browser() -> Generator[Browser]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("VITRINE_CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise SystemExit("no Chromium here; install it or set VITRINE_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def _visit(browser: Browser, url: str) -> Visit:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/styles/map")
    page.locator("[data-plane]").wait_for(timeout=60_000)
    drawing, until, size = page.evaluate(
        f"""() => {{
            const [drawn] = {_DRAWN};
            return [drawn.duration, drawn.startTime + drawn.duration, {_POINTS}.encodedBodySize];
        }}"""
    )
    context.close()
    return Visit(drawing, until, size / 1e3)


if __name__ == "__main__":
    main()
