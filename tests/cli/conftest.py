"""A tiny drawn catalogue, a shop made of it, and the app run in this process."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner, Result

from vitrine.cli import app
from vitrine.settings import Settings
from vitrine.shop import build

Run = Callable[..., Result]

COLOURS = {
    "Red": (200, 30, 40),
    "Blue": (40, 60, 180),
    "Green": (30, 120, 60),
    "Black": (20, 20, 20),
}


def draw(path: Path, number: int) -> None:
    """A garment-like block; every number looks different."""
    image = Image.new("RGB", (60, 80), "white")
    colour = list(COLOURS.values())[number % 4]
    box = (8 + number % 29, 8, 50, 70 - number // 29)
    ImageDraw.Draw(image).rectangle(box, fill=colour)
    image.save(path)


def write_catalogue(folder: Path, n_products: int = 8) -> Path:
    """products.csv beside images/; the last product has no photo, titles look like markup."""
    (folder / "images").mkdir(parents=True)
    with (folder / "products.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["id", "title", "colour", "gender", "article_type", "price", "image", "fit"]
        )
        for number in range(n_products):
            draw(folder / "images" / f"{number}.png", number)
            colour = list(COLOURS)[number % 4]
            gender = "women" if number % 2 else "men"
            title = f"{colour} [bold]dress[/nobody] {number}"
            price, photo = f"{10 + number} EUR", f"{number}.png"
            writer.writerow([number, title, colour, gender, "Dresses", price, photo, "slim"])
        writer.writerow(["scarf", "Scarf", "Red", "women", "Scarves", "", "", ""])
    return folder / "products.csv"


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Tables are as wide, and help as plain, on every machine."""
    monkeypatch.setenv("COLUMNS", "110")
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _plain_encoder(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Commands are tested with the encoder that knows nothing; `test_default_encoder` has ours."""
    monkeypatch.setenv("VITRINE_ENCODER", "colour")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The app on these arguments, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: object, code: int = 0) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == code, f"{result.exit_code}: {result.output}"
        assert "Traceback" not in result.output
        return result

    return invoke


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, int], Path]:
    """A catalogue of that many products in a folder of that name."""
    return lambda name, n_products: write_catalogue(tmp_path / name, n_products)


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    return write_catalogue(tmp_path / "source")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that tests only read."""
    folder = tmp_path_factory.mktemp("built")
    source = write_catalogue(folder / "source")
    settings = Settings(encoder="colour", models_dir=folder / "models", threads=2)
    build(source, folder / "my.shop", settings=settings).close()
    return folder / "my.shop"


@pytest.fixture
def photos(built: Path) -> Path:
    """The photos of that shop."""
    return built.parent / "source" / "images"


@pytest.fixture
def run_json(run: Run) -> Callable[..., Any]:
    """What a command prints with --json: one value on one line, and nothing else on stdout."""

    def invoke(*arguments: object, code: int = 0) -> Any:
        result = run(*arguments, "--json", code=code)
        assert result.stdout.count("\n") == 1
        return json.loads(result.stdout)

    return invoke


@pytest.fixture
def run_error(run: Run) -> Callable[..., str]:
    """The one line of a command that fails; nothing is on stdout."""

    def invoke(*arguments: object, code: int) -> str:
        result = run(*arguments, code=code)
        assert result.stdout == ""
        [line] = result.stderr.splitlines()
        assert line.startswith("error: ")
        return line

    return invoke
