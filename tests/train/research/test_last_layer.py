from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from vitrine.encoders import load_encoder
from vitrine.encoders.keeping import copy_model
from vitrine.errors import UsageError
from vitrine.settings import Settings
from vitrine.train.research.backbones import import_timm
from vitrine.train.research.deploying import exported_backbone
from vitrine.train.research.last_layer import train_last_layer
from vitrine.train.research.session import Asked


def test_a_new_layer_on_a_network_that_stays_as_it_is(toys: Path, tmp_path: Path) -> None:
    asked = Asked(
        (str(toys),), tmp_path / "run", epochs=2, batch=16, height_px=48, width_px=48, rate=3e-3
    )
    trained = train_last_layer(asked, Settings(), backbone="plain", even=True)
    assert set(trained.figures) == {"accuracy", "type P@1", "type P@10"}
    assert trained.figures["type P@1"] > 0.5
    encoder = load_encoder(str(trained.folder), Settings())
    assert encoder.identity.dim == 512
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["network"]
    torch.manual_seed(0)
    from vitrine.train.research.backbones import make_backbone, parse_backbone

    fresh = make_backbone(parse_backbone("plain"), (48, 48), Settings()).state_dict()
    for name, weight in fresh.items():
        assert torch.equal(state[f"backbone.backbone.{name}"], weight), name
    assert "Euclidean distance of the new layer" in trained.report.read_text("utf-8")
    with pytest.raises(UsageError, match="a run with another augment"):
        train_last_layer(asked, Settings(), backbone="plain", even=True, augment=False)


def test_a_backbone_is_exported_once_and_is_an_encoder(tmp_path: Path) -> None:
    torch.manual_seed(1)
    timm = import_timm()
    network = timm.create_model("mobilenetv4_conv_small", pretrained=False)
    weights = tmp_path / "weights.safetensors"
    save_file(network.state_dict(), weights)
    settings = Settings(models_dir=tmp_path / "models", offline=True)
    folder = exported_backbone("timm/mobilenetv4_conv_small:max", settings, weights)
    made = (folder / "image.onnx").stat().st_mtime_ns
    assert exported_backbone("timm/mobilenetv4_conv_small:max", settings, weights) == folder
    assert (folder / "image.onnx").stat().st_mtime_ns == made
    encoder = load_encoder(str(folder), settings)
    pixels = encoder.prepare(Image.new("RGB", (300, 400), "navy"))
    with torch.no_grad():
        network.eval()
        given = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None] / 255
        mean = torch.tensor(network.pretrained_cfg["mean"]).view(1, 3, 1, 1)
        std = torch.tensor(network.pretrained_cfg["std"]).view(1, 3, 1, 1)
        wanted = network.forward_features((given - mean) / std).amax((2, 3))[0].numpy()
    found = encoder.embed(pixels[None])[0]
    assert np.allclose(found, wanted / np.linalg.norm(wanted), atol=1e-4)
    small = exported_backbone("timm/mobilenetv4_conv_small:max@64", settings, weights)
    assert small != folder
    assert load_encoder(str(small), settings).prepare(Image.new("RGB", (9, 9))).shape == (64, 64, 3)
    with pytest.raises(UsageError, match="asks for 8 px; it must be 32 to 1024"):
        exported_backbone("timm/resnet18@8", settings)
    with pytest.raises(UsageError, match="is no network of timm"):
        exported_backbone("plain", settings)
    copy_model(folder, tmp_path / "copy")
    assert load_encoder(str(tmp_path / "copy"), settings).identity == encoder.identity
    with pytest.raises(UsageError, match=r"vitrine model export timm/x FOLDER, then --encoder"):
        load_encoder("timm/x", settings)
