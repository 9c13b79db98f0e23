"""The demo catalogue's window, and a browser in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serve.serving import Served, served

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.demo import demo_source
from vitrine.settings import Settings
from vitrine.shop import build

N_SHOWN = 60
EVERY = 5
OFFERED = ("D0001", "D0002", "D0247", "D0248")
"""One design at three sellers, one of them in another colour."""


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of a part of the demo catalogue, with the encoder that ships."""
    folder = tmp_path_factory.mktemp("window")
    settings = Settings(models_dir=folder / "models", threads=1)
    whole = read_catalogue(demo_source())
    part = Catalogue(whole.format, whole.source, list(whole.products)[:N_SHOWN], [])
    build(part, folder / "demo.shop", settings=settings).close()
    with served(folder / "demo.shop", folder / "models") as running:
        yield running


@pytest.fixture(scope="session")
def boutique(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of some products of every kind, where visitors leave something behind."""
    folder = tmp_path_factory.mktemp("boutique")
    settings = Settings(models_dir=folder / "models", threads=1)
    whole = read_catalogue(demo_source())
    part = [
        each
        for n, each in enumerate(whole.products)
        if n % EVERY == EVERY - 1 or each.product_id in OFFERED
    ]
    build(
        Catalogue(whole.format, whole.source, part, []), folder / "demo.shop", settings=settings
    ).close()
    with served(folder / "demo.shop", folder / "models") as running:
        yield running


@pytest.fixture(scope="session")
def photo() -> Path:
    """A photo that a visitor might bring."""
    return demo_source() / "images" / "D0040-2.webp"
