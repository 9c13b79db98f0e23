"""Fixtures that every room uses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vitrine.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

_REQUIRED = set(os.environ.get("VITRINE_TESTS_REQUIRE", "").split(","))


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # pyright: ignore[reportUnusedFunction]
    """No setting of the developer's own machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("VITRINE_")]:
        if name not in ("VITRINE_REAL_DATA", "VITRINE_TESTS_REQUIRE", "VITRINE_CHROMIUM"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("VITRINE_MODELS_DIR", str(tmp_path / "models"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The research photos and tables, where they lie beside the checkout."""
    default = Path(__file__).parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("VITRINE_REAL_DATA", default))
    if not folder.is_dir():
        pytest.skip("no research data beside this checkout; set VITRINE_REAL_DATA")
    return folder


@pytest.fixture(scope="session")
def arrivals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop file whose styles were found before a new kind of garment came; to be copied."""
    from tests.styles.arrivals import shop_with_arrivals

    folder = tmp_path_factory.mktemp("arrivals")
    settings = Settings(models_dir=folder / "models", encoder="colour", threads=1)
    with shop_with_arrivals(folder, settings) as shop:
        return Path(shop.location)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Gone after its module: while Playwright runs, no other test can have an event loop."""
    path = os.environ.get("VITRINE_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium on this machine; install it or set VITRINE_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where VITRINE_TESTS_REQUIRE names a marker, a skip of such a test is a failure."""
    report = yield
    required = _REQUIRED & {marker.name for marker in item.iter_markers()}
    if report.skipped and required and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but {required} must run here"
    return report
