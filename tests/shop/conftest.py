"""Small catalogues of generated photos, and a second encoder to move to."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

from vitrine.catalog import Catalogue
from vitrine.settings import Settings
from vitrine.types import Price, Product

COLOURS = ("Red", "Green", "Blue", "White")

MakePhoto = Callable[[int], Path]
MakeProduct = Callable[..., Product]


def photo_bytes(seed: int) -> bytes:
    """A small garment-like blob in a colour of its own; the same seed, the same bytes."""
    rng = np.random.default_rng(seed)
    pixels = np.full((24, 18, 3), 255, np.uint8)
    top, left = rng.integers(1, 8, size=2)
    pixels[top : top + 12, left : left + 9] = rng.integers(0, 200, size=3)
    pixels[top : top + 12 : 3, left : left + 9] //= 2
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def photo(tmp_path: Path) -> MakePhoto:
    """A photo file for a number."""

    def make(seed: int) -> Path:
        path = tmp_path / "photos" / f"{seed}.png"
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_bytes(photo_bytes(seed))
        return path

    return make


@pytest.fixture
def product(photo: MakePhoto) -> MakeProduct:
    """A product for a number; photos by their numbers, its own one by default."""

    def make(number: int, *photos: int, title: str = "", price: str = "") -> Product:
        return Product(
            f"p{number:03}",
            title=title or f"Shirt number {number}",
            colour=COLOURS[number % 4],
            gender="women" if number % 2 else "men",
            price=Price(Decimal(price or str(10 + number)), "EUR"),
            photos=tuple(str(photo(seed)) for seed in photos or (number,)),
        )

    return make


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(encoder="colour", models_dir=tmp_path / "models", threads=2)


def catalogue_of(*products: Product) -> Catalogue:
    return Catalogue("test", "a test", products, [])


@pytest.fixture(scope="session")
def second_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder holding a tiny ONNX model: the mean colour of each of 4 x 4 patches."""
    folder = tmp_path_factory.mktemp("second")
    pool = helper.make_node("AveragePool", ["pixels"], ["map"], kernel_shape=[2, 2], strides=[2, 2])
    flat = helper.make_node("Flatten", ["map"], ["flat"])
    shift = helper.make_node("Add", ["flat", "one"], ["vector"])
    one = helper.make_tensor("one", TensorProto.FLOAT, [1], [0.1])
    graph = helper.make_graph(
        [pool, flat, shift],
        "second",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 8, 8])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", 48])],
        [one],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "image.onnx"))
    (folder / "model.json").write_text(
        '{"name": "second", "dim": 48, "files": {"image": {"path": "image.onnx"}},'
        ' "input": {"height_px": 8, "width_px": 8}}'
    )
    return folder
