"""Networks that turn photos into features: a small one of ours, or any of `timm`.

timm needs torchvision, whose compiled part may be missing beside a CPU build of torch. The two
operators that are then missed are declared before the import; nothing here calls them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import torch
from torch import Tensor, nn

from vitrine.errors import ConfigurationError, DataError, UsageError, missing_extra
from vitrine.train.towers import Block, Normed

if TYPE_CHECKING:
    from vitrine.settings import Settings

PLAIN = "plain"
_TIMM = "timm/"
_USUAL_PX = 224
_PLAIN_MEAN, _PLAIN_STD = (0.79, 0.77, 0.76), (0.28, 0.29, 0.29)

Pooling: TypeAlias = Literal["avg", "max", "gem"]


@dataclass(frozen=True, slots=True)
class BackboneName:
    """`plain`, or `timm/NAME`, with `:avg`, `:max` or `:gem`."""

    network: str
    pooling: Pooling


def parse_backbone(text: str) -> BackboneName:
    """Read a backbone's name; pooling is `avg` if nothing is said.

    Raises:
        UsageError: it is none.

    Example:
        >>> parse_backbone("timm/resnet50.tv_in1k:max")
        BackboneName(network='timm/resnet50.tv_in1k', pooling='max')
    """
    network, _, pooling = text.partition(":")
    if pooling not in ("", "avg", "max", "gem"):
        raise UsageError(f"the backbone {text!r} asks for {pooling!r}; known are avg, max and gem")
    if network != PLAIN and not network.startswith(_TIMM):
        raise UsageError(f"there is no backbone {text!r}; give {PLAIN} or timm/NAME[:avg|max|gem]")
    return BackboneName(network, "avg" if pooling == "" else pooling)


class Backbone(nn.Module):
    """Photos in 0..1 to a map and to pooled features.

    Args:
        body: (n, 3, h, w), normalised, to (n, channels, rows, columns) or (n, tokens, channels).
        n_features: channels of the map.
        mean: of the photos it was made for, by channel.
        std: likewise.
        pooling: of the map.
        n_prefix: tokens that are no place in the photo (a class token).
        grid: rows and columns of the other tokens; None puts them into one row.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        body: nn.Module,
        n_features: int,
        mean: tuple[float, ...],
        std: tuple[float, ...],
        pooling: Pooling = "avg",
        n_prefix: int = 0,
        grid: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self.body, self.n_features, self.n_prefix, self.grid = body, n_features, n_prefix, grid
        self.pooling: Pooling = pooling
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def map(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) in 0..1 -> (n, channels, rows, columns)."""
        last = self.body((pixels - self.mean) / self.std)
        if last.dim() == 4:
            return last
        tokens = last[:, self.n_prefix :].transpose(1, 2)
        return tokens.unflatten(2, self.grid or (1, -1))

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) in 0..1 -> (n, n_features)."""
        return pooled(self.map(pixels).float(), self.pooling)


class Evened(nn.Module):
    """Brightness and contrast of every photo made the same before a backbone sees it."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone, self.n_features = backbone, backbone.n_features

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) in 0..1 -> (n, n_features)."""
        mean = pixels.mean((1, 2, 3), keepdim=True)
        spread = (pixels - mean).square().mean((1, 2, 3), keepdim=True).sqrt()
        return self.backbone(((pixels - mean) / (spread + 1e-4) * 0.25 + 0.5).clamp(0, 1))


def pooled(last: Tensor, pooling: Pooling, gem_p: float = 3.0) -> Tensor:
    """(n, channels, rows, columns) -> (n, channels)."""
    if pooling == "max":
        return last.amax((2, 3))
    if pooling == "gem":
        return last.clamp_min(1e-6).pow(gem_p).mean((2, 3)).pow(1 / gem_p)
    return last.mean((2, 3))


def make_backbone(
    name: BackboneName, side_px: tuple[int, int], settings: Settings, weights: Path | None = None
) -> Backbone:
    """Build a network, with weights from a file, from a hub, or at random.

    Args:
        name: which.
        side_px: height and width of the photos.
        settings: whether a hub may be asked.
        weights: safetensors file of a timm network; None asks the hub where the name has a tag
            (`resnet50.tv_in1k`), else begins at random.

    Raises:
        MissingExtraError: timm is not installed.
        UsageError: timm has no such network, or `plain` is given weights.
        DataError: the file is none of this network.
        ConfigurationError: the hub cannot be asked.
    """
    if name.network == PLAIN:
        if weights is not None:
            raise UsageError(f"--weights are of timm's networks; {PLAIN} begins at random")
        return Backbone(_plain(), 384, _PLAIN_MEAN, _PLAIN_STD, name.pooling)
    return _of_timm(name, side_px, settings, weights)


def native_px(name: BackboneName) -> int:
    """Side of the photos that a network of timm was made for.

    Raises:
        MissingExtraError: timm is not installed.
        UsageError: timm has no such network.
    """
    timm = import_timm()
    called = name.network.removeprefix(_TIMM)
    if called.split(".")[0] not in timm.list_models():
        raise _unknown(timm, called)
    made_for = timm.get_pretrained_cfg(called)
    return int(made_for.input_size[-1]) if made_for is not None else _USUAL_PX


def _unknown(timm: Any, called: str) -> UsageError:
    known = ", ".join(timm.list_models(f"*{called.split('.')[0]}*")[:5])
    near = f"; near are {known}" if known else ""
    return UsageError(f"timm has no network {called!r}{near}")


def import_timm() -> Any:
    """Import timm, with torchvision's compiled part or without it.

    Raises:
        MissingExtraError: it is not installed.
    """
    if find_spec("timm") is None:
        raise missing_extra("this backbone", "timm", "train")
    try:
        import_module("torchvision")
    except RuntimeError:
        _declare_missing_operators()
    import timm

    return timm


def _declare_missing_operators() -> None:
    """What torchvision registers shapes for, and a CPU build of torch beside it may not have."""
    with suppress(RuntimeError):  # declared already
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEPT.append(library)


_KEPT: list[torch.library.Library] = []
"""A library's declarations go when it does."""


def _of_timm(
    name: BackboneName, side_px: tuple[int, int], settings: Settings, weights: Path | None
) -> Backbone:
    timm = import_timm()
    called = name.network.removeprefix(_TIMM)
    pretrained = weights is None and "." in called
    if pretrained and settings.offline:
        raise ConfigurationError(
            f"the weights of {called} are on a hub, and vitrine is set to stay offline; "
            "give them with --weights FILE.safetensors"
        )
    more: dict[str, Any] = {"img_size": side_px} if "vit" in called else {}
    try:
        body = timm.create_model(
            called, pretrained=pretrained, num_classes=0, global_pool="", **more
        )
    except RuntimeError as error:
        if "Unknown model" in str(error):
            raise _unknown(timm, called) from error
        raise ConfigurationError(f"{called} cannot be loaded: {error}") from error
    except Exception as error:  # whatever a hub's client raises
        raise ConfigurationError(
            f"the weights of {called} cannot be fetched ({type(error).__name__}); "
            "give them with --weights FILE.safetensors, or leave out what follows the dot "
            "to begin at random"
        ) from error
    if weights is not None:
        _load(body, weights)
    shown = body.pretrained_cfg
    n_prefix = int(getattr(body, "num_prefix_tokens", 0))
    grid = getattr(getattr(body, "patch_embed", None), "grid_size", None)
    features = _Features(body)
    return Backbone(
        features,
        _n_channels(features, side_px),
        shown["mean"],
        shown["std"],
        name.pooling,
        n_prefix,
        grid and (int(grid[0]), int(grid[1])),
    )


@torch.no_grad()
def _n_channels(features: nn.Module, side_px: tuple[int, int]) -> int:
    """Of the last map or of a token; VGG's own figure is that of a layer behind it."""
    features.eval()
    last: Tensor = features(torch.zeros(1, 3, *side_px))
    features.train()
    return int(last.shape[1] if last.dim() == 4 else last.shape[2])


class _Features(nn.Module):
    """A network of timm without its classifier, and without what is between it and the map."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) -> the last map or tokens."""
        return self.network.forward_features(pixels)


def _load(body: nn.Module, path: Path) -> None:
    """Load safetensors; a classifier's last layer may be there and is left out."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        given: Mapping[str, Tensor] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path} is no safetensors file that can be read ({error})") from error
    own = body.state_dict()
    wrong = [n for n, tensor in own.items() if n not in given or given[n].shape != tensor.shape]
    if wrong:
        raise DataError(
            f"{path} is not of this network: {len(wrong)} of {len(own)} tensors are missing or of "
            f"another shape, the first {wrong[0]}"
        )
    body.load_state_dict({name: given[name] for name in own})


def _plain() -> nn.Module:
    """A small residual network of 3 x 3 convolutions, which a CPU trains fast; stride 16."""
    widths, blocks, n_in = (64, 128, 256), list[nn.Module](), 32
    for width in widths:
        blocks.append(Block(n_in, width, 2))
        n_in = width
    return nn.Sequential(Normed(3, 32, stride=2), *blocks, Normed(n_in, 384, side=1))
