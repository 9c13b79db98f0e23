"""A small drawn shop, and real servers in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.serve.serving import Serve, Served, drawn_products, served

from vitrine.catalog import Catalogue
from vitrine.settings import Settings
from vitrine.shop import build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that nobody changes."""
    folder = tmp_path_factory.mktemp("served-shop")
    settings = Settings(models_dir=folder / "models", threads=1)
    catalogue = Catalogue("test", "a test", drawn_products(folder), [])
    build(catalogue, folder / "my.shop", encoder="colour", settings=settings).close()
    return folder / "my.shop"


@pytest.fixture(scope="session")
def ask(built: Path) -> Iterator[Served]:
    """A server in front of it, without keys or a limit of rate."""
    with served(built, built.parent / "models") as running:
        yield running


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copy(built, tmp_path / "own.shop"))


@pytest.fixture
def serve(shop: Path, tmp_path: Path) -> Serve:
    """Serve that copy with other settings."""
    return partial(served, shop, tmp_path / "models")
