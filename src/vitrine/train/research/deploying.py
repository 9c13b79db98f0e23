"""Backbones as encoders: exported to ONNX once, then run like any model."""

from __future__ import annotations

import re
from pathlib import Path

from vitrine.errors import UsageError
from vitrine.settings import Settings
from vitrine.train.research.backbones import make_backbone, native_px, parse_backbone
from vitrine.train.research.exporting import Shipped, export_model

_USUAL_PX = 224
_LEAST_PX, _MOST_PX = 32, 1024
_FOLDER = "backbones"


def exported_backbone(text: str, settings: Settings, weights: Path | None = None) -> Path:
    """Folder of a `timm/NAME[:avg|max|gem][@SIDE]` network as an encoder.

    It is kept below the folder of models, under name, pooling, size and the weights' file, so that
    the next call only finds it. It sees photos of the size that the network was made for, or of
    SIDE x SIDE px.

    Args:
        text: the backbone, as `parse_backbone` reads it, and perhaps a side.
        settings: where models are kept; whether a hub may be asked.
        weights: safetensors file; None asks the hub where the name has a tag.

    Raises:
        UsageError: no network of that name.
        ConfigurationError, DataError: its weights cannot be had, or are of another network.
    """
    named, side_px = _parted(text)
    name = parse_backbone(named)
    if not name.network.startswith("timm/"):
        raise UsageError(f"{text!r} is no network of timm; train it first: vitrine train tagger")
    called = re.sub(r"[^a-z0-9._-]", "-", name.network.removeprefix("timm/").lower())
    called = f"{called}-{name.pooling}"
    side_px = side_px or native_px(name)
    if side_px != _USUAL_PX:
        called = f"{called}-{side_px}"
    if weights is not None:
        from vitrine.fetch import sha256_of

        called = f"{called}-{sha256_of(weights)[:8]}"
    folder = settings.models_dir / _FOLDER / called
    if not (folder / "model.json").is_file():
        backbone = make_backbone(name, (side_px, side_px), settings, weights).eval()
        shipped = Shipped(backbone, scaled=False)
        export_model(shipped, folder, called, (side_px, side_px))
    return folder


def _parted(text: str) -> tuple[str, int | None]:
    """A backbone's name, and the side that follows an @.

    Raises:
        UsageError: the side is none.

    Example:
        >>> _parted("timm/resnet18:max@128")
        ('timm/resnet18:max', 128)
    """
    name, at, side = text.partition("@")
    if not at:
        return name, None
    if not (side.isdecimal() and _LEAST_PX <= int(side) <= _MOST_PX):
        raise UsageError(f"{text!r} asks for {side} px; it must be {_LEAST_PX} to {_MOST_PX}")
    return name, int(side)
