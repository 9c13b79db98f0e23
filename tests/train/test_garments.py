from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image

from vitrine.evaluate.garments import masked_photos
from vitrine.train.garments import GarmentNet, export, train

SHIRT, PANTS = 38, 31


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Red tops over blue trousers."""
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    names = [f"{n:04}" for n in range(8)]
    rows = "".join(f"{name},shirt|pants\n" for name in names)
    (tmp_path / "labels.csv").write_text(f"id,tags\n{rows}", "utf-8")
    for n, name in enumerate(names):
        mask, pixels = np.zeros((144, 96), np.uint8), np.full((144, 96, 3), 230, np.uint8)
        left = 20 + 3 * n
        mask[20:70, left : left + 35], pixels[20:70, left : left + 35] = SHIRT, (200, 30, 30)
        mask[70:130, left : left + 35], pixels[70:130, left : left + 35] = PANTS, (30, 30, 180)
        Image.fromarray(mask).save(tmp_path / "masks" / f"{name}.png")
        Image.fromarray(pixels).save(tmp_path / "images" / f"{name}.png")
    return tmp_path


@pytest.mark.slow
def test_training_learns_and_the_export_agrees(source: Path, tmp_path: Path) -> None:
    net = train(masked_photos(source), epochs=60)
    export(net, tmp_path / "net.onnx")
    with Image.open(source / "images" / "0003.png") as image:
        pixels = np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 255
    [likely] = onnxruntime.InferenceSession(tmp_path / "net.onnx").run(None, {"pixels": pixels})
    found = np.asarray(likely)[0]
    assert found.shape == (11, 72, 48)
    assert found[:, 22, 20].argmax() == 0, "a top"
    assert found[:, 50, 20].argmax() == 3, "a bottom"
    assert found[:, 3, 3].argmax() == 10, "nothing"
    with torch.no_grad():
        logits = net(torch.from_numpy(pixels))
    assert logits.shape == (1, 11, 36, 24)


def test_the_network_is_small() -> None:
    assert sum(each.numel() for each in GarmentNet().parameters()) < 500_000
