from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from vitrine.encoders import load_encoder
from vitrine.errors import ConfigurationError, DataError, UsageError
from vitrine.settings import Settings
from vitrine.train.research.backbones import (
    Backbone,
    import_timm,
    make_backbone,
    native_px,
    parse_backbone,
    pooled,
)
from vitrine.train.research.deploying import exported_backbone

SIDE = (64, 64)


def made(name: str, weights: Path | None = None, *, offline: bool = False) -> Backbone:
    torch.manual_seed(0)
    return make_backbone(parse_backbone(name), SIDE, Settings(offline=offline), weights).eval()


@pytest.mark.parametrize(
    "name", ["plain", "timm/resnet18:max", "timm/mobilenetv4_conv_small:gem", "timm/vgg11"]
)
def test_features_have_the_size_that_is_said(name: str) -> None:
    backbone = made(name)
    with torch.no_grad():
        last = backbone.map(torch.rand(2, 3, *SIDE))
        features = backbone(torch.rand(2, 3, *SIDE))
    assert last.shape[1] == backbone.n_features
    assert features.shape == (2, backbone.n_features)


def test_tokens_without_the_class_token_are_the_map() -> None:
    backbone = made("timm/vit_tiny_patch16_224")
    with torch.no_grad():
        assert backbone.map(torch.rand(1, 3, *SIDE)).shape == (1, 192, 4, 4)


def test_pooling_by_hand() -> None:
    last = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    assert float(pooled(last, "avg")) == 2.5
    assert float(pooled(last, "max")) == 4.0
    assert float(pooled(last, "gem")) == pytest.approx((100 / 4) ** (1 / 3))


def test_weights_of_a_file_with_its_classifier(tmp_path: Path) -> None:
    timm = import_timm()
    torch.manual_seed(9)
    whole = timm.create_model("resnet18", pretrained=False)
    file = tmp_path / "resnet18.safetensors"
    save_file(whole.state_dict(), file)
    backbone = made("timm/resnet18", file)
    pixels = torch.rand(1, 3, *SIDE)
    with torch.no_grad():
        wanted = whole.eval().forward_features((pixels - backbone.mean) / backbone.std)
        assert torch.allclose(backbone.map(pixels), wanted, atol=1e-5)
    with pytest.raises(DataError, match="is not of this network"):
        made("timm/resnet50", file)


def test_what_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no backbone 'resnet50'; give plain or timm/"):
        parse_backbone("resnet50")
    with pytest.raises(UsageError, match="known are avg, max and gem"):
        parse_backbone("plain:sum")
    with pytest.raises(UsageError, match="timm has no network 'resnet19'"):
        made("timm/resnet19")
    with pytest.raises(ConfigurationError, match="stay offline; give them with --weights"):
        made("timm/resnet18.tv_in1k", offline=True)
    with pytest.raises(UsageError, match="begins at random"):
        made("plain", tmp_path)
    (tmp_path / "no.safetensors").write_bytes(b"no")
    with pytest.raises(DataError, match="no safetensors file"):
        made("timm/resnet18", tmp_path / "no.safetensors")


def test_sizes_that_networks_were_made_for() -> None:
    sizes = {"resnet50.tv_in1k": 224, "inception_v3": 299, "vit_small_patch14_dinov2": 518}
    for name, side in sizes.items():
        assert native_px(parse_backbone(f"timm/{name}")) == side
    with pytest.raises(UsageError, match="timm has no network 'resnet19'"):
        native_px(parse_backbone("timm/resnet19"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        *("resnet18", "resnet50", "resnet101", "resnet152", "vgg16", "densenet121"),
        *("efficientnet_b0", "efficientnet_b3", "mobilenetv4_conv_small"),
        *("vit_small_patch16_224", "vit_small_patch14_dinov2", "inception_v3"),
    ],
)
def test_the_papers_networks_become_encoders(name: str, tmp_path: Path) -> None:
    side = 112 if name == "inception_v3" or "patch14" in name else 64  # 64 is too small for both
    settings = Settings(models_dir=tmp_path, offline=True, threads=1)
    folder = exported_backbone(f"timm/{name}:max@{side}", settings)
    encoder = load_encoder(str(folder), settings)
    vectors = encoder.embed(np.zeros((2, side, side, 3), np.uint8))
    assert vectors.shape == (2, encoder.identity.dim)
