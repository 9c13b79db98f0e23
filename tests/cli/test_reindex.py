from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder folder: the mean colour of each of 4 x 4 patches."""
    folder = tmp_path_factory.mktemp("patches")
    pool = helper.make_node("AveragePool", ["pixels"], ["map"], kernel_shape=[2, 2], strides=[2, 2])
    flat = helper.make_node("Flatten", ["map"], ["flat"])
    shift = helper.make_node("Add", ["flat", "little"], ["vector"])
    graph = helper.make_graph(
        [pool, flat, shift],
        "patches",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 8, 8])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", 48])],
        [helper.make_tensor("little", TensorProto.FLOAT, [1], [0.1])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(made, str(folder / "image.onnx"))
    (folder / "model.json").write_text(
        '{"name": "patches", "dim": 48, "files": {"image": {"path": "image.onnx"}},'
        ' "input": {"height_px": 8, "width_px": 8}}'
    )
    return folder


def test_a_shop_moves_to_another_encoder(
    run: Run, run_json: Run, run_error: Run, catalogue: Path, model: Path
) -> None:
    run("index", catalogue, "--shop", "my.shop")
    report = run_json("reindex", "--shop", "my.shop", "--encoder", model)
    assert (report["embedded"], report["failed"], report["encoder"]) == (8, 0, "patches")
    assert report.keys() >= {"seconds", "photos_per_second", "shop"}
    by_photo = ("search", "--shop", "my.shop", "--image", catalogue.parent / "images" / "2.png")
    assert run_json(*by_photo, "--encoder", model)["hits"][0]["product_id"] == "2"
    assert "patches" in run_error(*by_photo, "--encoder", "colour", code=3)
    said = run("reindex", "--shop", "my.shop", "--encoder", "colour").stdout
    assert "8 photos embedded" in said
    assert "the encoder is colour now" in said


def test_a_command_loads_its_model_once(
    run: Run, catalogue: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    class Counted(onnxruntime.InferenceSession):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            opened.append(self)
            super().__init__(*args, **kwargs)

    monkeypatch.setattr(onnxruntime, "InferenceSession", Counted)
    shop, photo = ("--shop", "my.shop", "--encoder", model), catalogue.parent / "images" / "2.png"
    for command in (
        ("index", catalogue, *shop),
        ("index", catalogue, *shop),
        ("reindex", *shop),
        ("search", "--image", photo, *shop),
        ("embed", photo, "-o", "vectors.npy", "--encoder", model),
    ):
        opened.clear()
        run(*command)
        assert len(opened) == 1, command


def test_an_index_with_another_encoder_names_the_way(
    run: Run, run_error: Run, catalogue: Path, model: Path
) -> None:
    run("index", catalogue, "--shop", "my.shop")
    line = run_error("index", catalogue, "--shop", "my.shop", "--encoder", model, code=3)
    assert "vitrine reindex --shop my.shop" in line


def test_a_photo_that_is_gone_is_reported(run: Run, catalogue: Path, model: Path) -> None:
    run("index", catalogue, "--shop", "my.shop")
    (catalogue.parent / "images" / "2.png").unlink()
    result = run("reindex", "--shop", "my.shop", "--encoder", model, "--errors", "e.csv", code=1)
    assert "7 photos embedded" in result.stdout
    assert "left out: product '2' photo:" in result.stderr
    assert "2.png" in Path("e.csv").read_text(encoding="utf-8")


def test_bad_input(run_error: Run, run: Run, catalogue: Path) -> None:
    run("index", catalogue, "--shop", "my.shop")
    line = run_error("reindex", "--shop", "my.shop", "--encoder", "clipp", code=2)
    assert "no encoder is called 'clipp'" in line
    line = run_error("reindex", "--shop", "gone.shop", "--encoder", "colour", code=4)
    assert "there is no shop at gone.shop" in line
    offline = ("--encoder", "clip-vit-b32", "--offline")
    assert "offline" in run_error("reindex", "--shop", "my.shop", *offline, code=4)
