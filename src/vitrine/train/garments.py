"""The small network behind garment finding: photos of people and masks of what they wear.

`python -m vitrine.train.garments DATA OUT.onnx` trains it on one half of *Clothing Co-Parsing*;
`vitrine.evaluate.garments` says which half, and measures on the other.
"""

from __future__ import annotations

import copy
import sys
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from vitrine.catalog import read_mask
from vitrine.encoders.garment_map import HEIGHT_PX, KINDS, WIDTH_PX
from vitrine.evaluate.garments import MaskedPhoto, is_for_tuning, kind_numbers, masked_photos

N_CLASSES = len(KINDS) + 2
"""The kinds, people, and everything else."""
_SOURCE = (216, 144)
_BATCH = 16
_UNKNOWN = -1


class GarmentNet(nn.Module):
    """A U-shaped network of 405,000 weights: (n, 3, 144, 96) in 0..1 -> (n, classes, 36, 24)."""

    def __init__(self) -> None:
        super().__init__()
        widths, across = (12, 24, 40, 64, 96), 32
        self.stem = _conv(3, widths[0], 2)
        self.down = nn.ModuleList(
            nn.Sequential(_conv(a, b, 2), _Residual(b)) for a, b in pairwise(widths)
        )
        self.lateral = nn.ModuleList(nn.Conv2d(width, across, 1) for width in widths[1:])
        self.up = nn.ModuleList(_conv(across, across) for _ in widths[2:])
        self.drop = nn.Dropout2d(0.1)
        self.head = nn.Conv2d(across, N_CLASSES, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits."""
        maps = [self.stem(pixels)]
        for down in self.down:
            maps.append(down(maps[-1]))
        found = self.lateral[-1](self.drop(maps[-1]))
        for level, up in zip(range(len(self.up), 0, -1), self.up, strict=True):
            finer = self.lateral[level - 1](maps[level])
            found = up(functional.interpolate(found, size=finer.shape[-2:], mode="nearest") + finer)
        return self.head(found)


class _Likely(nn.Module):
    """The network as it ships: likelihoods, at half the size of the photo, kinds first."""

    def __init__(self, net: GarmentNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> Tensor:
        return _finer(self.net(pixels)).softmax(1)


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        last = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.first, self.second = (
            _conv(width, width),
            nn.Sequential(last, nn.BatchNorm2d(width)),
        )

    def forward(self, given: Tensor) -> Tensor:
        return functional.relu(given + self.second(self.first(given)))


def train(photos: list[MaskedPhoto], epochs: int = 70, seed: int = 0) -> GarmentNet:
    """Train on photos with masks; AdamW, one cycle, and the running mean of the weights."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    pixels, classes = _read(photos)
    weights = _class_weights(classes)
    net = GarmentNet()
    mean = copy.deepcopy(net)
    n_steps = max(1, len(photos) // _BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 4e-3, total_steps=epochs * n_steps, pct_start=0.15
    )
    done = 0
    for epoch in range(epochs):
        net.train()
        losses: list[float] = []
        for rows in np.array_split(rng.permutation(len(photos)), n_steps):
            seen, wanted = _bent(pixels[rows], classes[rows], rng)
            with torch.autocast("cpu", torch.bfloat16):
                logits = net(seen.contiguous(memory_format=torch.channels_last))
            loss = functional.cross_entropy(
                _finer(logits.float()), wanted, weights, ignore_index=_UNKNOWN
            )
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5)
            optimiser.step()
            schedule.step()
            done += 1
            _follow(mean, net, min(0.995, (done + 1) / (done + 10)))
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}", file=sys.stderr, flush=True)
    return mean.eval()


def export(net: GarmentNet, path: Path) -> None:
    """Write the network as ONNX, its large weights as float16."""
    blank = torch.zeros(1, 3, HEIGHT_PX, WIDTH_PX)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns that it is the older one
        torch.onnx.export(
            _Likely(net).eval(),
            (blank,),
            path,
            input_names=["pixels"],
            output_names=["likely"],
            opset_version=17,
            dynamo=False,  # the other exporter renames nodes and needs a shape library
        )
    model = onnx.load(path)
    for tensor in list(model.graph.initializer):
        array = onnx.numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.size < 256:
            continue
        model.graph.initializer.remove(tensor)
        half = onnx.numpy_helper.from_array(array.astype(np.float16), f"{tensor.name}_half")
        model.graph.initializer.append(half)
        model.graph.node.insert(
            0,
            onnx.helper.make_node("Cast", [half.name], [tensor.name], to=onnx.TensorProto.FLOAT),
        )
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _conv(given: int, width: int, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(given, width, 3, stride, 1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(width), nn.ReLU(True))


def _finer(logits: Tensor) -> Tensor:
    return functional.interpolate(logits, scale_factor=2.0, mode="bilinear", align_corners=False)


def _read(photos: list[MaskedPhoto]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    height, width = _SOURCE
    pixels = np.empty((len(photos), height, width, 3), np.uint8)
    classes = np.empty((len(photos), height, width), np.uint8)
    numbers = kind_numbers(KINDS)
    for n, photo in enumerate(photos):
        with Image.open(photo.photo) as image:
            small = image.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
        mask = Image.fromarray(read_mask(photo.mask))
        told = mask.resize((width, height), Image.Resampling.NEAREST)
        pixels[n] = np.asarray(small)
        classes[n] = numbers[np.asarray(told)]
    return pixels, classes


def _class_weights(classes: NDArray[np.uint8]) -> Tensor:
    """Rare classes count more, by the root of how rare they are."""
    share = np.bincount(classes.ravel(), minlength=N_CLASSES) / classes.size
    weight = 1 / np.sqrt(share + 1e-3)
    return torch.from_numpy(weight / (weight * share).sum()).float()


def _bent(
    pixels: NDArray[np.uint8], classes: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Photos nearer, farther, shifted, turned, mirrored and recoloured; masks likewise."""
    n = len(pixels)
    seen = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    told = torch.from_numpy(classes.astype(np.float32))[:, None] + 1
    grid = functional.affine_grid(
        torch.from_numpy(_places(n, rng)), [n, 1, HEIGHT_PX, WIDTH_PX], align_corners=False
    )
    seen = functional.grid_sample(
        seen, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )
    told = functional.grid_sample(
        told, grid, mode="nearest", padding_mode="zeros", align_corners=False
    )
    told = functional.interpolate(told, (HEIGHT_PX // 2, WIDTH_PX // 2), mode="nearest")
    return _recoloured(seen, rng), told[:, 0].long() - 1


def _places(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(n, 2, 3): 45 % about as they are framed, the rest up to twice as near."""
    nearer = np.exp(rng.uniform(np.log(0.45), np.log(1.25), n))
    room = 0.9 * np.abs(1 - nearer)
    x, y = rng.uniform(-1, 1, n) * room, rng.uniform(-1, 1, n) * room
    framed = rng.random(n) < 0.45
    scale = np.where(framed, np.exp(rng.normal(0, 0.06, n)), nearer)
    x = np.where(framed, rng.normal(0, 0.06, n), x)
    y = np.where(framed, rng.normal(0, 0.06, n), y)
    wide, turn = np.exp(rng.normal(0, 0.08, n)), rng.normal(0, 0.05, n)
    mirror = np.where(rng.random(n) < 0.5, -1, 1)
    out = np.zeros((n, 2, 3), np.float32)
    out[:, 0, 0] = scale * wide * mirror * np.cos(turn)
    out[:, 0, 1] = -scale * np.sin(turn)
    out[:, 1, 0] = scale * mirror * np.sin(turn)
    out[:, 1, 1] = scale / wide * np.cos(turn)
    out[:, 0, 2], out[:, 1, 2] = x, y
    return out


def _recoloured(seen: Tensor, rng: np.random.Generator) -> Tensor:
    """Light, contrast, saturation, swapped channels, noise and blur, each of some photos."""
    n = len(seen)

    def factor(spread: float, channels: int = 1) -> Tensor:
        drawn = np.exp(rng.normal(0, spread, (n, channels, 1, 1)))
        return torch.from_numpy(drawn.astype(np.float32))

    seen = seen * factor(0.2) * factor(0.08, 3)
    mean = seen.mean((1, 2, 3), keepdim=True)
    seen = (seen - mean) * factor(0.2) + mean
    grey = seen.mean(1, keepdim=True)
    vivid = np.where(rng.random(n) < 0.6, 1, rng.uniform(0, 1.4, n)).astype(np.float32)
    seen = grey + (seen - grey) * torch.from_numpy(vivid)[:, None, None, None]
    for row in range(n):
        if rng.random() < 0.15:
            seen[row] = seen[row][torch.from_numpy(rng.permutation(3))]
        if rng.random() < 0.4:
            seen[row] += torch.randn(seen[row].shape) * rng.uniform(0, 0.06)
        if rng.random() < 0.3:
            seen[row] = functional.avg_pool2d(seen[row], 3, 1, 1)
    return seen.clamp(0, 1)


@torch.no_grad()
def _follow(mean: nn.Module, net: nn.Module, keep: float) -> None:
    for old, new in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
        if old.dtype.is_floating_point:
            old.mul_(keep).add_(new, alpha=1 - keep)
        else:
            old.copy_(new)


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    export(train([p for p in masked_photos(source) if is_for_tuning(p.photo)]), target)
