"""The demo, run once for all tests of this room."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from vitrine.demo import run_demo
from vitrine.settings import Settings


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
