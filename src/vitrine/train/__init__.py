"""Training of what vitrine ships, on any catalogue: the one room that imports torch.

`train_encoder` makes an encoder of catalogues and leaves a folder that `load_encoder` takes. It
needs the extra `[train]`; what is trained does not.
"""

from __future__ import annotations

from importlib.util import find_spec

from vitrine.errors import missing_extra

for _package in ("torch", "onnx"):
    if find_spec(_package) is None:
        raise missing_extra("training", _package, "train")

from vitrine.train.calibrate import HeadFit  # noqa: E402  # after the check that torch is there
from vitrine.train.encoder import TrainedEncoder, train_encoder  # noqa: E402
from vitrine.train.export import Exported  # noqa: E402
from vitrine.train.plan import Recipe, Stage  # noqa: E402
from vitrine.train.prepare import OnStep  # noqa: E402
from vitrine.train.towers import Shape  # noqa: E402

__all__ = [
    "Exported",
    "HeadFit",
    "OnStep",
    "Recipe",
    "Shape",
    "Stage",
    "TrainedEncoder",
    "train_encoder",
]
