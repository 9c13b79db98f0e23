"""The demo, run once for all tests of this room."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from vitrine.demo import run_demo
from vitrine.settings import Settings

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of the demo left behind."""

    out: Path
    page: Path
    printed: str
    settings: Settings

    @property
    def html(self) -> str:
        return self.page.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    out = tmp_path_factory.mktemp("demo") / "out"
    settings = Settings(models_dir=out.parent / "models")
    console = Console(file=io.StringIO(), width=120)
    page = run_demo(out, settings=settings, console=console)
    assert isinstance(console.file, io.StringIO)
    return Ran(out, page, console.file.getvalue(), settings)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Gone after its module: while Playwright runs, no other test can have an event loop."""
    path = os.environ.get("VITRINE_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium on this machine; install it or set VITRINE_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()
