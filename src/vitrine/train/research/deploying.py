"""Backbones as encoders: exported to ONNX once, then run like any model."""

from __future__ import annotations

import re
from pathlib import Path

from vitrine.errors import UsageError
from vitrine.settings import Settings
from vitrine.train.research.backbones import make_backbone, parse_backbone
from vitrine.train.research.exporting import Shipped, export_model

_SIDE_PX = 224
_FOLDER = "timm"


def exported_backbone(text: str, settings: Settings, weights: Path | None = None) -> Path:
    """Folder of a `timm/NAME[:avg|max|gem]` network as an encoder.

    It is kept below the folder of models, under name, pooling and the weights' file, so that the
    next call only finds it.

    Args:
        text: the backbone, as `parse_backbone` reads it.
        settings: where models are kept; whether a hub may be asked.
        weights: safetensors file; None asks the hub where the name has a tag.

    Raises:
        UsageError: no network of that name.
        ConfigurationError, DataError: its weights cannot be had, or are of another network.
    """
    name = parse_backbone(text)
    if not name.network.startswith("timm/"):
        raise UsageError(f"{text!r} is no network of timm; train it first: vitrine train tagger")
    called = re.sub(r"[^a-z0-9._-]", "-", name.network.removeprefix("timm/").lower())
    called = f"{called}-{name.pooling}"
    if weights is not None:
        from vitrine.fetch import sha256_of

        called = f"{called}-{sha256_of(weights)[:8]}"
    folder = settings.models_dir / _FOLDER / called
    if not (folder / "model.json").is_file():
        backbone = make_backbone(name, (_SIDE_PX, _SIDE_PX), settings, weights).eval()
        export_model(Shipped(backbone), folder, called, (_SIDE_PX, _SIDE_PX))
    return folder
