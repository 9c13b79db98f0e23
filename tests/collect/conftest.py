from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.collect.fake_shop import FakeShop, only

from vitrine.collect import CollectReport, Wish, collect
from vitrine.fetch import Fetcher
from vitrine.settings import Settings
from vitrine.types import Json

Collect = Callable[..., CollectReport]


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    with FakeShop() as shop:
        yield shop


@pytest.fixture
def other() -> Iterator[FakeShop]:
    with FakeShop() as shop:
        yield shop


@pytest.fixture
def fetcher(shop: FakeShop) -> Iterator[Fetcher]:
    """Reaches the shop, and nothing else on this machine."""
    with only(shop) as fetcher:
        yield fetcher


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "collected"


@pytest.fixture
def gather(fetcher: Fetcher, out: Path) -> Collect:
    """Collect into `out` without rests."""

    def run(source: str, *, settings: Settings | None = None, **wish: Any) -> CollectReport:
        wanted = Wish(source, delay_s=0.0, **wish)
        return collect(wanted, out, settings or Settings(), fetcher=fetcher)

    return run


def rows(out: Path, name: str = "products.jsonl") -> list[Json]:
    return [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]


def titles(out: Path) -> list[str]:
    return [row["title"] for row in rows(out)]
