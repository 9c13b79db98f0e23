"""A toy shop drawn on the spot, and one tiny run on it that the tests share."""

from __future__ import annotations

import csv
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from vitrine.train import OnStep, Recipe, Shape, Stage, TrainedEncoder, train_encoder
from vitrine.train.cache import Frame
from vitrine.train.plan import Plan, make_plan
from vitrine.train.prepare import Prepared, prepare

COLOURS = {"Red": (200, 20, 20), "Green": (20, 150, 30), "Blue": (30, 40, 210)}
TYPES = ("Tshirts", "Jeans", "Caps")
HEIGHT_PX, WIDTH_PX = 48, 36
N_TOYS = 160

TINY = Recipe(
    stages=(Stage(0.4, 0.5, 1.0, 24), Stage(0.6, 1.0, 0.5, 24)),
    shape=Shape(8, (8, 16, 24), (1, 1, 1), 32),
    n_second=8,
    n_extra_texts=16,
    log_every=4,
    checkpoint_minutes=0.0,
    n_calibration=16,
)
"""Seconds instead of hours; a checkpoint at every line of the log."""

WriteToys: TypeAlias = Callable[..., Path]
Train: TypeAlias = Callable[..., TrainedEncoder]


def draw(path: Path, article_type: str, colour: str, rng: np.random.Generator, small: bool) -> None:
    """One garment on white, somewhere near the middle: 72 x 96 px, or 18 x 24 px."""
    image = Image.new("RGB", (72, 96), "white")
    boxes = {"Tshirts": (14, 22, 56, 66), "Jeans": (24, 8, 46, 88), "Caps": (12, 36, 60, 62)}
    left, top, right, bottom = (np.array(boxes[article_type]) + rng.integers(-6, 7, 4)).tolist()
    shade = np.clip(np.array(COLOURS[colour]) + rng.integers(-20, 21, 3), 0, 255).tolist()
    pen = ImageDraw.Draw(image)
    shape = pen.ellipse if article_type == "Caps" else pen.rectangle
    shape((left, top, right, bottom), tuple(shade))
    (image.resize((18, 24)) if small else image).save(path)


def write_toys(folder: Path, n: int = N_TOYS, *, titles: bool = True) -> Path:
    """products.csv and its photos: every fifth is small, the last is no photo at all."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    with (folder / "products.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "title", "article_type", "color", "gender", "season", "image_link"])
        for number in range(n):
            kind, colour = TYPES[number % 3], list(COLOURS)[int(rng.integers(3))]
            gender = ("Women", "Men", "")[int(rng.integers(3))]
            title = f"{colour} {kind} number {number % 7}" if titles and number % 4 else ""
            draw(folder / f"{number}.png", kind, colour, rng, small=number % 5 == 0)
            table.writerow([number, title, kind, colour, gender, "Summer", f"{number}.png"])
        (folder / "broken.png").write_bytes(b"no photo")
        table.writerow(["broken", "Broken", "Caps", "Red", "Men", "Summer", "broken.png"])
    return folder / "products.csv"


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Generator[None]:  # pyright: ignore[reportUnusedFunction]
    """Sums are the same only with the same number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def make_toys() -> WriteToys:
    return write_toys


@pytest.fixture(scope="session")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of 160 toys, which tests only read."""
    return write_toys(tmp_path_factory.mktemp("toys") / "shop")


@pytest.fixture(scope="session")
def train_tiny() -> Train:
    """`train_encoder` with all that makes it small."""

    def train(
        sources: list[Path], out: Path, *, on_step: OnStep | None = None, **changes: object
    ) -> TrainedEncoder:
        small: dict[str, object] = {
            **{"name": "toy", "epochs": 4, "height_px": HEIGHT_PX, "width_px": WIDTH_PX},
            **{"threads": 1, "recipe": TINY},
        }
        return train_encoder(sources, out, on_step=on_step, **(small | changes))  # pyright: ignore[reportArgumentType]

    return train


@pytest.fixture(scope="session")
def trained(toys: Path, train_tiny: Train) -> TrainedEncoder:
    """The end of one whole run, which tests only read."""
    return train_tiny([toys], toys.parents[1] / "run")


@pytest.fixture(scope="session")
def prepared(trained: TrainedEncoder, toys: Path) -> Prepared:
    """What that run learnt from, out of its own cache."""
    return prepare([toys], Frame((HEIGHT_PX, WIDTH_PX)), trained.folder.parent, threads=1)


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The plan of that run."""
    return make_plan(TINY, height_px=HEIGHT_PX, width_px=WIDTH_PX, seed=0, epochs=4, minutes=None)
