from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from vitrine.encoders import ENCODERS, encoder_folder, load_encoder
from vitrine.errors import DataError, UsageError
from vitrine.settings import Settings
from vitrine.train.research.adapting import adapt_image_graph, adapt_text_graph
from vitrine.train.research.metric_losses import LOSSES, MetricLoss, classes_in_turn
from vitrine.train.research.retrieval import train_retrieval
from vitrine.train.research.session import Asked


@pytest.fixture
def asked(toys: Path, tmp_path: Path) -> Asked:
    return Asked(
        (str(toys),), tmp_path / "run", epochs=2, batch=16, height_px=48, width_px=36, rate=1e-3
    )


def outputs(
    path: Path, **given: object
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, map(np.asarray, session.run(names, given)), strict=True))


def test_a_map_behind_the_encoder_keeps_words_and_heat_maps(tmp_path: Path) -> None:
    folder = encoder_folder(ENCODERS["default"], Settings())
    assert folder is not None
    rng = np.random.default_rng(0)
    matrix = (np.eye(256) + 0.03 * rng.normal(size=(256, 256))).astype(np.float32)
    adapt_image_graph(folder / "image.onnx", tmp_path / "image.onnx", matrix)
    adapt_text_graph(folder / "text.onnx", tmp_path / "text.onnx", matrix)
    pixels = rng.random((2, 3, 160, 120), np.float32)
    old, new = (outputs(at / "image.onnx", pixels=pixels) for at in (folder, tmp_path))
    wanted = old["vector"] @ matrix.T
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    assert np.allclose(new["vector"], wanted, atol=1e-5)
    pooled = new["cells"].mean((2, 3))
    pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
    assert np.allclose(pooled, wanted, atol=1e-3)
    width = onnx.load(folder / "text.onnx").graph.input[0].type.tensor_type.shape.dim[1].dim_value
    ids = np.ones((3, width), np.int64) * np.array([[5], [9], [11]])
    said, turned = (outputs(at / "text.onnx", token_ids=ids)["vector"] for at in (folder, tmp_path))
    before, after = old["vector"] @ said.T, new["vector"] @ turned.T
    ratio = after / before
    assert np.allclose(ratio / ratio[:1], ratio[:, :1] / ratio[0, 0], rtol=1e-2)


def test_make_it_mine_leaves_an_encoder_only_if_it_is_better(asked: Asked) -> None:
    trained = train_retrieval(
        replace(asked, epochs=3, rate=3e-3, limit=80), Settings(), name="mine"
    )
    assert set(trained.before) == set(trained.after) == {"P@1", "P@10", "type P@10"}
    assert trained.n_classes == 9
    assert "before" in trained.report.read_text("utf-8")
    if trained.folder is not None:
        encoder = load_encoder(str(trained.folder), Settings())
        assert encoder.identity.name == "mine"
        assert encoder.identity.dim == 256


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_falls(loss: str) -> None:
    torch.manual_seed(0)
    classes = torch.arange(4).repeat_interleave(6)
    vectors = torch.nn.Parameter(torch.randn(24, 8))
    metric = MetricLoss(loss, 4, 8)
    optimizer = torch.optim.Adam([vectors, *metric.parameters()], lr=0.05)
    values: list[float] = []
    for _ in range(30):
        found = metric(torch.nn.functional.normalize(vectors, dim=1), classes)
        optimizer.zero_grad()
        found.backward()
        optimizer.step()
        values.append(float(found.detach()))
    assert values[-1] < values[0]


def test_classes_stand_together() -> None:
    classes = torch.tensor([0, 1, 0, -1, 1, 0, 2, 0, 1, 1])
    order = classes_in_turn(classes, 2, torch.Generator().manual_seed(1))
    said = classes[order].view(-1, 2)
    assert (said[:, 0] == said[:, 1]).all()
    assert sorted(order.tolist()) == [0, 1, 2, 4, 5, 7, 8, 9]


def test_a_network_from_scratch(asked: Asked) -> None:
    trained = train_retrieval(asked, Settings(), backbone="plain", loss="proxy-anchor")
    assert trained.folder is not None
    assert load_encoder(str(trained.folder), Settings()).identity.dim == 256
    assert trained.before == {}


def test_what_cannot_be(asked: Asked, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no loss 'l2'; known are supcon"):
        train_retrieval(asked, Settings(), loss="l2")
    from tests.train.conftest import write_toys

    table = write_toys(tmp_path / "shop", 16)
    text = table.read_text("utf-8").replace("color", "shade")
    table.write_text(text, "utf-8")
    with pytest.raises(DataError, match="article type and colour"):
        train_retrieval(replace(asked, sources=(str(table),), out=tmp_path / "other"), Settings())
